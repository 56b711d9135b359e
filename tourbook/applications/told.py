"""Which notice tells of which move of a plan, and which that nobody has heard of yet it makes untrue. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from tourbook.applications.decided import Move

TOLD = {
    "end_wait": "wait_ended",
    "lapse": "offer_lapsed",
    "revoke": "offer_revoked",
    "displace": "displaced",
    "displace_large": "shrink_lapsed",
    "ask_volunteers": "volunteers_asked",
    "release_volunteer": "volunteer_released",
    "keep_volunteer": "volunteer_kept",
    "end_question": "question_over",
    "ask_to_shrink": "must_shrink",
    "ask_anew": "must_shrink",
    "put_back_to_shrink": "must_shrink",
    "restore": "restored",
    "set_aside": "set_aside",
    "take_back": "taken_back",
    "offer": "offer",
    "put_back_whole": "restored",
    "put_back_in_line": "taken_back",
    "withdraw_elsewhere": "put_back",
}
"""Which notice tells of a move by itself; a kind that is missing is told to nobody (nothing had been promised yet)."""

WITH_AN_OFFER = {"displace": "displaced_offered", "revoke": "offer"}
"""Which notice tells of an offer that follows such a move in the same plan, and of that move with it."""

_SEATED = frozenset({"must_shrink", "restored", "volunteers_asked", "volunteer_kept", "question_over"})
"""Those that are true of who has places alone."""

MAKES_UNTRUE: Mapping[str, frozenset[str]] = {
    "displace": _SEATED,
    "displace_large": _SEATED,
    "release_volunteer": _SEATED,
    "keep_volunteer": frozenset({"volunteers_asked"}),
    "end_question": frozenset({"volunteers_asked", "question_over"}),
    "ask_volunteers": frozenset({"volunteer_kept", "question_over"}),
    "ask_to_shrink": frozenset({"restored", "question_over"}),
    "ask_anew": frozenset({"must_shrink"}),
    "restore": frozenset({"must_shrink"}),
    "put_back_whole": frozenset({"must_shrink"}),
    "keep": frozenset({"must_shrink"}),
    "set_aside": frozenset({"taken_back"}),
    "aside_again": frozenset({"taken_back"}),
    "take_back": frozenset({"set_aside"}),
    "put_back_in_line": frozenset({"set_aside"}),
    "end_wait": frozenset({"set_aside", "taken_back"}),
}
"""By kind of move the notices that are true no more: they are never sent, where nobody has heard of them. For the end
of an offer see unheard.leave_offers_untold, and for the end of a question unheard.end_questions.
"""

ENDS_OFFER = frozenset({"lapse", "revoke", "unmake", "unoffer"})
"""The kinds of move by which an offer of the departure ends."""

TAKES_BACK: Mapping[str, frozenset[str]] = {
    "revoke": frozenset({"offer", "displaced_offered"}),
    "restore": frozenset({"must_shrink"}),
    "put_back_whole": frozenset({"must_shrink"}),
    "take_back": frozenset({"set_aside"}),
    "put_back_in_line": frozenset({"set_aside"}),
}
"""What a move takes back: whoever has not heard of that hears nothing of its end either."""


@dataclass(frozen=True)
class Hearing:
    """What parties have heard: by party the kinds of notice that have not left yet, and when each is to leave; who was
    told at last that a limit is in its way; and whom the last word about giving way `asked` to.
    """

    unheard: Mapping[UUID, Mapping[str, datetime]] = field(default_factory=dict)
    limited: frozenset[UUID] = frozenset()
    asked: frozenset[UUID] = frozenset()

    def hears_of(self, move: Move) -> bool:
        """Is the party told of such a move, where somebody is? Not where nothing is over that it had heard of."""
        if move.kind == "end_question":
            return move.party.id in self.asked
        takes_back = TAKES_BACK.get(move.kind, frozenset())
        unheard = not takes_back.isdisjoint(self.unheard.get(move.party.id, ()))
        return not unheard or (move.kind != "revoke" and move.party.id in self.limited)

    def at(self, moment: datetime) -> "Hearing":
        """As it will be at that moment, if nothing happens."""
        left = {
            party_id: {kind: due_at for kind, due_at in kinds.items() if due_at > moment}
            for party_id, kinds in self.unheard.items()
        }
        return replace(self, unheard=left)


_ALL_HEARD = Hearing()


def notices(moves: Sequence[Move], hearing: Hearing = _ALL_HEARD) -> list[tuple[Move, str | None]]:
    """Each move of one plan, in order, with the notice that tells of it; None where nobody is told of it by itself.

    Whoever loses seats and is offered seats of the same departure in one plan is told once, with the offer; whoever
    left no contact is told of nothing, and who has its places again hears that no limit is in its way where it was told
    so at last.
    """
    asked = {move.party.id for move in moves if move.kind == "offer"}
    lost = [move for move in moves if move.kind in WITH_AN_OFFER and move.party.id in asked]
    with_offer = {move.party.id: WITH_AN_OFFER[move.kind] for move in lost}
    told = [(move, _notice_of(move, with_offer.get(move.party.id), hearing)) for move in moves]
    return _true_in_the_end(told)


def _true_in_the_end(told: Sequence[tuple[Move, str | None]]) -> list[tuple[Move, str | None]]:
    """Without what a later move of the same plan makes untrue."""
    untrue: dict[UUID, set[str]] = defaultdict(set)
    found = []
    for move, notice in reversed(told):
        found.append((move, None if notice in untrue[move.party.id] else notice))
        untrue[move.party.id] |= MAKES_UNTRUE.get(move.kind, frozenset())
    return found[::-1]


def _notice_of(move: Move, with_offer: str | None, hearing: Hearing) -> str | None:
    if move.party.way is None or not hearing.hears_of(move):
        return None
    if move.kind == "put_back":
        knows = move.until is None and move.party.shrink_to is not None and move.party.id in hearing.limited
        return "restored" if knows else None
    if with_offer and move.kind in WITH_AN_OFFER:
        return None
    return with_offer if with_offer and move.kind == "offer" else TOLD.get(move.kind)
