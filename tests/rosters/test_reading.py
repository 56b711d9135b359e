"""Reading names: complete, in order, narrowed by a search, masked where they must be, and always written down."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.rosters.gate import AT_THE_GATE, Gate, run_by, trail, visitors
from tourbook.actor import COMMAND, GUEST, Actor
from tourbook.applications import VisitorDetails, cancel
from tourbook.applications.models import Application, Attendance, Channel, State
from tourbook.db import transaction
from tourbook.errors import NotFound
from tourbook.kst import parse_moment
from tourbook.rosters import (
    Purpose,
    Roster,
    changes_since_sent,
    days_beside,
    departures_on,
    find_visitors,
    mark_attendance,
    own_departure,
    read_roster,
    send_roster,
)

DAY = date(2026, 5, 20)


def read(gate: Gate, purpose: Purpose = Purpose.GATE, actor: Actor | None = None) -> Roster:
    return read_roster(gate.departure_id, purpose, actor=actor or gate.operator, now=gate.now)


def names(roster: Roster) -> list[str]:
    return [visitor.name for _, visitor in roster.travellers]


@pytest.fixture
def other(gate: Gate) -> Actor:
    """Somebody of an organisation that runs no course at all."""
    home = gate.operator.organisation_id
    stranger = run_by("cheorwon", gate.scene.course_id)
    run_by("paju", gate.scene.course_id)
    assert home != stranger.organisation_id
    return stranger


def test_parties_stand_by_the_name_of_their_first_visitor(gate: Gate) -> None:
    gate.apply(2, names=["한바다", "강하늘"])
    gate.apply(1, names=["김하늘"])

    assert names(read(gate)) == ["김하늘", "한바다", "강하늘"]


def test_a_roster_shows_what_the_gate_needs_and_no_more(gate: Gate, session: Session) -> None:
    party = gate.apply(1, names=["김하늘"])
    with transaction() as writing:
        (row,) = (writing.get_one(type(one), one.id) for one in visitors(party))
        row.document = "M1234567"

    (shown,) = read(gate).parties
    (visitor,) = shown.visitors
    (to_send,) = read(gate, Purpose.SUBMISSION).travellers

    assert (visitor.name, visitor.age, visitor.nationality, visitor.place) == ("김하늘", 36, "KR", 1)
    assert visitor.document is None
    assert to_send[1].document == "M1234567"
    assert "***@example.kr" in (shown.contact or "")
    assert shown.reference == session.get_one(Application, party).reference


def test_those_who_do_not_travel_are_not_on_it(gate: Gate) -> None:
    gate.apply(1, names=["김하늘"])
    gone = gate.apply(1, names=["이바다"])
    cancel(gone, actor=GUEST, now=gate.now)

    assert names(read(gate)) == ["김하늘"]


def test_every_reading_is_written_down_without_names(gate: Gate, session: Session) -> None:
    gate.apply(2, names=["김하늘", "이바다"])

    read(gate)
    read(gate, Purpose.SUBMISSION)

    entries = trail(session, "roster_read")
    assert [entry.facts for entry in entries] == [
        {"purpose": "gate", "people": 2},
        {"purpose": "submission", "people": 2},
    ]
    assert {(entry.actor, entry.subject_id, entry.at) for entry in entries} == {
        (gate.operator.label, gate.departure_id, gate.now)
    }


def test_a_search_narrows_by_part_of_a_name_or_reference(gate: Gate) -> None:
    party = gate.apply(2, names=["김하늘", "이바다"])
    gate.apply(1, names=["Maria Rossi"])
    reference = next(one.reference for one in read(gate).parties if one.application_id == party)

    assert names(read(gate).searched("바 다")) == ["이바다"]
    assert names(read(gate).searched("ROSS")) == ["Maria Rossi"]
    assert names(read(gate).searched(reference.lower())) == ["김하늘", "이바다"]
    assert names(read(gate).searched("없는 사람")) == []


def test_those_still_to_come_are_shown_with_the_one_who_was_just_marked(gate: Gate) -> None:
    here, late = visitors(gate.apply(2, names=["김하늘", "이바다"]))
    mark_attendance(here.id, Attendance.ARRIVED, actor=gate.operator, now=gate.now)

    still_to_come = read(gate).standing(Attendance.EXPECTED)
    beside = read(gate).standing(Attendance.EXPECTED, beside=here.id)

    assert names(still_to_come) == [late.name]
    assert names(beside) == [here.name, late.name]


def test_a_day_counts_who_came_and_what_is_free(gate: Gate, session: Session) -> None:
    first, second, third = visitors(gate.apply(3))
    mark_attendance(first.id, Attendance.ARRIVED, actor=gate.operator, now=gate.now)
    mark_attendance(second.id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)

    (row,) = departures_on(session, DAY, actor=gate.operator, now=gate.now)

    counts = row.attended
    assert (counts.people, counts.expected, counts.arrived, counts.no_show) == (3, 1, 1, 1)
    assert (row.outlook.allowed, row.outlook.free) == (10, 7)
    assert third.attendance == Attendance.EXPECTED


def test_a_day_tells_seats_that_are_only_offered_from_those_that_somebody_has(gate: Gate, session: Session) -> None:
    walk = gate.scene.add_departure("2026-05-27T10:00", capacity=3)
    leaving = gate.scene.apply(walk, 2)
    gate.scene.apply(walk, 1)
    gate.scene.apply(walk, 2, wait=True)
    cancel(leaving, actor=GUEST, now=gate.scene.now)

    def taken_and_offered(now: datetime) -> tuple[int, int]:
        (row,) = departures_on(session, date(2026, 5, 27), actor=gate.operator, now=now)
        return row.outlook.taken, row.offered

    assert taken_and_offered(gate.scene.now) == (3, 2)
    assert taken_and_offered(gate.scene.now + timedelta(days=2)) == (1, 0)


def test_days_lead_to_the_nearest_departures(gate: Gate, session: Session) -> None:
    gate.scene.add_departure("2026-05-23T23:30")

    assert days_beside(session, DAY, actor=gate.operator) == (None, date(2026, 5, 23))
    assert days_beside(session, date(2026, 5, 24), actor=gate.operator) == (date(2026, 5, 23), None)


def test_a_departure_just_after_midnight_is_on_its_korean_day(gate: Gate, session: Session) -> None:
    gate.scene.add_departure("2026-05-21T00:30")

    assert len(departures_on(session, DAY, actor=gate.operator, now=gate.now)) == 1
    assert len(departures_on(session, date(2026, 5, 21), actor=gate.operator, now=gate.now)) == 1


def test_people_are_found_by_reference_or_full_name_however_typed(gate: Gate, session: Session) -> None:
    party = gate.apply(2, names=["김 하늘", "이바다"])
    reference = session.get_one(Application, party).reference

    def found(reference: str = "", name: str = "") -> list[str]:
        people = find_visitors(reference=reference, name=name, actor=gate.operator, now=gate.now)
        return [one.visitor.name for one in people]

    assert found(name="김하늘") == ["김 하늘"]
    assert found(reference=reference) == ["김 하늘", "이바다"]
    assert found(name="하늘") == []
    assert [entry.facts["people"] for entry in trail(session, "visitors_found")] == [1, 2]


def test_a_person_who_cancelled_is_found_with_that_state(gate: Gate) -> None:
    cancel(gate.apply(1, names=["김하늘"]), actor=GUEST, now=gate.now)

    (found,) = find_visitors(reference="", name="김하늘", actor=gate.operator, now=gate.now)

    assert found.application.state == State.CANCELLED


def test_another_organisation_sees_and_finds_nothing(gate: Gate, session: Session, other: Actor) -> None:
    gate.apply(1, names=["김하늘"])

    for stranger in (other, GUEST):
        with pytest.raises(NotFound):
            read(gate, actor=stranger)
        with pytest.raises(NotFound):
            own_departure(session, gate.departure_id, actor=stranger)
        with pytest.raises(NotFound):
            send_roster(gate.departure_id, actor=stranger, now=gate.now)
        assert departures_on(session, DAY, actor=stranger, now=gate.now) == []
        assert days_beside(session, date(2026, 1, 1), actor=stranger) == (None, None)
        assert find_visitors(reference="", name="김하늘", actor=stranger, now=gate.now) == []
    assert trail(session, "roster_read", "visitors_found", "roster_sent") == []


def test_an_administrator_sees_all(gate: Gate, session: Session) -> None:
    gate.apply(1, names=["김하늘"])

    assert names(read(gate, actor=COMMAND)) == ["김하늘"]
    assert len(departures_on(session, DAY, actor=COMMAND, now=gate.now)) == 1


def test_a_roster_is_sent_once_and_remembers_its_names(gate: Gate, session: Session) -> None:
    stays, goes = gate.apply(1), gate.apply(1)
    gate.scene.now = parse_moment("2026-05-17T18:00")

    first = send_roster(gate.departure_id, actor=gate.operator, now=gate.now)
    again = send_roster(gate.departure_id, actor=gate.operator, now=parse_moment(AT_THE_GATE))

    assert (first.changed, first.people, again.changed, again.at) == (True, 2, False, gate.now)
    (entry,) = trail(session, "roster_sent")
    assert entry.facts["people"] == 2
    departure, _ = own_departure(session, gate.departure_id, actor=gate.operator)
    assert not changes_since_sent(session, departure)

    cancel(goes, actor=GUEST, now=gate.now)
    gate.scene.now = parse_moment(AT_THE_GATE)
    gate.admit(2)
    changes = changes_since_sent(session, departure)
    assert changes is not None
    assert (changes.came, changes.went) == (2, 1)
    assert visitors(stays)[0].claims_place


def test_without_sending_there_are_no_changes_to_tell(gate: Gate, session: Session) -> None:
    departure, _ = own_departure(session, gate.departure_id, actor=gate.operator)

    assert changes_since_sent(session, departure) is None


def test_those_let_in_at_the_gate_are_on_the_roster_and_known_as_such(gate: Gate) -> None:
    no_show, _ = visitors(gate.apply(2, names=["가나다", "나다라"]))
    for party in (5, 3):
        gate.apply(party)
    mark_attendance(no_show.id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)
    gate.admit(visitors=[VisitorDetails("가가가", date(1980, 1, 1), "KR")])

    first, second, *_ = read(gate).parties

    assert (first.channel, first.visitors[0].attendance) == (Channel.STANDBY, Attendance.ARRIVED)
    assert [one.place_taken for one in second.visitors] == [True, False]
