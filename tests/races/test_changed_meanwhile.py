"""A change is made by mistake while an act is at work that had seen that nothing can be taken back.

The control of settling: where it does not look whether the facts are those of which it had seen this, somebody is told
within the grace of that change.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, settle_all, state
from tests.draws.lottery import Lottery, build_lottery
from tests.ground.application import Ground
from tests.operations.test_taking_back import sent_by
from tests.races.test_stops import meanwhile
from tests.races.test_taking_back import GRACE, close
from tourbook.actor import COMMAND
from tourbook.applications import settle, settle_departure
from tourbook.applications.grace import Under
from tourbook.applications.models import State
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.distancing import Facts, facts_of, forget_facts, ruleset_version, service, versioned_facts_of
from tourbook.draws import giving, hold_due, holding
from tourbook.operations import StopDraft, apply_change, note_stopped_choices, stop_proposal, stopped_choices


@pytest.fixture
def party(scene: Scene) -> UUID:
    return scene.apply(scene.add_departure("2026-05-20T10:00"), 3)


def changed_meanwhile(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> None:
    """Settling has looked what can be taken back; before it reads the facts, everything is closed by mistake."""
    walk = db.session.scalars(select(Departure.id)).one()
    db.session.rollback()
    settling = lambda: settle_departure(walk, actor=COMMAND, now=scene.now)  # noqa: E731 - an act to be done
    meanwhile(ground, patch, (settle, "settled_under"), settling, lambda: close(scene))
    settle_all(scene)


@pytest.mark.postgres_only("SQLite lets one write at a time")
def test_a_change_that_is_made_while_somebody_settles_is_told_when_its_grace_is_over(
    scene: Scene, party: UUID, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_meanwhile(scene, database, monkeypatch)

    assert state(party) == State.DISPLACED
    assert_sound(scene, db.session())
    assert sent_by(db.session(), party, scene.now + GRACE - timedelta(seconds=1)) == ["confirmed"]
    assert sent_by(db.session(), party, scene.now + GRACE) == ["confirmed", "displaced"]


@pytest.mark.postgres_only("SQLite lets one write at a time")
def test_control_by_facts_of_another_version_somebody_is_told_within_the_grace(
    scene: Scene, party: UUID, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whatever_they_are(session: Session, departures: Any, course_id: UUID, now: datetime) -> tuple[Under, Facts]:
        return settle.settled_under(session, departures, now), facts_of(session, course_id)

    monkeypatch.setattr(settle, "_decided_under", whatever_they_are)

    changed_meanwhile(scene, database, monkeypatch)

    assert sent_by(db.session(), party, scene.now) == ["confirmed", "displaced"]


@pytest.mark.postgres_only("SQLite reads everything as it was when the transaction began")
def test_facts_that_are_changed_while_they_are_read_are_read_anew(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = scene.add_order("half", "2026-05-20")
    forget_facts(database.engine)
    read: list[tuple[int, Facts]] = []

    meanwhile(
        database,
        monkeypatch,
        (service._Loader, "_figures"),  # after the orders
        lambda: read.append(versioned_facts_of(db.session(), scene.course_id)),
        lambda: scene.withdraw(order),
    )

    ((version, facts),) = read
    assert version == ruleset_version(db.session())
    assert [one.withdrawn_at for one in facts.orders] == [scene.now]


# -- a draw is stopped by mistake ------------------------------------------------------------------------------------


@pytest.fixture
def lottery(database: Ground) -> Iterator[Lottery]:
    with database.app.app_context():
        yield build_lottery()
        db.session.remove()


def stop(lottery: Lottery, first: date, last: date) -> UUID:
    draft = StopDraft(cause="asf", first_day=first, last_day=last, courses=("walk",))
    proposal = stop_proposal(db.session(), draft, actor=COMMAND, now=lottery.now)
    db.session.rollback()
    return apply_change(proposal, foreseen=[], expected_version=None, grace=GRACE, actor=COMMAND, now=lottery.now)


def stopped_meanwhile(
    lottery: Lottery, ground: Ground, patch: pytest.MonkeyPatch, module: Any, act: Callable[[], Any], first: date
) -> None:
    """The act has looked what can be taken back when the days from the first on are stopped."""
    db.session.rollback()
    meanwhile(ground, patch, (module, "in_grace"), act, lambda: stop(lottery, first, SUNDAY))


SATURDAY, SUNDAY = date(2026, 7, 11), date(2026, 7, 12)


@pytest.mark.postgres_only("SQLite lets one write at a time")
def test_a_draw_is_not_put_on_hold_by_a_stop_that_can_be_taken_back(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_meanwhile(lottery, database, monkeypatch, holding, lambda: hold_due(now=lottery.now), SATURDAY)

    assert lottery.round.held_at is None


@pytest.mark.postgres_only("SQLite lets one write at a time")
def test_who_entered_is_not_told_of_a_stop_that_can_be_taken_back(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    lottery.enter(*lottery.departures)

    note = lambda: note_stopped_choices(now=lottery.now)  # noqa: E731 - an act to be done
    stopped_meanwhile(lottery, database, monkeypatch, stopped_choices, note, SUNDAY)

    noted = select(TrailEntry.id).where(TrailEntry.act == "draw_choice_stopped")
    assert db.session.scalars(noted).all() == []


@pytest.mark.postgres_only("SQLite lets one write at a time")
def test_who_drew_a_departure_does_not_lose_it_by_a_stop_that_can_be_taken_back(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = lottery.enter(lottery.departures[2])
    lottery.close()
    lottery.draw()

    stopped_meanwhile(lottery, database, monkeypatch, giving, lottery.give, SUNDAY)

    assert "displaced" not in sent_by(db.session(), party, lottery.now + GRACE - timedelta(seconds=1))
