"""The decisions of 2020-22 as an administrator made them: each preview names what its application then does."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.flows.stage import Stage
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.operations.test_preview import apply_and_compare
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.courses import course_by_code
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Course, SiteMeasure
from tourbook.courses.steps import end_measure, enter_measure
from tourbook.db import db
from tourbook.distancing.drafts import OrderDraft
from tourbook.distancing.facts import Words
from tourbook.distancing.steps import enter_order
from tourbook.operations import Preview, Proposal


@pytest.fixture
def stage(seeded: Ground, clock: StandingClock) -> Iterator[Stage]:
    clock.stand_at("2020-12-01T10:00")
    with seeded.app.app_context():
        course = course_by_code(db.session(), "panmunjeom")
        db.session.get_one(Course, course.id).opens_days_before = 30
        db.session.commit()
        yield Stage(seeded, clock)
        db.session.remove()


def decide(stage: Stage, *steps: Any) -> Preview:
    """An administrator previews these steps and applies them; what happens is held against what was shown."""
    bound = tuple(partial(step, actor=COMMAND, now=stage.now) for step in steps)
    proposal = Proposal(bound, Words("결정", "A decision"))
    return apply_and_compare(stage, proposal, proposal)


def order(region: str, level: str, first: str, until: str, announced: Any, **more: Any) -> Any:
    scale, level = level.split("/")
    draft = OrderDraft(
        region_code=region,
        effective_from=date.fromisoformat(first),
        planned_until=date.fromisoformat(until),
        announced_at=announced,
        scale=scale,
        level=level,
        **more,
    )
    return lambda session, **who: enter_order(session, draft, **who)


def measure(kind: str, first: str, until: str | None, announced: Any, **more: Any) -> Any:
    draft = MeasureDraft(
        course="panmunjeom",
        kind=kind,
        announced_at=announced,
        effective_from=date.fromisoformat(first),
        effective_until=date.fromisoformat(until) if until else None,
        reason_ko="코로나19",
        reason_en="COVID-19",
        **more,
    )
    return lambda session, **who: enter_measure(session, draft, **who)


def end_of_suspension(until: str) -> Any:
    def step(session: Any, **who: Any) -> None:
        latest = select(SiteMeasure.id).where(SiteMeasure.kind == "suspension").order_by(SiteMeasure.entry.desc())
        end_measure(session, session.scalars(latest.limit(1)).one(), until=date.fromisoformat(until), **who)

    return step


def moved(shown: Preview, kind: str) -> list[UUID]:
    return [move.party.id for move in shown.now.parties(kind)]


def test_december_2020_to_july_2022_by_decision(stage: Stage) -> None:
    days = stage.depart("2020-12-12T15:00", "2020-12-15T15:00")
    stage.clock.move(hours=1)
    parties = stage.fill(*days)
    kept, displaced = parties[:8], parties[8:]

    stage.move_to("2020-12-06T16:30")
    level = order("41", "5step/2.5", "2020-12-08", "2020-12-28", stage.now)
    week = measure("override", "2020-12-08", "2020-12-14", stage.now, capacity=40, raises=True)
    shown = decide(stage, level, week)
    assert moved(shown, "displace") == displaced
    assert shown.now.notices["displaced"] == 8
    assert shown.now.seats_closed == 40
    assert stage.states(kept) == [State.CONFIRMED] * 8

    stage.move_to("2020-12-14T10:00")
    assert not moved(decide(stage, measure("suspension", "2020-12-15", None, stage.now)), "displace")

    stage.move_to("2021-11-22T09:00")
    decide(stage, order("41", "recovery/phase1", "2021-11-22", "2022-01-02", stage.now))
    november = stage.depart("2021-11-30T15:00", "2021-12-01T15:00")
    stage.move_to("2021-11-22T10:00")
    smaller = measure("override", "2021-11-30", "2022-01-17", stage.now, capacity=20)
    shown = decide(stage, end_of_suspension("2021-11-29"), smaller)
    assert moved(shown, "offer") == displaced
    assert shown.now.seats_opened == 40
    assert {offer.departure_id for offer in stage.offers(displaced)} == set(november)

    stage.move_to("2021-11-22T20:00")
    shown = decide(stage, measure("suspension", "2021-11-23", None, stage.now))
    assert sorted(moved(shown, "revoke")) == sorted(displaced)
    assert shown.now.notices == {"offer_revoked": 8}
    assert stage.states(displaced) == [State.DISPLACED] * 8
