"""Beginning again: every row as it was, the clock too, and nothing that a process keeps taken for it."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.applications.scene import state
from tests.draws.lottery import build_lottery
from tests.ground.application import Ground
from tests.ground.databases import Rows, kept_rows
from tests.practice.conftest import BEGAN_AT, Practice
from tests.records.breaking import readings
from tourbook import clock, practice
from tourbook.actor import Role
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure
from tourbook.db import db, transaction
from tourbook.distancing import ruleset_version
from tourbook.errors import Conflict
from tourbook.practice import Rehearsal, beginning
from tourbook.records import link_due, verify
from tourbook.records.models import AccessRecord


def without_versions(rows: Rows) -> Rows:
    return {
        name: [{column: value for column, value in row.items() if column != "version"} for row in found]
        for name, found in rows.items()
        if name != "rehearsal"
    }


def test_everything_is_back_as_it_was_and_the_clock_too(rehearsal: Practice, database: Ground) -> None:
    with rehearsal.app.app_context():
        scene = rehearsal.another_world(build_lottery)
        walk = scene.add_departure("2026-05-20T10:00")
        kept = scene.apply(walk, 2)
        scene.add_order("open", "2026-05-06")
        scene.enter(*scene.departures[:2], seats=2)
        practice.keep_beginning(machine=rehearsal.machine)
        before = kept_rows(database.engine)
        gone = scene.apply(walk, 3)
        scene.add_order("closed", "2026-05-10")
        practice.move_clock(BEGAN_AT + timedelta(days=3), machine=rehearsal.machine)

        practice.begin_anew(machine=rehearsal.machine)

        assert without_versions(kept_rows(database.engine)) == without_versions(before)
        assert len([name for name, rows in before.items() if rows]) > 10
        assert state(kept) is State.CONFIRMED
        assert db.session.get(Application, gone) is None
        assert timedelta(0) <= clock.now() - BEGAN_AT < timedelta(seconds=1)


def test_who_was_read_in_a_rehearsal_is_forgotten_with_it(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        practice.keep_beginning(machine=rehearsal.machine)
        readings((3, 2), now=BEGAN_AT)
        assert link_due(now=BEGAN_AT) == 2

        practice.begin_anew(machine=rehearsal.machine)

        assert db.session.scalars(select(AccessRecord)).all() == []
        assert verify(db.session()).links == 0


def test_the_facts_get_a_version_that_no_process_has_seen(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        rehearsal.scene.add_order("half", "2026-05-10")
        session = db.session()
        session.execute(update(Departure).values(version=ruleset_version(session)))
        session.commit()
        practice.keep_beginning(machine=rehearsal.machine)
        for _ in range(3):
            rehearsal.scene.add_order("closed", "2026-05-10")
        seen = ruleset_version(db.session())

        practice.begin_anew(machine=rehearsal.machine)

        version = ruleset_version(db.session())
        assert version > seen
        assert db.session.get_one(Departure, walk).version == version


def test_who_is_signed_in_stays_so(rehearsal: Practice) -> None:
    client = rehearsal.browser(Role.ADMINISTRATOR)
    with rehearsal.app.app_context():
        practice.move_clock(BEGAN_AT + timedelta(days=90), machine=rehearsal.machine)
    assert client.get("/en/admin/").status_code == 200

    with rehearsal.app.app_context():
        practice.begin_anew(machine=rehearsal.machine)

    assert client.get("/en/admin/").status_code == 200
    rehearsal.pass_by(days=90)
    assert client.get("/en/admin/").status_code == 302


def test_an_end_of_time_still_ends_a_sign_in(rehearsal: Practice) -> None:
    client = rehearsal.browser(Role.ADMINISTRATOR)

    rehearsal.pass_by(days=90)

    assert client.get("/en/admin/").status_code == 302


def test_a_beginning_of_another_schema_is_not_put_back(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        with transaction() as session:
            session.execute(update(Rehearsal).values(revision="0030"))

        with pytest.raises(Conflict, match="rehearsal_outdated"):
            practice.begin_anew(machine=rehearsal.machine)

        assert db.session.scalar(select(Departure.id)) == walk


def test_interrupted_while_it_is_prepared_it_is_not_ready(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        practice.mark(began_at=BEGAN_AT, machine=rehearsal.machine)

        with db.engine.connect() as connection:
            assert practice.has_mark(connection)
            assert not practice.is_prepared(connection)
        with pytest.raises(Conflict, match="rehearsal_outdated"):
            practice.begin_anew(machine=rehearsal.machine)


@pytest.mark.sqlite_only("writing a value asks no database")
@pytest.mark.parametrize(
    "value",
    [BEGAN_AT, date(2026, 5, 4), time(9, 30), UUID(int=7), b"\x00\xff", {"~other": 1}, {"a": [1, None, "~id"]}, "~id"],
)
def test_a_value_is_read_as_what_was_written(value: object) -> None:
    read = beginning.json.loads(beginning.json.dumps([value], default=beginning._written), object_hook=beginning._read)

    assert read == [value]
    assert type(read[0]) is type(value)
    assert not isinstance(value, datetime) or read[0].tzinfo
