"""A draw in words: at which of its moments it is, what it gives, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications.entries import stops_of
from tourbook.courses import course_by_id
from tourbook.courses.models import Departure, Round
from tourbook.draws import Demand, Tally, code_of, days_drawn, decides_at, demand, is_lost, tallies
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.draw_moments import Phase, line_of, moments_of, phase_of
from tourbook.web.citizen.standing import Standing
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext


@dataclass(frozen=True)
class Row:
    """One departure of a draw: its places, who wants it most, and who drew it; and how many are set aside for groups
    beside these. `why_nobody` says why nobody can go on it, where that was decided by somebody.
    """

    when: str
    href: str
    called_off: bool
    places: int
    parties: int
    people: int
    drawn_parties: int = 0
    drawn_people: int = 0
    joined: bool = False
    stopped: bool = False
    set_aside: int = 0
    code: str = ""
    why_nobody: str = ""


@dataclass(frozen=True)
class DrawFacts:
    """A round as its page tells it, at a moment."""

    round: Round
    rows: Sequence[Row]
    now: datetime

    @property
    def phase(self) -> Phase:
        """At which of its moments it is."""
        return phase_of(self.round, self.now)

    @property
    def nobody_can_go(self) -> bool:
        """Does it take entries, but is every departure stopped or called off? A stop that may still be taken back puts
        a draw on hold only once it is final.
        """
        return self.phase is Phase.OPEN and bool(self.rows) and all(row.stopped or row.called_off for row in self.rows)

    @property
    def on_hold(self) -> str:
        """Why it is on hold; empty where it is not."""
        return str(present.in_lang(self.round, "held")) if self.phase is Phase.ON_HOLD else ""

    @property
    def sealed_at(self) -> str:
        """When its entries were sealed; empty before."""
        return present.instant(self.round.sealed_at) if self.round.sealed_at else ""

    @property
    def sealed_late(self) -> bool:
        """Was that when the value may have been known already?"""
        return self.round.sealed_at is not None and self.round.sealed_at >= self.round.value_at

    @property
    def after_late_sealing(self) -> str:
        """What follows where it was late."""
        if is_lost(self.round):
            return _("No announced value can decide it fairly any more. It is withdrawn, and everybody is written to.")
        moment = present.instant(decides_at(self.round))
        return _("So only what was announced for that case counts, which is known from %(moment)s on.", moment=moment)

    @property
    def parties(self) -> int:
        """How many parties have entered."""
        return sum(row.parties for row in self.rows)

    @property
    def people(self) -> int:
        """How many people these are."""
        return sum(row.people for row in self.rows)

    @property
    def places(self) -> int:
        """How many places are given."""
        return sum(row.places for row in self.rows)

    @property
    def drawn_parties(self) -> int:
        """How many parties drew places."""
        return sum(row.drawn_parties for row in self.rows)

    @property
    def drawn_people(self) -> int:
        """How many people these are."""
        return sum(row.drawn_people for row in self.rows)

    @property
    def nobody_goes(self) -> Sequence[Row]:
        """Of a sealed round, the departures on which nobody can go: they are drawn as they were sealed."""
        return [row for row in self.rows if self.round.sealed_at and (row.stopped or row.called_off)]

    @property
    def places_in_vain(self) -> str:
        """How many of the places that are given are on such departures; empty where none are."""
        places = sum(row.places for row in self.nobody_goes)
        return _("%(num)s of them where nobody can go at present", num=present.number(places)) if places else ""

    @property
    def drawn_in_vain(self) -> str:
        """How many of the people who were drawn drew one of them; empty where nobody did."""
        people = sum(row.drawn_people for row in self.nobody_goes)
        return _("%(num)s of them where nobody can go at present", num=present.number(people)) if people else ""

    @property
    def joined(self) -> str:
        """Which departures joined it after it was announced; empty where none did."""
        return ", ".join(row.when for row in self.rows if row.joined)

    @property
    def set_aside(self) -> str:
        """At which departures how many places are set aside for groups, and not drawn; empty where none are."""
        return ", ".join(
            ngettext("%(when)s (%(num)s place)", "%(when)s (%(num)s places)", row.set_aside, when=row.when)
            for row in self.rows
            if row.set_aside
        )

    @property
    def source(self) -> str:
        """What the public value is."""
        return str(present.in_lang(self.round, "source"))

    @property
    def fallback(self) -> str:
        """What counts where it does not come."""
        return str(present.in_lang(self.round, "fallback"))

    @property
    def fallback_at(self) -> str:
        """From when that is known; empty where no moment was announced."""
        return present.instant(self.round.fallback_at) if self.round.fallback_at else ""

    @property
    def missed_at(self) -> str:
        """When it was said that the value did not come; empty where nobody did."""
        return present.instant(self.round.missed_at) if self.round.missed_at else ""

    @cached_property
    def closes_at(self) -> str:
        """Until when entries are taken."""
        return present.deadline(self.round.closes_at)

    @property
    def left_overs_at(self) -> str:
        """From when left-over places are free for everybody."""
        return present.instant(self.round.left_overs_at)

    @property
    def line(self) -> str:
        """What somebody has to know about it now, in one sentence."""
        if self.nobody_can_go:
            return _("Nobody can enter at present, as nobody can go on any of its departures. What was entered stays.")
        return line_of(self.round, self.now)

    @property
    def moments(self) -> list[dict[str, Any]]:
        """The four moments in order, with the present one marked."""
        return moments_of(self.round, self.now)


def draw_facts(session: Session, round_: Round, found: Sequence[Standing], now: datetime) -> DrawFacts:
    """A round in words, with its departures as they stand."""
    if round_.sealed_at:
        numbers = tallies(session, round_.id)
        why = _why_nobody(session, found, now)
        rows = [_sealed_row(one, numbers[code_of(one.departure)], why.get(one.departure.id, "")) for one in found]
    else:
        wanted = demand(session, round_.id)
        rows = [_open_row(one, wanted.get(one.departure.id)) for one in found]
    return DrawFacts(round_, rows, now)


def _open_row(one: Standing, wanted: Demand | None) -> Row:
    """Before the sealing: the places that there would be now, and who has entered so far."""
    called_off = one.departure.called_off_at is not None
    places = 0 if called_off else max(one.outlook.allowed - one.outlook.taken, 0)
    parties, people = (wanted.parties, wanted.people) if wanted else (0, 0)
    stopped = one.state == "suspended"
    numbers = (places, parties, people)
    marks: dict[str, Any] = {"joined": _has_joined(one), "stopped": stopped, "set_aside": _set_aside(one)}
    return Row(one.when, one.href, called_off, *numbers, **marks)


def _sealed_row(one: Standing, tally: Tally, why_nobody: str) -> Row:
    called_off = one.departure.called_off_at is not None
    numbers = (tally.places, tally.parties, tally.people, tally.drawn_parties, tally.drawn_people)
    marks: dict[str, Any] = {"joined": _has_joined(one), "stopped": _is_stopped(one), "set_aside": _set_aside(one)}
    return Row(one.when, one.href, called_off, *numbers, **marks, code=code_of(one.departure), why_nobody=why_nobody)


def _is_stopped(one: Standing) -> bool:
    """Also where applications for it have closed, so that its state says no more than that."""
    return one.departure.called_off_at is None and one.outlook.allowed == 0


def _why_nobody(session: Session, found: Sequence[Standing], now: datetime) -> dict[UUID, str]:
    """Why nobody can go on these departures, as far as somebody stopped them or called them off."""
    stopped = [one.departure for one in found if _is_stopped(one)]
    stops = {departure_id: present.said(reason) for departure_id, reason in stops_of(session, stopped, now).items()}
    called_off = (one.departure for one in found if one.departure.called_off_at)
    return stops | {one.id: str(present.in_lang(one, "called_off") or "") for one in called_off}


def _set_aside(one: Standing) -> int:
    return one.departure.seats_allotted or 0


def _has_joined(one: Standing) -> bool:
    return one.departure.joined_round_at is not None


@dataclass(frozen=True)
class ListedDraw:
    """One draw in a list."""

    course: str
    days: str
    phase: str
    line: str
    href: str


def listed_draws(session: Session, found: Sequence[Round], now: datetime) -> list[ListedDraw]:
    """These rounds as a list names them, in the order given."""
    days = days_drawn(session, [one.id for one in found])
    return [
        ListedDraw(
            course=str(present.in_lang(course_by_id(session, one.course_id), "name")),
            days=days_in_words(*map(civil_day, days[one.id])) if one.id in days else "",
            phase=phase_of(one, now).value,
            line=line_of(one, now),
            href=url_for("citizen.draw", code=one.code),
        )
        for one in found
    ]


def days_in_words(first: date, last: date) -> str:
    """From the first day to the last; one day alone where they are the same."""
    return present.day(first) if first == last else f"{present.day(first)} – {present.day(last)}"


def choice_lines(
    departures: Sequence[Departure], limits: Mapping[UUID, int] | None = None, stopped: Collection[UUID] = ()
) -> list[str]:
    """Choices in order, the most wanted first, each with what its party is too large for, and whether nobody goes."""
    return [
        _choice_line(place, one, (limits or {}).get(one.id), stopped=one.id in stopped)
        for place, one in enumerate(departures)
    ]


def _choice_line(place: int, departure: Departure, party_max: int | None, *, stopped: bool) -> str:
    words = {"place": place_in_words(place), "when": present.instant(departure.starts_at)}
    if departure.called_off_at:
        return _("%(place)s: %(when)s. This departure was called off.", **words)
    if stopped:
        return _("%(place)s: %(when)s. Stopped: nobody can go on it at present.", **words)
    if party_max is None:
        return _("%(place)s: %(when)s", **words)
    return _(
        "%(place)s: %(when)s. Your party is too large for it as things stand: at most %(people)s.",
        people=wording.people(party_max),
        **words,
    )


def place_in_words(place: int) -> str:
    """First choice, counted from 0."""
    return (_("First choice"), _("Second choice"), _("Third choice"))[place]


def departures_chosen(session: Session, choices: Sequence[str] | None) -> list[Departure]:
    """The departures that an entry names, the most wanted first."""
    found = (session.get(Departure, UUID(one)) for one in choices or ())
    return [one for one in found if one is not None]
