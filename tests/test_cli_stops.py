"""Stops at the command line: what they would do is said, then done; a draw that waited goes on."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import build_scene, settle_all, state
from tests.commands import run
from tests.draws.lottery import build_lottery
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.applications.models import State
from tourbook.courses.models import SiteMeasure
from tourbook.draws import hold_due
from tourbook.operations import stops

STOP = ("stops", "enter", "--course", "walk", "--cause", "military", "--from", "2026-05-20")


def test_a_stop_is_looked_at_and_then_entered(database: Ground, session: Session, clock: StandingClock) -> None:
    scene = build_scene(clock.now.isoformat())
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    scene.add_departure("2026-05-15T10:00")

    looked_at = run(database, *STOP, "--dry-run")
    assert session.scalars(select(SiteMeasure)).all() == []
    entered = run(database, *STOP)
    settle_all(scene)

    assert "departures of another size: 1\ndepartures of the same size on which parties change: 1" in looked_at.output
    assert "parties displaced: 1 (5 people)" in looked_at.output
    assert "nothing was changed" in looked_at.output
    assert "applied" in entered.output
    assert state(party) is State.DISPLACED


def test_the_end_of_a_stop_is_moved_and_the_stop_lifted(
    database: Ground, session: Session, clock: StandingClock
) -> None:
    build_scene(clock.now.isoformat())
    run(database, *STOP)
    (stop,) = stops(session)

    clock.move(minutes=1)
    run(database, "stops", "end", str(stop.id), "--until", "2026-05-30")
    listed = run(database, "stops", "list")
    clock.move(minutes=1)
    run(database, "stops", "end", str(stop.id), "--lift")
    neither = run(database, "stops", "end", str(stop.id))

    assert f"{stop.id}: military, 2026-05-20 - 2026-05-30, walk" in listed.output
    session.rollback()
    assert stops(session)[0].last_day.isoformat() == "2026-05-19"  # type: ignore[union-attr]  # it has one
    assert neither.exit_code == 2


def test_what_is_refused_is_said_in_a_sentence(database: Ground, session: Session, clock: StandingClock) -> None:
    build_scene(clock.now.isoformat())

    nowhere = run(database, "stops", "enter", "--region", "99", "--cause", "asf", "--from", "2026-05-20")
    nothing = run(database, "stops", "enter", "--cause", "asf", "--from", "2026-05-20")

    assert (nowhere.exit_code, nothing.exit_code) == (1, 1)
    assert "there is no region with the code 99" in nowhere.output.lower()
    assert "name at least one --course" in nothing.output.lower()


def test_a_draw_on_hold_is_said_and_goes_on(database: Ground, session: Session, clock: StandingClock) -> None:
    lottery = build_lottery(clock.now.isoformat())
    lottery.enter(lottery.departures[0])
    until = ("--until", "2026-07-31")
    stopped = run(database, "stops", "enter", "--course", "walk", "--cause", "asf", "--from", "2026-07-01", *until)
    clock.move(minutes=6)
    hold_due(now=clock.now)
    run(database, "stops", "end", str(stops(session)[0].id), "--until", "2026-07-11")
    moments = ("--closes", "2026-06-20T18:00", "--value-at", "2026-06-21T21:00", "--left-overs", "2026-06-24T10:00")
    words = ("--source-ko", "로또", "--source-en", "a lottery", "--fallback-ko", "다음", "--fallback-en", "the next")

    goes_on = run(database, "draw", "resume", "july", *moments, *words)

    assert "draw on hold: july (entries: 1, people: 2)" in stopped.output
    assert "july: goes on" in goes_on.output
    assert lottery.round.held_at is None
