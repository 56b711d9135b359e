"""What a roster without network may be, and what becomes of marks that were made on one. Pure.

Two devices and a desk mark the same people, and none sees the others. What was marked the same is the same; what was
marked otherwise meanwhile is for the operator to decide, who stands before the people.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tourbook.applications.models import Attendance
from tourbook.courses.models import Departure
from tourbook.errors import Conflict, Refused
from tourbook.kst import civil_day, end_of_day, start_of_day
from tourbook.rosters.rules import tour_end

ONE_DAY = timedelta(days=1)
MOST_MARKS = 400
"""More than a departure has people, several times over; a device sends the rest the next time."""


class Judged(StrEnum):
    """What became of one mark. Of the last six the operator is told, and decides.

    No mark stands in the way of another: what is wrong with one is said of that one.
    """

    TAKEN = "taken"
    TAKEN_BEFORE = "taken_before"
    SAME = "same"
    OTHERWISE = "otherwise"
    NOT_COMING = "not_coming"
    PLACE_TAKEN = "place_taken"
    UNKNOWN = "unknown"
    BEFORE_THE_DAY = "before_the_day"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class OfflineMark:
    """One mark that was made without network: by its one-time id, of whom, from what to what, and when.

    `was` is how the device saw the visitor before; `decided` says that the operator has seen that it stands otherwise
    by now, and wants this.
    """

    id: str
    visitor_id: UUID
    was: Attendance
    attendance: Attendance
    at: datetime
    decided: bool = False


@dataclass(frozen=True)
class Stands:
    """How a visitor stands in the tables now, and whether the party is still expected."""

    attendance: Attendance
    travels: bool


def judge(mark: OfflineMark, now_stands: Stands | None) -> Judged:
    """What becomes of a mark, given how the visitor stands; None: nobody of that id is on the departure."""
    if now_stands is None:
        return Judged.UNKNOWN
    if not now_stands.travels:
        return Judged.NOT_COMING
    if now_stands.attendance == mark.attendance:
        return Judged.SAME
    if now_stands.attendance != mark.was and not mark.decided:
        return Judged.OTHERWISE
    return Judged.TAKEN


def seen_at(mark: OfflineMark, handed_at: datetime, now: datetime) -> datetime:
    """When a mark was made, as far as it can be believed: a device's clock may go wrong, but not past what is known."""
    return min(max(mark.at, handed_at), now)


def is_too_early(mark: OfflineMark, starts_at: datetime, now: datetime) -> bool:
    """Was it made before the departure's day? Whoever decides on the day that it counts has seen the people there."""
    began = start_of_day(civil_day(starts_at))
    return now < began or (mark.at < began and not mark.decided)


def keep_until(departure: Departure) -> datetime:
    """When the tour is over, and no device has any use for names any more."""
    return tour_end(departure)


def marks_until(departure: Departure) -> datetime:
    """Until when marks are taken: 24:00 of the day after, when every device has had a network again."""
    return end_of_day(civil_day(departure.starts_at) + ONE_DAY)


def handed_out_from(departure: Departure) -> datetime:
    """From when on a device is given names: the day before."""
    return end_of_day(civil_day(departure.starts_at) - 2 * ONE_DAY)


def handing_out_fault(departure: Departure, now: datetime) -> Refused | None:
    """Why no device is given the names now; None where one may be."""
    try:
        check_handing_out(departure, now)
    except Refused as refused:
        return refused
    return None


def may_be_out(departure: Departure, now: datetime) -> bool:
    """May a device have this roster, or marks that it has not sent yet?"""
    return departure.called_off_at is None and handed_out_from(departure) <= now < marks_until(departure)


def check_handing_out(departure: Departure, now: datetime) -> None:
    """Refuse to hand names out earlier than the day before, after the tour, or of a departure that was called off."""
    if departure.called_off_at:
        raise Conflict("called_off_already")
    if now < handed_out_from(departure):
        raise Conflict("roster_too_early", since=handed_out_from(departure))
    if now >= keep_until(departure):
        raise Conflict("tour_over")
