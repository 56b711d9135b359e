"""Putting a mistyped name right, on the pages of whoever holds the application."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, reference_on
from tourbook.actor import COMMAND
from tourbook.applications.models import Application
from tourbook.clearance import Authority, require_clearance


def names(page: Page) -> list[str]:
    return [words(one) for one in page.marked("visitor")]


@pytest.fixture
def mine(scene: Scene, citizen: Citizen) -> Page:
    """The page of an application for two."""
    return citizen.apply(scene.add_departure("2026-05-20T10:00"), 2, "김하눌", "박바다")


def link_on(page: Page) -> str:
    """The way to the first visitor's name."""
    return page.marked("correct-name")[0].get("href", "").split("/ko", 1)[1]


def form_of(citizen: Citizen, page: Page) -> Page:
    return citizen.open(link_on(page))


def test_a_name_is_put_right_from_the_page_of_the_application(citizen: Citizen, mine: Page) -> None:
    asked = form_of(citizen, mine)
    done = asked.form(mark="correct-form").submit(citizen.client, name="김하늘")

    assert asked.form(mark="correct-form").values["name"] == "김하눌"
    assert "1990-01-01" in words(asked.mark("visitor"))
    assert "2026년 5월 18일(월) 24:00까지" in asked.text
    assert "성명을 고쳤습니다." in done.text
    assert ["김하늘" in one for one in names(done)] == [True, False]


def test_a_name_that_cannot_stand_is_said_at_the_field_and_kept(citizen: Citizen, mine: Page) -> None:
    asked = form_of(citizen, mine)

    empty = asked.form(mark="correct-form").submit(citizen.client, name="")
    twice = asked.form(mark="correct-form").submit(citizen.client, name="박바다")

    assert (empty.status, twice.status) == (422, 422)
    assert {"#name"} == {a.get("href") for page in (empty, twice) for a in page.mark("error-summary").iter("a")}
    assert twice.form(mark="correct-form").values["name"] == "박바다"


def test_once_names_are_final_the_way_is_closed_with_a_sentence(
    citizen: Citizen, mine: Page, session: Session, clock: StandingClock
) -> None:
    asked = form_of(citizen, mine)
    clock.stand_at("2026-05-19T00:00")
    citizen.open(f"/a/{session.scalars(select(Application)).one().token}")

    late = asked.form(mark="correct-form").submit(citizen.client, name="김하늘")

    assert "2026년 5월 18일(월) 24:00" in late.text
    assert not late.has("correct-name")
    assert "김하눌" in names(late)[0]


def test_where_names_are_checked_there_is_no_such_way(citizen: Citizen, mine: Page, scene: Scene) -> None:
    here = link_on(mine)
    asked = {"due_days": 5, "asks_passport": False, "actor": COMMAND, "now": scene.now}
    require_clearance(scene.course_id, Authority.ARMY, **asked)

    assert not citizen.open(f"/applications/{reference_on(mine)}").has("correct-name")
    assert citizen.open(here).address.endswith(reference_on(mine))


def test_nobody_else_puts_a_name_right(citizen: Citizen, mine: Page, scene: Scene, somebody) -> None:
    here, stranger = link_on(mine), somebody()
    own = reference_on(stranger.apply(scene.add_departure("2026-05-22T10:00"), 1))
    of_others = here.replace(reference_on(mine), own)

    assert not stranger.open(here).has("correct-form")
    assert stranger.open(of_others).status == 404
    assert "김하눌" in names(citizen.open(f"/applications/{reference_on(mine)}"))[0]
