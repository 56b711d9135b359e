"""A value that may be known decides the round that it was announced for: no stop puts it off for another one."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, settle_all, state, told
from tests.draws.lottery import TERMS, VALUE, Lottery, build_lottery
from tests.draws.test_holding import ANEW, let_the_timetable_look, lift, refused, resume, rights, stop
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.audit import TrailEntry
from tourbook.db import db
from tourbook.draws import (
    Stage,
    draw_due,
    give_due,
    give_value,
    hold_due,
    holding,
    say_missed,
    seal_due,
    stage_of,
)
from tourbook.operations import (
    StopDraft,
    apply_change,
    note_stopped_choices,
    preview,
    stop_proposal,
    take_back,
)
from tourbook.operations.call_off import call_off_departure
from tourbook.operations.recount_draws import draw_findings

GRACE = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1)
FALLBACK_AT = TERMS.value_at + timedelta(days=3)
EVERY_DAY = StopDraft(cause="asf", first_day=TERMS.first_day, last_day=TERMS.last_day, courses=("walk",))


@pytest.fixture
def entries(lottery: Lottery) -> list[UUID]:
    """Parties with a departure each, in a round that is sealed."""
    made = [lottery.enter(one) for one in lottery.departures]
    lottery.close()
    return made


def office_stops(lottery: Lottery) -> UUID:
    """The office enters a stop of all departures, which it can take back for some minutes."""
    proposal = stop_proposal(db.session(), EVERY_DAY, actor=COMMAND, now=lottery.now)
    told = {"foreseen": [], "expected_version": None, "grace": GRACE}
    made = apply_change(proposal, **told, actor=COMMAND, now=lottery.now)
    settle_all(lottery)
    return made


def draw_and_give(lottery: Lottery) -> None:
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now)
    draw_due(now=lottery.now)
    while give_due(now=lottery.now):
        pass
    lottery.settle()


def test_a_stop_of_after_the_value_does_not_put_it_off_and_whoever_drew_has_a_right(
    lottery: Lottery, session: Session, entries: list[UUID]
) -> None:
    lottery.now = TERMS.value_at
    stop(lottery)

    let_the_timetable_look(lottery)
    assert stage_of(lottery.round, lottery.now) is Stage.VALUE_DUE
    assert refused(resume, lottery) == "draw_not_on_hold"
    draw_and_give(lottery)

    assert [state(one) for one in entries] == [State.DISPLACED] * 3
    assert [told(session, one) for one in entries] == [["entered", "displaced"]] * 3
    assert [rights(session, one) for one in entries] == [1] * 3
    assert_sound(lottery, session)


def test_nobody_is_told_of_such_a_stop_before_it_is_drawn_nor_does_its_preview_name_the_draw(
    lottery: Lottery, session: Session, entries: list[UUID]
) -> None:
    lottery.now = TERMS.value_at
    proposal = stop_proposal(db.session(), EVERY_DAY, actor=COMMAND, now=lottery.now)
    shown = preview(proposal, now=lottery.now)
    stop(lottery, "2026-07-12", "2026-07-12")

    assert note_stopped_choices(now=lottery.now) is None
    assert [reach.held for reach in shown.reaches] == [()]
    assert [told(session, one) for one in entries] == [["entered"]] * 3


@pytest.mark.parametrize("lifted", [False, True], ids=["still stopped", "lifted since"])
def test_a_stop_of_before_the_value_holds_it_however_late_the_timetable_looks(
    lottery: Lottery, session: Session, entries: list[UUID], lifted: bool
) -> None:
    lottery.now = TERMS.value_at - A_MINUTE
    suspended = stop(lottery)
    lottery.now = TERMS.value_at + timedelta(hours=3)
    if lifted:
        lift(lottery, suspended)

    assert refused(give_value, lottery.round_id, VALUE, actor=COMMAND, now=lottery.now) == "draw_on_hold"
    assert refused(say_missed, lottery.round_id, actor=COMMAND, now=lottery.now) == "draw_on_hold"
    let_the_timetable_look(lottery)

    assert stage_of(lottery.round, lottery.now) is Stage.ON_HOLD
    assert [told(session, one)[-1] for one in entries] == ["draw_held"] * 3
    assert_sound(lottery, session)


@pytest.mark.parametrize("back", [False, True], ids=["it stands", "it is taken back"])
def test_a_stop_that_could_still_be_taken_back_when_the_value_came_holds_nothing(
    lottery: Lottery, session: Session, entries: list[UUID], back: bool
) -> None:
    lottery.now = TERMS.value_at - A_MINUTE
    made = office_stops(lottery)
    lottery.now = TERMS.value_at + A_MINUTE
    if back:
        take_back(made, actor=COMMAND, now=lottery.now)
    lottery.now += GRACE

    let_the_timetable_look(lottery)
    draw_and_give(lottery)

    assert [state(one) for one in entries] == [State.CONFIRMED if back else State.DISPLACED] * 3
    assert_sound(lottery, session)


def test_calling_the_last_one_off_that_runs_puts_nothing_off_either(
    lottery: Lottery, session: Session, entries: list[UUID]
) -> None:
    stop(lottery, "2026-07-11", "2026-07-11")
    lottery.now = TERMS.value_at
    call_off_departure(lottery.departures[2], reason_ko="날씨", reason_en="weather", actor=COMMAND, now=lottery.now)

    assert hold_due(now=lottery.now) is None
    draw_and_give(lottery)

    assert [state(one) for one in entries] == [State.DISPLACED, State.DISPLACED, State.CALLED_OFF]
    assert_sound(lottery, session)


def test_a_value_that_is_said_not_to_have_come_is_not_put_off_either(session: Session) -> None:
    lottery = build_lottery(terms=replace(TERMS, fallback_at=FALLBACK_AT))
    lottery.enter(lottery.departures[0])
    lottery.close()
    lottery.now = TERMS.value_at + A_MINUTE
    say_missed(lottery.round_id, actor=COMMAND, now=lottery.now)
    stop(lottery)

    assert hold_due(now=FALLBACK_AT - A_MINUTE) is None
    assert stage_of(lottery.round, FALLBACK_AT) is Stage.VALUE_DUE


@pytest.mark.parametrize("since", [-A_MINUTE, A_MINUTE], ids=["before", "after"])
def test_after_a_late_seal_it_is_the_fallback_that_is_not_put_off(session: Session, since: timedelta) -> None:
    lottery = build_lottery(terms=replace(TERMS, fallback_at=FALLBACK_AT))
    lottery.enter(lottery.departures[0])
    seal_due(now=TERMS.value_at + A_MINUTE)
    lottery.now = FALLBACK_AT + since
    stop(lottery)

    assert (hold_due(now=lottery.now) is None) is (since > timedelta(0))


def test_the_recount_finds_a_value_that_was_put_aside_for_another(
    lottery: Lottery, session: Session, entries: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it could be done before decision 79."""
    monkeypatch.setattr(holding, "stop_that_holds", holding.stop_of_round)
    lottery.now = TERMS.value_at + A_MINUTE
    suspended = stop(lottery)
    let_the_timetable_look(lottery)
    lift(lottery, suspended)
    resume(lottery, closes_at=None)

    found = [what for _, what in draw_findings(session)]

    assert found == ["was put on hold when its value was known already"]


def test_what_the_trail_of_before_does_not_name_is_found_from_where_the_draw_went_on(
    lottery: Lottery, session: Session, entries: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "stop_that_holds", holding.stop_of_round)
    monkeypatch.setattr(holding, "binds_from", lambda _: None)  # the trail named no moment then
    for moment in (TERMS.value_at - A_MINUTE, ANEW.value_at + A_MINUTE):
        lottery.now = moment
        suspended = stop(lottery)
        let_the_timetable_look(lottery)
        lift(lottery, suspended)
        value_at = max(ANEW.value_at, moment + timedelta(days=2))
        resume(lottery, closes_at=None, value_at=value_at, left_overs_at=value_at + timedelta(days=1))

    held = session.scalars(select(TrailEntry.facts).where(TrailEntry.act == "draw_held")).all()
    assert ["value_at" in one for one in held] == [False, False]
    assert [what for _, what in draw_findings(session)] == ["was put on hold when its value was known already"]


def test_the_trail_names_the_moment_of_the_value_that_a_hold_puts_off(
    lottery: Lottery, session: Session, entries: list[UUID]
) -> None:
    stop(lottery)
    let_the_timetable_look(lottery)

    facts = session.scalars(select(TrailEntry.facts).where(TrailEntry.act == "draw_held")).one()

    assert facts["value_at"] == TERMS.value_at.isoformat()
    assert not list(draw_findings(session))
