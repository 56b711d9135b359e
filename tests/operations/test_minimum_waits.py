"""Nothing is decided of a minimum while something else is open: a change in its grace, a draw, a stop, volunteers."""

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, refusal, settle_all, state
from tests.rosters.gate import Gate, build_gate
from tourbook.actor import COMMAND
from tourbook.applications.models import Application, State
from tourbook.courses import course_by_id, end_measure
from tourbook.courses.models import TOO_FEW_PEOPLE, Course
from tourbook.db import transaction
from tourbook.distancing import OrderDraft, enter_order, raise_version
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict
from tourbook.kst import parse_moment
from tourbook.operations import Proposal, apply_change, check, decide_due, decide_early, foreseen_now, take_back

DECIDED = "2026-05-16T10:00"
GRACE = timedelta(minutes=5)


@pytest.fixture
def gate(session: Session) -> Gate:
    """A departure that runs with four people, which is decided four days before."""
    gate = build_gate(20)
    gate.scene.now = parse_moment("2026-05-14T09:00")
    with transaction() as writing:
        course = writing.get_one(Course, gate.scene.course_id)
        course.runs_from_people, course.decided_days_before, course.decided_at = 4, 4, time(10)
    return gate


def cut(gate: Gate, level: str) -> UUID:
    """An administrator's change of the day's level, which can be taken back for some minutes."""
    draft = OrderDraft(
        region_code="41", effective_from=date(2026, 5, 20), scale="s", level=level, announced_at=gate.now
    )
    step = partial(enter_order, draft=draft, actor=COMMAND, now=gate.now)
    told = {"foreseen": [], "expected_version": None, "grace": GRACE}
    made = apply_change(Proposal((step,), Words("변경", "A change")), **told, actor=COMMAND, now=gate.now)
    settle_all(gate)
    return made


def decide(gate: Gate) -> None:
    for _ in range(20):
        if not decide_due(now=gate.now):
            return
    raise AssertionError("deciding never ends")


def test_a_mistake_that_can_be_taken_back_calls_nothing_off(gate: Gate, session: Session) -> None:
    with transaction():
        departure(gate.departure_id).own_capacity = 6
    party = gate.scene.apply(gate.departure_id, 4)
    gate.scene.now = parse_moment("2026-05-16T09:58")
    mistake = cut(gate, "half")
    assert state(party) == State.DISPLACED  # and no seat that is left would take all four

    gate.scene.now = parse_moment(DECIDED)
    decide(gate)
    assert departure(gate.departure_id).called_off_at is None
    take_back(mistake, actor=COMMAND, now=gate.now)
    settle_all(gate)
    decide(gate)

    assert state(party) == State.CONFIRMED
    assert departure(gate.departure_id).runs_since == gate.now
    assert_sound(gate.scene, session)


def test_once_it_cannot_be_taken_back_it_is_decided(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.now = parse_moment("2026-05-16T09:58")
    cut(gate, "half")
    gate.scene.now += GRACE
    settle_all(gate)
    decide(gate)

    assert departure(gate.departure_id).called_off_cause == TOO_FEW_PEOPLE
    assert_sound(gate.scene, session)


def test_nobody_calls_off_for_too_few_while_a_change_can_be_taken_back(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    cut(gate, "half")
    refuses(gate, session)


def test_nobody_calls_off_for_too_few_what_a_stop_closes(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(gate)
    refuses(gate, session)


def test_nobody_calls_off_for_too_few_what_a_draw_is_to_give(gate: Gate, session: Session) -> None:
    with transaction():
        departure(gate.departure_id).places_to_draw = 20
    refuses(gate, session)


def test_nobody_calls_off_for_too_few_while_volunteers_are_asked(gate: Gate, session: Session) -> None:
    gate.scene.apply(gate.departure_id, 3)
    settle_all(gate)
    with transaction():
        departure(gate.departure_id).volunteers_until = gate.now + timedelta(hours=1)
    refuses(gate, session)


def refuses(gate: Gate, session: Session) -> None:
    """Deciding early is refused, and the page that asks does not offer it."""
    session.expire_all()
    foreseen = foreseen_now(
        session, departure(gate.departure_id), course_by_id(session, gate.scene.course_id), gate.now
    )
    assert foreseen is not None
    assert not foreseen.may_end
    with pytest.raises(Conflict) as refused:
        decide_early(gate.departure_id, actor=gate.operator, now=gate.now)
    assert refusal(refused) == "decided_afterwards"
    session.expire_all()
    assert departure(gate.departure_id).called_off_at is None


# -- what the recount says of a departure that opens again after its moment -------------------------------------------


def stopped_and_lifted(gate: Gate) -> None:
    gate.scene.apply(gate.departure_id, 3)
    stop = gate.scene.add_measure("2026-05-20", "2026-05-20")
    gate.scene.now = parse_moment("2026-05-17T09:00")
    settle_all(gate)
    with transaction() as session:
        end_measure(session, stop, until=date(2026, 5, 19), actor=COMMAND, now=gate.now)
        raise_version(session)
    settle_all(gate)


def held_by_the_last_hold(gate: Gate) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.now = parse_moment("2026-05-16T09:59")
    gate.scene.hold(gate.departure_id, 1)
    settle_all(gate)
    gate.scene.now = parse_moment("2026-05-17T09:00")
    with transaction() as session:  # as if it had been kept so long
        session.scalars(select(Application).where(Application.state == State.HELD)).one().typing_until = gate.now
    settle_all(gate)


def in_its_grace(gate: Gate) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.now = parse_moment("2026-05-17T08:55")
    with transaction():
        departure(gate.departure_id).own_capacity = 18
    cut(gate, "open")
    gate.scene.now += GRACE
    settle_all(gate)


def taken_back(gate: Gate) -> None:
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.now = parse_moment("2026-05-17T08:58")
    mistake = cut(gate, "open")
    gate.scene.now = parse_moment("2026-05-17T09:00")
    take_back(mistake, actor=COMMAND, now=gate.now)
    settle_all(gate)


@pytest.mark.parametrize("opens_again", [stopped_and_lifted, held_by_the_last_hold, in_its_grace, taken_back])
def test_what_could_not_be_decided_until_a_minute_ago_is_not_late(
    gate: Gate, session: Session, opens_again: Callable[[Gate], None]
) -> None:
    opens_again(gate)
    session.expire_all()

    at_once = check(session, now=gate.now).findings
    session.rollback()
    an_hour_later = check(session, now=gate.now + timedelta(minutes=61)).findings

    assert (list(at_once), [one.invariant for one in an_hour_later]) == ([], [26])
    decide(gate)
    assert departure(gate.departure_id).called_off_cause == TOO_FEW_PEOPLE
    session.rollback()
    assert check(session, now=gate.now).ok
