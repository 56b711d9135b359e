"""What an application's page tells of the draw that it was entered for."""

from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications.entries import limits_below, stops_of
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure, Round
from tourbook.draws import code_of, decides_at, only_fallback, outcome
from tourbook.web import present
from tourbook.web.citizen.draw_facts import choice_lines, departures_chosen
from tourbook.web.citizen.draw_moments import Phase, phase_of
from tourbook.web.citizen.next_steps import entry_steps


@dataclass(frozen=True)
class EntryFacts:
    """An entry's draw: its choices, its moments, where its result is, and what comes next while it is undecided.

    `too_large` names the choices that its party is too large for while entries are taken, `stopped` why nobody can go
    on any that a stop has hit, while it is undecided. `on_hold` says why it is on hold, if it is; `fallback_at`
    from when what counts should the value not come is known, while that may be; `moved` that the draw gave another
    departure than the first choice; `left_overs` that these are free by now.
    """

    href: str
    result: str
    choices: list[str]
    too_large: list[str]
    stopped: list[str]
    closes_at: str
    value_at: str
    fallback_at: str
    left_overs_at: str
    on_hold: str
    takes_entries: bool
    is_drawn: bool
    left_overs: bool
    moved: bool
    next: list[dict[str, Any]]


def entry_facts(session: Session, application: Application, departure: Departure, now: datetime) -> EntryFacts | None:
    """The draw of an application; None where it was not entered for one, or for one that was withdrawn since: then its
    departure may be in another, which began to take entries only later.
    """
    round_ = session.get(Round, departure.round_id) if application.choices and departure.round_id else None
    if round_ is None or application.created_at < round_.opens_at:
        return None
    phase = phase_of(round_, now)
    undecided = application.state is State.ENTERED and application.typing_until is None
    chosen = departures_chosen(session, application.choices)
    changeable = undecided and phase is Phase.OPEN
    limits = limits_below(session, application.seats, chosen, now) if changeable else {}
    stops = stops_of(session, chosen, now) if application.state is State.ENTERED else {}
    lines = choice_lines(chosen, limits, stops)
    too_large = [one.id in limits and one.id not in stops for one in chosen]
    return EntryFacts(
        href=url_for("citizen.draw", code=round_.code),
        result=url_for("citizen.draw", code=round_.code, receipt=application.reference, _anchor="outcome"),
        choices=lines,
        too_large=list(compress(lines, too_large)),
        stopped=list(dict.fromkeys(present.said(stop).rstrip(".") for stop in stops.values())),
        closes_at=present.deadline(round_.closes_at),
        value_at=present.instant(decides_at(round_)),
        fallback_at=present.instant(round_.fallback_at) if round_.fallback_at and not only_fallback(round_) else "",
        left_overs_at=present.instant(round_.left_overs_at),
        on_hold=str(present.in_lang(round_, "held")) if phase is Phase.ON_HOLD else "",
        takes_entries=phase is Phase.OPEN,
        is_drawn=phase is Phase.DRAWN,
        left_overs=now >= round_.left_overs_at,
        moved=application.state is State.MOVED and _drew_another(session, round_, application, departure),
        next=entry_steps(application, round_, now) if undecided and phase is not Phase.ON_HOLD else [],
    )


def was_drawn(session: Session, departure: Departure) -> bool:
    """Did a draw give the first places of a departure, so that its waiting list begins with those in reserve?"""
    round_ = session.get(Round, departure.round_id) if departure.round_id else None
    return round_ is not None and round_.drawn_at is not None


def _drew_another(session: Session, round_: Round, application: Application, departure: Departure) -> bool:
    """Did the draw give it another departure? It may have moved later, too, by an offer."""
    found = outcome(session, round_, application.reference)
    return found is not None and found.departure not in {None, code_of(departure)}
