"""Which notice tells of which move of a plan. Pure."""

from collections.abc import Sequence

from tourbook.applications.plan import Move

TOLD = {
    "end_wait": "wait_ended",
    "lapse": "offer_lapsed",
    "revoke": "offer_revoked",
    "displace": "displaced",
    "displace_large": "shrink_lapsed",
    "ask_volunteers": "volunteers_asked",
    "release_volunteer": "volunteer_released",
    "keep_volunteer": "volunteer_kept",
    "ask_to_shrink": "must_shrink",
    "ask_anew": "must_shrink",
    "put_back_to_shrink": "must_shrink",
    "restore": "restored",
    "set_aside": "set_aside",
    "take_back": "taken_back",
    "offer": "offer",
    "withdraw_elsewhere": "put_back",
}
"""Which notice tells of a move by itself; a kind that is missing is told to nobody (nothing had been promised yet)."""

WITH_AN_OFFER = {"displace": "displaced_offered", "revoke": "offer"}
"""Which notice tells of an offer that follows such a move in the same plan, and of that move with it."""


def notices(moves: Sequence[Move]) -> list[tuple[Move, str | None]]:
    """Each move of one plan, in order, with the notice that tells of it; None where nobody is told of it by itself.

    Whoever loses seats and is offered seats of the same departure in one plan is told once, with the offer.
    """
    asked = {move.party.id for move in moves if move.kind == "offer"}
    lost = [move for move in moves if move.kind in WITH_AN_OFFER and move.party.id in asked]
    with_offer = {move.party.id: WITH_AN_OFFER[move.kind] for move in lost}
    return [(move, _notice_of(move, with_offer.get(move.party.id))) for move in moves]


def _notice_of(move: Move, with_offer: str | None) -> str | None:
    if with_offer and move.kind in WITH_AN_OFFER:
        return None
    return with_offer if with_offer and move.kind == "offer" else TOLD.get(move.kind)
