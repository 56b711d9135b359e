"""By telephone: a party that calls stands like one that applied on the web, and a namesake can be among them."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, settle_all, state, told
from tests.rosters.gate import Gate, gate_party, operator_of, trail, visitors
from tourbook.actor import GUEST
from tourbook.applications import VisitorDetails, accept_offer
from tourbook.applications.models import Application, Attendance, Channel, State
from tourbook.db import new_id
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.rosters import Admitted, Apart, enter_by_telephone

HANEUL = VisitorDetails("김하늘", date(1990, 1, 1), "KR")
CONTACT = ("sms", "+821012345678")


@pytest.fixture(autouse=True)
def _while_applications_are_open(gate: Gate) -> None:
    gate.scene.now = parse_moment("2026-05-10T14:00")


def call(gate: Gate, people: int = 1, *, form_id: str = "call", **changed: object) -> Admitted:
    party = gate_party(people, **{"contact": CONTACT, **changed})
    return enter_by_telephone(gate.departure_id, party, form_id=form_id, actor=gate.operator, now=gate.now)


def refused(gate: Gate, people: int = 1, **changed: object) -> str:
    with pytest.raises(Refused) as refusal:
        call(gate, people, **changed)
    return refusal.value.code


def test_a_party_that_calls_is_confirmed_and_told_with_its_link(gate: Gate, session: Session) -> None:
    entered = call(gate, 2)

    row = session.get_one(Application, entered.application_id)
    assert (row.state, row.channel, row.contact, row.seats) == (State.CONFIRMED, Channel.TELEPHONE, CONTACT[1], 2)
    assert [one.attendance for one in visitors(row.id)] == [Attendance.EXPECTED] * 2
    assert told(session, row.id) == ["confirmed"]
    assert departure(gate.departure_id).seats_taken == 2
    assert_sound(gate.scene, session)


def test_the_same_form_enters_one_party(gate: Gate) -> None:
    party = gate_party(1, contact=CONTACT)

    first, again = (
        enter_by_telephone(gate.departure_id, party, form_id="call", actor=gate.operator, now=gate.now)
        for _ in range(2)
    )

    assert first == again
    assert departure(gate.departure_id).seats_taken == 1


def test_a_namesake_of_somebody_who_is_being_offered_places_is_entered_on_the_word_of_staff(
    gate: Gate, session: Session
) -> None:
    lost = gate.apply(1, names=["김하늘"])
    order = gate.scene.add_order("closed", "2026-05-01", "2026-12-31")
    settle_all(gate.scene)
    gate.scene.withdraw(order)
    settle_all(gate.scene)
    without_a_word = refused(gate, visitors=[HANEUL])

    entered = call(gate, visitors=[HANEUL], apart={0: Apart.ASKED})
    accept_offer(open_offer(lost).id, actor=GUEST, now=gate.now)

    assert without_a_word == "person_offered"
    assert [one.namesake for one in visitors(entered.application_id)] == [1]
    assert state(lost) == State.CONFIRMED
    assert_sound(gate.scene, session)


def test_a_namesake_whom_the_web_refused_is_entered_on_the_word_of_staff(gate: Gate, session: Session) -> None:
    gate.apply(1, names=["김하늘"])
    without_a_word = refused(gate, visitors=[HANEUL])

    entered = call(gate, visitors=[HANEUL], apart={0: Apart.ASKED})

    assert without_a_word == "person_twice"
    assert [one.namesake for one in visitors(entered.application_id)] == [1]
    assert [entry.facts["reason"] for entry in trail(session, "namesake_told_apart")] == ["asked"]
    assert_sound(gate.scene, session)


def test_namesakes_who_lost_their_places_are_both_asked_for_one_departure(gate: Gate, session: Session) -> None:
    parties = [gate.apply(1, names=["김하늘"]), call(gate, visitors=[HANEUL], apart={0: Apart.ASKED}).application_id]
    gate.scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(gate.scene)
    new = gate.scene.add_departure("2026-05-27T10:00")
    settle_all(gate.scene)

    offers = [open_offer(party) for party in parties]

    assert [offer.departure_id if offer else None for offer in offers] == [new, new]
    assert_sound(gate.scene, session)


def test_nobody_is_entered_beyond_the_free_seats(gate: Gate) -> None:
    gate.apply(5)
    gate.apply(4)

    assert refused(gate, 2) == "full"


@pytest.mark.parametrize(
    ("moment", "code"), [("2026-04-20T09:00", "not_open_yet"), ("2026-05-19T00:00", "window_closed")]
)
def test_the_window_of_the_web_holds_for_the_telephone(gate: Gate, moment: str, code: str) -> None:
    gate.scene.now = parse_moment(moment)

    assert refused(gate) == code


def test_without_contact_or_consent_nobody_is_entered(gate: Gate) -> None:
    assert refused(gate, contact=None) == "contact_missing"
    assert refused(gate, consents=frozenset({"conduct"})) == "consent_missing"
    assert refused(gate, 6) == "party_too_large"


def test_another_organisations_departures_do_not_exist(gate: Gate) -> None:
    gate.operator = operator_of(new_id())

    assert refused(gate) == "departure_of_others"
