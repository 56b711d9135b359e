"""On which days ahead fewer people may go than usual, or nobody, and why: a line for each such days in a row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from tourbook.applications.telling import deciding_cause
from tourbook.courses.models import Departure
from tourbook.distancing import Allowance, DaysInARow, Facts, allowance, allowances, days_like, slot_of
from tourbook.distancing.causes import Cause
from tourbook.distancing.facts import Words
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import people

MOST = 5


@dataclass(frozen=True)
class Mark:
    """What makes a departure smaller than usual; `party_max` where a party may be less than the course allows."""

    cause: Words
    party_max: int | None


@dataclass(frozen=True)
class Stretch:
    """Days in a row that the same makes smaller; `sizes` are those of their departures, each with its usual one."""

    days: DaysInARow
    mark: Mark
    sizes: set[tuple[int, int]] = field(default_factory=set)

    def line(self, today: date) -> str:
        """When, how many, and why."""
        when, why = _period(self.days, today), present.said(self.mark.cause)
        return _("%(when)s: %(how_many)s. %(why)s", when=when, how_many=self._how_many, why=why)

    @property
    def _how_many(self) -> str:
        if max(self.sizes)[0] == 0:
            return _("nobody may go")
        said = [] if all(size == usual for size, usual in self.sizes) else [self._places]
        if self.mark.party_max is not None:
            said.append(_("parties of up to %(people)s", people=people(self.mark.party_max)))
        return ", ".join(said)

    @property
    def _places(self) -> str:
        fewest, most = min(self.sizes)[0], max(self.sizes)[0]
        if len(self.sizes) == 1:
            ((size, usual),) = self.sizes
            return _("%(size)s people (usually %(usual)s)", size=size, usual=usual)
        if fewest == most:
            return people(most)
        return _("%(fewest)s to %(most)s people, depending on the departure", fewest=fewest, most=most)


@dataclass(frozen=True)
class Stretches:
    """A line for each stretch of days; `more` says that there are more of them than lines."""

    lines: list[str]
    more: bool


def stretches(departures: Iterable[Departure], facts: Facts, now: datetime, *, told: Departure | None) -> Stretches:
    """Where these departures of one course are smaller than usual, from today on, the soonest days first.

    `told` is the departure of which the page says so already: its days have no line.
    """
    today = civil_day(now)
    coming = {one.id: one for one in departures if _is_ahead(one, today)}
    answers = allowances({key: slot_of(one) for key, one in coming.items()}, facts, now)
    found: list[Stretch] = []
    if told:
        _note(found, told, allowance(slot_of(told), facts, now), facts, now)
    above = len(found)
    for one in sorted(coming.values(), key=lambda one: one.starts_at):
        _note(found, one, answers[one.id], facts, now)
        if len(found) - above > MOST:
            break
    others = found[above:]
    return Stretches([one.line(today) for one in others[:MOST]], more=len(others) > MOST)


def _is_ahead(departure: Departure, today: date) -> bool:
    return departure.called_off_at is None and civil_day(departure.starts_at) >= today


def _note(found: list[Stretch], departure: Departure, answer: Allowance, facts: Facts, now: datetime) -> None:
    """Count a departure into the stretch that it belongs to; into a new one, where none has its day and its mark."""
    mark = _mark(answer)
    if mark is None:
        return
    slot = slot_of(departure)
    there = next((one for one in found if one.mark == mark and slot.day in one.days), None)
    if there is None:
        there = Stretch(days_like(slot, facts, now, _mark), mark)
        found.append(there)
    there.sizes.add((answer.capacity, _value(answer, "base") or 0))


def _mark(answer: Allowance) -> Mark | None:
    """What makes it smaller than usual; None where nothing does."""
    party_max = answer.party_max if answer.party_max != _value(answer, "party") and not answer.closed else None
    if answer.capacity < (_value(answer, "base") or 0):
        return Mark(_words(deciding_cause(answer)), party_max)
    if party_max is None:
        return None
    return Mark(_words(next(one for one in reversed(answer.causes) if one.party_max == party_max)), party_max)


def _value(answer: Allowance, component: str) -> int | None:
    return next(cause.value for cause in answer.causes if cause.component == component)


def _words(cause: Cause) -> Words:
    """An order by its place and level: what it makes of each size stands in the number."""
    return cause.order or Words(cause.ko, cause.en)


def _period(days: DaysInARow, today: date) -> str:
    first, last = present.day(days.first), present.day(days.last) if days.last else ""
    if days.first <= today:
        return _("Until %(last)s", last=last) if last else _("Until further notice")
    if not last:
        return _("From %(first)s until further notice", first=first)
    return first if first == last else _("From %(first)s to %(last)s", first=first, last=last)
