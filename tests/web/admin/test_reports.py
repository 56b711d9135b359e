"""Reports for administrators: how fair it was, and a season played again, as pages and as a file."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all
from tests.draws.lottery import build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.distancing.models import Order
from tourbook.web.admin import replay

IN_MAY = "first=2026-05-01&last=2026-05-31"
PLAY = f"/reports/replay?course=walk&{IN_MAY}"


@pytest.fixture
def halved(scene: Scene, clock: StandingClock) -> Scene:
    """Two parties of five on twelve places; then an order leaves six: both lose theirs, one is offered others."""
    walk = scene.add_departure("2026-05-25T10:00", 12)
    scene.apply(walk, 5)
    scene.apply(walk, 5)
    scene.add_order("half", "2026-05-20")
    settle_all(scene)
    clock.stand_at(scene.now + timedelta(hours=1))
    return scene


def test_each_figure_is_a_plot_with_its_table(another: Callable[..., Administrator], halved: Scene) -> None:
    page = another().open(f"/reports?{IN_MAY}")

    assert rows(page, "table-in_turn-size") == [["party of 5", "2", "0", "1", "0 %", "0 % to 79.3 %"]]
    plot = page.mark("plot-in_turn-size")
    assert plot.get("role") == "img"
    assert words(plot).startswith("Chance of getting places. By size of the party")
    assert rows(page, "table-moved")[0][1:] == ["2", "10", "0", "1", "0", "2"]
    assert "0 of 1 parties got places, 0 %; of 1 it is still open" in words(page.mark("chances-in_turn"))


def test_the_report_is_in_korean_too(another: Callable[..., Administrator], halved: Scene) -> None:
    page = another("ko").open(f"/reports?{IN_MAY}")

    assert page.heading == "얼마나 공정했나요?"
    assert rows(page, "table-in_turn-channel")[0][0] == "누리집"


def test_whoever_is_in_the_reserve_of_a_draw_has_no_places_by_it_on_the_page_and_in_the_file(
    another: Callable[..., Administrator], session: Session, clock: StandingClock
) -> None:
    lottery = build_lottery()
    for _ in range(8):
        lottery.enter(lottery.departures[0], seats=4)
    for step in (lottery.close, lottery.draw, lottery.give):
        step()
    clock.stand_at(lottery.now)
    admin, in_july = another(), "first=2026-07-01&last=2026-07-31"

    page = admin.open(f"/reports?{in_july}")
    file = admin.client.get(f"/en/admin/reports.csv?{in_july}").text
    lines = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))

    assert rows(page, "table-by_draw-size") == [["party of 4", "8", "5", "3", "0", "62.5 %", "30.6 % to 86.3 %"]]
    assert "5 of 8 parties that draws have decided on got places, 62.5 %." in words(page.mark("chances-by_draw"))
    assert "3 are in reserve" in words(page.mark("chances-by_draw"))
    assert ["Draws", "party of 4", "8", "5", "3", "0", "62.5 %", "30.6 % to 86.3 %"] in lines


def test_without_days_it_is_about_those_that_the_command_takes(
    another: Callable[..., Administrator], halved: Scene
) -> None:
    page = another().open("/reports")

    assert {name: page.form(to="/reports").values[name] for name in ("first", "last")} == {
        "first": "2025-05-04",
        "last": "2026-07-03",
    }
    assert page.has("chances-in_turn")


def test_where_nobody_asked_the_page_says_so(admin: Administrator, scene: Scene) -> None:
    page = admin.open("/reports")

    assert not page.has("chances-in_turn")
    assert "nothing to show here" in page.text


def test_days_that_cannot_be_read_are_said_at_the_field(admin: Administrator, scene: Scene) -> None:
    page = admin.open("/reports?first=soon&course=nowhere")

    assert page.status == 422
    assert "Enter the day" in errors(page)


def test_the_file_has_the_same_figures(another: Callable[..., Administrator], halved: Scene) -> None:
    text = another().client.get(f"/en/admin/reports.csv?{IN_MAY}").text
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))

    assert ["First come, first served", "party of 5", "2", "0", "1", "0 %", "0 % to 79.3 %"] in lines


def test_a_season_is_played_as_it_was_and_under_another_policy(
    another: Callable[..., Administrator], halved: Scene
) -> None:
    page = another().open(f"{PLAY}&policies=keep_earliest")

    assert "all 2 parties stand where the tables say" in words(page.mark("as-it-was"))
    assert rows(page, "table-lost") == [
        ["As it was", "2", "10", "0"],
        ["Whoever was confirmed first keeps them", "1", "5", "0"],
    ]
    assert rows(page, "table-fill")[1] == ["Whoever was confirmed first keeps them", "6", "5", "83.3 %"]


def test_a_season_is_played_with_another_history_of_an_order(
    another: Callable[..., Administrator], halved: Scene, session: Session
) -> None:
    entry = session.scalars(select(Order.entry)).one()
    page = another().open(f"{PLAY}&order={entry}&what=until&day=2026-05-24")

    assert [row[2] for row in rows(page, "table-lost")] == ["10", "0"]
    assert "until Sun 24 May 2026" in rows(page, "table-lost")[1][0]


def test_the_day_that_an_order_needs_must_be_given(
    another: Callable[..., Administrator], halved: Scene, session: Session
) -> None:
    entry = session.scalars(select(Order.entry)).one()
    page = another().open(f"{PLAY}&order={entry}&what=until")

    assert page.status == 422
    assert "cannot be read" in errors(page)


def test_too_large_a_season_is_left_to_the_command_line(
    another: Callable[..., Administrator], halved: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MOST", 1)

    page = another().open(PLAY)

    assert page.status == 422
    assert "2 applications are too many" in errors(page)


def test_without_a_course_there_is_the_form_alone(admin: Administrator, scene: Scene) -> None:
    page = admin.open("/reports/replay")

    assert (page.status, page.has("replay-form"), page.has("table-fill")) == (200, True, False)


def test_orders_are_named_by_their_level_and_what_was_taken_back_is_not_asked_about(
    another: Callable[..., Administrator], halved: Scene
) -> None:
    admin = another()
    change = admin.apply(admin.preview_order(level="s/closed", effective_from="2026-05-21"))
    change.form(mark="take-back-form").submit(admin.client, button="stage")

    offered = words(admin.open("/reports/replay").mark("replay-form"))

    assert "Level half, Wed 20 May 2026 – open-ended" in offered
    assert "Level closed" not in offered
