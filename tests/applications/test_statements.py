"""How much is asked of the database, and how it finds it: few statements however many rows, each by an index."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.applications.test_settling import at_pace, busy_course
from tests.ground.application import Ground
from tourbook.applications import settle_due
from tourbook.applications.queries import applications_of, successor_of
from tourbook.applications.situation import displaced, lost_there
from tourbook.db import db, new_id

MOST_STATEMENTS = 45


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What is sent to the database; many rows in one statement are one."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_ten_departures_are_settled_in_as_many_statements_as_two(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    for departures in (2, 10):
        database.reset()
        with database.app.app_context():
            at_pace(50, monkeypatch)
            scene = busy_course(departures)
            with statements(db.session()) as found:
                done = settle_due(now=scene.now)
            assert len(done.departure_ids) == departures
            sent.append(found)
            db.session.remove()

    assert len(sent[0]) == len(sent[1]) <= MOST_STATEMENTS


@pytest.mark.sqlite_only("only SQLite says how it would read, whatever the tables hold")
def test_no_table_of_people_is_looked_through_from_end_to_end(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.app.app_context():
        at_pace(50, monkeypatch)
        scene = busy_course(2)
        with statements(db.session()) as sent:
            settle_due(now=scene.now)
        ways = ways_to_read(sent)
        db.session.remove()

    assert any("SEARCH visitor" in way for way in ways)
    assert any("ix_application_queue" in way for way in ways)
    assert any("ix_departure_behind (version<?" in way for way in ways)  # not through all that are settled already
    assert not [way for way in ways if way.startswith("SCAN") and way.split()[1] in {"application", "visitor", "offer"}]


@pytest.mark.sqlite_only("only SQLite says how it would read, whatever the tables hold")
@pytest.mark.parametrize(
    ("act", "found_by"),
    [
        (
            lambda scene, walk: scene.hold(walk),
            ["ix_application_address_hash", "uq_application_one_typing_per_browser"],
        ),
        (lambda *_: successor_of(db.session(), new_id()), ["uq_application_replaces_id"]),
        (lambda *_: applications_of(db.session(), person_id=new_id()), ["ix_application_person_id"]),
    ],
    ids=["what is typed here", "what came of an application", "those of an account"],
)
def test_what_few_rows_have_is_found_by_an_index_of_these(
    session: Session, act: Callable[[Scene, UUID], object], found_by: list[str]
) -> None:
    scene = build_scene()
    walk = scene.add_departure("2026-05-20T10:00")
    with statements(session) as sent:
        act(scene, walk)
    ways = ways_to_read(sent)

    assert [
        index for index in found_by if not any(f"SEARCH application USING INDEX {index} " in way for way in ways)
    ] == []
    assert not [way for way in ways if way.startswith("SCAN application")]


@pytest.mark.sqlite_only("only SQLite says how it would read, whatever the tables hold")
def test_who_lost_places_on_a_departure_is_not_looked_for_in_the_whole_queue(session: Session) -> None:
    with statements(session) as sent:
        lost_there(session, [new_id()])

    assert any("SEARCH application USING INDEX ix_application_departure_id " in way for way in ways_to_read(sent))


@pytest.mark.postgres_only("SQLite takes the unique index by itself")
def test_the_right_of_a_party_is_not_looked_for_among_the_ends_of_all_rights(session: Session) -> None:
    """PostgreSQL knows nothing yet of how many rights there are while a change of level displaces thousands."""
    session.execute(text("SET LOCAL enable_seqscan = off"))
    asked: list[tuple[str, Any]] = []
    note = lambda _connection, _cursor, *sent: asked.append(sent[:2])  # noqa: E731 - an event wants a function
    event.listen(session.get_bind(), "before_cursor_execute", note)
    displaced(session, new_id())
    event.remove(session.get_bind(), "before_cursor_execute", note)
    statement, given = asked[-1]
    plan = session.connection().exec_driver_sql(f"EXPLAIN {statement}", given).scalars().all()

    assert any("uq_priority_right_one_unused_per_application" in line for line in plan)
    assert not any("ix_priority_right_lasts_until" in line for line in plan)


def ways_to_read(sent: list[str]) -> list[str]:
    """How SQLite would go about these statements: SCAN reads all of a table or an index, SEARCH looks something up."""
    read = [one for one in sent if one.startswith(("SELECT", "UPDATE", "WITH"))]
    with db.engine.connect() as connection:
        return [way for one in read for way in _ways_to_read(connection, one)]


def _ways_to_read(connection: Connection, statement: str) -> list[str]:
    nothing = (None,) * statement.count("?")
    return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", nothing)]
