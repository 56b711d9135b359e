"""Why a departure has the size it has, in the reader's language and in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tourbook.applications.telling import deciding_cause
from tourbook.courses.models import Departure
from tourbook.distancing import Allowance, DaysInARow, Facts, allowance, closed_days, slot_of
from tourbook.distancing.causes import Cause
from tourbook.kst import civil_day, start_of_day
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import people


@dataclass(frozen=True)
class Reasons:
    """The answer to "why is it 10?" as the page tells it.

    `rows` are the steps to the number of places, `party_rows` those to the largest party; `usual` is the size without
    any rule. `may_change` says that a milder order is announced for the day, or that none covers it yet. `closed` are
    the days around it on which nobody may go, seen from `today`; None where people may.
    """

    allowed: int
    usual: int
    party_max: int | None
    basis: str
    basis_sentence: str
    may_change: bool
    deciding: str
    rows: list[dict[str, Any]]
    party_rows: list[dict[str, Any]]
    conditions: list[str]
    cause: Cause
    closed: DaysInARow | None
    today: date

    @property
    def reduced(self) -> bool:
        """Is it smaller than usual?"""
        return self.allowed < self.usual

    @property
    def in_short(self) -> str:
        """That it is smaller than usual, in the fewest words; empty where nothing reduces it."""
        if not self.reduced:
            return ""
        if self.closed:
            return _no_visits(self.closed, self.today)
        return _("Half as many people as usual") if self.is_half else _("Fewer people than usual")

    @property
    def brief(self) -> str:
        """The same with its cause, in one line."""
        cause = present.said(self.cause.order) if self.cause.order else present.said(self.cause)
        return f"{self.in_short}: {cause}" if self.reduced else ""

    @property
    def is_half(self) -> bool:
        """Is it exactly half the usual size?"""
        return 2 * self.allowed == self.usual

    def plain(self, day: date) -> list[str]:
        """Why so few may go on that day, in sentences for somebody who never heard of levels; empty where all may."""
        if not self.reduced:
            return []
        many = _(
            "On %(day)s %(allowed)s people may go together. Usually it is %(usual)s.",
            day=present.day(day),
            allowed=self.allowed,
            usual=self.usual,
        )
        none = _("On %(day)s nobody may go. Usually it is %(usual)s people.", day=present.day(day), usual=self.usual)
        return [many if self.allowed else none, _plain_cause(self.cause), _plain_period(self.cause)]

    @property
    def one_line(self) -> str:
        """The size and its reason in one line; empty where nothing reduces it."""
        if not self.reduced:
            return ""
        if self.closed:
            return f"{self.in_short}. {self.deciding}"
        return _(
            "%(allowed)s places instead of %(usual)s. %(reason)s",
            allowed=self.allowed,
            usual=self.usual,
            reason=self.deciding,
        )

    def party_line(self, day: date, own_limit: int | None) -> str:
        """How large a party may be on this course, and on that day, where that is less."""
        if self.party_max == own_limit or self.party_max is None or not self.allowed:
            return party_rule(own_limit)
        less = _("On %(day)s: up to %(people)s.", day=present.day(day), people=self.largest_party)
        return f"{party_rule(own_limit)} {less}"

    @property
    def largest_party(self) -> str:
        """How many people a party may have."""
        return _limit(self.party_max)


def party_rule(own_limit: int | None) -> str:
    """How large a party a course takes by itself."""
    if own_limit is None:
        return _("A party may be as large as there are places.")
    return _("A party may be of up to %(people)s.", people=people(own_limit))


def reasons(departure: Departure, facts: Facts, now: datetime) -> Reasons:
    """Why this departure has its size now."""
    slot = slot_of(departure)
    answer = allowance(slot, facts, now)
    return Reasons(
        allowed=answer.capacity,
        usual=_usual(answer),
        party_max=answer.party_max,
        basis=answer.basis,
        basis_sentence=ahead_sentence(answer) or _basis_sentence(answer.basis),
        may_change=_may_change(answer),
        deciding=present.said(deciding_cause(answer)),
        cause=deciding_cause(answer),
        rows=[_row(cause) for cause in answer.causes if cause.component != "party"],
        party_rows=list(_party_rows(answer)),
        conditions=[present.said(words) for words in answer.conditions],
        closed=closed_days(slot, facts, now) if answer.closed else None,
        today=civil_day(now),
    )


def _no_visits(closed: DaysInARow, today: date) -> str:
    """From when to when nobody may go; "at present" is said on those days alone."""
    first, last = present.day(closed.first), present.day(closed.last) if closed.last else ""
    if today in closed:
        return _("No visits at present, up to and including %(last)s", last=last) if last else _("No visits at present")
    if not last:
        return _("No visits from %(first)s until further notice", first=first)
    if closed.first == closed.last:
        return _("No visits on %(day)s", day=first)
    return _("No visits from %(first)s to %(last)s", first=first, last=last)


def _usual(answer: Allowance) -> int:
    return next((cause.value or 0 for cause in answer.causes if cause.component == "base"), answer.capacity)


def _row(cause: Cause) -> dict[str, Any]:
    return {
        "text": present.said(cause),
        "note": _note(cause),
        "since": " · ".join(_dates(cause)),
        "to": _("no limit") if cause.value is None else present.number(cause.value),
    }


def _party_rows(answer: Allowance) -> Iterator[dict[str, Any]]:
    """The course's own limit, and the order that allows less, where one does."""
    own = next(cause for cause in answer.causes if cause.component == "party")
    yield {"text": present.said(own), "to": _limit(own.value)}
    if answer.party_max != own.value:
        ordered = next(cause for cause in answer.causes if cause.party_max == answer.party_max)
        yield {"text": present.said(ordered), "to": _limit(answer.party_max)}


def _limit(number: int | None) -> str:
    return _("no limit") if number is None else people(number)


def _note(cause: Cause) -> str:
    if cause.kind == "suspension":
        return _("While it lasts nobody goes, whatever else counts.")
    notes = {
        "base": _("This is where the calculation begins."),
        "level": _("What health authorities have ordered for this region on this day."),
        "announced": _("Already announced. Until it applies it can make the departure smaller, not larger."),
        "measure": _("Decided for this site alone."),
    }
    return notes[cause.component]


def _dates(cause: Cause) -> Iterator[str]:
    if cause.public_at:
        yield _("announced %(moment)s", moment=present.instant(cause.public_at))
    if cause.first_day:
        yield _period(cause.first_day, cause.last_day)


def _plain_cause(cause: Cause) -> str:
    """A stop may hold for many courses, so it is not told as a matter of this site."""
    if cause.kind == "suspension":
        return _("The reason: %(reason)s.", reason=present.said(cause))
    if cause.order is None:
        return _("This was decided for this site: %(reason)s.", reason=present.said(cause))
    if cause.value == 0:
        return _(
            "The reason is an order against the spread of an infectious disease (%(order)s): while it counts, there "
            "are no visits.",
            order=present.said(cause.order),
        )
    return _(
        "The reason is an order against the spread of an infectious disease (%(order)s): people keep their distance, "
        "so fewer go together.",
        order=present.said(cause.order),
    )


def _plain_period(cause: Cause) -> str:
    if cause.first_day is None:
        return ""
    if cause.last_day is None:
        return _("It holds from %(first)s on. Nobody has decided yet when it ends.", first=present.day(cause.first_day))
    first, last = present.day(cause.first_day), present.day(cause.last_day)
    return _("It holds from %(first)s to %(last)s.", first=first, last=last)


def _period(first: date, last: date | None) -> str:
    if last is None:
        return _("from %(day)s", day=present.day(first))
    return _("from %(first)s to %(last)s", first=present.day(first), last=present.day(last))


def _announced(answer: Allowance) -> Cause | None:
    return next((cause for cause in answer.causes if cause.component == "announced"), None)


def _is_milder(ahead: Cause, answer: Allowance) -> bool:
    """Does the announced order, once it counts, leave more than what counts now?"""
    now = next(cause for cause in answer.causes if cause.component == "level")
    more = (ahead.value or 0) > (now.value or 0)
    return more or (now.party_max is not None and (ahead.party_max is None or ahead.party_max > now.party_max))


def _may_change(answer: Allowance) -> bool:
    ahead = _announced(answer)
    if ahead and ahead.covers:
        return _is_milder(ahead, answer)
    return answer.basis in {"projected", "lapsed"}


def ahead_sentence(answer: Allowance) -> str:
    """What holds until an order begins that is announced; empty where none is."""
    ahead = _announced(answer)
    if ahead is None or ahead.applies_at is None:
        return ""
    midnight = ahead.applies_at == start_of_day(civil_day(ahead.applies_at))
    begins = (present.day if midnight else present.instant)(ahead.applies_at)
    if not ahead.covers:
        return _(
            "No order covers this day yet, so we count on the one that is announced going on. It applies from "
            "%(begins)s; until then the stricter counts, that one or the present one. The size may still change.",
            begins=begins,
        )
    if _is_milder(ahead, answer):
        return _(
            "A milder order is announced that covers this day. It applies from %(begins)s; until it begins the "
            "stricter one counts. The size may change then.",
            begins=begins,
        )
    return _(
        "An order is announced that covers this day. It applies from %(begins)s, and limits this day already, as it is "
        "no milder than what holds until then.",
        begins=begins,
    )


def _basis_sentence(basis: str) -> str:
    return {
        "order": _("An order that covers this day decides the size."),
        "projected": _(
            "No order covers this day yet, so we count on the present one going on. The size may still change."
        ),
        "lapsed": _(
            "The last order has run past its planned end and no new one was announced. Until somebody decides, it goes "
            "on counting. The size may still change."
        ),
        "none": _("No distancing order limits this day."),
    }[basis]
