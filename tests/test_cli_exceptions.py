"""Exceptions at the command line: granted for a reason, listed with it, ended."""

import json
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all, state
from tests.commands import run
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.applications.models import Application, State
from tourbook.courses.models import Policy


@pytest.fixture
def scene(session: Session, clock: StandingClock) -> Scene:
    return build_scene(clock.now.isoformat(), policy=Policy.KEEP_EARLIEST)


def reference(session: Session, party: UUID) -> str:
    return session.get_one(Application, party).reference


def grant(database: Ground, of: str) -> str:
    return run(database, "exception", "grant", of.lower().replace("-", ""), "--reason", "a wheelchair user").output


def test_an_exception_is_granted_listed_and_ended(
    database: Ground, scene: Scene, session: Session, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, 4) for _ in range(3)]
    clock.stand_at(scene.now)
    last = reference(session, parties[2])

    assert f"{last}: keeps its places" in grant(database, last)
    listed = run(database, "exception", "list", "--json").stdout
    in_words = run(database, "exception", "list").stdout
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=8)
    settle_all(scene)

    row = json.loads(listed)
    assert row.pop("since")
    assert row.pop("reason") == "a wheelchair user"
    assert row == {"reference": last, "course": "walk", "start": "2026-05-20T10:00", "seats": 4}
    assert in_words == f"{last}: walk 2026-05-20T10:00, 4: a wheelchair user\n"
    assert [state(one) for one in parties] == [State.CONFIRMED, State.DISPLACED, State.CONFIRMED]
    run(database, "exception", "end", last)
    assert run(database, "exception", "list").output == ""


def test_a_party_that_has_lost_its_places_has_them_again(
    database: Ground, scene: Scene, session: Session, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 4)
    closed = scene.add_order("closed", "2026-05-20")
    settle_all(scene)
    scene.withdraw(closed)
    clock.stand_at(scene.now)

    assert "has its places again" in grant(database, reference(session, party))
    assert state(party) == State.CONFIRMED


def test_an_unknown_reference_is_refused_in_a_sentence(database: Ground, scene: Scene) -> None:
    ended = run(database, "exception", "grant", "ZZZZ-9999", "--reason", "a reason")

    assert ended.exit_code == 1
    assert "no application with this reference" in ended.stderr
