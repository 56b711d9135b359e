"""Rosters without network: handed out, marked on two devices, and come home; judged by rules, taken in one act."""

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.rosters.gate import Gate, standing, trail, visitors
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, Attendance
from tourbook.db import new_id
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.rosters import (
    HandedOut,
    Judged,
    MarksTaken,
    OfflineMark,
    hand_out,
    mark_attendance,
    pass_of,
    revoke_roster,
    rosters_out,
    take_marks,
)
from tourbook.rosters.offline import pass_hash
from tourbook.rosters.offline_rules import Stands, is_too_early, judge, seen_at

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance
_number = count(1)
MINUTE = timedelta(minutes=1)


def mark_of(gate: Gate, visitor_id: UUID, attendance: Attendance = ARRIVED, **changed: object) -> OfflineMark:
    said = {"id": f"one-time-id-{next(_number):06}", "was": EXPECTED, "at": gate.now, **changed}
    return OfflineMark(visitor_id=visitor_id, attendance=attendance, **said)  # type: ignore[arg-type]  # fields by name


def handed(gate: Gate) -> HandedOut:
    return hand_out(gate.departure_id, actor=gate.operator, now=gate.now)


def take(gate: Gate, token: str, *marks: OfflineMark, later: int = 10) -> MarksTaken:
    return take_marks(gate.departure_id, token, marks, actor=gate.operator, now=gate.now + later * MINUTE)


@pytest.mark.parametrize(
    ("was", "wanted", "stands", "decided", "judged"),
    [
        (EXPECTED, ARRIVED, Stands(EXPECTED, True), False, Judged.TAKEN),
        (EXPECTED, ARRIVED, Stands(ARRIVED, True), False, Judged.SAME),
        (EXPECTED, NO_SHOW, Stands(ARRIVED, True), False, Judged.OTHERWISE),
        (EXPECTED, NO_SHOW, Stands(ARRIVED, True), True, Judged.TAKEN),
        (ARRIVED, EXPECTED, Stands(TURNED_AWAY, True), False, Judged.OTHERWISE),
        (EXPECTED, ARRIVED, Stands(EXPECTED, False), False, Judged.NOT_COMING),
        (EXPECTED, ARRIVED, Stands(EXPECTED, False), True, Judged.NOT_COMING),
        (EXPECTED, ARRIVED, None, True, Judged.UNKNOWN),
    ],
)
def test_a_mark_is_judged_by_how_it_was_and_how_it_is(
    was: Attendance, wanted: Attendance, stands: Stands | None, decided: bool, judged: Judged
):
    mark = OfflineMark("an id", new_id(), was, wanted, parse_moment("2026-05-20T09:40"), decided)

    assert judge(mark, stands) is judged


@pytest.mark.parametrize(("at", "seen"), [("09:00", "09:30"), ("09:40", "09:40"), ("23:00", "10:00")])
def test_the_clock_of_a_device_is_believed_between_the_handing_out_and_now(at: str, seen: str):
    mark = OfflineMark("an id", new_id(), EXPECTED, ARRIVED, parse_moment(f"2026-05-20T{at}"))
    handed_at, now = parse_moment("2026-05-20T09:30"), parse_moment("2026-05-20T10:00")

    assert seen_at(mark, handed_at, now) == parse_moment(f"2026-05-20T{seen}")


@pytest.mark.parametrize(
    ("at", "now", "decided", "too_early"),
    [
        ("2026-05-19T23:59", "2026-05-19T23:59", False, True),
        ("2026-05-19T23:59", "2026-05-19T23:59", True, True),
        ("2026-05-19T23:59", "2026-05-20T00:00", False, True),
        ("2026-05-19T23:59", "2026-05-20T00:00", True, False),
        ("2026-05-20T00:00", "2026-05-20T00:00", False, False),
        ("2026-05-20T00:00", "2026-05-19T23:59", False, True),
        ("2030-01-01T00:00", "2026-05-20T10:00", False, False),
    ],
)
def test_a_mark_counts_from_the_first_minute_of_the_day_on(at: str, now: str, decided: bool, too_early: bool):
    mark = OfflineMark("an id", new_id(), EXPECTED, ARRIVED, parse_moment(at), decided)

    assert is_too_early(mark, parse_moment("2026-05-20T10:00"), parse_moment(now)) is too_early


def test_a_device_gets_names_references_and_marks_and_it_is_written_down(gate: Gate, session: Session) -> None:
    gate.apply(2, names=["강하늘", "문바다"])

    out = handed(gate)

    (party,) = out.parties
    assert [(one.name, one.attendance) for one in party.people] == [("강하늘", EXPECTED), ("문바다", EXPECTED)]
    assert set(vars(party)) == {"id", "reference", "code", "people"}
    assert set(vars(party.people[0])) == {"id", "name", "attendance"}
    assert (out.keep_until, out.marks_until) == (parse_moment("2026-05-20T12:00"), parse_moment("2026-05-22T00:00"))
    (entry,) = trail(session, "roster_handed_out")
    assert entry.facts == {"roster": str(out.roster_id), "people": 2}


def test_the_hash_of_a_pass_tells_a_device_whose_it_is(gate: Gate, session: Session) -> None:
    application = session.get_one(Application, gate.apply(1))

    (party,) = handed(gate).parties

    assert party.code == pass_hash(pass_of(application))


def test_marks_come_home_with_the_time_at_which_they_were_made(gate: Gate, session: Session) -> None:
    party, out = gate.apply(2), handed(gate)
    first, second = visitors(party)

    taken = take(gate, out.token, mark_of(gate, first.id, at=gate.now + 3 * MINUTE), mark_of(gate, second.id, NO_SHOW))

    assert set(taken.judged.values()) == {Judged.TAKEN}
    assert standing(party) == [ARRIVED, NO_SHOW]
    assert visitors(party)[0].attendance_at == gate.now + 3 * MINUTE
    assert trail(session, "visitor_arrived")[0].facts["roster"] == str(out.roster_id)


def test_what_comes_twice_is_done_once(gate: Gate, session: Session) -> None:
    party, out = gate.apply(1), handed(gate)
    mark = mark_of(gate, visitors(party)[0].id)

    answers = [take(gate, out.token, mark).judged[mark.id] for _ in range(2)]
    mark_attendance(mark.visitor_id, EXPECTED, actor=gate.operator, now=gate.now)
    after_an_undo = take(gate, out.token, mark).judged[mark.id]

    assert [*answers, after_an_undo] == [Judged.TAKEN, Judged.TAKEN_BEFORE, Judged.TAKEN_BEFORE]
    assert standing(party) == [EXPECTED]
    assert len(trail(session, "visitor_arrived")) == 1


def test_marked_undone_and_marked_again_on_one_device_ends_as_it_ended_there(gate: Gate) -> None:
    party, out = gate.apply(1), handed(gate)
    who = visitors(party)[0].id
    chain = (
        mark_of(gate, who),
        mark_of(gate, who, EXPECTED, was=ARRIVED),
        mark_of(gate, who, NO_SHOW),
    )

    assert set(take(gate, out.token, *chain).judged.values()) == {Judged.TAKEN}
    assert standing(party) == [NO_SHOW]


def test_two_devices_that_agree_make_one_mark_and_two_that_do_not_are_asked(gate: Gate, session: Session) -> None:
    party, out, other = gate.apply(1), handed(gate), handed(gate)
    who = visitors(party)[0].id
    take(gate, out.token, mark_of(gate, who))
    same, otherwise = mark_of(gate, who), mark_of(gate, who, NO_SHOW)

    answers = take(gate, other.token, same, otherwise).judged
    decided = mark_of(gate, who, NO_SHOW, was=ARRIVED, decided=True)

    assert [answers[same.id], answers[otherwise.id]] == [Judged.SAME, Judged.OTHERWISE]
    assert standing(party) == [ARRIVED]
    assert len(trail(session, "visitor_arrived")) == 1
    assert take(gate, other.token, decided).judged[decided.id] is Judged.TAKEN
    assert standing(party) == [NO_SHOW]


def test_a_party_that_was_cancelled_meanwhile_is_asked_about_and_not_marked(gate: Gate) -> None:
    party, out = gate.apply(2), handed(gate)
    cancel(party, actor=GUEST, now=gate.now - timedelta(days=9))
    mark = mark_of(gate, visitors(party)[0].id)

    taken = take(gate, out.token, mark)

    assert taken.judged == {mark.id: Judged.NOT_COMING}
    assert taken.standing == {}
    assert standing(party) == [EXPECTED] * 2


def test_a_place_that_somebody_else_was_given_is_asked_about(gate: Gate) -> None:
    full = gate.apply(5), gate.apply(5)
    absent = visitors(full[0])[0].id
    out = handed(gate)
    mark_attendance(absent, NO_SHOW, actor=gate.operator, now=gate.now)
    gate.admit(1)
    mark = mark_of(gate, absent, ARRIVED, was=NO_SHOW)

    assert take(gate, out.token, mark).judged == {mark.id: Judged.PLACE_TAKEN}


def test_a_roster_that_was_taken_back_sends_nothing_any_more(gate: Gate, session: Session) -> None:
    party, out = gate.apply(1), handed(gate)

    for _ in range(2):
        revoke_roster(out.roster_id, actor=gate.operator, now=gate.now)
    with pytest.raises(Refused) as refusal:
        take(gate, out.token, mark_of(gate, visitors(party)[0].id))

    assert refusal.value.code == "roster_revoked"
    assert standing(party) == [EXPECTED]
    assert len(trail(session, "handed_roster_revoked")) == 1
    assert [one.revoked_at for one in rosters_out(session, gate.departure_id)] == [gate.now]


def test_a_mark_made_the_day_before_waits_for_the_operator_and_keeps_no_other_from_being_taken(gate: Gate) -> None:
    party = gate.apply(2)
    gate.scene.now = parse_moment("2026-05-19T18:00")
    out = handed(gate)
    first, second = (one.id for one in visitors(party))
    practice = mark_of(gate, first)
    assert take(gate, out.token, practice).judged == {practice.id: Judged.BEFORE_THE_DAY}
    gate.scene.now = parse_moment("2026-05-20T09:30")

    taken = take(gate, out.token, practice, mark_of(gate, second))
    decided = mark_of(gate, first, at=practice.at, decided=True)

    assert list(taken.judged.values()) == [Judged.BEFORE_THE_DAY, Judged.TAKEN]
    assert standing(party) == [EXPECTED, ARRIVED]
    assert take(gate, out.token, decided).judged == {decided.id: Judged.TAKEN}
    assert visitors(party)[0].attendance_at == parse_moment("2026-05-20T00:00")


@pytest.mark.parametrize("at", ["0001-01-02T00:00", "2026-05-19T23:59", "9990-12-31T00:00"])
def test_a_clock_that_is_wrong_spoils_its_own_mark_at_most(gate: Gate, at: str) -> None:
    party, out = gate.apply(2), handed(gate)
    first, second = (one.id for one in visitors(party))

    taken = take(gate, out.token, mark_of(gate, first, at=parse_moment(at)), mark_of(gate, second))

    assert taken.judged.popitem()[1] is Judged.TAKEN
    assert standing(party)[1] == ARRIVED
    assert visitors(party)[1].attendance_at == gate.now


def test_two_marks_under_one_id_are_one_mark_and_one_that_cannot_be_read(gate: Gate) -> None:
    party, out = gate.apply(3), handed(gate)
    first, second, third = (one.id for one in visitors(party))
    twin = mark_of(gate, first)

    take(gate, out.token, twin)
    taken = take(gate, out.token, mark_of(gate, second, id=twin.id), mark_of(gate, third))

    assert list(taken.judged.values()) == [Judged.UNREADABLE, Judged.TAKEN]
    assert standing(party) == [ARRIVED, EXPECTED, ARRIVED]


def test_a_token_of_another_departure_is_none(gate: Gate) -> None:
    elsewhere = gate.scene.add_departure("2026-05-20T14:00")
    other = hand_out(elsewhere, actor=gate.operator, now=gate.now)

    for token in (other.token, "", "guessed"):
        with pytest.raises(NotFound):
            take(gate, token)


def test_marks_are_taken_until_the_end_of_the_day_after(gate: Gate) -> None:
    party, out = gate.apply(1), handed(gate)
    mark = mark_of(gate, visitors(party)[0].id)
    last = parse_moment("2026-05-21T23:59")

    with pytest.raises(Refused) as refusal:
        take_marks(gate.departure_id, out.token, [mark], actor=gate.operator, now=last + MINUTE)
    taken = take_marks(gate.departure_id, out.token, [mark], actor=gate.operator, now=last)

    assert refusal.value.code == "marks_too_late"
    assert taken.judged == {mark.id: Judged.TAKEN}


@pytest.mark.parametrize(
    ("moment", "code"), [("2026-05-18T23:59", "roster_too_early"), ("2026-05-20T12:00", "tour_over")]
)
def test_names_are_handed_out_from_the_day_before_until_the_tour_is_over(gate: Gate, moment: str, code: str) -> None:
    with pytest.raises(Conflict) as refusal:
        hand_out(gate.departure_id, actor=gate.operator, now=parse_moment(moment))

    assert refusal.value.code == code
    assert hand_out(gate.departure_id, actor=gate.operator, now=parse_moment("2026-05-19T00:00")).parties == ()
