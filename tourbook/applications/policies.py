"""Who keeps their places when a departure has too few for all, as its course declared in public. Pure.

Parties stay in an order, as far as they fit: whoever does not fit beside those before them goes, and the next ones are
still asked, so that nobody is moved who could have stayed. A party stays or goes as a whole.
"""

from collections.abc import Sequence
from typing import TypeVar

from tourbook.applications import lots
from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.courses.models import Policy

S = TypeVar("S", Party, OpenOffer)


def without_room(in_order: Sequence[S], room: int, *, largest: int | None = None) -> list[S]:
    """Those that do not fit into `room` beside the ones before them, or are larger than `largest` (None: no limit)."""
    leaving = []
    for one in in_order:
        if one.occupies <= room and (largest is None or one.seats <= largest):
            room -= one.occupies
        else:
            leaving.append(one)
    return leaving


def leaving_by_policy(of: Situation, seated: Sequence[Party], room: int) -> list[Party]:
    """Whoever of the `seated` has to go where `room` is not enough for all of them.

    A party above the party limit may stay: it is asked to shrink.
    """
    in_order = by_turn(of, seated)
    return in_order if of.policy == Policy.CANCEL_ALL else without_room(in_order, room)


def by_turn(of: Situation, seated: Sequence[Party]) -> list[Party]:
    """The seated parties in the order in which they stay: by first confirmation, or by lot."""
    if of.policy != Policy.DRAW_AMONG_BOOKED:
        return sorted(seated, key=lambda party: party.by_confirmation)
    decides = lots.value(of.seed, of.draws_held)
    return sorted(seated, key=lambda party: lots.turn(decides, party.reference))


def is_drawn(of: Situation, seated: Sequence[Party], leaving: Sequence[Party]) -> bool:
    """Do lots decide who of the seated stays? Where nobody can, none are drawn."""
    return of.policy == Policy.DRAW_AMONG_BOOKED and len(leaving) < len(seated)
