"""Giving what was drawn: seats to those who drew them, a turn in reserve or a last word to the others, and a notice to
each. Some at a time, so that whoever is interrupted goes on where the tables say, and comes to the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.acts.confirm import start_fee
from tourbook.applications.acts.dates import in_queues, join_queue
from tourbook.applications.acts.details import somebody_is_there
from tourbook.applications.acts.offers import move_to
from tourbook.applications.decided import Limit
from tourbook.applications.grace import come_from_before, final_before, in_grace
from tourbook.applications.ledger import NOBODY
from tourbook.applications.models import Application, Fee, State
from tourbook.applications.moves import change_state, grant_right
from tourbook.applications.settle import locked_queue, settle
from tourbook.applications.telling import in_vain, tell
from tourbook.applications.waiting import still_offers, waiting_position
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import find_anew, lock, transaction
from tourbook.distancing import allowances, facts_of, slot_of
from tourbook.distancing.facts import Measure
from tourbook.draws.models import DrawnEntry, SealedPlaces
from tourbook.draws.rounds import locked_first_round
from tourbook.kst import civil_day

Words = Mapping[str, str | None]
"""A cause in both languages, under the names that notices give it; empty where there is none to tell."""
TOO_LATE: Words = {
    "cause_ko": "추첨 결과가 늦게 나와, 그때는 그 회차의 명단이 이미 제출 또는 확정되었거나 회차가 출발한 뒤였습니다.",
    "cause_en": "The draw was made late: by then the names for that departure were final or sent, or it had left.",
}
"""Why places that a party drew are not given: what went to the army or UN Command is not written over. The party could
do nothing about it, so it is asked first like all who lose their places.
"""
SOMEBODY_THERE: Words = {
    "cause_ko": (
        "추첨에서 한 회차의 자리가 나왔지만, 일행 중 한 분이 그 회차에 다른 신청으로 이미 자리가 있습니다. "
        "일행은 나누지 않으므로 그 자리를 드릴 수 없었습니다."
    ),
    "cause_en": (
        "The draw gave your party places on a departure on which somebody of it has a place by another application "
        "already. A party is never split, so they could not be given."
    ),
}
"""Why a party has not what it drew, and stands in reserve with its turn: by its own doing, so it is not asked first."""
Dates = Sequence[Mapping[str, object]] | None
STAYS = frozenset({State.CONFIRMED, State.MUST_SHRINK})
_Seated = tuple[Application, str | None]
"""Who has seats now, and the reference of the entry that this application replaces, if it does."""
AT_ONCE = 20  # parties in one transaction without a place: the departures of their choices are locked meanwhile


def give_due(*, now: datetime) -> bool:
    """Act of the timetable: give what a draw gave on its next departure; False where nothing is left to give.

    First each departure seats those who drew it, in order of their turn, and is settled: where the rules were tightened
    after the sealing, the declared policy says who keeps the places. Then those without a place join the waiting lists
    of their choices, to go on one of them, in order of their turn, or are told that there is none any more. Only when
    all of them stand in line is one departure after the other opened: free places are offered to them, and what they
    leave is anybody's. So nobody is asked before whoever has an earlier turn, wherever that one's first choice is.
    """
    with transaction() as session:
        round_ = session.scalar(_DUE)
        if round_ is None:
            return False
        giving = _Giving(session, round_, course_by_id(session, round_.course_id), now)
        if not (giving.seat_next() or giving.put_next_in_reserve() or giving.open_next()):
            round_.given_at = now
            audit.record(session, "draw_given", subject=round_, actor=SYSTEM, now=now, facts={"code": round_.code})
        return True


_DUE = locked_first_round(Round.drawn_at.is_not(None), Round.given_at.is_(None), by=Round.drawn_at)


def _why_called_off(departure: Departure) -> Words:
    if not departure.called_off_at:
        return {}
    return {"cause_ko": departure.called_off_ko, "cause_en": departure.called_off_en}


def _is_paused(application: Application) -> bool:
    return application.set_aside_at is not None


@dataclass(frozen=True)
class _Giving:
    """One round under its lock, which is taken before those of its departures."""

    session: Session
    round: Round
    course: Course
    now: datetime

    def seat_next(self) -> bool:
        """Seat those who drew the next departure; False where all have their seats."""
        wanted = self._kept_back()
        if self.round.seated_until:
            wanted = wanted.where(Departure.starts_at > self.round.seated_until)
        departure_id = self.session.scalar(wanted)
        if departure_id is None:
            return False
        drew = self.session.execute(self._who_drew(departure_id)).all()
        of_entries = {own_departure for _, own_departure, _ in drew}
        locked = {one.id: one for one in lock(self.session, Departure, {departure_id} | of_entries)}
        locked_queue(self.session, self.round.course_id)  # before letters about them
        departure = locked[departure_id]
        seated: list[_Seated] = []
        for application_id, own_departure, turn in drew:
            application = find_anew(self.session, Application, application_id)
            if application.state is State.ENTERED:  # else it was cancelled after the sealing
                seated += self._seat(application, locked[own_departure], departure, turn)
        self.round.seated_until = departure.starts_at
        self._tell_and_settle(seated, departure)
        return True

    def put_next_in_reserve(self) -> bool:
        """Some of those without a place, in order of turn, whatever they chose; False where nobody is left. Their
        departures are still kept back, so that nobody is offered a place before all stand in line.
        """
        rows = self.session.execute(self._without_place().limit(AT_ONCE)).all()
        if not rows:
            return False
        applications = [self.session.get_one(Application, application_id) for application_id, _, _ in rows]
        choices = {UUID(choice) for one in applications for choice in one.choices or ()}
        locked = {one.id: one for one in lock(self.session, Departure, choices)}
        locked_queue(self.session, self.round.course_id)  # before letters about them
        for application, (_, drew, turn) in zip(applications, rows, strict=True):
            self.session.refresh(application)
            if application.state is State.ENTERED:  # else it was cancelled meanwhile
                own, *others = (locked[UUID(choice)] for choice in application.choices or ())
                self._put_in_reserve(application, own, others, turn, drew=drew is not None)
            self.round.reserve_turn = turn
        for departure in locked.values():
            come_from_before(self.session, departure, self.now)
        return True

    def open_next(self) -> bool:
        """Keep the places of the next departure back no longer; False where all are open."""
        departure_id = self.session.scalar(self._kept_back())
        if departure_id is None:
            return False
        (departure,) = lock(self.session, Departure, [departure_id])
        departure.places_to_draw, departure.awaits_draw = None, False
        self._settle(departure)
        return True

    def _tell_and_settle(self, seated: Sequence[_Seated], departure: Departure) -> None:
        """Tell those who were seated that they were drawn; of those who lose it at once, as the rules were tightened
        after the sealing, the settling tells, and they hear nothing else: that letter says that they had drawn. While a
        change can still be taken back its letters are kept back, so that all hear what stands without it.
        """
        facts = facts_of(self.session, self.course.id)
        answer = allowances({departure.id: slot_of(departure)}, facts, self.now)[departure.id]
        goes_by = departure.seats_taken + sum(application.seats for application, _ in seated) <= answer.capacity
        all_stay = goes_by or in_grace(self.session, self.now)
        if all_stay:
            self._tell_drawn(seated, departure)
        receipts = {application.id: replaces or application.reference for application, replaces in seated}
        self._settle(departure, untold={} if all_stay else receipts)
        if not all_stay:
            for application, _ in seated:
                self.session.refresh(application)  # settling writes past the session's own rows
            self._tell_drawn([one for one in seated if one[0].state in STAYS], departure)

    def _tell_drawn(self, seated: Sequence[_Seated], departure: Departure) -> None:
        for application, replaces in seated:
            previous = {"previous_reference": replaces} if replaces else {}
            self._tell("drawn", application, departure, **previous)

    def _settle(self, departure: Departure, *, untold: Mapping[UUID, str] = NOBODY) -> None:
        come_from_before(self.session, departure, self.now)
        self.session.flush()  # settling reads the states from the tables
        settle(self.session, departure, actor=SYSTEM, now=self.now, drew_untold=untold)

    def _kept_back(self) -> Select[UUID]:
        """The first departure whose places the round keeps back."""
        kept = select(Departure.id).where(Departure.round_id == self.round.id, Departure.places_to_draw.is_not(None))
        return kept.order_by(Departure.starts_at).limit(1)

    def _who_drew(self, departure_id: UUID) -> Select[UUID, UUID, int]:
        """Application, the departure of its first choice, its turn; in order of turn."""
        code = select(SealedPlaces.code).where(
            SealedPlaces.round_id == self.round.id, SealedPlaces.departure_id == departure_id
        )
        return self._entries(Application.departure_id).where(DrawnEntry.departure == code.scalar_subquery())

    def _without_place(self) -> Select[UUID, str | None, int]:
        """Likewise those who have none, after the last that stands in line; with the code of what they drew."""
        left = self._entries(DrawnEntry.departure).where(Application.state == State.ENTERED)
        return left.where(DrawnEntry.turn > self.round.reserve_turn) if self.round.reserve_turn else left

    def _entries(self, named: Any) -> Select[Any]:
        return (
            select(Application.id, named, DrawnEntry.turn)
            .join(DrawnEntry, DrawnEntry.receipt == Application.reference)
            .where(DrawnEntry.round_id == self.round.id)
            .order_by(DrawnEntry.turn)
        )

    def _seat(self, application: Application, own: Departure, departure: Departure, turn: int) -> Sequence[_Seated]:
        """Confirm seats of the departure that a party drew; what it counts by is its turn, not when this is done.

        Gives the application that is to be told so; none where something else was told. A party of which somebody is
        there already is left to the reserve.
        """
        if somebody_is_there(self.session, departure.id, application):
            return []
        stop = None if departure.called_off_at else self._stop(departure)
        too_late = departure.roster_sent_at is not None or not still_offers(self.course, departure, self.now)
        application.confirmed_at = self._moment_of(turn)
        receipt = application.reference
        drew: dict[str, object] = {"seats": application.seats, "capacity": departure.places_to_draw, "turn": turn}
        replaces = None if own is departure else receipt
        if replaces:
            application = move_to(
                self.session, application, self.course, departure, notice=None, actor=SYSTEM, now=self.now, **drew
            )
        else:
            start_fee(application, self.course)
            self._change_state(application, State.CONFIRMED, departure, **drew)
        if departure.called_off_at:
            self._call_off(application, departure, receipt)
        elif stop or too_late:
            self._displace(application, departure, stop, receipt)
        else:
            return [(application, replaces)]
        return []

    def _stop(self, departure: Departure) -> Measure | None:
        """What stops a departure; None while that can be taken back: then settling moves those who drew it.

        The facts are read first, so that what they have of a change is not missed when the grace is asked for.
        """
        stop = facts_of(self.session, self.course.id).stop_on(civil_day(departure.starts_at), self.now)
        return None if stop and in_grace(self.session, self.now) else stop

    def _call_off(self, application: Application, departure: Departure, receipt: str) -> None:
        """The departure was called off after the sealing: whoever drew it is asked first, like all who had seats."""
        cause = _why_called_off(departure)
        until = self._ask_first(application, State.CALLED_OFF, departure, cause)
        facts = {"keeps_right": True, "right_until": until, **in_vain(receipt)}
        self._tell("called_off", application, departure, **cause, **facts)

    def _displace(self, application: Application, departure: Departure, stop: Measure | None, receipt: str) -> None:
        """It was stopped after the sealing, or its names were final before the office gave the result: whoever drew it
        is told once and is asked first, too, also where its day has passed meanwhile.
        """
        cause = {"cause_ko": stop.reason.ko, "cause_en": stop.reason.en} if stop else TOO_LATE
        until = self._ask_first(application, State.DISPLACED, departure, cause)
        self._tell("displaced", application, departure, **cause, right_until=until, **in_vain(receipt))

    def _ask_first(self, application: Application, state: State, departure: Departure, cause: Words) -> str:
        """It loses what it drew and has a right for the course; says until when."""
        self._change_state(application, state, departure)
        application.cause_ko, application.cause_en = cause["cause_ko"], cause["cause_en"]
        application.fee = Fee.NONE
        until = grant_right(self.session, application, now=self.now)
        locked_queue(self.session, application.course_id).stamp += 1
        return until.isoformat()

    def _put_in_reserve(
        self, application: Application, own: Departure, others: Sequence[Departure], turn: int, *, drew: bool
    ) -> None:
        """It keeps its turn on each of its choices that has a waiting list; also one that drew what it cannot have."""
        since, queues = self._moment_of(turn), [one for one in others if self._can_wait(application, one)]
        waits_here = self._can_wait(application, own)
        new = [(self._join(application, one, since), one) for one in queues]
        cause = {"drew": True, **SOMEBODY_THERE} if drew else {}
        in_the_trail = {"someone_there": True} if drew else {}
        dates = self._in_queues(new) or None
        if not waits_here:
            self._end(application, own, cause or _why_called_off(own), dates=dates, turn=turn, **in_the_trail)
            return
        application.waiting_since = since
        self._change_state(application, State.WAITING, own, turn=turn, **in_the_trail)
        self._pause(application, own)
        self.session.flush()  # the position is counted in the table
        position = waiting_position(self.session, application)
        queue = {"position": position, "skip_bound": self.course.skip_bound, "paused": _is_paused(application)}
        self._tell_not_drawn(application, own, **queue, **self._closed(own), dates=dates, **cause)

    def _in_queues(self, new: Sequence[tuple[Application, Departure]]) -> list[dict[str, object]]:
        for application, departure in new:
            self._pause(application, departure)
        named = in_queues(self.session, new)
        return [
            one | {"paused": _is_paused(date), "closed": self._is_closed(departure)}
            for one, (date, departure) in zip(named, new, strict=True)
        ]

    def _pause(self, application: Application, departure: Departure) -> None:
        """A party that cannot go there by the rules of now waits set aside from the first; its letter says so. Nothing
        is told by what can still be taken back: settling sets aside by that, with a letter that is kept back.
        """
        limit = self._limit(departure)
        if not limit.admits(application.seats):
            application.set_aside_at = self.now
            facts = {"capacity": limit.capacity, "party_max": limit.party_max, "version": departure.version}
            audit.record(
                self.session,
                "set_aside",
                subject=application,
                actor=SYSTEM,
                now=self.now,
                facts=facts,
                within=departure,
            )

    def _limit(self, departure: Departure) -> Limit:
        """How many may go there; without the changes that can still be taken back, while there are any."""
        if not in_grace(self.session, self.now):
            return Limit(departure.allowed, departure.party_max)
        facts, stood_at = facts_of(self.session, self.course.id), final_before(self.session, self.now)
        answer = allowances({departure.id: slot_of(departure)}, facts, stood_at)[departure.id]
        return Limit(answer.capacity, answer.party_max)

    def _is_closed(self, departure: Departure) -> bool:
        """Can nobody go there at present, however few they are?"""
        return self._limit(departure).capacity == 0

    def _closed(self, departure: Departure) -> dict[str, object]:
        """That nobody can go there, and by which stop: becoming fewer would be of no use."""
        if not self._is_closed(departure):
            return {}
        stop = self._stop(departure)
        reason = {"closed_because_ko": stop.reason.ko, "closed_because_en": stop.reason.en} if stop else {}
        return {"closed": True, **reason}

    @cached_property
    def _none_runs(self) -> bool:
        """Can nobody go on any departure of the round at present? Then nothing is left over for anybody either."""
        there = select(Departure).where(Departure.round_id == self.round.id, Departure.called_off_at.is_(None))
        slots = {one.id: slot_of(one) for one in self.session.scalars(there)}
        stood_at = final_before(self.session, self.now) if in_grace(self.session, self.now) else self.now
        found = allowances(slots, facts_of(self.session, self.course.id), stood_at)
        return not any(answer.capacity for answer in found.values())

    def _can_wait(self, application: Application, departure: Departure) -> bool:
        waits = departure.called_off_at is None and still_offers(self.course, departure, self.now)
        return waits and not somebody_is_there(self.session, departure.id, application)

    def _join(self, application: Application, departure: Departure, since: datetime) -> Application:
        return join_queue(self.session, application, departure, since=since, actor=SYSTEM, now=self.now)

    def _end(
        self, application: Application, own: Departure, why: Mapping[str, Any], *, dates: Dates = None, **facts: object
    ) -> None:
        """Nothing comes of an entry but, perhaps, a place on waiting lists: it is told the cause."""
        self._change_state(application, State.NOT_DRAWN, own, **facts)
        application.cause_ko, application.cause_en = why.get("cause_ko"), why.get("cause_en")
        self._tell_not_drawn(application, own, dates=dates, **why)

    def _tell_not_drawn(self, application: Application, departure: Departure, **facts: Any) -> None:
        chosen = (self.session.get_one(Departure, UUID(choice)) for choice in application.choices or ())
        facts["choices"] = [one.starts_at.isoformat() for one in chosen]
        facts["none_runs"] = self._none_runs
        self._tell("not_drawn", application, departure, left_overs_at=self.round.left_overs_at.isoformat(), **facts)

    def _tell(self, kind: str, application: Application, departure: Departure, **facts: Any) -> None:
        tell(self.session, kind, application, course=self.course, departure=departure, now=self.now, **facts)

    def _change_state(self, application: Application, state: State, within: Departure, **facts: object) -> None:
        change_state(self.session, application, state, within=within, actor=SYSTEM, now=self.now, **facts)

    def _moment_of(self, turn: int) -> datetime:
        """Those who were drawn at one moment count by their turn, each a microsecond after the one before."""
        return (self.round.drawn_at or self.now) + timedelta(microseconds=turn)
