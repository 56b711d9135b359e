"""The desk at which the plan of one departure is written: what each of its moves is recorded and told with."""

from datetime import datetime

from tourbook.applications.deadlines import right_ends
from tourbook.applications.decided import Move
from tourbook.applications.grace import KEPT_BACK
from tourbook.applications.ledger import Ledger
from tourbook.applications.models import State
from tourbook.applications.parties import Party
from tourbook.applications.rules import CLAIMING, CLOSED, check_transition
from tourbook.applications.telling import cause_of, departure_facts, party_facts
from tourbook.applications.told import Hearing
from tourbook.courses.models import Course, Departure
from tourbook.distancing.rules import Allowance, smallest
from tourbook.notices import Hold, Kind, made_use_of

_OF_TODAY = ("cause_ko", "cause_en", "party_max", "closed")
CAUSED_BY = {
    "displaced": "displace",
    "displaced_offered": "displace",
    "volunteer_released": "release_volunteer",
    "must_shrink": "ask_to_shrink",
    "set_aside": "set_aside",
    "offer_revoked": "revoke",
}
"""By notice that may be true after all the kind of move that it tells of."""


class Desk:
    """What writing the plan of one departure needs: the locked departure, its course, and the rule's answer."""

    def __init__(
        self,
        ledger: Ledger,
        departure: Departure,
        course: Course,
        answer: Allowance,
        version: int,
        hold: Hold | None = None,
        offers: Hold | None = None,
        hearing: Hearing | None = None,
    ) -> None:
        self.ledger = ledger
        self.hold = hold
        self.hold_of_offers = offers
        self.hearing = hearing or Hearing()
        self.departure = departure
        self.course = course
        self.answer = answer
        self.right_until = right_ends(ledger.now, course.right_days)
        self._told = departure_facts(course, departure) | {"skip_bound": course.skip_bound, "closed": answer.closed}
        self._causes: dict[tuple[str, int], dict[str, str]] = {}
        self._transitions: dict[tuple[str, State, int], dict[str, object]] = {}
        self._shared: dict[tuple[object, ...], dict[str, object]] = {}
        self.decided_under = {
            "capacity": answer.capacity,
            "party_max": answer.party_max,
            "version": version,
            "first": departure.version < version,
            "after": departure.version,
        }
        """For the trail: the allowance, the version of the facts, whether this is the first settling under it, and
        after which version it came.
        """

    def record(self, act: str, party: Party, **facts: object) -> None:
        """Write the trail entry, with the allowance that it was decided under."""
        told = {"departure": str(self.departure.id), **self.decided_under, **facts}
        self.ledger.record(act, party, self.departure, told)

    def change_state(
        self, party: Party, state: State, beside: dict[str, object] | None = None, /, **columns: object
    ) -> None:
        """Move the party to another state, lawfully, with its visitors' claim to their places, and record it."""
        told = self._transition(party, state) | ({"exempt": True} if party.exempt else {}) | (beside or {})
        self.ledger.record(f"application_{state.value}", party, self.departure, told)
        closed = {"closed_at": self.ledger.now} if state in CLOSED else {}
        self.ledger.change(party.id, state=state, typing_until=None, **closed, **columns)
        if state not in CLAIMING:
            self.ledger.leave(party)

    def _transition(self, party: Party, state: State) -> dict[str, object]:
        """The facts of a lawful transition, which parties of one size share."""
        known = (party.state, state, party.seats)
        if known not in self._transitions:
            check_transition(State(party.state), state)
            self._transitions[known] = {"from": party.state, "seats": party.seats, **self.decided_under}
        return self._transitions[known]

    def cause(self, move: Move) -> dict[str, str]:
        """Why the party is moved so, or, where it may go as it is, why the departure has its size."""
        known = (move.kind, move.party.seats)
        if known not in self._causes:
            found = cause_of(self.answer, *known)
            self._causes[known] = {"cause_ko": found.ko, "cause_en": found.en}
        return self._causes[known]

    def knows_until(self, party: Party) -> datetime | None:
        """By when the party must become smaller, where it has heard so: of more it is asked anew."""
        return None if Kind.MUST_SHRINK in self.hearing.unheard.get(party.id, {}) else party.shrink_until

    def _largest_that_may_go(self) -> int | None:
        return smallest(self.answer.capacity, self.answer.party_max) or None  # where it is closed nobody may

    def tell(self, move: Move, notice: str) -> None:
        """Tell the party of its move by that kind of notice, naming what it comes from."""
        of_party = (move.party.seats, move.party.state == State.WAITING, move.party.paid, move.party.wait_id is None)
        known = (notice, move.until, *of_party)
        if known not in self._shared:
            self._shared[known] = self._facts(move, notice)
        facts = {**self._shared[known], "reference": move.party.reference}
        kept_back = self.hold if notice in KEPT_BACK else None
        self.ledger.tell(notice, move.party, facts, self.hold_of_offers if notice == Kind.OFFER else kept_back)

    def facts_of_today(self, move: Move, notice: str) -> dict[str, object]:
        """What such a notice says of the allowance by which its party stays moved."""
        moved = Move(CAUSED_BY[notice], move.party)
        facts = self._facts(moved, notice) | self.cause(moved)
        return {name: facts[name] for name in _OF_TODAY if name in facts} | {"starts_at": self._told["starts_at"]}

    def _facts(self, move: Move, notice: str) -> dict[str, object]:
        """What such a notice says, which parties of one size share but for their reference."""
        facts = {
            **self._told,
            **party_facts(move.party, self.course),
            **self.cause(move),
            "party_max": self.answer.party_max if notice != "set_aside" else self._largest_that_may_go(),
            "deadline": iso(move.until),
            "right_until": iso(self.right_until),
            "keeps_right": move.party.state != State.WAITING,
            "paid": move.party.paid,
            "several": move.party.wait_id is not None,
        }
        return made_use_of(Kind(notice), facts)


def iso(moment: datetime | None) -> str | None:
    """As it stands in the facts of notices and of the trail."""
    return moment.isoformat() if moment else None
