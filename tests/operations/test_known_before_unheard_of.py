"""Taken back, whoever knew of an offer has that again, and not another one of which it has not heard."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, open_offer, settle_all
from tests.operations.test_as_before import row
from tests.operations.test_taking_back import DAY, change, letters, undo
from tests.rosters.gate import run_by
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.acts.dates import wait_for_more
from tourbook.applications.models import Application, Offer
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Policy
from tourbook.courses.steps import enter_measure
from tourbook.operations import call_off_departure

KNOWN = "2026-05-20T10:00"
BEFORE_OR_AFTER_IT = ["2026-05-19T10:00", "2026-05-22T10:00"]
"""Departures are settled in order of their start: the other one comes first, or last."""


@dataclass
class Asked:
    """A party that knows of an offer; another date has places for it too."""

    scene: Scene
    party: UUID
    offer_id: UUID
    other: UUID
    elsewhere: UUID
    """The application that is offered the other date: the same, or the party's own for that date."""

    def closes(self) -> UUID:
        """The date that it is offered is stopped, by mistake."""
        self.scene.now += timedelta(hours=2)
        stop = MeasureDraft(
            course="walk",
            kind="suspension",
            announced_at=self.scene.now,
            reason_ko="비",
            reason_en="rain",
            effective_from=DAY,
            effective_until=DAY,
        )
        return change(self.scene, enter_measure, draft=stop)


@pytest.fixture(params=BEFORE_OR_AFTER_IT)
def displaced(session: Session, request: pytest.FixtureRequest) -> Asked:
    """Its own date was called off."""
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    own, known = scene.add_departure("2026-05-18T10:00"), scene.add_departure(KNOWN)
    party = scene.apply(own, 3)
    why = {"reason_ko": "비", "reason_en": "rain"}
    call_off_departure(own, **why, actor=run_by("paju", scene.course_id), now=scene.now)
    settle_all(scene)
    offer = open_offer(party)
    assert offer
    assert offer.departure_id == known
    assert letters(scene, session, party) == ["confirmed", "called_off", "offer"]
    other = scene.add_departure(request.param)
    settle_all(scene)
    session.rollback()
    return Asked(scene, party, offer.id, other, party)


@pytest.fixture(params=BEFORE_OR_AFTER_IT)
def waiting(session: Session, request: pytest.FixtureRequest) -> Asked:
    """It waits for two dates, and is asked for one of them; somebody larger waits for the other one before it."""
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    known, other = scene.add_departure(KNOWN, capacity=3), scene.add_departure(request.param, capacity=5)
    goes, goes_too, _stays = scene.apply(known, 3), scene.apply(other, 3), scene.apply(other, 2)
    large = scene.apply(other, 5, wait=True)
    party = scene.apply(known, 3, wait=True)
    wait_for_more(party, [other], form_id="more", actor=GUEST, now=scene.now)
    cancel(goes, actor=GUEST, now=scene.now)
    scene.now += timedelta(minutes=1)
    cancel(goes_too, actor=GUEST, now=scene.now)
    assert letters(scene, session, party)[-1] == "offer"
    offer = open_offer(party)
    assert offer
    elsewhere = session.scalars(
        select(Application.id).where(Application.wait_id.is_not(None), Application.departure_id == other)
    ).one()
    assert (row(large).passed_by, open_offer(elsewhere)) == (0, None)
    session.rollback()
    return Asked(scene, party, offer.id, other, elsewhere)


def is_as_before(asked: Asked, session: Session) -> bool:
    offers = select(Offer.id).where(Offer.application_id.in_((asked.party, asked.elsewhere)), Offer.state == "open")
    assert_sound(asked.scene, session)
    return list(session.scalars(offers)) == [asked.offer_id]


def test_who_lost_its_places_has_the_offer_again_that_it_knew_of(displaced: Asked, session: Session) -> None:
    mistake = displaced.closes()
    meanwhile = open_offer(displaced.party)
    assert meanwhile
    assert meanwhile.departure_id == displaced.other
    session.rollback()

    undo(displaced.scene, mistake)

    assert is_as_before(displaced, session)
    assert letters(displaced.scene, session, displaced.party) == ["confirmed", "called_off", "offer"]


def test_who_waits_for_two_dates_has_the_offer_again_that_it_knew_of(waiting: Asked, session: Session) -> None:
    known = letters(waiting.scene, session, waiting.party)
    mistake = waiting.closes()
    assert open_offer(waiting.elsewhere)
    assert row(waiting.elsewhere).passes
    session.rollback()

    undo(waiting.scene, mistake)

    assert is_as_before(waiting, session)
    assert letters(waiting.scene, session, waiting.party) == known
    assert letters(waiting.scene, session, waiting.elsewhere) == []
    assert row(waiting.elsewhere).passes == []
    large = session.scalars(select(Application).where(Application.seats == 5)).one()
    assert large.passed_by == 0


def test_where_it_cannot_have_that_again_it_is_asked_for_the_other_date_it_waits_for(
    waiting: Asked, session: Session
) -> None:
    mistake = waiting.closes()
    waiting.scene.add_measure("2026-05-20", "2026-05-20")  # and then in earnest

    undo(waiting.scene, mistake)

    assert open_offer(waiting.party) is None
    assert open_offer(waiting.elsewhere)
    assert letters(waiting.scene, session, waiting.party)[-2:] == ["offer_revoked", "set_aside"]
    assert letters(waiting.scene, session, waiting.elsewhere) == ["offer"]
    assert_sound(waiting.scene, session)
