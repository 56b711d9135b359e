"""A stage for replays: the real history from the files, a clock that moves, parties of five, a recount each step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook import jobs
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import Asked, VisitorDetails, confirm, describe_party, give_contact, hold
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.courses import course_by_code
from tourbook.courses.departures import add_departure
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.operations import check

DATA = Path(__file__).resolve().parents[1] / "data"
FIVE = 5

_number = count(1)


@dataclass
class Stage:
    """The application on one database at one moment; `timetable` False leaves all settling to applicants' acts."""

    ground: Ground
    clock: StandingClock
    timetable: bool = True

    @property
    def now(self) -> datetime:
        return self.clock.now

    def import_history(self) -> None:
        """All orders and measures of 2019-23, known from their announcement alone."""
        for what, name in (("orders", "distancing_orders.csv"), ("measures", "site_measures.csv")):
            self.ground.command("tourbook", what, "import", str(DATA / name), "--history")

    def move_to(self, moment: str) -> None:
        """Let the time pass until then; the timetable, where it runs, does what has become due."""
        self.clock.stand_at(moment)
        if self.timetable:
            jobs.run_due(self.ground.app)

    def depart(self, *starts: str) -> list[UUID]:
        """Departures of the Panmunjeom tour at these Korean times."""
        course = course_by_code(db.session(), "panmunjeom")
        added = [add_departure(course.id, parse_moment(one), actor=COMMAND, now=self.now) for one in starts]
        if self.timetable:
            jobs.run_due(self.ground.app)
        return [one.departure_id for one in added]

    def apply(self, departure: UUID, *, wait: bool = False, seats: int = FIVE) -> UUID:
        """A party applies; a second passes."""
        number = next(_number)
        asked = Asked(seats, wait, f"browser {number}", f"address {number}", "ko", None)
        application = hold(departure, asked, form_id=f"form {number}", actor=GUEST, now=self.now).application_id
        people = [VisitorDetails(f"사람 {number} {place}", date(1980, 1, 1), "KR") for place in range(seats)]
        describe_party(application, people, actor=GUEST, now=self.now)
        agreed = {"personal_data", "conduct"}
        contact = f"p{number}@example.kr"
        give_contact(application, contact=contact, way="mail", consents=agreed, actor=GUEST, now=self.now)
        confirm(application, form_id=f"confirm {number}", actor=GUEST, now=self.now)
        self.clock.move(seconds=1)
        return application

    def fill(self, *departures: UUID) -> list[UUID]:
        """Parties of five until there is no seat left."""
        return [self.apply(one) for one in departures for _ in range(self.departure(one).own_capacity or 40 // FIVE)]

    def refused(self, departure: UUID, seats: int = 1) -> str:
        """What an applicant is told who asks for seats there."""
        number = next(_number)
        asked = Asked(seats, False, f"browser {number}", f"address {number}", "ko", None)
        with pytest.raises(Refused) as error:
            hold(departure, asked, form_id=f"form {number}", actor=GUEST, now=self.now)
        return error.value.code

    def look_in(self, *departures: UUID) -> list[str]:
        """An applicant asks for more than anybody may take at each departure: an act that settles, and is refused."""
        return [self.refused(one) for one in departures]

    def departure(self, departure: UUID) -> Departure:
        db.session.rollback()  # SQLite goes on reading what was there when it read first
        return db.session.get_one(Departure, departure, populate_existing=True)

    def states(self, parties: list[UUID]) -> list[State]:
        db.session.rollback()
        db.session.expire_all()
        return [db.session.get_one(Application, party).state for party in parties]

    def offers(self, parties: list[UUID]) -> list[Offer]:
        """The open offers of these parties, in the order of the parties."""
        found = [
            db.session.scalar(select(Offer).where(Offer.application_id == party, Offer.state == OfferState.OPEN))
            for party in parties
        ]
        return [offer for offer in found if offer]

    def told(self, party: UUID) -> list[str]:
        """The kinds of notice about a party, oldest first."""
        return list(db.session.scalars(select(Notice.kind).where(Notice.subject_id == party).order_by(Notice.id)))

    def assert_sound(self) -> None:
        db.session.rollback()
        db.session.expire_all()
        report = check(db.session(), now=self.now)
        assert report.ok, report.findings

    def rest(self, **spell: float) -> None:
        """Let some time pass."""
        self.move_to((self.now + timedelta(**spell)).isoformat())
