"""Which public value may decide a round: one that nobody could know before its entries were sealed. Pure.

Two were announced: the value of the source, and the fall-back, which counts where that one does not come. A timetable
that stood still may seal so late that the value was known already; then only the fall-back is left, and where that was
known too, nothing is: the round can only be withdrawn and announced anew.
"""

import re
from datetime import datetime

from tourbook.courses.models import Round
from tourbook.errors import Conflict, Refused

VALUE = re.compile(r"[!-~]+( [!-~]+)*")
LONGEST_VALUE = 200


def usable_from(round_: Round, *, fallback: bool) -> datetime | None:
    """From when the value of a sealed round, or its fall-back, may be entered; None where it can never count.

    Whoever knew both could choose between them: so only one of them ever counts. That is the value, unless it may have
    been known at the sealing, or somebody said that it had not come (`missed_at`) while the fall-back was not known
    either. A fall-back of which no moment was announced could be known as early as the value. Nor may either have been
    known when the round went on after a hold: whoever chose that moment could have chosen by it who wins.
    """
    in_time = _is_fixed_before(round_, round_.value_at)
    if not fallback:
        return round_.value_at if in_time and round_.missed_at is None else None
    if in_time and (round_.missed_at is None or round_.fallback_at is None or round_.fallback_at <= round_.missed_at):
        return None
    moment = round_.fallback_at or round_.value_at
    return moment if _is_fixed_before(round_, moment) else None


def could_decide(round_: Round, *, fallback: bool) -> bool:
    """Was who takes part settled before this value could be known?"""
    moment = (round_.fallback_at or round_.value_at) if fallback else round_.value_at
    return _is_fixed_before(round_, moment)


def _is_fixed_before(round_: Round, moment: datetime) -> bool:
    fixed_at = _fixed_at(round_)
    return fixed_at is not None and fixed_at < moment


def _fixed_at(round_: Round) -> datetime | None:
    """When it was settled who takes part and which value decides; None before that."""
    if round_.sealed_at is None or round_.resumed_at is None:
        return round_.sealed_at
    return max(round_.sealed_at, round_.resumed_at)


def binds_from(round_: Round) -> datetime | None:
    """From when a sealed round is bound to a value that may be known: that decides it, entered yet or not, and nothing
    puts it off any more; nor does the word that it did not come. None where no value can decide it.
    """
    if _is_fixed_before(round_, round_.value_at):
        return round_.value_at
    return usable_from(round_, fallback=True)


def is_bound(round_: Round, now: datetime) -> bool:
    """May what decides a sealed round be known by now?"""
    moment = binds_from(round_)
    return moment is not None and moment <= now


def is_lost(round_: Round) -> bool:
    """Was it sealed so late that neither value can decide it any more?"""
    return round_.sealed_at is not None and _due_from(round_) is None


def is_due(round_: Round, now: datetime) -> bool:
    """Could a value be entered by now?"""
    due = _due_from(round_)
    return due is not None and now >= due and round_.held_at is None


def only_fallback(round_: Round) -> bool:
    """Does the fall-back alone count, as it was sealed too late for the value, or that did not come?"""
    return usable_from(round_, fallback=False) is None and usable_from(round_, fallback=True) is not None


def decides_at(round_: Round) -> datetime:
    """When what decides the round is known, as far as can be said."""
    if only_fallback(round_):
        return round_.fallback_at or round_.value_at
    return round_.value_at


def _due_from(round_: Round) -> datetime | None:
    return usable_from(round_, fallback=False) or usable_from(round_, fallback=True)


def check_value(round_: Round, value: str, *, fallback: bool = False, now: datetime) -> str:
    """The value as it counts: without blanks around.

    Refuses another value than was given before, and one that not everybody would write alike: plain letters, digits and
    signs, single spaces. Refuses before the entries are sealed, before the announced moment (`draw_value_early`), and
    one that may have been known before they were: `draw_sealed_late` where the fall-back is left, else
    `draw_sealed_too_late`. Refuses the fall-back while nobody has said that the value did not come
    (`draw_fallback_not_due`), and the value afterwards (`draw_value_missed`). While the round is on hold it takes none
    (`draw_on_hold`).
    """
    if round_.held_at is not None:
        raise Conflict("draw_on_hold", field="value")
    plain = value.strip()
    if not VALUE.fullmatch(plain) or len(plain) > LONGEST_VALUE:
        raise Refused("draw_value_unfit", field="value")
    if round_.value is not None and (round_.value, round_.by_fallback) != (plain, fallback):
        raise Conflict("draw_value_given", field="value", value=round_.value)
    _check_moment(round_, fallback=fallback, now=now)
    return plain


def _check_moment(round_: Round, *, fallback: bool, now: datetime) -> None:
    announced = (round_.fallback_at or round_.value_at) if fallback else round_.value_at
    if round_.sealed_at is None:
        raise Conflict("draw_value_early", field="value", value_at=announced)
    moment = usable_from(round_, fallback=fallback)
    if moment is None and round_.missed_at is not None and not fallback:
        raise Conflict("draw_value_missed", field="value", missed_at=round_.missed_at, fallback_at=round_.fallback_at)
    if moment is None and fallback and usable_from(round_, fallback=False) is not None:
        raise Conflict("draw_fallback_not_due", field="value")
    if moment is None and is_lost(round_):
        raise Conflict("draw_sealed_too_late", field="value", sealed_at=round_.sealed_at)
    if moment is None:
        fallback_at = usable_from(round_, fallback=True)
        raise Conflict("draw_sealed_late", field="value", sealed_at=round_.sealed_at, fallback_at=fallback_at)
    if now < moment:
        raise Conflict("draw_value_early", field="value", value_at=moment)


def check_missed(round_: Round, fallback_at: datetime | None, *, now: datetime) -> datetime:
    """From when the fall-back is known, where somebody says now that the value did not come.

    As announced, where that lies ahead; else whoever says it names a moment to come, since nobody may know yet what
    will decide. Refuses a round that is on hold, has its value, or that its value cannot decide anyway; what is said
    before the value's moment (`draw_value_early`); and where a moment is missing or has come (`draw_fallback_known`).
    """
    if round_.held_at is not None:
        raise Conflict("draw_on_hold")
    if round_.value is not None:
        raise Conflict("draw_value_given", value=round_.value)
    moment = usable_from(round_, fallback=False)
    if moment is None or now < moment:
        raise Conflict("draw_value_early", value_at=moment or round_.value_at)
    announced = round_.fallback_at if round_.fallback_at and round_.fallback_at > now else fallback_at
    if announced is None or announced <= now:
        raise Refused("draw_fallback_known", field="fallback_at")
    return announced
