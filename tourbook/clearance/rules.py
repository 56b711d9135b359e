"""Where a visitor stands, what may follow, and until when what can be done. Pure.

Everything that is due is due at 24:00 of a day, so many days before the departure. The freeze line is the course's own
`amend_until`: after it nobody is offered a place, nobody is exchanged, and no name is added to a list.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tourbook.applications.deadlines import answer_by, offers_end, shrink_by
from tourbook.applications.models import Visitor
from tourbook.clearance.models import Authority, ClearanceDemand, Listed, Standing
from tourbook.courses import amend_until
from tourbook.courses.models import Course
from tourbook.courses.rules import KOREAN
from tourbook.errors import Conflict, Refused
from tourbook.kst import civil_day, end_of_day
from tourbook.quiet import may_be_written_to

ONE_DAY = timedelta(days=1)
OFFERED_ON = timedelta(hours=1)
"""So long before nobody is offered places any more one must be free, so that somebody can still be asked."""

LEAST_TO_CHOOSE = timedelta(hours=1)
CHASED_DAYS = (3, 1)
"""So many days before their names are due, parties of whom something is missing are asked for it."""

STEPS: dict[Standing, frozenset[Standing]] = {
    Standing.MISSING: frozenset({Standing.READY}),
    Standing.READY: frozenset({Standing.SUBMITTED}),
    Standing.SUBMITTED: frozenset({Standing.CLEARED, Standing.REFUSED}),
    Standing.CLEARED: frozenset({Standing.REFUSED}),
    Standing.REFUSED: frozenset({Standing.CLEARED}),
}
"""What may follow what; an authority may think again, either way."""

WORST_FIRST = (Standing.REFUSED, Standing.MISSING, Standing.READY, Standing.SUBMITTED, Standing.CLEARED)


@dataclass(frozen=True)
class Deadlines:
    """By when each authority must have the names of one departure, and from when on nothing changes any more."""

    due: dict[Authority, datetime]
    freeze_at: datetime
    starts_at: datetime

    @property
    def first_due(self) -> datetime:
        """When the first authority must have the names."""
        return min(self.due.values())

    def is_frozen(self, now: datetime) -> bool:
        """Has the freeze line been reached?"""
        return now >= self.freeze_at


def deadlines(course: Course, demands: Iterable[ClearanceDemand], starts_at: datetime) -> Deadlines:
    """The deadlines of a departure. Names are due by the freeze line at the latest, however the course was changed."""
    freeze_at, day = amend_until(course, starts_at), civil_day(starts_at)
    due = {one.authority: min(end_of_day(day - one.due_days * ONE_DAY), freeze_at) for one in demands}
    return Deadlines(due, freeze_at, starts_at)


def lacks_passport(demand: ClearanceDemand, visitor: Visitor) -> bool:
    """Does the authority want a passport number that this visitor has not given?"""
    return demand.asks_passport and visitor.nationality != KOREAN and visitor.document_sealed is None


def overall(standings: Collection[Standing]) -> Standing:
    """Where somebody stands with all authorities together: with the one that is furthest from letting them in."""
    return next(one for one in WORST_FIRST if one in standings)


def check_step(old: Standing, new: Standing) -> None:
    """Refuse a standing that cannot follow that one."""
    if new not in STEPS[old]:
        raise Conflict("clearance_step", old=old.value, new=new.value)


def check_due_days(course: Course, due_days: int) -> None:
    """Refuse names that would be due after the freeze line, or earlier than anybody can apply."""
    if not course.amend_until_days <= due_days <= course.opens_days_before:
        least, most = course.amend_until_days, course.opens_days_before
        raise Refused("due_out_of_range", field="days", least=least, most=most, days=due_days)


def leaves_no_exchange(course: Course, due_days: Collection[int]) -> bool:
    """Are names due with every authority only when they may no longer change? Then nobody who is refused can ever be
    exchanged. Of a course that no authority checks yet, the days by which its names are sent count.
    """
    return max(due_days, default=course.roster_due_days) <= course.amend_until_days


def check_not_frozen(when: Deadlines, now: datetime) -> None:
    """Refuse what would change names after the freeze line."""
    if when.is_frozen(now):
        raise Conflict("names_frozen", until=when.freeze_at)


def check_exchange(
    when: Deadlines, standing: Standing, *, earlier: int, others_from_the_start: int, now: datetime
) -> None:
    """Refuse to exchange a visitor: after the freeze line; once names are due, unless something is missing or the
    visitor was refused; a second one of one's own accord; and the last of those who applied, since places are not
    passed on.
    """
    check_not_frozen(when, now)
    if standing is not Standing.REFUSED and earlier:
        raise Conflict("exchanged_already")
    if standing not in {Standing.REFUSED, Standing.MISSING} and now >= when.first_due:
        raise Conflict("exchange_too_late", until=when.first_due)
    if not others_from_the_start:
        raise Conflict("nobody_stays")


def choice_deadline(when: Deadlines, now: datetime, hours: int) -> datetime:
    """Until when a party of which somebody was refused chooses: so many hours, not in quiet hours, and early enough
    before the freeze line that the place can still be offered on. Where it is too late for that, at most until the
    departure.
    """
    usual, in_time = timedelta(hours=hours), offers_end(when.freeze_at) - OFFERED_ON
    if now + LEAST_TO_CHOOSE > in_time:
        return shrink_by(now, usual, when.starts_at)
    return min(answer_by(now, usual, when.freeze_at), in_time)


def chased_now(due: datetime, now: datetime) -> datetime | None:
    """The moment, before they are due, for which details are asked for now; None: too early, too late, or night."""
    if now >= due or not may_be_written_to(now):
        return None
    moments = (due - days * ONE_DAY for days in CHASED_DAYS)
    return max((moment for moment in moments if moment <= now), default=None)


def compared(last: Collection[UUID], present: Sequence[UUID], kept_out: Collection[UUID]) -> dict[UUID, Listed]:
    """Who stands how in the next list, given those of the last one: who was refused need not be taken back by name."""
    found = {one: Listed.STAYS if one in last else Listed.CAME for one in present}
    gone = [one for one in last if one not in found and one not in kept_out]
    return found | dict.fromkeys(gone, Listed.WENT)
