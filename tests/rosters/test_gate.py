"""People who turn up without an application: let in up to the allowance, and not one more."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import departure, state
from tests.rosters.gate import (
    AT_THE_GATE,
    CONSENTS,
    Gate,
    gate_party,
    people_present,
    standing,
    trail,
    visitors,
)
from tourbook.actor import GUEST
from tourbook.applications import VisitorDetails, cancel, cancel_visitor
from tourbook.applications.models import Application, Attendance, Channel, Consent, Fee, State
from tourbook.db import db, transaction
from tourbook.errors import Conflict, Refused
from tourbook.kst import parse_moment
from tourbook.operations import check
from tourbook.rosters import (
    admit_at_gate,
    mark_attendance,
    undo_admission,
)
from tourbook.rosters.gate import places_to_give

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance


def mark(gate: Gate, visitor_id, attendance: Attendance) -> None:
    mark_attendance(visitor_id, attendance, actor=gate.operator, now=gate.now)


def fill(gate: Gate) -> list:
    """All ten seats are taken; gives the visitors of the two parties."""
    return [visitor for party in (gate.apply(5), gate.apply(5)) for visitor in visitors(party)]


def assert_sound(gate: Gate, session: Session) -> None:
    session.rollback()
    session.expire_all()
    assert check(session, now=gate.now).findings == ()


def test_a_walk_up_takes_a_seat_that_nobody_took(gate: Gate, session: Session) -> None:
    gate.apply(5)

    let_in = gate.admit(2, contact=("sms", "+821012345678"), condition_shown=True)

    party = session.get_one(Application, let_in.application_id)
    assert (let_in.channel, party.state, party.seats) == (Channel.WALK_UP, State.CONFIRMED, 2)
    assert (party.fee, party.fee_krw, party.contact) == (Fee.DUE, 20000, "+821012345678")
    assert standing(party.id) == [ARRIVED, ARRIVED]
    assert all(visitor.condition_shown for visitor in visitors(party.id))
    assert {consent.item for consent in session.query(Consent).filter_by(application_id=party.id)} == CONSENTS
    assert departure(gate.departure_id).seats_taken == 7
    assert trail(session, "application_confirmed")[-1].actor == gate.operator.label
    assert_sound(gate, session)


def test_the_same_form_sent_twice_lets_one_party_in(gate: Gate) -> None:
    party = gate_party(2)

    first, second = (
        admit_at_gate(gate.departure_id, party, form_id="same", actor=gate.operator, now=gate.now) for _ in range(2)
    )

    assert first == second
    assert departure(gate.departure_id).seats_taken == 2
    with pytest.raises(Refused) as other_content:
        gate.admit(1, form_id="same")
    assert other_content.value.code == "form_reused"


def test_standby_takes_the_places_of_no_shows_and_sells_nothing_twice(gate: Gate, session: Session) -> None:
    people = fill(gate)
    with pytest.raises(Conflict) as full:
        gate.admit(1)
    mark(gate, people[0].id, NO_SHOW)
    mark(gate, people[7].id, NO_SHOW)

    pair = gate.admit(2)

    assert full.value.code == "gate_full"
    assert pair.channel == Channel.STANDBY
    assert [one.takes_place_of for one in visitors(pair.application_id)] == [people[0].id, people[7].id]
    assert departure(gate.departure_id).seats_taken == 10
    assert people_present(session, gate.departure_id) == 10
    with pytest.raises(Conflict) as again:
        gate.admit(1)
    assert again.value.facts["free"] == 0
    assert_sound(gate, session)


def test_seats_that_nobody_took_are_given_before_those_of_no_shows(gate: Gate) -> None:
    people = [*visitors(gate.apply(5)), *visitors(gate.apply(4))]
    mark(gate, people[0].id, NO_SHOW)

    let_in = gate.admit(2)

    assert [one.takes_place_of for one in visitors(let_in.application_id)] == [None, people[0].id]
    assert departure(gate.departure_id).seats_taken == 10


def test_a_party_is_let_in_whole_or_not_at_all(gate: Gate) -> None:
    people = fill(gate)
    mark(gate, people[0].id, NO_SHOW)

    with pytest.raises(Conflict) as refused:
        gate.admit(2)

    assert (refused.value.code, refused.value.facts["free"]) == ("gate_full", 1)


def test_somebody_turned_away_leaves_no_place_to_others(gate: Gate) -> None:
    mark(gate, fill(gate)[0].id, TURNED_AWAY)

    with pytest.raises(Conflict) as refused:
        gate.admit(1)

    assert refused.value.code == "gate_full"


def test_a_no_show_whose_place_was_taken_comes_back_only_to_a_free_place(gate: Gate, session: Session) -> None:
    people = fill(gate)
    mark(gate, people[0].id, NO_SHOW)
    gate.admit(1)

    for wanted in (ARRIVED, EXPECTED, TURNED_AWAY):
        with pytest.raises(Conflict) as refused:
            mark(gate, people[0].id, wanted)
        assert refused.value.code == "place_taken"

    assert standing(people[0].application_id)[0] == NO_SHOW
    assert people_present(session, gate.departure_id) == 10
    assert_sound(gate, session)


def test_who_sits_on_the_place_of_somebody_who_comes_after_all_moves_to_another_no_shows(
    gate: Gate, session: Session
) -> None:
    people = fill(gate)
    mark(gate, people[0].id, NO_SHOW)
    (standby,) = visitors(gate.admit(1).application_id)
    mark(gate, people[1].id, NO_SHOW)

    mark(gate, people[0].id, ARRIVED)

    assert visitors(standby.application_id)[0].takes_place_of == people[1].id
    assert people_present(session, gate.departure_id) == 10
    with pytest.raises(Conflict):
        mark(gate, people[1].id, ARRIVED)
    assert_sound(gate, session)


def test_who_sits_on_the_place_of_somebody_who_comes_after_all_moves_to_a_free_seat(
    gate: Gate, session: Session
) -> None:
    people = fill(gate)
    mark(gate, people[0].id, NO_SHOW)
    (standby,) = visitors(gate.admit(1).application_id)
    with transaction() as writing:
        writing.get_one(type(departure(gate.departure_id)), gate.departure_id).own_capacity = 11
    gate.scene.add_order("open", "2026-05-01")

    mark(gate, people[0].id, ARRIVED)

    assert visitors(standby.application_id)[0].takes_place_of is None
    assert departure(gate.departure_id).seats_taken == 11
    assert_sound(gate, session)


def test_an_admission_can_be_taken_back_and_leaves_its_places_free(gate: Gate, session: Session) -> None:
    people = fill(gate)
    mark(gate, people[0].id, NO_SHOW)
    wrong = gate.admit(1)

    undo_admission(wrong.application_id, actor=gate.operator, now=gate.now)
    undo_admission(wrong.application_id, actor=gate.operator, now=gate.now)

    assert state(wrong.application_id) == State.CANCELLED
    assert places_to_give(session, departure(gate.departure_id)).left_empty == (people[0].id,)
    assert gate.admit(1).channel == Channel.STANDBY
    assert_sound(gate, session)


def test_whoever_has_the_place_of_somebody_on_standby_keeps_it_when_that_admission_is_taken_back(
    gate: Gate, session: Session
) -> None:
    people = fill(gate)
    mark(gate, people[0].id, NO_SHOW)
    (standby,) = visitors(gate.admit(1).application_id)
    mark(gate, standby.id, NO_SHOW)
    (second,) = visitors(gate.admit(1).application_id)

    undo_admission(standby.application_id, actor=gate.operator, now=gate.now)

    assert visitors(second.application_id)[0].takes_place_of == people[0].id
    assert departure(gate.departure_id).seats_taken == 10
    assert people_present(session, gate.departure_id) == 10
    assert_sound(gate, session)


@pytest.mark.parametrize("whole_party", [True, False])
def test_a_no_show_who_cancels_after_all_leaves_the_seat_to_whoever_has_it(
    gate: Gate, session: Session, whole_party: bool
) -> None:
    people = fill(gate)
    no_show = people[0]
    mark(gate, no_show.id, NO_SHOW)
    gate.admit(1)

    if whole_party:
        cancel(no_show.application_id, actor=GUEST, now=gate.now)
    else:
        cancel_visitor(no_show.id, actor=GUEST, now=gate.now)

    left = 6 if whole_party else 10
    assert departure(gate.departure_id).seats_taken == left
    assert people_present(session, gate.departure_id) == left
    assert_sound(gate, session)


def test_a_party_that_applied_is_not_undone_at_the_gate(gate: Gate) -> None:
    with pytest.raises(Conflict) as refused:
        undo_admission(gate.apply(1), actor=gate.operator, now=gate.now)

    assert refused.value.code == "not_from_the_gate"


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-05-19T23:59", "before_the_day"),
        ("2026-05-20T12:00", "gate_over"),
        ("2026-05-20T18:00", "gate_over"),
        ("2026-05-21T00:00", "after_the_day"),
    ],
)
def test_people_are_let_in_on_the_day_alone_and_until_the_tour_is_over(gate: Gate, moment: str, code: str) -> None:
    gate.scene.now = parse_moment(moment)

    with pytest.raises(Conflict) as refused:
        gate.admit(1)

    assert refused.value.code == code


@pytest.mark.parametrize("moment", ["2026-05-20T10:05", "2026-05-20T11:59"])
def test_somebody_may_still_be_let_in_after_the_start(gate: Gate, session: Session, moment: str) -> None:
    gate.scene.now = parse_moment(moment)

    gate.admit(1)

    assert departure(gate.departure_id).seats_taken == 1
    assert_sound(gate, session)


def test_the_level_counts_at_the_gate_too(gate: Gate) -> None:
    gate.apply(4)
    gate.scene.now = parse_moment("2026-05-19T12:00")
    gate.scene.add_order("half", "2026-05-20")
    gate.scene.now = parse_moment(AT_THE_GATE)

    gate.admit(1)

    with pytest.raises(Conflict) as refused:
        gate.admit(1)
    assert refused.value.code == "gate_full"
    assert departure(gate.departure_id).allowed == 5


def test_a_measure_of_the_morning_counts_even_after_the_start(gate: Gate) -> None:
    gate.apply(1)
    gate.scene.now = parse_moment("2026-05-20T10:01")
    gate.scene.add_measure("2026-05-20")

    with pytest.raises(Conflict) as refused:
        gate.admit(1)

    assert refused.value.code == "gate_suspended"


def test_nobody_is_let_in_while_too_many_are_there(gate: Gate) -> None:
    fill(gate)
    gate.scene.now = parse_moment("2026-05-20T10:01")
    gate.scene.add_order("half", "2026-05-20")

    with pytest.raises(Conflict) as refused:
        gate.admit(1)

    assert refused.value.code == "over_capacity"


def test_the_party_limit_counts_at_the_gate_too(gate: Gate) -> None:
    with pytest.raises(Refused) as refused:
        gate.admit(6)

    assert (refused.value.code, refused.value.facts["party_max"]) == ("party_too_large", 5)


def test_people_at_the_gate_are_asked_what_others_are_asked(gate: Gate) -> None:
    child = VisitorDetails("어린이", date(2020, 1, 1), "KR")

    with pytest.raises(Refused) as too_young:
        gate.admit(visitors=[child])
    with pytest.raises(Refused) as no_consent:
        gate.admit(consents=frozenset({"conduct"}))

    assert (too_young.value.code, too_young.value.field) == ("too_young", "visitors-0-birth_date")
    assert no_consent.value.code == "consent_missing"


def test_nobody_is_let_in_who_is_on_the_roster_already(gate: Gate) -> None:
    gate.apply(1, names=["김 하늘"])

    with pytest.raises(Conflict) as refused:
        gate.admit(visitors=[VisitorDetails("김하늘", date(1990, 1, 1), "KR")])

    assert refused.value.code == "person_twice"


def test_a_stranger_lets_nobody_in(gate: Gate) -> None:
    with pytest.raises(Refused) as refused:
        admit_at_gate(gate.departure_id, gate_party(1), form_id="x", actor=GUEST, now=gate.now)

    assert refused.value.code == "departure_of_others"
    assert db.session.query(Application).count() == 0
