"""What the page of a day says first of a departure: what is to be done next. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tourbook.kst import civil_day

SOON = timedelta(days=1)
"""So long before names must be sent the page asks for them."""


class NextAct(StrEnum):
    """What an operator does next about a departure."""

    CHECK_IN = "check_in"
    MARK_REST = "mark_rest"
    HAND_OVER = "hand_over"
    SEND_NAMES = "send_names"


@dataclass(frozen=True)
class ToDo:
    """What decides it: when the departure leaves, how many are still expected, and which names are still to go out.

    `names_due` is None where the names were sent, or where authorities check them; `to_hand_over` says that one of
    these is to have names within a week.
    """

    starts_at: datetime
    expected: int
    names_due: datetime | None = None
    to_hand_over: bool = False


def next_act(what: ToDo, now: datetime) -> NextAct | None:
    """The most pressing of what is left to do; None: nothing at present.

    On the day people come first. Once it has left, whoever is still expected did not come, and is to be marked.
    """
    if civil_day(now) >= civil_day(what.starts_at):
        return _at_the_gate(what, now)
    if what.to_hand_over:
        return NextAct.HAND_OVER
    if what.names_due and now >= what.names_due - SOON:
        return NextAct.SEND_NAMES
    return None


def _at_the_gate(what: ToDo, now: datetime) -> NextAct | None:
    if not what.expected:
        return None
    return NextAct.CHECK_IN if now < what.starts_at else NextAct.MARK_REST
