"""Two operators change the same group: the later one reads what stands, keeps what was typed, and decides."""

import pytest

from tests.ground.pages import visit, words
from tests.web.operator.conftest import Desk
from tests.web.operator.test_groups import aside, figures, only


@pytest.fixture(autouse=True)
def _while_applications_are_open(desk: Desk) -> None:
    desk.stand_at("2026-05-10T14:00")


def test_the_later_one_reads_what_stands_and_decides(desk: Desk) -> None:
    mine = theirs = aside(desk)
    theirs.form(mark="group-form").submit(desk.client, name="문산중학교", seats="8", contact="teacher@example.kr")

    refused = mine.form(mark="group-form").submit(desk.client, seats="4", form_id="mine")

    assert refused.status == 422
    said = words(refused.mark("error-summary"))
    assert "문산중학교, 8자리, 2026년 5월 16일(토) 18:00까지, t***@example.kr" in said
    assert figures(desk) == (8, 2, 8)
    assert refused.form(mark="group-form").values["seats"] == "4"

    assert refused.form(mark="group-form").submit(desk.client).status == 200
    assert (only().seats, only().group_name) == (4, "파주초등학교")


def test_it_is_said_in_english_too(desk: Desk) -> None:
    page = aside(desk)
    page.form(mark="group-form").submit(desk.client, seats="8")
    form = page.form(mark="group-form")
    form.action = form.action.replace("/ko/", "/en/")

    refused = form.submit(desk.client, seats="1", form_id="mine")

    assert "8 places until Sat 16 May 2026, 18:00" in words(refused.mark("error-summary"))


def test_what_an_end_by_itself_left_is_said_before_what_was_changed(desk: Desk) -> None:
    page = aside(desk)
    desk.press("group-release", on=page)

    over = page.form(mark="group-form").submit(desk.client, seats="4")

    assert (over.status, over.has("group-over")) == (422, True)


def test_whoever_sends_no_mark_changes_what_stands(desk: Desk) -> None:
    """A program that fills in the fields alone, as docs/contract.md has them."""
    page = aside(desk)

    page.form(mark="group-form").submit(desk.client, seats="8", made_from=None)

    assert figures(desk) == (8, 2, 8)


@pytest.mark.parametrize(
    ("lang", "said"), [("ko", "지금 풀면 8자리가 풀립니다"), ("en", "8 places would be released now")]
)
def test_what_was_not_shown_is_not_released_and_the_page_shows_what_would_be(desk: Desk, lang: str, said: str) -> None:
    page = aside(desk)
    page.form(mark="group-form").submit(desk.client, seats="8")
    form = page.form(to="/release")
    form.action = form.action.replace("/ko/", f"/{lang}/")

    refused = form.submit(desk.client)

    assert (refused.status, figures(desk)) == (422, (8, 2, 8))
    summary = refused.mark("error-summary")
    assert said in words(summary)
    assert {link.get("href") for link in summary.iter("a")} == {"#release"}
    assert "8" in words(refused.mark("group-frees"))
    kept = refused.form(mark="group-form").values
    assert (kept["name"], kept["seats"], kept["releases_at"]) == ("파주초등학교", "8", "2026-05-16 18:00")

    assert desk.press("group-release", on=refused).has("group-over")
    assert figures(desk) == (0, 10, None)


def test_whoever_releases_what_was_released_meanwhile_reads_that_it_is_over(desk: Desk) -> None:
    page = aside(desk)
    page.form(mark="group-form").submit(desk.client, seats="8")
    desk.press("group-release", on=visit(desk.client, page.address))

    again = page.form(to="/release").submit(desk.client)

    assert (again.status, again.has("group-over")) == (200, True)


def test_whoever_sends_nothing_of_what_was_shown_releases_what_stands(desk: Desk) -> None:
    """A program, as docs/contract.md has it."""
    page = aside(desk)
    page.form(mark="group-form").submit(desk.client, seats="8")

    assert page.form(to="/release").submit(desk.client, shown=None).has("group-over")
