"""The product under the model's names: its acts, as the web calls them, and what can be seen of it afterwards."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import event, select

from tests.applications.scene import Scene
from tests.applications.walk import fresh
from tests.ground.application import Ground
from tests.models.model import Departure, Measure, Offer, Order, Party
from tests.rosters.gate import run_by
from tourbook import applications
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import VisitorDetails, waiting_position
from tourbook.applications import models as tables
from tourbook.applications.queue import in_turn
from tourbook.applications.situation import queue_of
from tourbook.courses import MeasureDraft, end_measure, enter_measure
from tourbook.courses import models as course_tables
from tourbook.distancing import OrderDraft, enter_order, withdraw_order
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order as OrderRow
from tourbook.notices.models import Notice
from tourbook.operations import Proposal, apply_change, call_off_departure

CONSENTS = {"personal_data", "conduct"}
BIRTH_DATE = date(1990, 1, 1)
ANY_SIZE = 99


class Product:
    """The course of a scene. Parties and departures are those of the model, found by their numbers."""

    def __init__(self, scene: Scene, departures: list[UUID]) -> None:
        self._scene = scene
        self._departures = departures
        self._parties: list[UUID] = []
        self._operator = run_by("paju", scene.course_id)
        self._forms = Counter[str]()

    # -- acts ------------------------------------------------------------------------------------------------------

    def hold(self, here: Departure, seats: int, wait: bool) -> None:
        self._parties.append(self._scene.hold(self._departures[here.number], seats, wait=wait))

    def hold_again(self, party: Party) -> None:
        applications.hold_again(self._id(party), **self._guest)

    def fill_in(self, party: Party, people: list[str]) -> None:
        visitors = [VisitorDetails(name, BIRTH_DATE, "KR") for name in people]
        applications.describe_party(self._id(party), visitors, **self._guest)

    def give_contact(self, party: Party) -> None:
        contact = f"party{party.number}@example.kr"
        applications.give_contact(self._id(party), contact=contact, way="mail", consents=CONSENTS, **self._guest)

    def confirm(self, party: Party) -> None:
        applications.confirm(self._id(party), form_id=self._form("confirm"), **self._guest)

    def give_up(self, party: Party) -> None:
        applications.give_up(self._id(party), **self._guest)

    def accept(self, offer: Offer) -> None:
        confirmed = applications.accept_offer(self._offer(offer), **self._guest)
        if confirmed not in self._parties:
            self._parties.append(confirmed)

    def decline(self, offer: Offer) -> None:
        applications.decline_offer(self._offer(offer), **self._guest)

    def cancel(self, party: Party) -> None:
        applications.cancel(self._id(party), **self._guest)

    def cancel_visitor(self, party: Party, who: str) -> None:
        rows = fresh().scalars(select(tables.Visitor).where(tables.Visitor.application_id == self._id(party)))
        visitor = next(row.id for row in rows if row.name == who)
        applications.cancel_visitor(visitor, **self._guest)

    def volunteer(self, party: Party) -> None:
        applications.volunteer(self._id(party), **self._guest)

    def stand_back(self, party: Party) -> None:
        applications.stand_back(self._id(party), **self._guest)

    def keep_by_exception(self, party: Party) -> None:
        asked = {"reason": "진료 예약", "actor": COMMAND, "now": self._scene.now}
        applications.keep_by_exception(self._id(party), **asked)

    def end_exception(self, party: Party) -> None:
        applications.end_exception(self._id(party), actor=COMMAND, now=self._scene.now)

    def call_off(self, here: Departure) -> None:
        reasons = {"reason_ko": "비", "reason_en": "rain"}
        call_off_departure(self._departures[here.number], **reasons, actor=self._operator, now=self._scene.now)

    def timetable(self) -> None:
        while applications.settle_due(now=self._scene.now):
            pass

    # -- facts -----------------------------------------------------------------------------------------------------

    def announce(self, order: Order) -> None:
        draft = OrderDraft(
            region_code="41",
            scale="s",
            level=order.level,
            announced_at=order.announced_at,
            effective_from=order.first,
            planned_until=order.until,
            party_max=order.party_max,
            ends_by_itself=order.ends_by_itself,
        )
        self._change(lambda session: enter_order(session, draft, actor=COMMAND, now=self._scene.now))

    def withdraw(self, order: Order) -> None:
        row = self._nth(OrderRow, order.number)
        self._change(lambda session: withdraw_order(session, row, actor=COMMAND, now=self._scene.now))

    def limit_site(self, measure: Measure) -> None:
        draft = MeasureDraft(
            course="walk",
            kind="override" if measure.capacity else "suspension",
            announced_at=measure.known_at,
            effective_from=measure.first,
            effective_until=measure.until,
            capacity=measure.capacity or None,
            raises=measure.raises,
            reason_ko="이유",
            reason_en="a reason",
        )
        self._change(lambda session: enter_measure(session, draft, actor=COMMAND, now=self._scene.now))

    def resume(self, measure: Measure, until: date) -> None:
        row = self._nth(course_tables.SiteMeasure, measure.number)
        self._change(lambda session: end_measure(session, row, until=until, actor=COMMAND, now=self._scene.now))

    def _change(self, step: Callable[[Any], object]) -> None:
        proposal = Proposal((step,), Words("변경", "A change"))
        apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=self._scene.now)

    # -- what can be seen ------------------------------------------------------------------------------------------

    def reference(self, party: Party) -> str:
        return fresh().get_one(tables.Application, self._id(party)).reference

    def seen(self) -> dict[str, Any]:
        session = fresh()
        number = {row_id: number for number, row_id in enumerate(self._parties)}
        place = {row_id: number for number, row_id in enumerate(self._departures)}
        rows = {row.id: row for row in session.scalars(select(tables.Application))}
        open_offers = select(tables.Offer).where(tables.Offer.state == tables.OfferState.OPEN)
        offered = {row.application_id: place[row.departure_id] for row in session.scalars(open_offers)}
        told = defaultdict[Any, list[str]](list)
        for notice in session.scalars(select(Notice).order_by(Notice.id)):
            told[notice.subject_id].append(notice.kind)
        figures = session.scalars(select(course_tables.Departure).order_by(course_tables.Departure.id))
        waiting = [row for row in rows.values() if row.state == tables.State.WAITING and not row.typing_until]
        queue = in_turn(queue_of(session, self._scene.course_id), room=lambda: ANY_SIZE)
        return {
            "parties": [(rows[one].state.value, rows[one].seats, offered.get(one), told[one]) for one in self._parties],
            "departures": [(d.seats_taken, d.allowed, d.public_free, d.over_capacity) for d in figures],
            "waiting": {number[row.id]: (waiting_position(session, row), row.passed_by) for row in waiting},
            "displaced": [number[party.id] for party in queue],
        }

    # -- by number -------------------------------------------------------------------------------------------------

    @property
    def _guest(self) -> dict[str, Any]:
        return {"actor": GUEST, "now": self._scene.now}

    def _id(self, party: Party) -> UUID:
        return self._parties[party.number]

    def _offer(self, offer: Offer) -> UUID:
        of_party = select(tables.Offer.id).where(tables.Offer.application_id == self._id(offer.party))
        return fresh().scalars(of_party.order_by(tables.Offer.id)).all()[offer.party.offers.index(offer)]

    def _nth(self, model: Any, number: int) -> UUID:
        return fresh().scalars(select(model.id).order_by(model.entry)).all()[number]

    def _form(self, name: str) -> str:
        self._forms[name] += 1
        return f"{name} {self._forms[name]}"


class Died(BaseException):
    """The process is no more. Nothing catches it, as nothing would be there to do so."""


@contextmanager
def dying(ground: Ground, statements: int | None) -> Iterator[list[str]]:
    """Die before the statement of that number (None: not at all), or the COMMIT that comes then; tells the commits."""
    left, commits = [statements], list[str]()
    do_commit = ground.engine.dialect.do_commit

    def reach(*_: object) -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise Died

    def commit(connection: Any) -> None:
        reach()
        do_commit(connection)
        commits.append("COMMIT")

    event.listen(ground.engine, "before_cursor_execute", reach)
    ground.engine.dialect.do_commit = commit
    try:
        yield commits
    finally:
        event.remove(ground.engine, "before_cursor_execute", reach)
        ground.engine.dialect.do_commit = do_commit
