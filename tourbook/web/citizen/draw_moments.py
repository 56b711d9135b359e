"""At which of its moments a draw is, and what has to be known about it then: in one sentence, and moment by moment."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from tourbook.courses.models import Round
from tourbook.draws import decides_at, is_lost
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _


class Phase(StrEnum):
    """At which of its moments a draw is; closed says that entries are over and about to be sealed. On hold it is while
    nobody can go on any of its departures.
    """

    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"
    DRAWN = "drawn"
    ON_HOLD = "on_hold"


def phase_of(round_: Round, now: datetime) -> Phase:
    """The phase of a round: what was done of it decides, and before that the clock."""
    if round_.drawn_at:
        return Phase.DRAWN
    if round_.held_at:
        return Phase.ON_HOLD
    if round_.sealed_at:
        return Phase.SEALED
    if now >= round_.closes_at:
        return Phase.CLOSED
    return Phase.OPEN if now >= round_.opens_at else Phase.COMING


def line_of(round_: Round, now: datetime) -> str:
    """What somebody has to know about a round now, in one sentence."""
    moments = {
        "opens": present.instant(round_.opens_at),
        "closes": present.deadline(round_.closes_at),
        "value": present.instant(decides_at(round_)),
        "left": present.instant(round_.left_overs_at),
    }
    if phase_of(round_, now) is Phase.ON_HOLD:
        why = present.in_lang(round_, "held").rstrip(".")
        return _("The draw is on hold: %(why)s. What was entered stays; nothing is sealed or drawn meanwhile.", why=why)
    if is_lost(round_) and round_.drawn_at is None:
        return _("Entries were sealed too late for a fair draw. It is withdrawn, and everybody is written to.")
    if _is_overdue(round_, now):
        return _overdue_line(round_, moments["value"])
    return {
        Phase.COMING: _("Entries are taken from %(opens)s until %(closes)s.", **moments),
        Phase.OPEN: _("Entries are taken until %(closes)s. The draw is on %(value)s.", **moments),
        Phase.CLOSED: _("Entries closed on %(closes)s. The draw is on %(value)s.", **moments),
        Phase.SEALED: _("Entries are closed and sealed. The draw is on %(value)s.", **moments),
        Phase.DRAWN: _("The places were drawn. What is left over is free for everybody from %(left)s.", **moments),
    }[phase_of(round_, now)]


def _is_overdue(round_: Round, now: datetime) -> bool:
    """Is what decides it known by now, and was it not drawn?"""
    return phase_of(round_, now) is Phase.SEALED and now >= decides_at(round_)


def _overdue_line(round_: Round, due: str) -> str:
    if round_.value:
        return _("Entries are closed and sealed, and the public value is entered. The places are being drawn.")
    return _(
        "Entries are closed and sealed. The draw was announced for %(due)s. The public value has not been entered yet; "
        "the draw follows as soon as it is.",
        due=due,
    )


def _when_drawn(round_: Round, now: datetime) -> str:
    """The moment that was announced, and where the draw was on another day, or is overdue, what is so."""
    due = decides_at(round_)
    said = present.instant(due)
    if round_.drawn_at and civil_day(round_.drawn_at) != civil_day(due):
        return _("%(drawn)s (announced for %(due)s)", drawn=present.instant(round_.drawn_at), due=said)
    if _is_overdue(round_, now):
        return _("announced for %(due)s, not drawn yet", due=said)
    return said


def moments_of(round_: Round, now: datetime) -> list[dict[str, Any]]:
    """Its four moments in order, each done, current or coming."""
    present_one = _present_moment(round_, now)
    told = (
        (
            _("Entries are taken"),
            f"{present.instant(round_.opens_at)} – {present.deadline(round_.closes_at)}",
            _("Whoever enters first has no better chance than whoever enters last."),
        ),
        (
            _("Entries are sealed"),
            present.deadline(round_.closes_at),
            _("Who takes part, and how many places there are, is fixed, and its seal is published."),
        ),
        (
            _("The public value is known, and the places are drawn"),
            _when_drawn(round_, now),
            _("Soon after it everybody who entered is told: drawn or not drawn."),
        ),
        (
            _("Left-over places are free for everybody"),
            present.instant(round_.left_overs_at),
            _("First come, first served, on the pages of the departures."),
        ),
    )
    return [
        {"title": title, "when": when, "text": text, "state": _state(place, present_one)}
        for place, (title, when, text) in enumerate(told)
    ]


def _present_moment(round_: Round, now: datetime) -> int:
    """Which of the four it is at; -1 before the first."""
    phase = phase_of(round_, now)
    if phase is Phase.DRAWN:
        return 3 if now >= round_.left_overs_at else 2
    if phase is Phase.ON_HOLD:
        return 1 if round_.sealed_at else -1
    return {Phase.COMING: -1, Phase.OPEN: 0}.get(phase, 1)


def _state(place: int, present_one: int) -> str:
    if place == present_one:
        return "current"
    return "done" if place < present_one else "coming"
