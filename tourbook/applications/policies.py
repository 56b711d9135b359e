"""Who keeps their places when a departure has too few for all, as its course declared in public. Pure.

Parties stay in an order, as far as they fit: whoever does not fit beside those before them goes, and the next ones are
still asked, so that nobody is moved who could have stayed. A party stays or goes as a whole. Whoever stays by exception
comes first under every policy, and goes only where there is no room, whatever the party limit. Any other party above
that limit may stay: it is asked to shrink. Where a change is taken back, who came by it has gone before all others: the
policy does not say who pays for a typing mistake.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tourbook.applications import lots
from tourbook.applications.deadlines import answer_by, offers_end
from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.courses.models import Policy

S = TypeVar("S", Party, OpenOffer)


@dataclass(frozen=True)
class Cut:
    """What a policy asks for: who goes now; among whom lots decided that, in order of turn; and where volunteers are
    looked for first, until when, who is told so now, and who would go if none of them came forward.
    """

    leaving: Sequence[Party] = ()
    drawn: tuple[Party, ...] = ()
    volunteers_until: datetime | None = None
    asked: Sequence[Party] = ()
    otherwise: Sequence[Party] = ()


def without_room(in_order: Sequence[S], room: int, *, largest: int | None = None) -> list[S]:
    """Those that do not fit into `room` beside the ones before them, or are larger than `largest` (None: no limit)."""
    leaving = []
    for one in in_order:
        if one.occupies <= room and (largest is None or one.seats <= largest):
            room -= one.occupies
        else:
            leaving.append(one)
    return leaving


def newest_without_room(some: Collection[S], room: int, *, largest: int | None) -> list[S]:
    """Those of some offers, or of some holds, for which there is no room where the oldest stay; the newest first."""
    return without_room(sorted(some, key=lambda one: one.by_age), room, largest=largest)[::-1]


def cut(of: Situation, seated: Sequence[Party], room: int, now: datetime) -> Cut:
    """What becomes of the `seated` where `room` is not enough for all of them.

    While volunteers are looked for nobody goes, unless some of them free exactly what is needed. Where nobody can stay,
    nobody is asked and no lots are drawn.
    """
    leaving = _leaving(of, seated, room)
    if len(leaving) == len(seated):
        return Cut(leaving)
    if of.policy == Policy.DRAW_AMONG_BOOKED:
        return Cut(leaving, drawn=tuple(by_turn(of, seated)))
    until = _asked_until(of, now)
    if until is None or _just_enough(leaving, sum(one.occupies for one in seated) - room):
        return Cut(leaving)
    if of.volunteers_until:
        return Cut(volunteers_until=until)
    return Cut(volunteers_until=until, asked=by_turn(of, seated), otherwise=leaving)


def newcomers_leaving(of: Situation, seated: Sequence[Party], room: int) -> list[Party]:
    """Of the `seated`, those who came by a change that is taken back and do not fit beside all who were there without
    it; of these the first to be confirmed stay. Who stays by exception is not among them.
    """
    new = [party for party in seated if party.id in of.newcomers and not party.exempt]
    others = sum(party.occupies for party in seated) - sum(party.occupies for party in new)
    return without_room(sorted(new, key=lambda party: party.by_confirmation), room - others)


def by_turn(of: Situation, seated: Sequence[Party]) -> list[Party]:
    """The seated parties in the order in which they stay: by exception, then by first confirmation or by lot."""
    if of.policy != Policy.DRAW_AMONG_BOOKED:
        return sorted(seated, key=lambda party: (not party.exempt, party.by_confirmation))
    decides = lots.value(of.seed, of.draws_held)
    return sorted(seated, key=lambda party: (not party.exempt, lots.turn(decides, party.reference)))


def _leaving(of: Situation, seated: Sequence[Party], room: int) -> list[Party]:
    in_order = by_turn(of, seated)
    if of.policy == Policy.CANCEL_ALL:
        exempt = [party for party in in_order if party.exempt]
        return [*without_room(exempt, room), *in_order[len(exempt) :]]
    if of.policy == Policy.VOLUNTEERS_FIRST:
        return _volunteers_leaving_first(in_order, room)
    return without_room(in_order, room)


def _volunteers_leaving_first(in_order: Sequence[Party], room: int) -> list[Party]:
    """The others stay first; of the volunteers as many people as still fit."""
    volunteers = [party for party in in_order if party.volunteered_at]
    others = [party for party in in_order if not party.volunteered_at]
    leaving = without_room(others, room)
    left = room - sum(one.occupies for one in others) + sum(one.occupies for one in leaving)
    volunteers.sort(key=lambda party: (party.volunteered_at, party.reference))
    return [*_fewest(volunteers, max(left, 0)), *leaving]


def _fewest(volunteers: Sequence[Party], room: int) -> list[Party]:
    """Those who go, so that as many people as fit into `room` stay; of equally many, those who came forward first."""
    within = [{0}]  # how many people can stay of the first of them, of the first two, and so on
    for one in volunteers:
        within.append(within[-1] | {people + one.occupies for people in within[-1] if people + one.occupies <= room})
    staying, leaving = max(within.pop()), []
    for one in reversed(volunteers):
        if staying - one.occupies in within.pop():
            staying -= one.occupies
        else:
            leaving.append(one)
    return leaving[::-1]


def _just_enough(leaving: Sequence[Party], needed: int) -> bool:
    """Are those who go all volunteers, and not one person more than it takes?"""
    return all(one.volunteered_at for one in leaving) and sum(one.occupies for one in leaving) == needed


def _asked_until(of: Situation, now: datetime) -> datetime | None:
    """Until when volunteers are looked for: not beyond the moment at which the names are due, nor, where that is too
    near, beyond the last at which they may change; and not in quiet hours, as an offer. None where no time is left.
    """
    if of.policy != Policy.VOLUNTEERS_FIRST:
        return None
    if of.volunteers_until:
        return of.volunteers_until if now < of.volunteers_until else None
    names_due = min(of.names_due or of.offers_until, of.offers_until)
    ends = [end for end in (names_due, of.offers_until) if now < offers_end(end)]
    return answer_by(now, of.ask_for, ends[0]) if ends else None
