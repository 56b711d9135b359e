"""What holds today and what comes next, course by course: read from the rule, day by day.

Each day is asked as of its own beginning, so that what is entered and not announced or applied yet counts from then on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask_babel import gettext as _

from tourbook.courses.models import Course
from tourbook.distancing import Allowance, Facts, Slot, allowance
from tourbook.distancing.facts import Words
from tourbook.kst import at, civil_day, start_of_day
from tourbook.web import present

MORNING = time(10)
DAYS_LOOKED_AHEAD = 60
REMIND_WITHIN = 21
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Today:
    """What holds for a course today."""

    course_id: UUID
    code: str
    course: str
    level: str
    capacity: int
    party_max: int | None
    basis: str


@dataclass(frozen=True)
class Turn:
    """A day from which a course's size or party limit is another."""

    day: date
    course: str
    before: Allowance
    after: Allowance


@dataclass(frozen=True)
class Lapse:
    """The last day that an order covers for a course, with no later order; past where nobody has decided since."""

    course: str
    last_day: date | None
    past: bool


class Outlook:
    """One course's allowances for a morning departure on each of the coming days, if nothing more is decided."""

    def __init__(self, course: Course, facts: Facts, now: datetime) -> None:
        self._course, self._facts, self._now = course, facts, now
        self._name = present.in_lang(course, "name")
        first = civil_day(now)
        self._days = [first + number * ONE_DAY for number in range(DAYS_LOOKED_AHEAD)]
        self._answers = [self._on(day) for day in self._days]

    @property
    def today(self) -> Today:
        """What holds today."""
        answer = self._answers[0]
        return Today(
            course_id=self._course.id,
            code=self._course.code,
            course=self._name,
            level=_level(answer, self._facts),
            capacity=answer.capacity,
            party_max=answer.party_max,
            basis=answer.basis,
        )

    def turns(self) -> Iterator[Turn]:
        """The days on which the size or the party limit becomes another."""
        for day, before, after in zip(self._days[1:], self._answers, self._answers[1:], strict=False):
            if (before.capacity, before.party_max) != (after.capacity, after.party_max):
                yield Turn(day, self._name, before, after)

    def lapse(self) -> Lapse | None:
        """The order that ends soon without a successor, or has ended so."""
        if self._answers[0].basis == "lapsed":
            return Lapse(self._name, None, past=True)
        soon = zip(self._days, self._answers, self._answers[1:], strict=False)
        for day, answer, following in list(soon)[:REMIND_WITHIN]:
            if answer.basis == "order" and following.basis in {"projected", "lapsed"}:
                return Lapse(self._name, day, past=False)
        return None

    def _on(self, day: date) -> Allowance:
        as_of = max(self._now, start_of_day(day))
        return allowance(Slot(at(day, MORNING), self._course.minutes), self._facts, as_of)


def size_words(answer: Allowance) -> str:
    """A size and a party limit in a few words."""
    if answer.closed:
        return str(_("closed"))
    if not answer.party_max:
        return str(_("%(size)s people, parties of any size", size=answer.capacity))
    return str(_("%(size)s people, parties of up to %(party)s", size=answer.capacity, party=answer.party_max))


def _level(answer: Allowance, facts: Facts) -> str:
    if answer.scale is None or answer.level is None:
        return str(_("no order"))
    return present.said(facts.level_names.get((answer.scale, answer.level), Words(answer.level, answer.level)))
