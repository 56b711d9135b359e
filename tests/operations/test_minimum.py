"""Deciding early whether a departure runs: what the timetable does, and what people may decide before it."""

from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, refusal, settle_all, state, told
from tests.rosters.gate import Gate, build_gate, run_by, trail
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, cancel, decline_offer, wait_for_more
from tourbook.applications.models import PriorityRight, State
from tourbook.courses import add_departure, edit_course, terms_of
from tourbook.courses.models import TOO_FEW_PEOPLE, Course
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.operations import check, decide_due, decide_early, foreseen_now, keep_running, standings_to_run
from tourbook.operations.minimum import undecided

DAY = "2026-05-20"
BEFORE, DECIDED = "2026-05-14T09:00", "2026-05-16T10:00"
REASON = {"reason_ko": "학교 단체가 기다립니다", "reason_en": "A school class is expected"}
MOST_STATEMENTS = 150


@pytest.fixture
def gate(session: Session) -> Gate:
    """Six days before a departure at 10:00 that runs with four people, which is decided four days before."""
    gate = build_gate(20)
    gate.scene.now = parse_moment(BEFORE)
    declare(gate.scene.course_id)
    return gate


def declare(course_id: UUID, least: int = 4) -> None:
    with transaction() as session:
        course = session.get_one(Course, course_id)
        course.runs_from_people, course.decided_days_before, course.decided_at = least, 4, time(10)


def afternoon(gate: Gate, hour: int = 14, day: str = DAY) -> UUID:
    return gate.scene.add_departure(f"{day}T{hour}:00")


def at_the_moment(gate: Gate, session: Session, moment: str = DECIDED) -> None:
    """Let the deciding moment come, and the timetable settle and decide."""
    gate.scene.now = parse_moment(moment)
    settle_all(gate)
    decide(gate)
    settle_all(gate)
    assert_sound(gate.scene, session)


def decide(gate: Gate) -> int:
    for done in range(20):
        if not decide_due(now=gate.now):
            return done
    raise AssertionError("deciding never ends")


def ended(departure_id: UUID) -> str | None:
    db.session.rollback()
    return departure(departure_id).called_off_cause


def letters(session: Session, party: UUID) -> list[dict[str, object]]:
    wanted = select(Notice.facts).where(Notice.subject_id == party, Notice.kind == "called_off")
    return list(session.scalars(wanted))


def test_enough_people_run_and_whoever_cancels_afterwards_changes_nothing(gate: Gate, session: Session) -> None:
    party = gate.scene.apply(gate.departure_id, 4)
    at_the_moment(gate, session)

    assert departure(gate.departure_id).runs_since == gate.now
    (entry,) = trail(session, "departure_runs")
    assert (entry.facts["people"], entry.facts["least"]) == (4, 4)
    cancel(party, actor=GUEST, now=gate.now)
    at_the_moment(gate, session, "2026-05-17T10:00")
    assert ended(gate.departure_id) is None


def test_nothing_is_decided_before_the_moment(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    at_the_moment(gate, session, "2026-05-16T09:59")
    assert (ended(gate.departure_id), departure(gate.departure_id).runs_since) == (None, None)


def test_too_few_are_called_off_told_why_and_keep_a_right(gate: Gate, session: Session) -> None:
    party = gate.scene.apply(gate.departure_id, 3)
    at_the_moment(gate, session)

    assert ended(gate.departure_id) == TOO_FEW_PEOPLE
    assert state(party) == State.CALLED_OFF
    (letter,) = letters(session, party)
    assert "최소 출발 인원" in str(letter["cause_ko"])
    assert letter.get("offered_starts_at") is None
    assert session.scalars(select(PriorityRight.application_id)).all() == [party]
    (entry,) = trail(session, "departure_called_off")
    assert entry.facts["cause"] == TOO_FEW_PEOPLE
    assert decide(gate) == 0


def test_an_empty_departure_is_not_found_empty_on_the_morning(gate: Gate, session: Session) -> None:
    at_the_moment(gate, session)
    assert ended(gate.departure_id) == TOO_FEW_PEOPLE


def test_the_smaller_of_two_is_offered_the_larger_in_one_letter_and_nobody_is_moved_unasked(
    gate: Gate, session: Session
) -> None:
    other = afternoon(gate)
    kept, offered = gate.scene.apply(other, 3), gate.scene.apply(gate.departure_id, 2)
    at_the_moment(gate, session)

    assert (ended(gate.departure_id), ended(other)) == (TOO_FEW_PEOPLE, None)
    assert departure(other).runs_since is None  # it waits for the answer
    offer = open_offer(offered)
    assert offer is not None
    assert (offer.departure_id, state(offered), state(kept)) == (other, State.CALLED_OFF, State.CONFIRMED)
    (letter,) = letters(session, offered)
    assert letter["offered_starts_at"] == departure(other).starts_at.isoformat()
    assert letter["deadline"] == offer.deadline.isoformat()
    assert told(session, offered) == ["confirmed", "called_off"]

    accept_offer(offer.id, actor=GUEST, now=gate.now)
    decide(gate)
    assert departure(other).runs_since == gate.now
    assert_sound(gate.scene, session)


def test_who_declines_keeps_the_right_and_what_was_kept_for_them_ends_as_well(gate: Gate, session: Session) -> None:
    other = afternoon(gate)
    kept, offered = gate.scene.apply(other, 3), gate.scene.apply(gate.departure_id, 2)
    at_the_moment(gate, session)
    offer = open_offer(offered)
    assert offer is not None

    decline_offer(offer.id, actor=GUEST, now=gate.now)
    decide(gate)
    settle_all(gate)

    assert ended(other) == TOO_FEW_PEOPLE
    assert [state(one) for one in (kept, offered)] == [State.CALLED_OFF] * 2
    rights = select(PriorityRight.application_id).where(PriorityRight.used_at.is_(None))
    assert set(session.scalars(rights)) == {kept, offered}
    assert_sound(gate.scene, session)


def test_an_offer_that_nobody_answers_ends_by_itself(gate: Gate, session: Session) -> None:
    other = afternoon(gate)
    gate.scene.apply(other, 3), gate.scene.apply(gate.departure_id, 2)
    at_the_moment(gate, session)
    at_the_moment(gate, session, "2026-05-17T12:00")
    assert ended(other) == TOO_FEW_PEOPLE


def test_a_party_is_offered_whole_or_not_at_all_and_never_above_the_allowance(gate: Gate, session: Session) -> None:
    other = gate.scene.add_departure(f"{DAY}T14:00", capacity=7)
    gate.scene.apply(other, 5)
    large, small = gate.scene.apply(gate.departure_id, 3), None
    gate.scene.now = parse_moment("2026-05-15T09:00")
    at_the_moment(gate, session)
    assert ended(gate.departure_id) == TOO_FEW_PEOPLE
    assert open_offer(large) is None  # two places are free
    assert departure(other).seats_taken == 5
    assert small is None


def test_those_who_wait_are_told_as_well(gate: Gate, session: Session) -> None:
    with transaction() as writing:
        departure(gate.departure_id).own_capacity = 3
        writing.flush()
    declare(gate.scene.course_id, 3)
    first = gate.scene.apply(gate.departure_id, 2)
    waiting = gate.scene.apply(gate.departure_id, 2, wait=True)
    elsewhere = afternoon(gate, day="2026-05-22")
    gate.scene.apply(elsewhere, 5)
    at_the_moment(gate, session)

    assert [state(one) for one in (first, waiting)] == [State.CALLED_OFF] * 2
    assert told(session, waiting)[-1] == "called_off"
    assert letters(session, waiting)[0]["keeps_right"] is False
    offer = open_offer(first)
    assert offer is not None
    assert offer.departure_id == elsewhere


def test_a_hold_begun_before_the_moment_is_waited_for(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.now = parse_moment("2026-05-16T09:58")
    holding = gate.scene.hold(gate.departure_id, 1)
    gate.scene.now = parse_moment(DECIDED)
    assert decide(gate) == 0
    gate.scene.now += timedelta(hours=1)
    settle_all(gate)
    decide(gate)
    assert state(holding) == State.EXPIRED
    assert ended(gate.departure_id) == TOO_FEW_PEOPLE


def test_a_smaller_size_asks_for_no_more_people_than_it_takes_and_a_stop_is_no_lack_of_people(
    gate: Gate, session: Session
) -> None:
    gate.scene.apply(gate.departure_id, 2)
    small = gate.scene.add_departure(f"{DAY}T14:00", capacity=2)
    gate.scene.apply(small, 2)
    gate.scene.add_measure("2026-05-21", "2026-05-21")
    stopped = afternoon(gate, day="2026-05-21")
    gate.scene.now = parse_moment("2026-05-17T10:00")
    settle_all(gate)
    decide(gate)
    assert departure(small).runs_since == gate.now
    assert (ended(stopped), departure(stopped).runs_since) == (None, None)


def test_what_is_declared_too_late_binds_nobody(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.now = parse_moment("2026-05-16T11:00")
    course = session.get_one(Course, gate.scene.course_id)
    terms = terms_of(session, course)
    values = {**vars(terms), "runs_from_people": 6}
    edit_course(course.id, type(terms)(**values), actor=GUEST, now=gate.now)
    late = add_departure(course.id, parse_moment("2026-05-19T10:00"), actor=GUEST, now=gate.now)
    assert decide(gate) == 0
    assert standings_to_run(session, [departure(gate.departure_id)], departure_course(gate)) == {}
    assert late.departure_id
    assert undecided(session, gate.now) == []


def test_a_departure_that_is_made_after_its_moment_runs(gate: Gate, session: Session) -> None:
    made = add_departure(gate.scene.course_id, parse_moment("2026-05-17T10:00"), actor=GUEST, now=gate.now)
    assert departure(made.departure_id).runs_since == gate.now
    assert decide(gate) == 0


def departure_course(gate: Gate) -> Course:
    return db.session.get_one(Course, gate.scene.course_id, populate_existing=True)


def test_an_operator_decides_early_as_it_was_foreseen(gate: Gate, session: Session) -> None:
    other = afternoon(gate)
    gate.scene.apply(other, 5)
    party = gate.scene.apply(gate.departure_id, 3)
    foreseen = foreseen_now(session, departure(gate.departure_id), departure_course(gate), gate.now)
    assert foreseen is not None
    assert foreseen.into is not None
    assert (foreseen.into.id, foreseen.parties, foreseen.people) == (other, 1, 3)

    reached = decide_early(gate.departure_id, actor=gate.operator, now=gate.now)
    again = decide_early(gate.departure_id, actor=gate.operator, now=gate.now)

    assert (reached.people, reached.moved, again.people) == (3, 3, 0)
    offer = open_offer(party)
    assert offer is not None
    assert offer.departure_id == other
    assert_sound(gate.scene, session)


def test_what_is_kept_running_runs_for_a_reason_that_stands_in_the_trail(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 1)
    for _ in range(2):
        keep_running(gate.departure_id, **REASON, actor=gate.operator, now=gate.now)
    at_the_moment(gate, session)

    assert ended(gate.departure_id) is None
    (entry,) = trail(session, "departure_kept_running")
    assert entry.facts["reason_en"] == REASON["reason_en"]
    with pytest.raises(Refused) as refused:
        decide_early(gate.departure_id, actor=gate.operator, now=gate.now)
    assert refusal(refused) == "runs_anyway"


def test_what_cannot_be_decided_is_refused(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 4)
    stranger = run_by("cheorwon", gate.scene.course_id)
    run_by("paju2", gate.scene.course_id)
    operator = gate.operator
    refusals = []
    for act in (
        lambda: decide_early(gate.departure_id, actor=stranger, now=gate.now),
        lambda: keep_running(gate.departure_id, reason_ko=" ", reason_en="x", actor=operator, now=gate.now),
    ):
        with pytest.raises(Refused) as refused:
            act()
        refusals.append(refusal(refused))
    assert refusals == ["departure_of_others", "reason_missing"]


def test_enough_people_cannot_be_called_off_for_being_too_few(gate: Gate) -> None:
    gate.scene.apply(gate.departure_id, 4)
    with pytest.raises(Refused) as refused:
        decide_early(gate.departure_id, actor=gate.operator, now=gate.now)
    assert refusal(refused) == "enough_people"


def test_without_a_minimum_nothing_is_decided(gate: Gate) -> None:
    with transaction() as session:
        session.get_one(Course, gate.scene.course_id).runs_from_people = None
    with pytest.raises(Refused) as refused:
        decide_early(gate.departure_id, actor=gate.operator, now=gate.now)
    assert refusal(refused) == "no_minimum"
    gate.scene.now = parse_moment(DECIDED)
    assert decide(gate) == 0


def test_whoever_waits_for_several_dates_waits_on_for_the_others(gate: Gate, session: Session) -> None:
    other = afternoon(gate, day="2026-05-22")
    with transaction() as writing:
        for one in (gate.departure_id, other):
            departure(one).own_capacity = 3
        writing.flush()
    gate.scene.apply(gate.departure_id, 3), gate.scene.apply(other, 3)
    waiting = gate.scene.apply(gate.departure_id, 2, wait=True)
    wait_for_more(waiting, [other], form_id="more", actor=GUEST, now=gate.now)
    declare(gate.scene.course_id, 3)
    at_the_moment(gate, session)
    assert state(waiting) == State.WAITING


def test_the_recount_finds_what_was_not_decided(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.now = parse_moment("2026-05-16T11:01")
    settle_all(gate)
    session.expire_all()
    assert [one.invariant for one in check(session, now=gate.now).findings] == [26]
    decide(gate)
    session.rollback()
    assert check(session, now=gate.now).ok


def test_the_recount_finds_a_departure_kept_without_a_reason(gate: Gate, session: Session) -> None:
    keep_running(gate.departure_id, **REASON, actor=gate.operator, now=gate.now)
    with transaction():
        departure(gate.departure_id).kept_running_en = None
    assert [one.invariant for one in check(session, now=gate.now).findings] == [26]


def test_deciding_one_takes_no_more_statements_where_many_are_to_be_decided(gate: Gate, session: Session) -> None:
    for hour in (11, 12, 13, 14, 15, 16):
        gate.scene.apply(afternoon(gate, hour), 1)
    gate.scene.now = parse_moment(DECIDED)
    settle_all(gate)
    counted = []
    while True:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest, kept=statements) -> None:
            kept.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        more = decide_due(now=gate.now)
        event.remove(db.engine, "before_cursor_execute", note)
        if not more:
            break
        counted.append(len(statements))
    assert len(counted) >= 6
    assert max(counted) < MOST_STATEMENTS
