"""Who stayed away without a word cannot apply for a while; it ends by itself, and can be appealed against."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Config
from tests.applications.scene import Scene, refusal, state, told
from tests.ground.server import TEST_SECRET
from tests.notices.outbox import settings
from tests.rosters.gate import gate_party, run_by, visitors
from tourbook.actor import COMMAND, GUEST, Actor
from tourbook.applications import (
    appeal,
    cancel,
    closure_of,
    confirm,
    decide_appeal,
    describe_party,
    forget_appeals,
    wait_for_more,
)
from tourbook.applications.closures import Appeal
from tourbook.applications.ladder import Ladder, closed_until
from tourbook.applications.models import Attendance, State
from tourbook.applications.rules import VisitorDetails
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.jobs import run_due
from tourbook.kst import months_later, parse_moment
from tourbook.notices import Notice
from tourbook.operations import call_off_departure
from tourbook.rosters import admit_at_gate, enter_by_telephone, mark_attendance

NAMES = ["한가람", "한나라"]
LADDER = Ladder.read("1:1,2:3", 12)


@pytest.fixture
def operator(scene: Scene) -> Actor:
    return run_by("paju", scene.course_id)


@pytest.fixture(autouse=True)
def _ladder(app: Flask) -> Iterator[None]:
    with settings(app, closure_steps="1:1,2:3"):
        yield


def stayed_away(scene: Scene, operator: Actor, starts: str, names: list[str], *, missing: int = 2) -> UUID:
    """A party of these people, so many of whom were marked as not come on the day; half an hour later it is."""
    party = scene.apply(scene.add_departure(starts, 6), len(names), names=names)
    scene.now = parse_moment(starts)
    for turn, visitor in enumerate(visitors(party)):
        mark = Attendance.NO_SHOW if turn < missing else Attendance.ARRIVED
        mark_attendance(visitor.id, mark, actor=operator, now=scene.now)
    return party


def apply_again(scene: Scene, names: list[str], starts: str = "2026-06-05T10:00") -> UUID:
    return scene.apply(scene.add_departure(starts, 6), len(names), names=names)


def refused_again(scene: Scene, names: list[str], starts: str = "2026-06-05T10:00") -> Refused:
    with pytest.raises(Refused) as error:
        apply_again(scene, names, starts)
    return error.value


def moments(*days: str) -> list[datetime]:
    return [parse_moment(f"{day}T10:00") for day in days]


@pytest.mark.parametrize(
    ("absences", "until"),
    [
        ((), None),
        (("2026-05-20",), "2026-06-21T00:00"),
        (("2026-01-31",), "2026-03-01T00:00"),
        (("2026-03-01", "2026-05-20"), "2026-08-21T00:00"),
        (("2025-05-19", "2026-05-20"), "2026-06-21T00:00"),
        (("2025-05-20", "2026-05-20"), "2026-08-21T00:00"),
        (("2026-01-01", "2026-03-01", "2026-05-20"), "2026-08-21T00:00"),
    ],
)
def test_the_first_time_closes_for_a_month_and_further_ones_within_a_year_for_three(
    absences: tuple[str, ...], until: str | None
) -> None:
    assert closed_until(moments(*absences), LADDER) == (parse_moment(until) if until else None)


def test_without_steps_nobody_is_closed_out() -> None:
    assert not Ladder.read("", 12)
    assert closed_until(moments("2026-05-20"), Ladder.read("", 12)) is None


def test_a_month_later_is_the_last_day_where_there_is_no_such_day() -> None:
    assert [months_later(date(2026, 1, 31), months) for months in (1, 12, -2)] == [
        date(2026, 2, 28),
        date(2027, 1, 31),
        date(2025, 11, 30),
    ]


def test_a_ladder_that_cannot_be_read_stops_the_start() -> None:
    assert "TOURBOOK_CLOSURE_STEPS" in Config(environment="test", closure_steps="one month").refusals()[0]
    assert Config(environment="test", closure_steps="1:1,2:3", secret_key=TEST_SECRET).refusals() == []


def test_everybody_of_a_party_that_stayed_away_is_closed_out_until_a_named_day(scene: Scene, operator: Actor) -> None:
    party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)

    refused = refused_again(scene, ["김새봄", "한나라"])

    assert (refused.code, refused.field) == ("person_closed", "visitors-1-name")
    assert refused.facts["closes_at"] == parse_moment("2026-06-21T00:00")
    assert closure_of(db.session(), party, now=scene.now) == refused.facts["closes_at"]


def test_it_ends_by_itself(scene: Scene, operator: Actor) -> None:
    stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    scene.now = parse_moment("2026-06-20T23:59")
    refused_again(scene, NAMES, "2026-07-01T10:00")

    scene.now = parse_moment("2026-06-21T00:00")

    assert state(apply_again(scene, NAMES, "2026-07-02T10:00")) == State.CONFIRMED


def test_where_there_is_no_ladder_nothing_follows(app: Flask, scene: Scene, operator: Actor) -> None:
    with settings(app, closure_steps=""):
        party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)

        assert closure_of(db.session(), party, now=scene.now) is None
        assert state(apply_again(scene, NAMES)) == State.CONFIRMED


def test_whoever_came_excuses_the_whole_party(scene: Scene, operator: Actor) -> None:
    stayed_away(scene, operator, "2026-05-20T10:00", NAMES, missing=1)

    assert state(apply_again(scene, NAMES)) == State.CONFIRMED


def test_a_mark_that_is_taken_back_lifts_it(scene: Scene, operator: Actor) -> None:
    party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    mark_attendance(visitors(party)[0].id, Attendance.EXPECTED, actor=operator, now=scene.now)

    assert state(apply_again(scene, NAMES)) == State.CONFIRMED


def test_whoever_gives_the_places_back_at_the_last_moment_did_not_stay_away(scene: Scene, operator: Actor) -> None:
    party = apply_again(scene, NAMES, "2026-05-20T10:00")
    scene.now = parse_moment("2026-05-20T09:30")
    for visitor in visitors(party):
        mark_attendance(visitor.id, Attendance.NO_SHOW, actor=operator, now=scene.now)
    cancel(party, actor=GUEST, now=scene.now)
    scene.now = parse_moment("2026-05-20T12:00")

    assert state(apply_again(scene, NAMES)) == State.CONFIRMED


def test_a_departure_that_is_called_off_closes_nobody_out(scene: Scene, operator: Actor) -> None:
    walk = scene.add_departure("2026-05-20T10:00", 6)
    party = scene.apply(walk, 2, names=NAMES)
    scene.now = parse_moment("2026-05-20T09:30")
    for visitor in visitors(party):
        mark_attendance(visitor.id, Attendance.NO_SHOW, actor=operator, now=scene.now)
    after = parse_moment("2026-05-20T12:00")
    before_that = closure_of(db.session(), party, now=after)
    call_off_departure(walk, reason_ko="비", reason_en="rain", actor=operator, now=scene.now)

    assert before_that is not None
    assert closure_of(db.session(), party, now=after) is None


def test_whoever_is_marked_while_the_form_is_open_is_refused_when_it_is_sent_in(scene: Scene, operator: Actor) -> None:
    away = scene.apply(scene.add_departure("2026-05-20T10:00", 6), 2, names=NAMES)
    scene.now = parse_moment("2026-05-20T10:00")
    typed = scene.hold(scene.add_departure("2026-06-05T10:00", 6), 2)
    scene.fill_in(typed, names=NAMES)
    for visitor in visitors(away):
        mark_attendance(visitor.id, Attendance.NO_SHOW, actor=operator, now=scene.now)

    with pytest.raises(Refused) as error:
        confirm(typed, form_id="late", actor=GUEST, now=scene.now)

    assert refusal(error) == "person_closed"


def test_somebody_of_another_birth_date_is_another_person(scene: Scene, operator: Actor) -> None:
    stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    other = scene.hold(scene.add_departure("2026-06-05T10:00", 6), 1)

    describe_party(other, [VisitorDetails(NAMES[0], date(1991, 1, 1), "KR")], actor=GUEST, now=scene.now)


def test_an_appeal_that_is_granted_lifts_it_and_both_answers_are_told(
    scene: Scene, operator: Actor, session: Session
) -> None:
    first = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    made = [appeal(first, "차가 고장 났습니다.", actor=GUEST, now=scene.now) for _ in range(2)]

    decide_appeal(made[0], granted=True, reason_ko="확인", reason_en="seen", actor=COMMAND, now=scene.now)
    decide_appeal(made[0], granted=True, reason_ko="확인", reason_en="seen", actor=COMMAND, now=scene.now)

    assert made[0] == made[1]
    assert state(apply_again(scene, NAMES)) == State.CONFIRMED
    assert told(session, first).count("appeal_granted") == 1
    facts = session.scalars(select(Notice.facts).where(Notice.kind == "appeal_granted")).one()
    assert (facts["cause_ko"], facts["cause_en"]) == ("확인", "seen")
    with pytest.raises(Refused) as error:
        decide_appeal(made[0], granted=False, reason_ko="아니", reason_en="no", actor=COMMAND, now=scene.now)
    assert refusal(error) == "appeal_decided"


def test_an_appeal_that_is_rejected_changes_nothing_and_is_told(
    scene: Scene, operator: Actor, session: Session
) -> None:
    party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    made = appeal(party, "몰랐습니다.", actor=GUEST, now=scene.now)
    with pytest.raises(Refused) as error:
        decide_appeal(made, granted=False, reason_ko="이유", reason_en=" ", actor=COMMAND, now=scene.now)
    assert refusal(error) == "appeal_reason_missing"

    decide_appeal(made, granted=False, reason_ko="이유", reason_en="why", actor=COMMAND, now=scene.now)

    assert refused_again(scene, NAMES).code == "person_closed"
    assert told(session, party)[-1] == "appeal_rejected"


def test_what_is_said_in_an_appeal_is_sealed(scene: Scene, operator: Actor, session: Session) -> None:
    party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    appeal(party, "비밀 사정", actor=GUEST, now=scene.now)

    row = session.scalars(select(Appeal).execution_options(populate_existing=True)).one()
    assert row.text == "비밀 사정"
    assert "비밀".encode() not in row.text_sealed


def test_nobody_appeals_where_nothing_follows(scene: Scene) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00", 6), 2)

    for words, code in (("왜", "nothing_to_appeal"), (" ", "appeal_words"), ("길" * 1001, "appeal_words")):
        with pytest.raises(Refused) as error:
            appeal(party, words, actor=GUEST, now=scene.now)
        assert refusal(error) == code


def test_appeals_are_forgotten_when_nothing_can_follow_any_more(
    app: Flask, scene: Scene, operator: Actor, session: Session, clock
) -> None:
    party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    appeal(party, "사정", actor=GUEST, now=scene.now)

    assert forget_appeals(now=parse_moment("2027-08-20T12:00")) == 0
    assert forget_appeals(now=parse_moment("2027-08-21T00:00")) == 1
    assert session.scalar(select(func.count()).select_from(Appeal)) == 0
    assert run_due(app)["forget appeals"] == 0


def test_whoever_is_closed_out_while_waiting_cannot_wait_for_another_date_too(scene: Scene, operator: Actor) -> None:
    away = scene.apply(scene.add_departure("2026-05-20T10:00", 6), 2, names=NAMES)
    first, second = (scene.add_departure(f"2026-06-0{day}T10:00", 2) for day in (5, 6))
    scene.now = parse_moment("2026-05-20T10:00")
    for full in (first, second):
        scene.apply(full, 2)
    waiting = scene.apply(first, 2, names=NAMES, wait=True)
    for visitor in visitors(away):
        mark_attendance(visitor.id, Attendance.NO_SHOW, actor=operator, now=scene.now)

    with pytest.raises(Refused) as error:
        wait_for_more(waiting, [second], form_id="more", actor=GUEST, now=scene.now)

    assert error.value.facts["reason"].code == "person_closed"
    assert state(waiting) == State.WAITING


def test_whoever_is_closed_out_cannot_apply_by_telephone(scene: Scene, operator: Actor) -> None:
    stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    called = gate_party(2, visitors=[VisitorDetails(name, date(1990, 1, 1), "KR") for name in ("김새봄", NAMES[1])])
    walk = scene.add_departure("2026-06-05T10:00", 6)

    with pytest.raises(Refused) as error:
        enter_by_telephone(
            walk, replace(called, contact=("mail", "a@b.kr")), form_id="call", actor=operator, now=scene.now
        )

    assert (error.value.code, error.value.field) == ("person_closed", "visitors-1-name")


def test_whoever_is_closed_out_is_let_in_at_the_gate(scene: Scene, operator: Actor) -> None:
    stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    walk = scene.add_departure("2026-05-20T11:00", 6)
    at_the_gate = gate_party(1, visitors=[VisitorDetails(NAMES[0], date(1990, 1, 1), "KR")])

    admitted = admit_at_gate(walk, at_the_gate, form_id="gate", actor=operator, now=scene.now)

    assert state(admitted.application_id) == State.CONFIRMED
