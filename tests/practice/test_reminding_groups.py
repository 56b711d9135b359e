"""Groups are reminded in a rehearsal whose clock is moved, at the moment at which they would be."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.accounts.people import actor_of
from tests.practice.conftest import BEGAN_AT, Practice
from tourbook import jobs, practice
from tourbook.actor import Role
from tourbook.applications.models import Allotment
from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.notices import Kind
from tourbook.notices.models import Notice
from tourbook.practice import Due, What
from tourbook.rosters import GroupPlaces, release_allotment, set_aside

ADDRESS = ("mail", "school@example.kr")
BY_DAY, AT_NIGHT, LATE = "2026-05-10T18:00", "2026-05-11T00:00", "2026-05-10T20:30"


def a_group(rehearsal: Practice, ends: str, contact: tuple[str, str] | None = ADDRESS, *, day: int = 20) -> UUID:
    walk = rehearsal.scene.add_departure(f"2026-05-{day}T10:00")
    places = GroupPlaces("학교", 2, parse_moment(ends), contact)
    boss = actor_of(rehearsal.people[Role.ADMINISTRATOR])
    return set_aside(walk, places, form_id=str(walk), actor=boss, now=BEGAN_AT)


def ahead() -> list[Due]:
    db.session.rollback()
    return [one for one in practice.due_ahead(db.session(), most=50, now=BEGAN_AT) if one.what is What.GROUP_REMINDER]


def reminded() -> list[datetime]:
    """When each reminder of a group was written."""
    db.session.rollback()
    written = select(Notice.created_at).where(Notice.kind == Kind.GROUP_REMINDER).order_by(Notice.id)
    return [moment.replace(second=0, microsecond=0) for moment in db.session.scalars(written)]


@pytest.mark.parametrize(
    ("ends", "moments"),
    [
        (BY_DAY, ["2026-05-07T18:00", "2026-05-09T18:00"]),
        (AT_NIGHT, ["2026-05-08T09:00", "2026-05-10T09:00"]),
        (LATE, ["2026-05-08T09:00", "2026-05-10T09:00"]),
        ("2026-05-06T18:00", ["2026-05-05T18:00"]),
    ],
    ids=["by day", "at midnight", "in the evening", "less than three days before"],
)
def test_the_moments_of_the_reminders_are_named_and_each_is_written_at_its_own(
    rehearsal: Practice, ends: str, moments: list[str]
) -> None:
    """Less than three days before the end the first reminder is due at once."""
    with rehearsal.app.app_context():
        a_group(rehearsal, ends)
        due = [parse_moment(moment) for moment in moments]
        assert ahead() == [Due(moment, What.GROUP_REMINDER) for moment in due]
        db.session.remove()

    jobs.live_through(rehearsal.app, parse_moment("2026-05-11T12:00"), seconds=300)

    with rehearsal.app.app_context():
        at_once = [BEGAN_AT] * (2 - len(due))
        assert reminded() == [*at_once, *due]


def test_several_at_one_moment_are_counted_and_none_is_named_that_is_not_written(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        one, _, silent = (
            a_group(rehearsal, ends, contact, day=day)
            for day, ends, contact in ((20, BY_DAY, ADDRESS), (21, BY_DAY, ADDRESS), (22, LATE, None))
        )
        assert [due.number for due in ahead()] == [2, 2]

        with transaction() as act:
            act.get_one(Allotment, one).reminded_days = 3
        assert [due.number for due in ahead()] == [1, 2]

        boss = actor_of(rehearsal.people[Role.ADMINISTRATOR])
        for allotment in (one, silent):
            release_allotment(allotment, actor=boss, now=BEGAN_AT)
        assert [due.number for due in ahead()] == [1, 1]
