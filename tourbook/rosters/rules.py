"""Who sits where at the gate, what may follow what there, and what a search finds. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tourbook.applications.models import Application, Attendance, Fee, State, Visitor
from tourbook.courses.models import Departure
from tourbook.errors import Conflict
from tourbook.kst import civil_day, end_of_day
from tourbook.seal import normalised

TRAVELLING = frozenset({State.CONFIRMED, State.MUST_SHRINK})
"""The states in which a party is expected at the meeting place."""

FEE_STEPS: dict[Fee, frozenset[Fee]] = {
    Fee.NONE: frozenset(),
    Fee.DUE: frozenset({Fee.PAID}),
    Fee.PAID: frozenset({Fee.VOUCHER_GIVEN, Fee.RETURNED, Fee.DUE}),
    Fee.VOUCHER_GIVEN: frozenset({Fee.PAID}),
    Fee.RETURNED: frozenset({Fee.PAID}),
}
"""What a fee may become by hand; the step back to where it came from is the undo."""


@dataclass(frozen=True)
class GatePlaces:
    """Places that somebody at the gate may have: seats nobody took, and those of recorded no-shows, by their ids.

    `left_empty` is in the order in which they were recorded.
    """

    unsold: int
    left_empty: tuple[UUID, ...] = ()

    @property
    def free(self) -> int:
        """All of them together."""
        return self.unsold + len(self.left_empty)

    def give(self, people: int) -> list[UUID | None]:
        """A place for each of so many people: unsold seats (None) first, then those of no-shows.

        Refuses `gate_full` when there are fewer: a party is never split.
        """
        if people > self.free:
            raise Conflict("gate_full", field="seats", free=self.free, seats=people)
        unsold = min(people, self.unsold)
        return [*(None for _ in range(unsold)), *self.left_empty[: people - unsold]]


@dataclass(frozen=True)
class NameChanges:
    """How the names have changed since the roster was sent: so many came, so many went, so many were put right."""

    came: int
    went: int
    corrected: int = 0

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.corrected)


def name_changes(sent: Collection[UUID], present: Collection[UUID]) -> NameChanges:
    """Compare the visitors who were on the roster when it was sent with those who are on it now."""
    return NameChanges(came=len(set(present) - set(sent)), went=len(set(sent) - set(present)))


@dataclass(frozen=True)
class Calling:
    """When contacts may be opened: from the first instant on, and no longer at the last."""

    opens_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        """May contacts be opened at that instant?"""
        return self.opens_at <= now < self.closes_at


def calling(starts_at: datetime, names_due: datetime, names_sent: datetime | None) -> Calling:
    """From when the names are due, or were sent before, until 24:00 of the day after: what was left behind is found."""
    opens_at = min(names_due, names_sent or names_due)
    return Calling(opens_at, end_of_day(civil_day(starts_at) + timedelta(days=1)))


def check_calling(when: Calling, now: datetime, *, early: bool) -> None:
    """Refuse to open a contact when there is nothing to call about any more, or, unless `early`, yet."""
    if now >= when.closes_at:
        raise Conflict("contact_too_late", until=when.closes_at)
    if now < when.opens_at and not early:
        raise Conflict("contact_too_early", since=when.opens_at)


def is_on_roster(application: Application, departure: Departure) -> bool:
    """Is this party on the departure's roster? Of one that was called off: was it, when that happened?"""
    states = {State.CALLED_OFF} if departure.called_off_at else TRAVELLING
    return application.state in states and application.confirmed_at is not None


def check_day(starts_at: datetime, now: datetime) -> None:
    """Refuse what is only done at the gate before the departure's day has begun."""
    if civil_day(now) < civil_day(starts_at):
        raise Conflict("before_the_day", day=civil_day(starts_at))


def check_same_day(starts_at: datetime, now: datetime) -> None:
    """Refuse what is done at the gate on another day than the departure's."""
    check_day(starts_at, now)
    if civil_day(now) > civil_day(starts_at):
        raise Conflict("after_the_day", day=civil_day(starts_at))


def tour_end(departure: Departure) -> datetime:
    """When the tour is over."""
    return departure.starts_at + timedelta(minutes=departure.minutes)


def check_admitting(departure: Departure, now: datetime) -> None:
    """Refuse to let anybody go along on another day than the departure's, and once its tour is over."""
    check_same_day(departure.starts_at, now)
    if now >= tour_end(departure):
        raise Conflict("gate_over", ended=tour_end(departure))


def check_travels(application: Application, visitor: Visitor) -> None:
    """Refuse to mark somebody who is not expected: cancelled, displaced, called off, or still waiting."""
    if application.state not in TRAVELLING or visitor.cancelled_at:
        raise Conflict("not_on_the_roster", state=application.state.value)


def check_fee_step(old: Fee, new: Fee) -> None:
    """Refuse a change of fee that leaves out a step: nothing is given back that was not paid."""
    if new not in FEE_STEPS[old]:
        raise Conflict("fee_step", old=old.value, new=new.value)


def next_fees(fee: Fee) -> Sequence[Fee]:
    """What may be done about a fee, the usual step first and the undo last."""
    return [step for step in (Fee.PAID, Fee.VOUCHER_GIVEN, Fee.RETURNED, Fee.DUE) if step in FEE_STEPS[fee]]


def leaves_its_place(old: Attendance, new: Attendance) -> bool:
    """Does somebody who was written down as a no-show want the place back?"""
    return old == Attendance.NO_SHOW and new != Attendance.NO_SHOW


def fits_search(search: str, *texts: str) -> bool:
    """Is the search a part of one of the texts, whatever the spaces, hyphens and capitals?"""
    wanted = normalised(search)
    return not wanted or any(wanted in normalised(text) for text in texts)
