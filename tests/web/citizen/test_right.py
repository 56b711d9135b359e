"""A priority right as its holder sees it: what it is for, until when, every offer made under it, and giving it up."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.people import somebody as account
from tests.applications.scene import Scene, departure, open_offer, settle_all, state
from tests.applications.test_own_date import end
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, reference_on
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications import end_rights
from tourbook.applications.models import Application, PriorityRight, State


@pytest.fixture
def reader(somebody) -> Citizen:
    return somebody("en")


def displaced(scene: Scene, reader: Citizen, *, offered: bool = True) -> tuple[str, object]:
    """The reader loses 20 May, and may be offered 22 May; gives the reference and the measure."""
    reference = reference_on(reader.apply(scene.add_departure("2026-05-20T10:00"), 2))
    measure = scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    if offered:
        scene.add_departure("2026-05-22T10:00")
        settle_all(scene)
    return reference, measure


def facts(page: Page) -> list[str]:
    return [words(one) for one in page.mark("right-facts").iter("dd")]


def row(session: Session, reference: str) -> Application:
    session.rollback()
    return session.scalars(select(Application).where(Application.reference == reference)).one()


def test_the_holder_reads_for_what_since_when_and_until_when(scene: Scene, reader: Citizen) -> None:
    reference, _ = displaced(scene, reader, offered=False)

    page = reader.open(f"/applications/{reference}")

    assert facts(page) == ["Walk", "Mon 4 May 2026, 09:00 KST", "Tue 4 May 2027, 24:00 KST", "not yet"]
    assert page.has("right-no-offers")
    assert page.has("give-up-right")
    assert not page.has("cancel")


def test_every_offer_stands_there_with_its_answer_and_deadline(scene: Scene, reader: Citizen) -> None:
    reference, _ = displaced(scene, reader)
    page = reader.open(f"/applications/{reference}")
    declined = reader.open(page.mark("decline").get("href", "").removeprefix("/en")).form(mark="decline-form")

    after = declined.submit(reader.client)

    assert [words(page.mark("right-offer")), words(after.mark("right-offer"))] == [
        "Fri 22 May 2026, 10:00 KST" + answer + "Mon 4 May 2026, 09:00 KSTTue 5 May 2026, 09:00 KST"
        for answer in ("Waiting for an answer", "Declined")
    ]


def test_a_right_that_was_used_says_when(scene: Scene, reader: Citizen) -> None:
    reference, _ = displaced(scene, reader)
    page = reader.open(f"/applications/{reference}")

    page.form(to="/accept").submit(reader.client)
    old = reader.open(f"/applications/{reference}")

    assert facts(old)[-1] == "Mon 4 May 2026, 09:00 KST"
    assert not old.has("give-up-right")


def test_giving_up_says_what_it_means_and_is_for_good(scene: Scene, session: Session, reader: Citizen) -> None:
    reference, _ = displaced(scene, reader)
    page = reader.open(f"/applications/{reference}")

    asked = reader.open(page.mark("give-up-right").get("href", "").removeprefix("/en"))
    given_up = asked.form(mark="cancel-form").submit(reader.client)

    assert asked.heading == "Give up your priority right?"
    assert "for every date of this course and for good" in words(asked.mark("consequences"))
    assert given_up.has("cancelled")
    assert open_offer(row(session, reference).id) is None
    assert session.scalars(select(PriorityRight.ended_at)).one() == scene.now


def test_a_right_that_is_over_promises_nothing_any_more(
    scene: Scene, session: Session, reader: Citizen, clock: StandingClock
) -> None:
    reference, _ = displaced(scene, reader, offered=False)
    link = f"/a/{row(session, reference).token}"
    clock.move(days=366)
    end_rights(now=clock.now)

    page = reader.open(link)

    assert page.heading == "Your places were lost, and your priority right is over"
    assert "Lost its places, right over" in words(page.mark("state"))
    assert not any(page.has(mark) for mark in ("right", "give-up-right", "cancel", "cancel-visitor"))
    assert facts(page)[-1] == "Wed 5 May 2027, 09:00 KST"


def test_the_own_date_that_opened_again_can_be_had_instead_of_the_offer(
    scene: Scene, session: Session, reader: Citizen
) -> None:
    reference, measure = displaced(scene, reader)
    before = reader.open(f"/applications/{reference}")
    end(measure, scene)

    page = reader.open(f"/applications/{reference}")
    taken = page.form(to="/own-date").submit(reader.client)

    assert not before.has("own-date-open")
    assert "Wed 20 May 2026, 10:00 KST" in words(page.mark("own-date-open"))
    assert taken.has("confirmed")
    assert facts(taken)[-1] == "Mon 4 May 2026, 09:00 KST"
    application = row(session, reference)
    assert state(application.id) == State.CONFIRMED
    assert departure(application.departure_id).seats_taken == 2


def test_where_the_own_date_is_full_again_the_offer_stays(scene: Scene, session: Session, reader: Citizen) -> None:
    reference, measure = displaced(scene, reader)
    end(measure, scene)
    form = reader.open(f"/applications/{reference}").form(to="/own-date")
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=1)
    settle_all(scene)

    told = form.submit(reader.client)

    assert "There are not enough places for all of you on your own date any more." in told.text
    assert told.has("offer")
    assert not told.has("own-date-open")


def test_the_list_of_applications_keeps_a_right_among_those_ahead(
    app: Flask, scene: Scene, reader: Citizen, clock: StandingClock
) -> None:
    me = account(app, Role.CITIZEN)
    sign_in(reader.client, me)
    displaced(scene, reader, offered=False)
    clock.move(days=30)
    sign_in(reader.client, me)

    page = reader.open("/my")

    assert "Priority right until: Tue 4 May 2027, 24:00 KST" in words(page.mark("application"))
    assert "Over" not in page.text
