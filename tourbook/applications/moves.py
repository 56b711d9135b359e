"""Writing the moves of a plan: state, offer or right, notice and trail of each."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import (
    Application,
    CourseQueue,
    Offer,
    OfferState,
    PriorityRight,
    State,
    Visitor,
)
from tourbook.applications.plan import Move
from tourbook.applications.rules import CLAIMING, check_transition
from tourbook.applications.telling import deciding_cause, tell
from tourbook.courses.models import Course, Departure
from tourbook.distancing.rules import Allowance
from tourbook.errors import Conflict


class Desk:
    """What writing a move needs: the departure under its lock, the queue of its course, and the rule's answer."""

    def __init__(
        self,
        session: Session,
        departure: Departure,
        course: Course,
        queue: CourseQueue,
        answer: Allowance,
        version: int,
        actor: Actor,
        now: datetime,
    ) -> None:
        self.session = session
        self.departure = departure
        self.course = course
        self.queue = queue
        self.answer = answer
        self.actor = actor
        self.now = now
        self.version = version
        self.first = departure.version < version
        self.queue_grew = False

    @property
    def decided_under(self) -> dict[str, object]:
        """For the trail: the allowance, the version of the facts, and whether this is the first settling under it."""
        answer = self.answer
        return {
            "capacity": answer.capacity,
            "party_max": answer.party_max,
            "version": self.version,
            "first": self.first,
        }

    def application(self, move: Move) -> Application:
        """The row of the party that moves."""
        return self.session.get_one(Application, move.party.id)

    def tell(self, move: Move, notice: str) -> None:
        """Tell the party of its move by that kind of notice, naming the cause of the present allowance."""
        cause = deciding_cause(self.answer)
        tell(
            self.session,
            notice,
            self.application(move),
            course=self.course,
            departure=self.departure,
            now=self.now,
            cause_ko=cause.ko,
            cause_en=cause.en,
            skip_bound=self.course.skip_bound,
            party_max=self.answer.party_max,
            deadline=_iso(move.until),
            keeps_right=move.party.state != State.WAITING,
        )

    def record(self, act: str, application: Application, **facts: object) -> None:
        """Write the trail entry, with the allowance that it was decided under."""
        audit.record(
            self.session,
            act,
            subject=application,
            actor=self.actor,
            now=self.now,
            facts={"departure": str(self.departure.id), **self.decided_under, **facts},
            within=self.departure,
        )

    def let_queue_grow(self) -> None:
        """Somebody may be offered seats elsewhere now: every departure of the course is due again."""
        if not self.queue_grew:
            self.queue.stamp += 1
            self.queue_grew = True

    def note_passed(self, passed: dict[UUID, int]) -> None:
        """Write how often waiting parties have been passed by now."""
        for application_id, count in passed.items():
            self.session.get_one(Application, application_id).passed_by = count


def write_move(desk: Desk, move: Move, notice: str | None) -> None:
    """Step: write one move of a plan, and the kind of notice that tells of it (None: it is not told by itself)."""
    _WRITERS[move.kind](desk, move)
    if notice:
        desk.tell(move, notice)


def change_state(
    session: Session,
    application: Application,
    state: State,
    *,
    within: Departure,
    actor: Actor,
    now: datetime,
    **facts: object,
) -> None:
    """Step: move an application to another state, lawfully, with its visitors' claim to their places, and record it.

    `within` is the departure under whose lock this is done.
    """
    check_transition(application.state, state)
    audit.record(
        session,
        f"application_{state.value}",
        subject=application,
        actor=actor,
        now=now,
        facts={"from": application.state.value, "seats": application.seats, **facts},
        within=within,
    )
    claimed, application.state = application.state in CLAIMING, state
    application.typing_until = None
    if claimed != (state in CLAIMING):
        claims_place(session, application, state in CLAIMING)
    if state in {State.CANCELLED, State.EXPIRED, State.MOVED, State.CALLED_OFF}:
        application.closed_at = now


def claims_place(session: Session, application: Application, claims: bool) -> None:
    """Step: say whether the party's visitors count as being on the departure; refuses `person_twice`."""
    if not claims:
        leave_places(session, Visitor.application_id == application.id)
    try:
        session.execute(
            update(Visitor)
            .where(Visitor.application_id == application.id, Visitor.cancelled_at.is_(None))
            .values(claims_place=claims)
        )
    except IntegrityError as twice:  # the unique index is the last word on who is already there
        raise Conflict("person_twice") from twice


def leave_places(session: Session, who: ColumnElement[bool]) -> None:
    """Step: these visitors leave. Whoever from the gate sits on a leaver's place now has what the leaver had: the
    place of another no-show, else a seat.
    """
    taker = aliased(Visitor)
    rows = session.execute(
        select(Visitor, taker)
        .join(taker, taker.takes_place_of == Visitor.id, isouter=True)
        .where(who, Visitor.takes_place_of.is_not(None) | taker.id.is_not(None))
    )
    for leaver, heir in rows.all():
        place, leaver.takes_place_of = leaver.takes_place_of, None
        session.flush()  # nobody's place is two people's at any moment
        if heir is not None:  # an outer join: nobody may have sat there
            heir.takes_place_of = place


def grant_right(session: Session, application: Application, *, now: datetime) -> None:
    """Step: give the party the right to be asked first when the course has seats again."""
    session.add(PriorityRight(application_id=application.id, course_id=application.course_id, granted_at=now))


def close_offer(session: Session, offer_id: UUID, state: OfferState, *, now: datetime) -> Offer:
    """Step: answer, lapse or revoke an open offer."""
    offer = session.get_one(Offer, offer_id)
    offer.state = state
    offer.answered_at = now
    return offer


def _change(desk: Desk, move: Move, state: State) -> Application:
    application = desk.application(move)
    change_state(
        desk.session,
        application,
        state,
        within=desk.departure,
        actor=desk.actor,
        now=desk.now,
        **desk.decided_under,
    )
    return application


def _expire(desk: Desk, move: Move) -> None:
    _change(desk, move, State.EXPIRED)


def _lapse(desk: Desk, move: Move) -> None:
    close_offer(desk.session, _offer_id(move), OfferState.LAPSED, now=desk.now)
    application = desk.application(move)
    desk.record("offer_lapsed", application)
    if application.state == State.WAITING:
        _change(desk, move, State.EXPIRED)
    else:
        desk.let_queue_grow()


def _revoke(desk: Desk, move: Move) -> None:
    close_offer(desk.session, _offer_id(move), OfferState.REVOKED, now=desk.now)
    application = desk.application(move)
    desk.record("offer_revoked", application)
    if application.state != State.WAITING:
        desk.let_queue_grow()


def _displace(desk: Desk, move: Move) -> None:
    application = _change(desk, move, State.DISPLACED)
    cause = deciding_cause(desk.answer)
    application.cause_ko, application.cause_en = cause.ko, cause.en
    application.shrink_until = None
    grant_right(desk.session, application, now=desk.now)
    desk.let_queue_grow()


def _ask_to_shrink(desk: Desk, move: Move) -> None:
    _change(desk, move, State.MUST_SHRINK).shrink_until = move.until


def _restore(desk: Desk, move: Move) -> None:
    _change(desk, move, State.CONFIRMED).shrink_until = None


def _set_aside(desk: Desk, move: Move) -> None:
    application = desk.application(move)
    application.set_aside_at = desk.now
    desk.record("set_aside", application)


def _take_back(desk: Desk, move: Move) -> None:
    application = desk.application(move)
    application.set_aside_at = None
    desk.record("taken_back", application)


def _offer(desk: Desk, move: Move) -> None:
    application = desk.application(move)
    desk.session.add(
        Offer(
            application_id=application.id,
            departure_id=desk.departure.id,
            seats=move.party.seats,
            made_at=desk.now,
            deadline=move.until,
        )
    )
    desk.record("offer_made", application, seats=move.party.seats, deadline=_iso(move.until))


def _offer_id(move: Move) -> UUID:
    if move.offer_id is None:
        raise ValueError(f"a move of kind {move.kind} names its offer")
    return move.offer_id


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


_WRITERS: dict[str, Callable[[Desk, Move], None]] = {
    "expire": _expire,
    "release": _expire,
    "end_wait": _expire,
    "lapse": _lapse,
    "revoke": _revoke,
    "displace": _displace,
    "displace_large": _displace,
    "ask_to_shrink": _ask_to_shrink,
    "restore": _restore,
    "set_aside": _set_aside,
    "take_back": _take_back,
    "offer": _offer,
}
