"""Writing a plan into the ledger: state, offer or right, notice and trail of each move, and the departure's figures."""

from collections.abc import Callable, Collection
from uuid import UUID

from tourbook.applications import lots
from tourbook.applications.allotments import Ending
from tourbook.applications.aside import Freed
from tourbook.applications.decided import DISPLACES, Move, Plan
from tourbook.applications.desk import CAUSED_BY, Desk, iso
from tourbook.applications.models import OfferState, State
from tourbook.applications.parties import Party, rank_after
from tourbook.applications.situation import seed_of_lots
from tourbook.applications.telling import deciding_cause
from tourbook.applications.told import ENDS_OFFER, MAKES_UNTRUE, notices
from tourbook.distancing.facts import Words

_MAY_BE_TOLD_OTHERWISE = frozenset({"offer", "restore", "take_back"})


def write_plan(desk: Desk, decided: Plan, told_otherwise: Collection[UUID] = ()) -> None:
    """Write what was decided: each move with its notice, and the new size before those that a larger one allows, after
    those that a smaller one asks for, so that the seats fit at every line of the trail. An offer to a party that is
    told of it otherwise goes without its notice, as does that it need not become smaller. What a move makes untrue of
    what nobody has heard of never leaves.
    """
    grows = decided.allowed > desk.departure.allowed
    if grows:
        _note_size(desk, decided)
    _note_draws(desk, decided)
    for freed in decided.freed:
        _free(desk, freed)
    for move, notice in notices(decided.moves, desk.hearing):
        _WRITERS[move.kind](desk, move)
        _leave_untold(desk, move)
        if notice and not (move.kind in _MAY_BE_TOLD_OTHERWISE and move.party.id in told_otherwise):
            desk.tell(move, notice)
    if not grows:
        _note_size(desk, decided)
    for application_id, count in decided.passed.items():
        desk.ledger.change(application_id, passed_by=count)
    for application_id, others in decided.passing.items():
        desk.ledger.change(application_id, passes=[str(one) for one in others])


def _leave_untold(desk: Desk, move: Move) -> None:
    """What nobody has heard of, and is true no more by that move, never leaves."""
    if move.kind in MAKES_UNTRUE:
        desk.ledger.drop_untold(move.party.id, MAKES_UNTRUE[move.kind])
    if move.kind in ENDS_OFFER:
        desk.ledger.leave_offer_untold(move.party.id)


def _note_size(desk: Desk, decided: Plan) -> None:
    """Write into the trail that the departure has another size from here on."""
    was, becomes = desk.departure, (decided.allowed, decided.party_max, decided.over_capacity)
    if (was.allowed, was.party_max, was.over_capacity) != becomes:
        why = {"let_in_by_mistake": decided.let_in_by_mistake} if decided.let_in_by_mistake else {}
        facts = {"allowed": [was.allowed, decided.allowed], "over_capacity": decided.over_capacity, **why}
        desk.ledger.record("departure_resized", was, was, facts | desk.decided_under)


def _note_draws(desk: Desk, decided: Plan) -> None:
    """Write into the trail which draws do not count any more; and by what value lots were drawn, and what came of it:
    anybody can compute it again.
    """
    for number in decided.undrawn:
        desk.ledger.record("lots_taken_back", desk.departure, desk.departure, {"draw": number})
    if decided.drawn:
        desk.ledger.record("lots_drawn", desk.departure, desk.departure, _draw(desk, decided))


def _draw(desk: Desk, decided: Plan) -> dict[str, object]:
    going = {move.party.id for move in decided.moves if move.kind in DISPLACES}
    told = {party.id: f"{party.reference} {party.seats}" for party in decided.drawn}
    return {
        "value": lots.value(seed_of_lots(desk.departure.id), decided.draws_held),
        "stay": [words for party_id, words in told.items() if party_id not in going],
        "go": [words for party_id, words in told.items() if party_id in going],
        **({"kept_until": iso(desk.hold.until)} if desk.hold else {}),
        **desk.decided_under,
    }


def _free(desk: Desk, freed: Freed) -> None:
    """What was set aside for a group has ended, or is less for lack of room."""
    act = "allotment_released" if freed.over else "allotment_yielded"
    facts = {"allotment": str(freed.allotment_id), "seats": freed.unfilled, "lost": freed.lost, **desk.decided_under}
    desk.ledger.record(act, desk.departure, desk.departure, facts)
    desk.ledger.free_allotment(Ending(freed, desk.departure, desk.course, _why_freed(desk, freed), desk.hold))


def _why_freed(desk: Desk, freed: Freed) -> Words | None:
    """Nothing but its time ends what is set aside, unless the departure was called off or is smaller."""
    if desk.departure.called_off_at:
        return Words(desk.departure.called_off_ko or "", desk.departure.called_off_en or "")
    if freed.over:
        return None
    found = deciding_cause(desk.answer)
    return Words(found.ko, found.en)


def _passes(party: Party) -> list[str]:
    return [str(one) for one in party.passes]


def _lost_with_places(party: Party) -> dict[str, object]:
    """No part any more in what was set aside for its group; whom it had passed by is kept, in case it is put back."""
    return {"had_passes": _passes(party), **({"allotment_id": None} if party.allotment_id else {})}


def _expire(desk: Desk, move: Move) -> None:
    desk.change_state(move.party, State.EXPIRED)


def _release(desk: Desk, move: Move) -> None:
    """Unlike time that ran out, this has a reason, which the applicant reads at the next step; and if the reason is
    taken back while the minutes would still run, the places are held again.
    """
    released = {"released_until": move.party.typing_until, "released_under": desk.decided_under["version"]}
    desk.change_state(move.party, State.EXPIRED, **released, **desk.cause(move), **_lost_with_places(move.party))


def _lapse(desk: Desk, move: Move) -> None:
    desk.ledger.close_offer(_offer_id(move), OfferState.LAPSED)
    desk.record("offer_lapsed", move.party)
    if move.party.state == State.WAITING:
        desk.change_state(move.party, State.EXPIRED)


def _revoke(desk: Desk, move: Move) -> None:
    desk.ledger.close_offer(_offer_id(move), OfferState.REVOKED)
    desk.ledger.change(move.party.id, had_passes=[str(one) for one in move.party.passes])
    desk.record("offer_revoked", move.party)


def _displace(desk: Desk, move: Move) -> None:
    desk.change_state(
        move.party,
        State.DISPLACED,
        {"too_large": move.kind == "displace_large"},
        shrink_until=None,
        had_to_shrink_until=desk.knows_until(move.party),
        volunteered_at=None,
        had_volunteered_at=move.party.volunteered_at,
        queue_rank=rank_after(move.kind),
        **desk.cause(move),
        **_lost_with_places(move.party),
    )
    desk.ledger.grant_right(move.party.id, desk.course.id, lasts_until=desk.right_until)


def _ask_volunteers(desk: Desk, move: Move) -> None:
    desk.record("volunteers_asked", move.party, deadline=iso(move.until))


def _keep_volunteer(desk: Desk, move: Move) -> None:
    desk.ledger.change(move.party.id, volunteered_at=None)
    desk.record("volunteer_kept", move.party)


def _end_question(desk: Desk, move: Move) -> None:
    """It stays as it is: all there is to write is the notice, to whoever has heard that it was asked."""


def _ask_to_shrink(desk: Desk, move: Move) -> None:
    desk.change_state(move.party, State.MUST_SHRINK, shrink_until=move.until, shrink_to=desk.answer.party_max)


def _ask_anew(desk: Desk, move: Move) -> None:
    """It must become smaller as before, but another number may go than it was told."""
    desk.ledger.change(move.party.id, shrink_until=move.until, shrink_to=desk.answer.party_max)
    desk.record("shrink_asked_anew", move.party, deadline=iso(move.until))


def _restore(desk: Desk, move: Move) -> None:
    """What it was asked is kept as long as this may be taken back."""
    asked = {"had_to_shrink_until": move.party.shrink_until} if desk.hold else {"shrink_to": None}
    desk.change_state(move.party, State.CONFIRMED, shrink_until=None, **asked)


def _keep(desk: Desk, move: Move) -> None:
    """Nobody decided anew that the party may go, so that no allowance stands beside it in the trail."""
    desk.ledger.change(move.party.id, state=State.CONFIRMED, shrink_until=None, shrink_to=None)
    facts = {"from": State.MUST_SHRINK.value, "seats": move.party.seats}
    desk.ledger.record("application_confirmed", move.party, desk.departure, facts)


def _set_aside(desk: Desk, move: Move) -> None:
    desk.ledger.change(move.party.id, set_aside_at=desk.ledger.now)
    desk.record("set_aside", move.party)


def _take_back(desk: Desk, move: Move) -> None:
    desk.ledger.change(move.party.id, set_aside_at=None)
    desk.record("taken_back", move.party)


def _offer(desk: Desk, move: Move) -> None:
    desk.ledger.make_offer(desk.departure.id, move.party, move.until)
    desk.record("offer_made", move.party, seats=move.party.seats, deadline=iso(move.until))


def _put_back(desk: Desk, move: Move) -> None:
    state = State.MUST_SHRINK if move.until else State.CONFIRMED
    kept: dict[str, object] = {"shrink_until": move.until, "had_to_shrink_until": None}
    if move.kind == "put_back_to_shrink" or not move.until:
        kept["shrink_to"] = desk.answer.party_max if move.until else None
    kept |= {"volunteered_at": move.party.volunteered_at, "had_volunteered_at": None, "had_passes": None}
    desk.change_state(move.party, state, cause_ko=None, cause_en=None, **kept)
    desk.ledger.sit_again(move.party)
    desk.ledger.end_suspension(move.party.id, tell=False)


def _hold_again(desk: Desk, move: Move) -> None:
    expired = move.party._replace(state=State.EXPIRED.value)
    kept: dict[str, object] = {"released_until": None, "released_under": None, "had_passes": None}
    desk.change_state(expired, State.HELD, cause_ko=None, cause_en=None, closed_at=None, **kept)
    desk.ledger.change(move.party.id, typing_until=move.until)
    desk.ledger.sit_again(move.party)


def _withdraw_elsewhere(desk: Desk, move: Move) -> None:
    """The offer is written by instead.py, as it stands on another departure."""


def _put_back_whole(desk: Desk, move: Move) -> None:
    _restore(desk, move)
    desk.ledger.end_suspension(move.party.id, tell=False)


def _put_back_in_line(desk: Desk, move: Move) -> None:
    _take_back(desk, move)
    desk.ledger.end_suspension(move.party.id, tell=False)


def _reopen(desk: Desk, move: Move) -> None:
    desk.ledger.close_offer(_offer_id(move), OfferState.OPEN)
    desk.record("offer_made", move.party, seats=move.party.seats, deadline=iso(move.until))
    desk.ledger.end_suspension(move.party.id, tell=False)


def _shrink_again(desk: Desk, move: Move) -> None:
    """To as many as it was told; where that is another number now, that is said as a move of its own."""
    desk.change_state(move.party, State.MUST_SHRINK, shrink_until=move.until, had_to_shrink_until=None)
    _unsay(desk, move)


def _aside_again(desk: Desk, move: Move) -> None:
    _set_aside(desk, move)
    _unsay(desk, move)


def _unsay(desk: Desk, move: Move) -> None:
    """What would have been said is not true any more; what is, follows as a move of its own."""
    desk.ledger.end_suspension(move.party.id, tell=False)


def _tell_now(desk: Desk, move: Move) -> None:
    """It is true after all, but not for the reason that is taken back."""
    desk.ledger.say_anew(move.party.id, {notice: desk.facts_of_today(move, notice) for notice in CAUSED_BY})
    desk.ledger.end_suspension(move.party.id, tell=True, hold=desk.hold)


def _offer_id(move: Move) -> UUID:
    if move.offer_id is None:
        raise ValueError(f"a move of kind {move.kind} names its offer")
    return move.offer_id


_WRITERS: dict[str, Callable[[Desk, Move], None]] = {
    "expire": _expire,
    "release": _release,
    "end_wait": _expire,
    "lapse": _lapse,
    "revoke": _revoke,
    "displace": _displace,
    "displace_large": _displace,
    "release_volunteer": _displace,
    "ask_volunteers": _ask_volunteers,
    "keep_volunteer": _keep_volunteer,
    "end_question": _end_question,
    "ask_to_shrink": _ask_to_shrink,
    "ask_anew": _ask_anew,
    "restore": _restore,
    "keep": _keep,
    "set_aside": _set_aside,
    "take_back": _take_back,
    "offer": _offer,
    "unoffer": _revoke,
    "unmake": _revoke,
    "put_back": _put_back,
    "put_back_to_shrink": _put_back,
    "hold_again": _hold_again,
    "withdraw_elsewhere": _withdraw_elsewhere,
    "drop_elsewhere": _withdraw_elsewhere,
    "put_back_whole": _put_back_whole,
    "put_back_in_line": _put_back_in_line,
    "reopen": _reopen,
    "shrink_again": _shrink_again,
    "aside_again": _aside_again,
    "tell_now": _tell_now,
    "unsay": _unsay,
}
