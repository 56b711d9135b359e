"""Pure rules of courses: when people may apply, who may go, on which days a schedule departs.

Days are Korean civil days; instants are aware. Nothing here reads a clock or a database.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta

from tourbook.courses.drafts import ScheduleDraft
from tourbook.courses.models import Course, Departure, Schedule
from tourbook.kst import at, civil_day, end_of_day

ONE_DAY = timedelta(days=1)
AHEAD_OF_OPENING = timedelta(days=7)
KOREAN = "KR"
SHORT_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Window:
    """When applications are taken: from the first instant on, and no longer at the last."""

    opens_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Are applications taken at that instant?"""
        return self.opens_at <= now < self.closes_at


@dataclass(frozen=True)
class VisitorFacts:
    """What decides whether somebody may go: birth date, nationality (two letters), and a document number given.

    Without a birth date, which could not be read yet, nothing is said about the age.
    """

    birth_date: date | None
    nationality: str
    has_document: bool = False


def window(course: Course, departure: Departure) -> Window:
    """When everybody can apply for a departure: from the course's hour on its first day to 24:00 of its last. Where a
    draw has published an hour for what is left over, from that hour on instead, be it earlier or later.
    """
    opens_at = departure.by_draw_until or _opens_at(course, departure.starts_at)
    return Window(opens_at, taken_until(course, departure.starts_at))


def taken_until(course: Course, starts_at: datetime) -> datetime:
    """The instant from which applications are no longer taken: 24:00, so many days before the departure."""
    return end_of_day(civil_day(starts_at) - course.closes_days_before * ONE_DAY)


def offers_from(course: Course, departure: Departure) -> datetime:
    """The instant from which free places are offered to whoever waits for them: the course's opening, and at the latest
    when everybody can apply. The reserve of a draw need not wait for the left-over hour.
    """
    return min(_opens_at(course, departure.starts_at), window(course, departure).opens_at)


def _opens_at(course: Course, starts_at: datetime) -> datetime:
    return at(civil_day(starts_at) - course.opens_days_before * ONE_DAY, course.opens_at)


def gives_by_draw(departure: Departure, now: datetime) -> bool:
    """Are its places for those who are drawn, at that moment? Also where the draw is late."""
    before_left_overs = departure.by_draw_until is not None and now < departure.by_draw_until
    return departure.awaits_draw or before_left_overs


def amend_until(course: Course, starts_at: datetime) -> datetime:
    """The instant from which the roster is no longer amended: 24:00, so many days before the departure, and at the
    latest its start: an offer for a departure that has left would stay open for ever.
    """
    return min(end_of_day(civil_day(starts_at) - course.amend_until_days * ONE_DAY), starts_at)


def roster_due(course: Course, starts_at: datetime) -> datetime:
    """The instant by which the names must have been sent: 24:00, so many days before the departure."""
    return end_of_day(civil_day(starts_at) - course.roster_due_days * ONE_DAY)


def allotments_until(course: Course, starts_at: datetime) -> datetime:
    """The instant by which places set aside for groups are free for everybody at the latest: while applications are
    taken, and before the names must have been sent.
    """
    return min(taken_until(course, starts_at), roster_due(course, starts_at))


def minimum_decided_at(course: Course, starts_at: datetime) -> datetime | None:
    """The instant at which it is decided whether enough people have places for a departure to run; None where the
    course declares no minimum, or declared it only then or later: what people were not told binds nobody.
    """
    if course.runs_from_people is None or course.decided_days_before is None or course.decided_at is None:
        return None
    moment = at(civil_day(starts_at) - course.decided_days_before * ONE_DAY, course.decided_at)
    return moment if course.minimum_since is None or course.minimum_since < moment else None


def age_on(birth_date: date, day: date) -> int:
    """Full years on that day. Somebody born on 29 February turns a year older on 1 March of a common year."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def first_day_of_age(birth_date: date, years: int) -> date:
    """The first day on which somebody is that old; 1 March of a common year for who was born on 29 February. Beyond the
    end of the calendar it is the last day of that.
    """
    year = birth_date.year + years
    if year > MAXYEAR:
        return date.max
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def may_go(course: Course, visitor: VisitorFacts, day: date) -> list[str]:
    """Why this visitor may not go on that day: too_young, nationals_only, document_needed; nothing if they may."""
    foreign = visitor.nationality != KOREAN
    found = {
        "too_young": visitor.birth_date is not None and age_on(visitor.birth_date, day) < course.min_age,
        "nationals_only": foreign and course.who == "nationals",
        "document_needed": foreign and course.who != "nationals" and course.needs_passport and not visitor.has_document,
    }
    return [reason for reason, applies in found.items() if applies]


def days_ahead(course: Course, days: int, today: date) -> date:
    """The last day that is to be planned: so many days from today, and a week beyond the opening of applications."""
    return today + max(timedelta(days=days), course.opens_days_before * ONE_DAY + AHEAD_OF_OPENING)


def first_open_day(course: Course, today: date) -> date:
    """The first day for which applications are still taken tomorrow: nothing is planned that nobody can apply for."""
    return today + (course.closes_days_before + 1) * ONE_DAY


def days_between(first_day: date, last_day: date) -> Iterator[date]:
    """Each day from the first to the last, both included."""
    return (first_day + number * ONE_DAY for number in range((last_day - first_day).days + 1))


def runs_on(schedule: Schedule | ScheduleDraft, day: date) -> bool:
    """Does the schedule depart on that day, by its weekdays and its season?"""
    in_season = (schedule.runs_from or day) <= day <= (schedule.runs_until or day)
    return in_season and day.weekday() in schedule.weekdays


def starts_on(schedule: Schedule | ScheduleDraft, day: date) -> list[datetime]:
    """The instants at which the schedule departs on that day, in order; none where it does not run."""
    if not runs_on(schedule, day):
        return []
    return sorted(at(day, time.fromisoformat(text)) for text in schedule.times)


def why_not_on(
    day: date, *, breaks: Iterable[tuple[date, date]], holidays: Collection[date], runs_on_holidays: bool
) -> str | None:
    """Why nothing departs on a day on which the schedule runs: break, holiday; None where nothing stands against it."""
    if any(first_day <= day <= last_day for first_day, last_day in breaks):
        return "break"
    return "holiday" if day in holidays and not runs_on_holidays else None
