"""A departure that was closed before it began has not taken place, however late the timetable comes to it."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, settle_all, state, told
from tests.notices.outbox import settings
from tests.rosters.gate import Attendance, Gate, build_gate, visitors
from tourbook.applications import closure_of
from tourbook.applications.models import State
from tourbook.kst import parse_moment
from tourbook.rosters import mark_attendance

DAY = "2026-05-20"
JUST_BEFORE, JUST_AFTER, LATER = f"{DAY}T09:59:40", f"{DAY}T10:00:05", f"{DAY}T10:30"


@pytest.fixture
def gate(session: Session) -> Gate:
    return build_gate(10)


def at(gate: Gate, moment: str) -> None:
    gate.scene.now = parse_moment(moment)


def test_everybody_is_told_though_the_timetable_comes_after_the_start(gate: Gate, session: Session) -> None:
    party = gate.apply(2)
    settle_all(gate)
    at(gate, JUST_BEFORE)
    gate.scene.add_measure(DAY, DAY)
    at(gate, JUST_AFTER)
    settle_all(gate)

    assert (state(party), told(session, party)[-1]) == (State.DISPLACED, "displaced")
    assert_sound(gate.scene, session)


@pytest.mark.parametrize("stopped", [True, False])
def test_nobody_has_stayed_away_from_it(gate: Gate, session: Session, app: Flask, stopped: bool) -> None:
    with settings(app, closure_steps="1:1"):
        party = gate.apply(2)
        settle_all(gate)
        at(gate, JUST_BEFORE)
        if stopped:
            gate.scene.add_measure(DAY, DAY)
        at(gate, LATER)
        for one in visitors(party):  # the guide is the first to look
            mark_attendance(one.id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)
        settle_all(gate)

        assert (closure_of(session, party, now=gate.now) is None) is stopped
        assert (state(party) is State.DISPLACED) is stopped
    assert_sound(gate.scene, session)


def test_what_is_stopped_after_the_start_has_begun(gate: Gate, session: Session) -> None:
    party = gate.apply(2)
    settle_all(gate)
    at(gate, JUST_AFTER)
    gate.scene.add_measure(DAY, DAY)
    settle_all(gate)
    at(gate, LATER)
    mark_attendance(visitors(party)[0].id, Attendance.ARRIVED, actor=gate.operator, now=gate.now)

    assert (state(party), "displaced" in told(session, party)) == (State.CONFIRMED, False)
    assert_sound(gate.scene, session)
