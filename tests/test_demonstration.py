"""The demonstration season: everything is there to be seen, it holds together, and it is made once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from config import Config
from tests.commands import run
from tests.ground.application import Ground, Grounds
from tests.ground.moments import StandingClock
from tourbook.accounts import Person
from tourbook.applications.models import Application, State
from tourbook.courses import course_by_code, departures_between, roster_due
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.rosters import NameChanges, changes_since_sent


@pytest.fixture(scope="module")
def season(grounds: Grounds) -> Iterator[tuple[Ground, StandingClock, str]]:
    """The demonstration on SQLite, lived through once for all tests that look at it."""
    ground = grounds.on("sqlite")
    standing = StandingClock()
    ground.reset()
    yield ground, standing, ground.command("tourbook", "seed", "--demo")
    standing.run_again()


def test_the_demonstration_shows_every_state_and_holds_together(season: tuple[Ground, StandingClock, str]) -> None:
    ground, _, told = season

    with ground.app.app_context():
        states = set(db.session.scalars(select(Application.state).distinct()))
        assert states >= {State.CONFIRMED, State.WAITING, State.DISPLACED, State.MUST_SHRINK}
        assert db.session.scalar(select(func.count()).select_from(Person)) == 3
        of_citizen = set(db.session.scalars(select(Application.state).where(Application.person_id.is_not(None))))
        assert of_citizen >= {State.CONFIRMED, State.DISPLACED}
    assert all(f"{name}@example.kr, password " in told for name in ("citizen", "operator", "admin"))
    assert run(ground, "check").stdout.startswith("everything holds")


def test_the_operator_has_a_departure_today_with_several_parties_and_names_that_changed(
    season: tuple[Ground, StandingClock, str],
) -> None:
    ground, clock, _ = season
    with ground.app.app_context():
        own = course_by_code(db.session(), "paju").id
        today = departures_between(db.session(), civil_day(clock.now), civil_day(clock.now), course_ids=[own])[0]
        parties = db.session.scalars(select(Application).where(Application.departure_id == today.id)).all()

        assert len(parties) >= 3
        assert {one.state for one in parties} == {State.CONFIRMED}
        assert today.roster_sent_at
        assert today.roster_sent_at < roster_due(course_by_code(db.session(), "paju"), today.starts_at)
        assert changes_since_sent(db.session(), today) == NameChanges(came=0, went=1)


def test_the_demonstration_is_added_once(season: tuple[Ground, StandingClock, str]) -> None:
    ground, clock, _ = season
    with ground.app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Application))
    clock.move(days=1)

    again = ground.command("tourbook", "seed", "--demo")

    assert "applications" not in again
    with ground.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Application)) == before
        assert db.session.scalar(select(func.count()).select_from(Person)) == 3


def test_the_demonstration_can_be_made_late_in_the_evening(grounds: Grounds, clock: StandingClock) -> None:
    """When today's departure has left, nothing in the season may need it to be still to come."""
    ground = grounds.on("sqlite")
    clock.stand_at("2026-05-04T22:30")
    ground.reset()

    ground.command("tourbook", "seed", "--demo")

    assert run(ground, "check").stdout.startswith("everything holds")


def test_production_refuses_the_demonstration(seeded: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    production = Config(environment="production", secret_key="x" * 40, public_url="https://tours.example.kr")
    monkeypatch.setitem(seeded.app.config, "TOURBOOK", production)

    done = run(seeded, "seed", "--demo")

    assert done.exit_code == 1
    assert "production refuses it" in done.stderr
