"""An administrator takes a change back: at once while nobody was written to, afterwards by its preview."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, state
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator
from tourbook.applications.models import State
from tourbook.notices import Way, deliver_due


@pytest.fixture
def party(scene: Scene) -> UUID:
    return scene.apply(scene.add_departure("2026-05-20T10:00"), 3)


def close(admin: Administrator, scene: Scene, clock: StandingClock) -> Page:
    """Close everything by mistake; gives the page that watches the change."""
    page = admin.apply(admin.preview_order(level="s/closed"))
    scene.now = clock.now
    settle_all(scene)
    return page


def path_of(page: Page) -> str:
    return "/changes/" + page.address.rpartition("/changes/")[2]


@pytest.mark.usefixtures("party")
def test_the_page_says_until_when_it_can_be_taken_back(
    admin: Administrator, scene: Scene, clock: StandingClock
) -> None:
    page = close(admin, scene, clock)

    assert "Can be taken back until Mon 4 May 2026, 09:05 KST" in page.text
    assert "can be taken back until Mon 4 May 2026, 09:05 KST" in words(admin.open("/changes").mark("change"))


def test_the_button_puts_everybody_back(admin: Administrator, scene: Scene, clock: StandingClock, party: UUID) -> None:
    page = close(admin, scene, clock)
    assert state(party) == State.DISPLACED
    clock.move(minutes=4)

    after = page.form(mark="take-back-form").submit(admin.client, button="stage")
    settle_all(clock)

    assert state(party) == State.CONFIRMED
    assert "taken back on Mon 4 May 2026, 09:04 KST by" in words(after.mark("taken-back"))
    assert not after.has("take-back-form")
    for mark in ("progress", "done", "as-shown", "missing", "unforeseen", "again"):
        assert not after.has(mark), "it says that it was taken back, and nothing else"
    assert words(list(admin.open("/orders").mark("order"))[5]) == "Withdrawn"


def test_pressed_too_late_it_leads_to_the_preview_which_says_who_was_told(
    admin: Administrator, scene: Scene, clock: StandingClock, party: UUID, session: Session
) -> None:
    page = close(admin, scene, clock)
    clock.move(minutes=5)
    while deliver_due(way=Way.MAIL, now=clock.now):
        pass

    late = page.form(mark="take-back-form").submit(admin.client, button="stage")
    preview = late.form(mark="take-back-form").submit(admin.client)
    after = admin.apply(preview)
    settle_all(clock)

    assert late.status == 409
    assert "is over" in words(late.mark("refused"))
    assert "1 party has been told of this change already" in words(preview.mark("note"))
    assert after.has("progress")
    assert state(party) == State.DISPLACED
    assert "taken back on" in words(admin.open(path_of(page)).mark("taken-back"))


def test_a_preview_that_is_applied_twice_takes_back_once_and_says_so_twice(
    admin: Administrator, scene: Scene, clock: StandingClock
) -> None:
    page = close(admin, scene, clock)
    clock.move(minutes=5)
    late = page.form(mark="take-back-form").submit(admin.client, button="stage")
    preview = late.form(mark="take-back-form").submit(admin.client)

    first, second = admin.apply(preview), admin.apply(preview)

    assert (second.status, second.address) == (200, first.address)


def test_two_administrators_who_press_it_take_it_back_once(
    admin: Administrator, another: Callable[..., Administrator], scene: Scene, clock: StandingClock, party: UUID
) -> None:
    page = close(admin, scene, clock)
    other = another(mail="second@example.kr")
    theirs = other.open(path_of(page))

    first = page.form(mark="take-back-form").submit(admin.client, button="stage")
    second = theirs.form(mark="take-back-form").submit(other.client, button="stage")

    assert words(first.mark("taken-back")) == words(second.mark("taken-back"))


@pytest.mark.usefixtures("party")
def test_a_change_that_was_taken_back_is_no_longer_called_being_applied(
    admin: Administrator, scene: Scene, clock: StandingClock
) -> None:
    page = admin.apply(admin.preview_order(level="s/closed"))
    clock.move(minutes=1)
    taken_back = page.form(mark="take-back-form").submit(admin.client, button="stage")

    during, overview = admin.preview_measure(), words(admin.open("/").mark("applying"))
    settle_all(clock)

    assert "An earlier change was taken back (Region 41, Level closed (s)" in words(during.mark("note"))
    assert "Taken back: Region 41" in overview
    assert "0 of 1" in words(taken_back.mark("undoing"))
    assert not admin.preview_measure().has("note")
    assert not admin.open("/").has("applying")
    assert not admin.open(path_of(page)).has("undoing")


@pytest.mark.usefixtures("party")
def test_that_it_is_still_being_undone_is_said_also_where_all_of_it_had_been_done(
    admin: Administrator, scene: Scene, clock: StandingClock
) -> None:
    page = close(admin, scene, clock)
    clock.move(minutes=1)
    page.form(mark="take-back-form").submit(admin.client, button="stage")

    during = admin.preview_measure()

    assert "was taken back (Region 41" in words(during.mark("note"))
    assert "0 of 1" in words(admin.open("/").mark("applying"))


@pytest.mark.usefixtures("party")
def test_what_undoes_an_older_change_is_itself_the_change_that_is_being_applied(
    admin: Administrator, scene: Scene, clock: StandingClock
) -> None:
    page = close(admin, scene, clock)
    clock.move(minutes=6)
    admin.apply(admin.open(f"{path_of(page)}/take-back").form(mark="take-back-form").submit(admin.client))

    during, overview = admin.preview_measure(), admin.open("/")

    assert "is still being applied (Taken back: Region 41" in words(during.mark("note"))
    assert [words(one)[:22] for one in overview.marked("applying-change")] == ["Taken back: Region 41,"]


@pytest.mark.usefixtures("party")
def test_a_change_made_since_is_the_one_that_is_being_applied(
    admin: Administrator, scene: Scene, clock: StandingClock
) -> None:
    page = admin.apply(admin.preview_order(level="s/closed"))
    clock.move(minutes=1)
    page.form(mark="take-back-form").submit(admin.client, button="stage")
    clock.move(minutes=1)
    admin.apply(admin.preview_order(level="s/half"))

    assert "is still being applied (Region 41, Level half" in words(admin.preview_measure().mark("note"))
