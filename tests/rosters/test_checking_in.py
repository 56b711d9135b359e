"""Who stands at the gate: by a pass, a reference or a name; marked with one tap, taken back with another."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.rosters.gate import Gate, another_course, run_by, standing, trail, visitors
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, Attendance
from tourbook.errors import Conflict, NotFound
from tourbook.kst import parse_moment
from tourbook.rosters import (
    HeldUp,
    Verdict,
    hold_up,
    mark_attendance,
    mark_party,
    party_at_gate,
    pass_of,
    unmark_party,
)

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance


def held(gate: Gate, shown: str) -> HeldUp:
    return hold_up(gate.departure_id, shown, actor=gate.operator, now=gate.now)


def of(session: Session, application_id: UUID) -> Application:
    return session.get_one(Application, application_id, populate_existing=True)


@pytest.mark.parametrize("way", ["pass", "scanned in small letters", "reference", "name"])
def test_a_party_is_found_by_whatever_it_holds_up(gate: Gate, session: Session, way: str) -> None:
    party = of(session, gate.apply(2, names=["강하늘", "문바다"]))
    shown = {
        "pass": pass_of(party),
        "scanned in small letters": f" {pass_of(party).lower()}\n",
        "reference": party.reference.lower().replace("-", " "),
        "name": "바다",
    }[way]

    answer = held(gate, shown)

    assert answer.verdict is Verdict.EXPECTED
    assert [one.application.id for one in answer.parties] == [party.id]
    assert [one.name for one in answer.parties[0].people] == ["강하늘", "문바다"]
    assert trail(session, "visitors_found")[-1].facts == {"people": 2}


def test_several_of_a_name_are_all_named_and_those_who_come_first(gate: Gate) -> None:
    gone = gate.apply(1, names=["김하늘"])
    cancel(gone, actor=GUEST, now=gate.now - timedelta(days=9))
    here = gate.apply(1, names=["박하늘"])

    answer = held(gate, "하늘")

    assert answer.verdict is Verdict.SEVERAL
    assert [one.application.id for one in answer.parties] == [here, gone]


def test_one_tap_marks_the_whole_party_and_twice_does_no_harm(gate: Gate, session: Session) -> None:
    party = gate.apply(3)
    mark_attendance(visitors(party)[0].id, ARRIVED, actor=gate.operator, now=gate.now)
    mark_attendance(visitors(party)[1].id, TURNED_AWAY, actor=gate.operator, now=gate.now)

    marked = [mark_party(party, actor=gate.operator, now=gate.now) for _ in range(2)]

    assert marked == [1, 0]
    assert standing(party) == [ARRIVED, TURNED_AWAY, ARRIVED]
    assert len(trail(session, "visitor_arrived")) == 2


def test_undo_takes_back_that_tap_alone(gate: Gate) -> None:
    party, later = gate.apply(2), gate.now + timedelta(minutes=3)
    mark_attendance(visitors(party)[0].id, ARRIVED, actor=gate.operator, now=gate.now)
    mark_party(party, actor=gate.operator, now=later)

    undone = [unmark_party(party, marked_at=later, actor=gate.operator, now=later) for _ in range(2)]

    assert undone == [1, 0]
    assert standing(party) == [ARRIVED, EXPECTED]


def test_whoever_is_late_was_perhaps_written_down_as_not_come(gate: Gate, session: Session) -> None:
    party = gate.apply(1)
    mark_attendance(visitors(party)[0].id, NO_SHOW, actor=gate.operator, now=gate.now)

    assert held(gate, of(session, party).reference).verdict is Verdict.EXPECTED
    assert mark_party(party, actor=gate.operator, now=gate.now) == 1
    assert standing(party) == [ARRIVED]


def test_a_pass_that_was_used_says_so_and_since_when(gate: Gate, session: Session) -> None:
    party = of(session, gate.apply(2))
    mark_party(party.id, actor=gate.operator, now=gate.now)

    answer = held(gate, pass_of(party))

    assert answer.verdict is Verdict.ARRIVED
    assert answer.parties[0].arrived_at == gate.now


def test_a_pass_of_another_departure_says_of_which(gate: Gate, session: Session) -> None:
    elsewhere = gate.scene.add_departure("2026-05-26T14:00")
    party = of(session, gate.scene.apply(elsewhere, 2))

    answer = held(gate, pass_of(party))

    assert answer.verdict is Verdict.OTHER_DEPARTURE
    assert answer.parties[0].departure.id == elsewhere
    with pytest.raises(NotFound):
        party_at_gate(gate.departure_id, party.id, actor=gate.operator, now=gate.now)


def test_who_is_still_typing_stands_at_no_gate(gate: Gate) -> None:
    gate.scene.now = gate.now - timedelta(days=9)
    typing = gate.scene.hold(gate.departure_id, 1)
    gate.scene.fill_in(typing)

    with pytest.raises(NotFound):
        party_at_gate(gate.departure_id, typing, actor=gate.operator, now=gate.now)


def test_a_pass_of_another_organisation_names_nobody(gate: Gate, session: Session) -> None:
    party = of(session, gate.apply(1))
    other = another_course(session)
    walk = Scene(gate.now, other).add_departure("2026-05-20T11:00")
    stranger = run_by("cheorwon", other)

    assert hold_up(walk, pass_of(party), actor=stranger, now=gate.now) == HeldUp(Verdict.OTHER_ORGANISATION)
    assert hold_up(walk, party.reference, actor=stranger, now=gate.now) == HeldUp(Verdict.NOBODY)
    with pytest.raises(NotFound):
        hold_up(gate.departure_id, pass_of(party), actor=stranger, now=gate.now)


@pytest.mark.parametrize("code", ["TOURBOOK:1:ABCD-2345:X", "https://example.com/pass", "WIFI:S:camp;"])
def test_what_was_not_made_here_is_said_to_be_so(gate: Gate, code: str) -> None:
    assert held(gate, code) == HeldUp(Verdict.FORGED)


def test_one_changed_letter_makes_a_pass_a_forgery(gate: Gate, session: Session) -> None:
    text = pass_of(of(session, gate.apply(1)))
    other = "A" if text[-1] != "A" else "B"

    assert held(gate, text[:-1] + other).verdict is Verdict.FORGED


def test_a_cancelled_party_is_not_coming_and_cannot_be_marked(gate: Gate, session: Session) -> None:
    party = of(session, gate.apply(2))
    cancel(party.id, actor=GUEST, now=gate.now - timedelta(days=9))

    assert held(gate, pass_of(of(session, party.id))).verdict is Verdict.NOT_COMING
    with pytest.raises(Conflict):
        mark_party(party.id, actor=gate.operator, now=gate.now)


def test_nobody_is_checked_in_before_the_day(gate: Gate) -> None:
    party = gate.apply(1)

    with pytest.raises(Conflict) as early:
        mark_party(party, actor=gate.operator, now=parse_moment("2026-05-19T23:59"))

    assert early.value.code == "before_the_day"


def test_an_unknown_name_is_nobody(gate: Gate) -> None:
    gate.apply(1)

    assert held(gate, "없는이름") == HeldUp(Verdict.NOBODY)
