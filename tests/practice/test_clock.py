"""The clock of a rehearsal: the same in every process, forward only, and still there when the database is silent."""

from contextlib import nullcontext
from datetime import timedelta
from functools import partial

import pytest

from tests.ground.application import Ground
from tests.ground.server import run_command
from tests.practice.conftest import BEGAN_AT, MACHINE, Practice
from tourbook import clock, practice
from tourbook.errors import Refused
from tourbook.practice import clocks

HOUR = timedelta(hours=1)


@pytest.mark.sqlite_only("a rule asks no database")
@pytest.mark.parametrize(
    ("to", "refusal"),
    [
        (BEGAN_AT - HOUR, "clock_forward_only"),
        (BEGAN_AT, "clock_forward_only"),
        (BEGAN_AT + timedelta(microseconds=1), None),
        (BEGAN_AT + timedelta(days=100), None),
        (BEGAN_AT + timedelta(days=100, seconds=1), "clock_too_far"),
    ],
)
def test_the_clock_goes_forward_and_not_beyond_what_can_be_lived_through(to, refusal) -> None:
    with pytest.raises(Refused, match=refusal) if refusal else nullcontext():
        practice.check_move(to, now=BEGAN_AT)


def test_the_clock_shows_its_own_time_and_goes_on_by_itself(rehearsal: Practice) -> None:
    began = clock.now()
    assert timedelta(0) <= began - BEGAN_AT < timedelta(seconds=1)

    rehearsal.pass_by(minutes=7)

    assert clock.now() - began == timedelta(minutes=7)


def test_it_shows_at_least_the_moment_to_which_it_is_moved_and_never_less_again(rehearsal: Practice) -> None:
    to = BEGAN_AT + 3 * HOUR
    with rehearsal.app.app_context():
        practice.move_clock(to, machine=rehearsal.machine)
        assert timedelta(0) <= clock.now() - to < timedelta(seconds=1)

        practice.move_clock(BEGAN_AT + HOUR, machine=rehearsal.machine)

        assert clock.now() >= to


def test_an_application_that_is_there_already_sees_the_clock_that_another_moves(rehearsal: Practice) -> None:
    other = practice.RehearsalClock(rehearsal.one_more())
    own = practice.RehearsalClock(rehearsal.app)
    assert own(MACHINE) == other(MACHINE)

    with rehearsal.app.app_context():
        practice.move_clock(BEGAN_AT + 5 * HOUR, machine=MACHINE)

    assert own(MACHINE) == other(MACHINE) >= BEGAN_AT + 5 * HOUR


@pytest.mark.network
def test_another_process_sees_it_too(rehearsal: Practice) -> None:
    settings = {"DATABASE_URL": rehearsal.url, "TOURBOOK_ENV": "rehearsal"}
    with rehearsal.app.app_context():
        practice.move_clock(BEGAN_AT + 49 * HOUR, machine=clock.datetime.now(clock.UTC))

    told = run_command("tourbook", "rehearsal", "prepare", settings=settings)

    assert "the clock of the rehearsal shows 2026-05-06 10:0" in told
    assert "making a season" not in told


def test_where_the_database_is_silent_it_runs_on_from_what_it_showed_last(
    rehearsal: Practice, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows = practice.RehearsalClock(rehearsal.app)
    before = shows(MACHINE)
    # an id that is none: the statement fails as it does where nobody answers
    monkeypatch.setattr(clocks, "_MOVED", clocks._MOVED.where(clocks.Rehearsal.id == database.url))

    assert shows(MACHINE + HOUR) == before + HOUR


def test_the_same_form_moves_it_once(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        asked, now = {"by": "hour", "moment": ""}, clock.now()
        begin = partial(practice.begin_move, "a form", target=lambda: now + HOUR)
        assert begin(asked, now=now) == now + HOUR
        assert begin(asked, now=now + 2 * HOUR) is None
        with pytest.raises(Refused, match="form_reused"):
            begin({"by": "day", "moment": ""}, now=now)
