"""The facts of a course are read once for each version of them, and never given to anybody who may not see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.applications.scene import ENTRIES_OF_TESTS, Scene, build_scene
from tourbook.db import db, rehearsal, transaction
from tourbook.distancing import facts_of, raise_version, service
from tourbook.distancing.models import Order
from tourbook.kst import start_of_day

BEGINNING = ("BEGIN", "PRAGMA", "SELECT set_config")  # a transaction, and how long it may wait


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def levels(scene: Scene) -> list[str]:
    """The levels of the orders that the facts know, as a request of its own reads them."""
    db.session.remove()
    return [order.level for order in facts_of(db.session(), scene.course_id).orders]


def order(scene: Scene, level: str, entry: int) -> Order:
    day = date(2026, 5, 4)
    return Order(
        entry=entry,
        region_code="41",
        announced_at=scene.now,
        known_at=scene.now,
        effective_from=day,
        applies_at=start_of_day(day),
        scale="s",
        level=level,
    )


def test_facts_are_read_once_for_each_version(scene: Scene) -> None:
    scene.add_order("half", "2026-05-04")
    assert levels(scene) == ["half"]

    with statements() as sent:
        again = levels(scene)

    assert again == ["half"]
    assert [one for one in sent if not one.startswith(BEGINNING)] == ["SELECT ruleset.version \nFROM ruleset"]


def test_a_change_of_facts_is_seen_by_whoever_asks_next(scene: Scene) -> None:
    first = scene.add_order("half", "2026-05-04")
    assert levels(scene) == ["half"]

    scene.add_order("closed", "2026-05-04")
    assert levels(scene) == ["half", "closed"]
    scene.withdraw(first)

    db.session.remove()
    assert [one.withdrawn_at for one in facts_of(db.session(), scene.course_id).orders] == [scene.now, None]


def try_out(scene: Scene, level: str) -> list[str]:
    """The levels that the facts know inside a rehearsal that enters an order."""
    with rehearsal() as session:
        raise_version(session)
        session.add(order(scene, level, ENTRIES_OF_TESTS))
        session.flush()
        return [one.level for one in facts_of(session, scene.course_id).orders]


def test_facts_that_were_only_tried_out_are_not_kept(scene: Scene) -> None:
    assert try_out(scene, "closed") == ["closed"]

    scene.add_order("half", "2026-05-04")  # it gets the version that was tried out

    assert levels(scene) == ["half"]


def test_without_the_guard_they_would_be(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as unguarded:
        unguarded.setattr(service, "_sees_its_own", lambda _session: False)
        try_out(scene, "closed")

    scene.add_order("half", "2026-05-04")

    assert levels(scene) == ["closed"]


def test_an_act_that_enters_facts_reads_them_as_it_goes_on(scene: Scene) -> None:
    with transaction() as session:
        raise_version(session)
        seen = []
        for number, level in enumerate(("half", "closed"), start=ENTRIES_OF_TESTS):
            session.add(order(scene, level, number))
            session.flush()
            seen.append([one.level for one in facts_of(session, scene.course_id).orders])

    assert seen == [["half"], ["half", "closed"]]
    assert levels(scene) == ["half", "closed"]


def test_a_reader_of_an_older_version_leaves_nothing_behind(scene: Scene) -> None:
    scene.add_order("half", "2026-05-04")
    assert levels(scene) == ["half"]
    bind, version = db.session.get_bind(), service.ruleset_version(db.session())

    service._kept_under(bind, version - 1)[scene.course_id] = "of yesterday"

    assert levels(scene) == ["half"]
