"""Telling parties that were too large for a choice when their round was sealed: which it was, why, and what is left.

Some at a time, by the timetable, soon after the sealing. An entry of which nothing was sealed ends here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.models import Application, State
from tourbook.applications.moves import change_state
from tourbook.applications.settle import locked_departure
from tourbook.applications.telling import tell
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import transaction
from tourbook.draws.models import LeftOutEntry, SealedPlaces
from tourbook.draws.rounds import locked_first_round
from tourbook.draws.sealing import fits

AT_ONCE = 50  # parties in one transaction: their departure is locked meanwhile
TOO_LARGE = {
    "cause_ko": "응모 명단을 봉인할 때 이 일행의 인원이 그 회차에서 받을 수 있는 일행 인원보다 많았습니다.",
    "cause_en": "When entries were sealed, your party was larger than the largest that the departure takes.",
}


def tell_left_out_due(*, now: datetime) -> bool:
    """Act of the timetable: tell some of those whose entry was sealed without a choice, or not at all; False where
    there are none. Whoever left the draw meanwhile is told nothing.
    """
    with transaction() as session:
        round_ = session.scalar(_DUE)
        if round_ is None:
            return False
        departure = locked_departure(session, session.scalars(_FIRST, {"round_id": round_.id}).one())
        here = session.scalars(_HERE, {"round_id": round_.id, "departure_id": departure.id}).all()
        leaving = _Leaving(session, round_, course_by_id(session, round_.course_id), departure, now)
        for application in here:
            if application.state is State.ENTERED:
                leaving.tell(application)
        told = [application.reference for application in here]
        done = delete(LeftOutEntry).where(LeftOutEntry.round_id == round_.id, LeftOutEntry.receipt.in_(told))
        session.execute(done)
        return True


_DUE = locked_first_round(Round.id.in_(select(LeftOutEntry.round_id)), by=Round.closes_at)
_OF_ROUND = LeftOutEntry.round_id == bindparam("round_id")
_FIRST = (
    select(Application.departure_id)
    .join(LeftOutEntry, LeftOutEntry.receipt == Application.reference)
    .where(_OF_ROUND)
    .order_by(LeftOutEntry.receipt)
    .limit(1)
)
_HERE = (
    select(Application)
    .join(LeftOutEntry, LeftOutEntry.receipt == Application.reference)
    .where(_OF_ROUND, Application.departure_id == bindparam("departure_id"))
    .order_by(LeftOutEntry.receipt)
    .limit(AT_ONCE)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class _Leaving:
    """Parties with the same first choice, under its lock."""

    session: Session
    round: Round
    course: Course
    own: Departure
    now: datetime

    def tell(self, application: Application) -> None:
        """Say which choices were left out; where no other is left the entry ends."""
        left_out = self._left_out(application)
        left = len(application.choices or ()) - len(left_out)
        facts = {"left_out": [code for code, *_ in left_out]}
        if left:
            audit.record(
                self.session,
                "draw_choices_left_out",
                subject=application,
                actor=SYSTEM,
                now=self.now,
                facts={"seats": application.seats, **facts},
                within=self.own,
            )
        else:
            self._end(application, **facts)
        tell(
            self.session,
            "choices_left_out",
            application,
            course=self.course,
            departure=self.own,
            now=self.now,
            choices_left=left,
            left_out=[{"starts_at": start.isoformat(), "party_max": most} for _, start, most in left_out],
            left_overs_at=self.round.left_overs_at.isoformat(),
            **TOO_LARGE,
        )

    def _end(self, application: Application, **facts: object) -> None:
        change_state(self.session, application, State.NOT_DRAWN, within=self.own, actor=SYSTEM, now=self.now, **facts)
        application.cause_ko, application.cause_en = TOO_LARGE["cause_ko"], TOO_LARGE["cause_en"]

    def _left_out(self, application: Application) -> Sequence[tuple[str, datetime, int]]:
        """Code, start and party limit of each choice that was left out, the most wanted first."""
        choices = [UUID(one) for one in application.choices or ()]
        asked = select(SealedPlaces.departure_id, SealedPlaces.code, Departure.starts_at, SealedPlaces.party_max)
        asked = asked.join(Departure, Departure.id == SealedPlaces.departure_id)
        rows = self.session.execute(
            asked.where(SealedPlaces.round_id == self.round.id, SealedPlaces.departure_id.in_(choices))
        )
        of = {departure_id: (code, start, most) for departure_id, code, start, most in rows}
        found = (of[one] for one in choices)
        return [(code, start, most) for code, start, most in found if most and not fits(application.seats, most)]
