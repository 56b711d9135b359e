"""Changing, deleting or reordering any one record is found, linked or not; and the database refuses it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.commands import run
from tests.ground.application import Ground
from tests.records.breaking import execute, link_all, readings, take_triggers_away
from tourbook.db import new_id, rehearsal, transaction
from tourbook.kst import parse_moment
from tourbook.records import forget_records, verify
from tourbook.records.models import AccessRecord, RecordAnchor, RecordLink

NOW = parse_moment("2026-05-20T09:30")
SIZES = (3, 40, 1, 1, 7, 60, 2, 150, 5, 31)


def swap(session: Session, one: AccessRecord, other: AccessRecord, column: str) -> None:
    """Exchange a value of two records; nothing where it is the same."""
    here, there = getattr(one, column), getattr(other, column)
    table = AccessRecord.__table__
    session.execute(update(table).where(table.c.id == one.id).values({column: there}))
    session.execute(update(table).where(table.c.id == other.id).values({column: here}))


CHANGES: dict[str, Callable[[Session, AccessRecord, AccessRecord], object]] = {
    column: lambda session, one, _, column=column, value=value: session.execute(
        update(AccessRecord.__table__).where(AccessRecord.__table__.c.id == one.id).values({column: value})
    )
    for column, value in {
        "subject_id": new_id(),
        "reader": "operator:somebody else",
        "organisation_id": new_id(),
        "address": "198.51.100.1",
        "task": "another",
        "purpose": "another",
        "fields": "document",
        "subject_kind": "application",
        "at": NOW - timedelta(days=1),
        "mark": "0" * 32,
        "set_id": new_id(),
        "places": 1_000,
    }.items()
}
CHANGES["deleted"] = lambda session, one, _: session.execute(
    delete(AccessRecord.__table__).where(AccessRecord.__table__.c.id == one.id)
)
CHANGES["whole reading deleted"] = lambda session, one, _: session.execute(
    delete(AccessRecord.__table__).where(AccessRecord.__table__.c.set_id == one.set_id)
)
CHANGES["subjects exchanged"] = lambda session, one, other: swap(session, one, other, "subject_id")
CHANGES["marks exchanged"] = lambda session, one, other: swap(session, one, other, "mark")
UNSEEN_IN_THE_TAIL = {"whole reading deleted"}
"""With the trail beside it this is found too: see test_reading.py."""


@pytest.fixture
def broken_into(session: Session) -> Iterator[Session]:
    """A few hundred linked records, and a session without triggers, whose writing is never kept."""
    readings(SIZES, now=NOW)
    assert link_all(NOW) == len(SIZES)
    with rehearsal() as inside:
        take_triggers_away(inside.connection())
        yield inside


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=st.sampled_from(sorted(CHANGES)), number=st.integers(0, sum(SIZES) - 1), other=st.integers(1, 90))
def test_any_change_of_any_record_is_found(broken_into: Session, what: str, number: int, other: int) -> None:
    rows = broken_into.scalars(select(AccessRecord).order_by(AccessRecord.set_id, AccessRecord.place)).all()
    assert verify(broken_into).fault is None
    with broken_into.begin_nested() as point:
        CHANGES[what](broken_into, rows[number], rows[(number + other) % len(rows)])
        found = verify(broken_into).fault
        point.rollback()
    broken_into.expire_all()

    assert found is not None, what
    assert verify(broken_into).fault is None


@pytest.mark.parametrize("what", sorted(CHANGES.keys() - UNSEEN_IN_THE_TAIL))
def test_a_change_is_found_before_anything_is_linked(session: Session, what: str) -> None:
    readings((3, 4), now=NOW)
    with rehearsal() as inside:
        take_triggers_away(inside.connection())
        rows = inside.scalars(select(AccessRecord).order_by(AccessRecord.set_id, AccessRecord.place)).all()
        assert verify(inside).fault is None
        CHANGES[what](inside, rows[0], rows[4])

        assert verify(inside).fault is not None


LINKS = {
    "deleted": "DELETE FROM record_link WHERE number = 5",
    "changed": "UPDATE record_link SET digest = 'x' WHERE number = 5",
    "moved": "UPDATE record_link SET number = 50 WHERE number = 5",
    "begun later": "DELETE FROM record_link WHERE number <= 5",
}


@pytest.mark.parametrize("what", sorted(LINKS))
def test_a_break_in_the_links_names_the_first(broken_into: Session, what: str) -> None:
    assert execute(LINKS[what]) >= 1

    fault = verify(broken_into).fault or ""
    assert "link 1" in fault if what == "begun later" else "link 5" in fault


def test_two_links_that_changed_places_are_found(broken_into: Session) -> None:
    for old, new in ((4, 99), (5, 4), (99, 5)):
        execute("UPDATE record_link SET number = :new WHERE number = :old", old=old, new=new)

    assert "link 4" in (verify(broken_into).fault or "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_record SET reader = 'nobody'",
        "DELETE FROM access_record",
        "UPDATE record_link SET hash = ''",
        "DELETE FROM record_link",
    ],
)
def test_the_database_refuses(session: Session, statement: str) -> None:
    readings((2, 1), now=NOW)
    link_all(NOW)

    with pytest.raises(DBAPIError, match="only added"), transaction() as act:
        act.execute(text(statement))


def test_what_is_two_years_old_goes_and_the_rest_verifies(session: Session) -> None:
    readings((3, 4, 5), now=NOW)
    readings((6,), now=NOW + timedelta(days=30))
    link_all(NOW)
    just_before, later = NOW + timedelta(days=2 * 366), NOW + timedelta(days=2 * 366, minutes=1)

    assert forget_records(now=just_before) == 0
    assert forget_records(now=later) == 3
    assert forget_records(now=later) == 0

    session.rollback()
    assert session.scalar(select(func.count()).select_from(AccessRecord)) == 6
    found = verify(session)
    assert (found.fault, found.links, found.head_number) == (None, 1, 4)
    readings((2,), now=later)
    assert link_all(later) == 1
    session.rollback()
    assert (verify(session).fault, verify(session).head_number) == (None, 5)


def test_after_a_purge_the_database_still_refuses_the_rest(session: Session) -> None:
    readings((3,), now=NOW)
    readings((6,), now=NOW + timedelta(days=30))
    link_all(NOW)
    assert forget_records(now=NOW + timedelta(days=2 * 366, minutes=1)) == 1

    with pytest.raises(DBAPIError, match="only added"), transaction() as act:
        act.execute(text("DELETE FROM access_record"))


def test_an_anchor_that_no_purge_has_made_is_found(session: Session) -> None:
    readings((3, 4), now=NOW)
    link_all(NOW)
    with rehearsal() as inside:
        first = inside.scalars(select(RecordLink).order_by(RecordLink.number)).first()
        assert first is not None
        forged = {"number": 1, "hash": first.hash, "until": first.at + timedelta(seconds=1), "mark": "0" * 32}
        inside.add(RecordAnchor(**forged))
        inside.flush()  # the database believes it
        inside.execute(delete(AccessRecord).where(AccessRecord.set_id == first.set_id))
        inside.execute(delete(RecordLink).where(RecordLink.number == 1))

        assert "anchor" in (verify(inside).fault or "")


def test_what_is_linked_already_is_not_linked_again(session: Session) -> None:
    readings((1, 2), now=NOW)
    assert link_all(NOW) == 2
    readings((3,), now=NOW + timedelta(minutes=1))
    assert link_all(NOW) == 1
    assert link_all(NOW) == 0


def test_the_command_says_so_and_names_the_break(database: Ground, session: Session) -> None:
    readings((3, 4), now=NOW)
    link_all(NOW)
    told = run(database, "records", "verify")
    assert (told.exit_code, "7 records, 2 readings" in told.output) == (0, True)

    with transaction() as act:  # a record that nobody's reading has left
        first = act.scalars(select(AccessRecord)).first()
        columns = {one.key: getattr(first, one.key) for one in AccessRecord.__table__.columns}
        act.add(AccessRecord(**{**columns, "id": new_id(), "set_id": new_id(), "places": 1, "place": 1}))
    told = run(database, "records", "verify")
    assert told.exit_code == 1
    assert "BROKEN" in told.output
