"""At the gate: letting people in, marking who came, the fee, and sending the names before."""

from dataclasses import dataclass
from uuid import UUID

from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.rosters.gate import Gate, build_gate, gate_party, visitors
from tourbook.applications.models import Attendance, Fee
from tourbook.rosters import (
    Crew,
    GateParty,
    Vehicle,
    admit_at_gate,
    arrange_crew,
    call_next,
    draw_number,
    mark_attendance,
    mark_condition,
    mark_fee,
    mark_gone,
    send_roster,
    undo_admission,
)


@dataclass
class Day:
    """A full departure with one no-show, on whose place somebody from the gate may sit."""

    gate: Gate
    party: UUID

    @property
    def missing(self) -> UUID:
        return visitors(self.party)[0].id


def day(capacity: int = 6) -> Day:
    gate = build_gate(capacity)
    party = gate.apply(3)
    gate.apply(3)
    today = Day(gate, party)
    mark_attendance(today.missing, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)
    return today


def admitting(gate: Gate, party: GateParty) -> Doing:
    def act() -> object:
        return admit_at_gate(gate.departure_id, party, form_id="gate", actor=gate.operator, now=gate.now)

    return Doing(act, gate.now)


@deed()
def lets_walk_ups_in(_: Ground) -> Doing:
    return admitting(day(capacity=8).gate, gate_party(2))


@deed()
def lets_somebody_in_on_standby(_: Ground) -> Doing:
    return admitting(day().gate, gate_party(1))


@deed()
def takes_an_admission_back(_: Ground) -> Doing:
    gate = day().gate
    admitted = gate.admit(1).application_id
    return Doing(lambda: undo_admission(admitted, actor=gate.operator, now=gate.now), gate.now)


def marking(gate: Gate, visitor: UUID, attendance: Attendance) -> Doing:
    def act() -> UUID:
        return mark_attendance(visitor, attendance, actor=gate.operator, now=gate.now).visitor_id

    return Doing(act, gate.now)


@deed()
def marks_somebody_missing(_: Ground) -> Doing:
    today = day()
    other, gate = visitors(today.party)[1].id, today.gate
    return marking(gate, other, Attendance.NO_SHOW)


@deed()
def lets_a_late_comer_take_the_place_back(_: Ground) -> Doing:
    """Whoever sat there from the gate moves to the place of another no-show."""
    today = day()
    gate, first, second = today.gate, today.missing, visitors(today.party)[1].id
    gate.admit(1)
    mark_attendance(second, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)
    return marking(gate, first, Attendance.ARRIVED)


@deed()
def ticks_a_condition(_: Ground) -> Doing:
    today = day()
    gate, visitor = today.gate, visitors(today.party)[1].id
    return Doing(lambda: mark_condition(visitor, shown=True, actor=gate.operator, now=gate.now).departure_id, gate.now)


@deed()
def takes_the_fee(_: Ground) -> Doing:
    today = day()
    gate = today.gate
    return Doing(lambda: mark_fee(today.party, Fee.PAID, actor=gate.operator, now=gate.now).id, gate.now)


@deed()
def sends_the_names(_: Ground) -> Doing:
    gate = day().gate
    return Doing(lambda: send_roster(gate.departure_id, actor=gate.operator, now=gate.now).at, gate.now)


def drawing(gate: Gate, people: int = 1, form_id: str = "number") -> UUID:
    """A number for so many people; gives its id."""
    return draw_number(gate.departure_id, people, form_id=form_id, actor=gate.operator, now=gate.now).number_id


@deed()
def draws_a_number(_: Ground) -> Doing:
    gate = day().gate
    return Doing(lambda: drawing(gate), gate.now)


@deed()
def calls_a_number(_: Ground) -> Doing:
    """One that does not fit is passed by."""
    gate = day().gate
    drawing(gate, 3, "three people")
    drawing(gate, 1, "one person")
    return Doing(lambda: call_next(gate.departure_id, form_id="call", actor=gate.operator, now=gate.now), gate.now)


@deed()
def lets_a_called_number_in(_: Ground) -> Doing:
    gate = day().gate
    number = drawing(gate)
    call_next(gate.departure_id, form_id="call", actor=gate.operator, now=gate.now)
    told = {"form_id": "gate", "actor": gate.operator, "now": gate.now, "number_id": number}
    party = gate_party(1)
    return Doing(lambda: admit_at_gate(gate.departure_id, party, **told), gate.now)


@deed()
def says_that_a_number_has_gone(_: Ground) -> Doing:
    gate = day().gate
    number = drawing(gate)
    return Doing(lambda: mark_gone(number, actor=gate.operator, now=gate.now), gate.now)


@deed()
def arranges_guide_and_vehicles(_: Ground) -> Doing:
    """Done again it finds that nothing is to be changed."""
    gate = day().gate
    crew = Crew("정해설", "+821098765432", (Vehicle("71가 1234", 12),), "동문으로 들어갑니다.")

    def act() -> None:
        arrange_crew(gate.departure_id, crew, actor=gate.operator, now=gate.now)

    return Doing(act, gate.now)
