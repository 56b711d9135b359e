"""How fair it was, for everybody: whole months, and no figure of so few that they could be recognised."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.web.admin.deciding import rows
from tourbook.web.citizen.fairness import whole_months


@pytest.fixture
def season(session: Session, clock: StandingClock) -> Scene:
    """In May six pairs and a party of three were on a departure; it is June now."""
    scene = build_scene(clock.now.isoformat())
    walk = scene.add_departure("2026-05-25T10:00")
    for seats in (2, 2, 2, 2, 2, 2, 3):
        scene.apply(walk, seats)
    clock.move(days=30)
    scene.now = clock.now
    settle_all(scene)
    return scene


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 6, 3), date(2025, 6, 1), date(2026, 5, 31)),
        (date(2026, 1, 31), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2024, 2, 29), date(2023, 2, 1), date(2024, 1, 31)),
    ],
)
def test_the_twelve_months_are_over(today: date, first: date, last: date) -> None:
    found = whole_months(today)

    assert (found.first, found.last) == (first, last)


def test_small_figures_are_not_shown_to_everybody(season: Scene, client: FlaskClient) -> None:
    page = visit(client, "/en/fairness")

    assert "7 of 7 parties got places" in words(page.mark("chances-in_turn"))
    assert rows(page, "table-in_turn-size") == [
        [size, "not shown", "–", "–", "–", "–"] for size in ("party of 2", "party of 3")
    ], "the larger class would give the smaller away"
    assert rows(page, "table-in_turn-course") == [["Walk", "7", "7", "0", "100 %", "64.6 % to 100 %"]]


def test_what_is_hidden_is_not_called_few_as_the_larger_that_is_hidden_with_it_is_not(
    season: Scene, client: FlaskClient
) -> None:
    page = visit(client, "/ko/fairness")

    assert [row[1] for row in rows(page, "table-in_turn-size")] == ["가림", "가림"]
    assert "5팀 미만" not in page.text


def test_it_is_in_korean_and_no_day_can_be_chosen(season: Scene, client: FlaskClient) -> None:
    page = visit(client, "/ko/fairness?first=2026-05-25&last=2026-05-25")

    assert page.heading == "얼마나 공정했나요?"
    assert "2025년 6월 1일" in page.text
    assert not any(form.element.get("role") == "search" for form in page.forms)


def test_the_draws_and_the_page_of_the_policy_lead_there(season: Scene, client: FlaskClient) -> None:
    assert visit(client, "/en/draws").mark("fairness").get("href") == "/en/fairness"
