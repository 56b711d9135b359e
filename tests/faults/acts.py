"""Every form that changes something, filled in and ready to be sent: one function each, in a small world of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.people import somebody
from tests.applications.scene import Scene, build_scene, settle_all
from tests.applications.test_own_date import end
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.ground.pages import Form, Page, visit
from tests.rosters.gate import AT_THE_GATE, Gate, build_gate
from tests.web.admin.deciding import NEW_COURSE, ORDER, SUSPENSION, Administrator
from tests.web.citizen.people import Citizen, reference_on
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications.models import Application
from tourbook.db import db
from tourbook.distancing.models import Order

WALK = "2026-05-20T10:00"
ORDERS = (
    "region_code,announced_on,effective_from,planned_until,withdrawn_on,scale,level,"
    "party_max,party_max_after_18,overrides_local\n41,2026-05-04T08:00,2026-05-14,,,s,half,4,,no\n"
)
BREAK = {"first_day": "2026-05-18", "last_day": "2026-05-18", "reason_ko": "점검", "reason_en": "Maintenance"}
HOLIDAY = {"day": "2026-05-29", "name_ko": "임시공휴일", "name_en": "Temporary"}
PERSON = {"visitors-0-name": "현장 손님", "visitors-0-birth_date": "1985-05-05", "consent": "y"}


@dataclass
class Ready:
    """A form, filled in, in the browser that will send it."""

    form: Form
    client: FlaskClient
    typed: dict[str, Any] = field(default_factory=dict)
    button: str | None = None

    def send(self) -> Page:
        """Press its button; the answer itself, not the page behind it."""
        return self.form.submit(self.client, button=self.button, follow=False, **self.typed)


@dataclass
class World:
    """What an act needs around it: the application on the far side of a wire, and people who use it."""

    app: Flask
    clock: StandingClock

    @cached_property
    def scene(self) -> Scene:
        self.clock.stand_at(MONDAY_MORNING)
        return build_scene(MONDAY_MORNING)

    @cached_property
    def gate(self) -> Gate:
        self.clock.stand_at(AT_THE_GATE)
        return build_gate()

    @cached_property
    def citizen(self) -> Citizen:
        return Citizen(self.app.test_client())

    @cached_property
    def admin(self) -> Administrator:
        _ = self.scene  # the moment at which people sign in
        return Administrator(self._signed_in(Role.ADMINISTRATOR), "en")

    @cached_property
    def operator(self) -> FlaskClient:
        _ = self.gate  # likewise
        return self._signed_in(Role.OPERATOR)

    def _signed_in(self, role: Role) -> FlaskClient:
        client = self.app.test_client()
        assert sign_in(client, somebody(self.app, role)).status == 302
        return client

    def asked(self, seats: int = 2) -> Page:
        """The visitors of a party whose places are held."""
        return self.citizen.ask(self.scene.add_departure(WALK), seats)

    def confirmed(self) -> str:
        """The reference of a party of two that is in."""
        return reference_on(self.citizen.apply(self.scene.add_departure(WALK), 2, "김하나", "김두리"))

    def roster(self, *parties: int) -> Page:
        """The roster on the day, with parties of these sizes."""
        for seats in parties:
            self.gate.apply(seats)
        return visit(self.operator, f"/ko/operator/departures/{self.gate.departure_id}")

    def by(self, page: Page, **typed: Any) -> Ready:
        """The citizen's form that leads on from a page of the way."""
        mark = next(mark for mark in ("visitors", "contact-form", "check") if page.has(mark))
        return Ready(page.form(mark=mark), self.citizen.client, typed)

    def change(self, path: str, mark: str, **typed: Any) -> Ready:
        """An administrator's change, shown and about to be applied."""
        preview = self.admin.fill_in(path, mark, **typed)
        return Ready(preview.form(mark="apply-form"), self.admin.client, button="stage")

    def typed(self, path: str, mark: str, **typed: Any) -> Ready:
        """An administrator's form that needs no preview."""
        return Ready(self.admin.open(path).form(mark=mark), self.admin.client, typed)


Act = Callable[[World], Ready]
ACTS: dict[str, Act] = {}


def act(prepare: Act) -> Act:
    """Add a form to those that are tried."""
    ACTS[prepare.__name__] = prepare
    return prepare


@act
def asking_for_places(world: World) -> Ready:
    page = world.citizen.open(f"/departures/{world.scene.add_departure(WALK)}")
    return Ready(page.form(mark="party"), world.citizen.client, {"seats": "2"})


@act
def naming_visitors(world: World) -> Ready:
    names = {"visitors-0-name": "김하나", "visitors-0-birth_date": "1990-01-01"}
    return world.by(world.asked(1), **names)


@act
def giving_a_contact(world: World) -> Ready:
    page = world.citizen.name_visitors(world.asked())
    return world.by(page, contact="sky@example.kr", personal_data="y", conduct="y")


@act
def sending_an_application_in(world: World) -> Ready:
    return world.by(world.citizen.give_contact(world.citizen.name_visitors(world.asked())))


@act
def sending_a_waiting_application_in(world: World) -> Ready:
    walk = world.scene.add_departure(WALK, capacity=2)
    world.scene.apply(walk, 2)
    page = world.citizen.open(f"/departures/{walk}").form(mark="party").submit(world.citizen.client, seats="2")
    held = page if page.has("visitors") else page.form(mark="wait").submit(world.citizen.client)
    return world.by(world.citizen.give_contact(world.citizen.name_visitors(held)))


@act
def giving_places_up(world: World) -> Ready:
    check = world.citizen.give_contact(world.citizen.name_visitors(world.asked()))
    return Ready(check.form(to="/give-up"), world.citizen.client)


@act
def changing_to_another_departure(world: World) -> Ready:
    world.asked()
    other = world.citizen.ask(world.scene.add_departure("2026-05-21T10:00"), 3)
    return Ready(other.form(to="/elsewhere"), world.citizen.client)


@act
def cancelling(world: World) -> Ready:
    page = world.citizen.open(f"/applications/{world.confirmed()}/cancel")
    return Ready(page.form(mark="cancel-form"), world.citizen.client)


@act
def cancelling_for_one_visitor(world: World) -> Ready:
    page = world.citizen.open(f"/applications/{world.confirmed()}")
    asked = world.citizen.open(page.marked("cancel-visitor")[0].get("href", "").removeprefix("/ko"))
    return Ready(asked.form(mark="cancel-form"), world.citizen.client)


def _offered(world: World) -> Page:
    """The page of a party that waited and is offered places now."""
    walk = world.scene.add_departure(WALK, capacity=2)
    first = reference_on(world.citizen.apply(walk, 2, "김하나", "김두리"))
    waiting = Citizen(world.app.test_client())
    reference = reference_on(waiting.apply(walk, 2, "박하나", "박두리"))
    world.citizen.open(f"/applications/{first}/cancel").form(mark="cancel-form").submit(world.citizen.client)
    world.citizen = waiting
    return waiting.open(f"/applications/{reference}")


@act
def accepting_an_offer(world: World) -> Ready:
    return Ready(_offered(world).form(to="/accept"), world.citizen.client)


@act
def declining_an_offer(world: World) -> Ready:
    offered = _offered(world)
    asked = world.citizen.open(offered.mark("decline").get("href", "").removeprefix("/ko"))
    return Ready(asked.form(mark="decline-form"), world.citizen.client)


@act
def taking_the_own_date(world: World) -> Ready:
    reference = reference_on(world.citizen.apply(world.scene.add_departure(WALK), 2, "김하나", "김두리"))
    measure = world.scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(world.scene)
    world.scene.add_departure("2026-05-22T10:00")
    settle_all(world.scene)
    end(measure, world.scene)
    page = world.citizen.open(f"/applications/{reference}")
    return Ready(page.form(to="/own-date"), world.citizen.client)


@act
def asking_for_the_link(world: World) -> Ready:
    reference = world.confirmed()
    contact = db.session.scalars(select(Application)).one().contact
    form = world.citizen.open("/find").form(mark="find-form")
    return Ready(form, world.citizen.client, {"reference": reference, "contact": contact})


def _button(world: World, page: Page, mark: str) -> Ready:
    (form, *_) = [one for one in page.forms if any(b.get("data-test") == mark for b in one.element.iter("button"))]
    return Ready(form, world.operator)


@act
def marking_somebody_as_arrived(world: World) -> Ready:
    return _button(world, world.roster(1), "mark-arrived")


@act
def ticking_a_condition(world: World) -> Ready:
    world.gate.apply(1)
    order = db.session.get_one(Order, world.gate.scene.add_order("open", "2026-05-01"))
    order.condition_ko, order.condition_en = "접종 완료", "Vaccinated"
    db.session.commit()
    return _button(world, world.roster(), "condition")


@act
def taking_the_fee(world: World) -> Ready:
    return _button(world, world.roster(2), "fee-paid")


def _walk_up(world: World) -> Ready:
    page = visit(world.operator, f"/ko/operator/departures/{world.gate.departure_id}/walk-up?seats=1")
    return Ready(page.form(mark="walk-up"), world.operator, dict(PERSON))


@act
def letting_somebody_in(world: World) -> Ready:
    return _walk_up(world)


@act
def taking_an_admission_back(world: World) -> Ready:
    _walk_up(world).send()
    return _button(world, world.roster(), "undo-admission")


@act
def sending_the_roster(world: World) -> Ready:
    return _button(world, world.roster(2), "send-roster")


@act
def calling_a_departure_off(world: World) -> Ready:
    world.roster(2, 3)
    page = visit(world.operator, f"/ko/operator/departures/{world.gate.departure_id}/call-off")
    return Ready(page.form(mark="call-off"), world.operator, {"reason": "weather"})


@act
def entering_an_order(world: World) -> Ready:
    world.scene.apply(world.scene.add_departure(WALK), 2)
    return world.change("/orders/new", "order-form", **ORDER)


@act
def withdrawing_an_order(world: World) -> Ready:
    return world.change(f"/orders/{world.scene.add_order('half', '2026-05-14')}/withdraw", "withdraw-form")


@act
def importing_orders(world: World) -> Ready:
    _ = world.scene
    return world.change("/orders/import", "import-form", text=ORDERS)


@act
def entering_a_measure(world: World) -> Ready:
    world.scene.apply(world.scene.add_departure(WALK), 2)
    return world.change("/measures/new", "measure-form", **SUSPENSION)


@act
def moving_the_end_of_an_order(world: World) -> Ready:
    order = world.scene.add_order("half", "2026-05-14", "2026-05-20")
    return world.change(f"/orders/{order}/end", "order-end-form", until="2026-05-18")


@act
def ending_a_measure(world: World) -> Ready:
    measure = world.scene.add_measure("2026-05-01")
    return world.change(f"/measures/{measure}/end", "end-form", until="2026-05-10")


@act
def changing_a_cell(world: World) -> Ready:
    _ = world.scene
    cell = {"level": "s/half", "whose": "kind:trail", "measure": "people", "amount": "7"}
    return world.change("/table/cell", "cell-form", **cell)


@act
def changing_a_size(world: World) -> Ready:
    _ = world.scene
    return world.change("/courses/walk/figures", "figures-form", capacity="4", party_limit="")


@act
def adding_a_course(world: World) -> Ready:
    _ = world.scene
    return world.typed("/courses/new", "course-form", **NEW_COURSE)


@act
def editing_a_course(world: World) -> Ready:
    _ = world.scene
    return world.typed("/courses/walk/edit", "terms-form", offer_hours="12", policy="keep_earliest")


@act
def adding_a_schedule(world: World) -> Ready:
    _ = world.scene
    return world.typed("/courses/walk/schedules", "schedule-form", weekdays=["0"], times="10:00")


@act
def taking_a_schedule_out(world: World) -> Ready:
    adding_a_schedule(world).send()
    return Ready(world.admin.open("/courses/walk").form(to="/remove"), world.admin.client)


@act
def adding_a_break(world: World) -> Ready:
    _ = world.scene
    return world.typed("/courses/walk/breaks", "break-form", **BREAK)


@act
def taking_a_break_out(world: World) -> Ready:
    adding_a_break(world).send()
    return Ready(world.admin.open("/courses/walk").form(to="/remove"), world.admin.client)


@act
def making_departures(world: World) -> Ready:
    adding_a_schedule(world).send()
    days = {"first_day": "2026-05-11", "last_day": "2026-05-31"}
    return world.typed("/courses/walk/departures", "generate-form", **days)


@act
def adding_a_departure(world: World) -> Ready:
    _ = world.scene
    return world.typed("/courses/walk/departures", "add-form", start="2026-05-14 10:00", capacity="12")


@act
def setting_a_holiday(world: World) -> Ready:
    _ = world.scene
    return world.typed("/holidays", "holiday-form", **HOLIDAY)


@act
def taking_a_holiday_out(world: World) -> Ready:
    setting_a_holiday(world).send()
    return Ready(world.admin.open("/holidays?year=2026").form(to="/holidays/remove"), world.admin.client)
