"""The demonstration season: everything is there to be seen, it holds together, and it is made once."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from config import Config
from tests.commands import run
from tests.ground.application import Ground, Grounds
from tests.ground.moments import StandingClock
from tests.house.sources import REPOSITORY
from tourbook.accounts import Person, person_by_mail
from tourbook.accounts.models import SharedAccount
from tourbook.accounts.roles import roles_of
from tourbook.actor import COMMAND, Actor
from tourbook.applications.models import Application, State
from tourbook.clearance import due_soon
from tourbook.courses import course_by_code, courses, departures_between, roster_due, window
from tourbook.courses.models import Policy
from tourbook.db import db
from tourbook.draws import Stage, by_departure, count_entries, rounds, stage_of
from tourbook.kst import civil_day
from tourbook.reports import (
    Alternative,
    Given,
    Period,
    fairness,
    read_alternative,
    replay_season,
    shown_to_everybody,
)
from tourbook.rosters import NameChanges, changes_since_sent, look_back, rate_of
from tourbook.web.citizen.fairness import whole_months


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
        assert set(db.session.scalars(select(SharedAccount.person_id))) == set(db.session.scalars(select(Person.id)))
        assert db.session.scalar(select(func.count()).select_from(Person)) == 3
        of_citizen = set(db.session.scalars(select(Application.state).where(Application.person_id.is_not(None))))
        assert of_citizen >= {State.CONFIRMED, State.DISPLACED}
    assert all(f"{name}@example.kr, password " in told for name in ("citizen", "operator", "admin"))
    assert run(ground, "check").stdout.startswith("everything holds")


def test_one_course_says_otherwise_than_the_others_who_keeps_places(season: tuple[Ground, StandingClock, str]) -> None:
    ground, _, _ = season

    with ground.app.app_context():
        declared = {one.code: one.policy.value for one in courses(db.session())}

    assert declared.pop("goseong") == "volunteers_first"
    assert set(declared.values()) == {"cancel_all"}


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


def _as(person: Person) -> Actor:
    (held,) = roles_of(db.session(), person.id)
    return Actor("person", person_id=person.id, role=held.grant.role, organisation_id=held.grant.organisation_id)


def test_no_list_of_names_is_late_on_the_operators_first_page_and_one_is_due(
    season: tuple[Ground, StandingClock, str],
) -> None:
    ground, clock, _ = season
    with ground.app.app_context():
        operator = person_by_mail(db.session(), "operator@example.kr")
        assert operator is not None
        found = due_soon(db.session(), actor=_as(operator), now=clock.now)

        assert len(found) >= 1
        assert [one.due_at for one in found if one.due_at < clock.now] == []


def test_the_citizen_waits_for_several_dates(season: tuple[Ground, StandingClock, str]) -> None:
    ground, _, _ = season
    with ground.app.app_context():
        own = (Application.person_id.is_not(None), Application.state == State.WAITING)
        waits = db.session.scalars(select(Application.wait_id).where(*own)).all()

        assert len(waits) >= 2
        assert len(set(waits)) == 1
        assert waits[0] is not None


def test_the_operator_can_look_back_at_who_came(season: tuple[Ground, StandingClock, str]) -> None:
    ground, clock, _ = season
    with ground.app.app_context():
        today = civil_day(clock.now)
        found = look_back(db.session(), today - timedelta(days=30), today, actor=COMMAND, now=clock.now)
        whole = rate_of(found.seen)

        assert whole.says_enough
        assert 0.1 < whole.low < whole.share < whole.high < 0.6
        assert found.unmarked == 0


def test_the_season_before_played_again_comes_out_as_it_was(season: tuple[Ground, StandingClock, str]) -> None:
    ground, clock, _ = season
    with ground.app.app_context():
        session, today = db.session(), civil_day(clock.now)
        course = course_by_code(session, "cheorwon")
        before = Period(today - timedelta(days=90), today - timedelta(days=60), course.id)
        keep = Alternative(policy=Policy.KEEP_EARLIEST)
        never = read_alternative("never:4")
        played = replay_season(session, course, before, [keep, never], now=clock.now)

        assert (played.parties, played.differing, played.lost_differing) == (36, 0, 0)
        told = (REPOSITORY / "docs/fairness.md").read_text(encoding="utf-8")
        names = ("as it was", "the earliest had kept theirs", "without the order")
        for name, one in zip(names, played.played, strict=True):
            figures = (one.seated, one.parties_lost, one.people_lost, one.promoted, f"{one.median_wait:.1f} days")
            assert f"| {name} | {' | '.join(map(str, figures))} |" in told


def test_there_is_something_to_see_of_how_fair_it_was(season: tuple[Ground, StandingClock, str]) -> None:
    ground, clock, _ = season
    with ground.app.app_context():
        report = shown_to_everybody(fairness(db.session(), whole_months(civil_day(clock.now)), now=clock.now))

        assert not report.whole[Given.IN_TURN].hidden
        assert any(not one.hidden for one in report.chances[Given.IN_TURN]["size"].values())
        assert any(row.figures["displaced"] for row in report.moved)
        assert report.waiting["after_losing"].parties


def test_the_demonstration_has_a_draw_for_which_more_have_entered_than_it_has_places(
    season: tuple[Ground, StandingClock, str],
) -> None:
    ground, clock, told = season
    with ground.app.app_context():
        session = db.session()
        [drawn] = rounds(session)
        departures = by_departure(session, drawn)
        entered = set(session.scalars(select(Application.state).where(Application.person_id.is_not(None))))

        assert f"draw: {drawn.code}, entries are taken" in told
        assert stage_of(drawn, clock.now) is Stage.OPEN
        assert count_entries(session, drawn).parties == 36
        assert any(one.wanted.people > one.places > 0 for one in departures)
        assert all(window(course_by_code(session, "goseong"), one.departure).opens_at > clock.now for one in departures)
        assert State.ENTERED in entered


def test_the_draw_of_the_demonstration_is_drawn_and_given_in_time(grounds: Grounds, clock: StandingClock) -> None:
    """A newcomer may live it through to its end, with the clock of a rehearsal and a value."""
    ground = grounds.on("sqlite")
    ground.reset()
    ground.command("tourbook", "seed", "--demo")
    with ground.app.app_context():
        [drawn] = rounds(db.session())
        closes_at, value_at = drawn.closes_at, drawn.value_at
    clock.stand_at(closes_at.isoformat())
    ground.command("tourbook", "jobs", "--once")
    clock.stand_at(value_at.isoformat())
    ground.command("tourbook", "draw", "value", drawn.code, "4,9,17,23,31,44")

    ground.command("tourbook", "jobs", "--once")

    [row] = [json.loads(line) for line in run(ground, "draw", "list", "--json").stdout.splitlines()]
    assert (row["state"], row["entries"]) == ("given", 36)
    assert run(ground, "check").stdout.startswith("everything holds")


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
