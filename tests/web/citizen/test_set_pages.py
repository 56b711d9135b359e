"""Pages that are set once and filled in: each party gets the page that it would have got by itself, nobody else's."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.applications.scene import Scene, build_scene
from tests.draws.lottery import build_lottery
from tests.ground.pages import Page
from tests.web.citizen.draws import begin
from tests.web.citizen.people import Citizen
from tests.web.conftest import Build
from tourbook.courses.models import Course
from tourbook.db import db, transaction
from tourbook.web import blanks
from tourbook.web.citizen import set_steps, step_pages

CHANCE = re.compile(r'name="(?:csrf_token|form_id)" value="[^"]*"')
STEPS = ("visitors", "contact", "check")


@pytest.fixture
def site(build: Build) -> Flask:
    return build(keep_pages=True)


@pytest.fixture
def scene(site: Flask) -> Iterator[Scene]:
    with site.app_context():
        yield build_scene()
        db.session.remove()


@pytest.fixture
def walk(scene: Scene) -> UUID:
    return scene.add_departure("2026-05-20T10:00")


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on make every page by itself."""
    return lambda: monkeypatch.setattr(step_pages, "can_be_set", lambda: False)


def walked(citizen: Citizen, departure_id: UUID, seats: int, *names: str) -> dict[str, Page]:
    """The pages of the steps on the way to sending it in."""
    pages = [citizen.ask(departure_id, seats)]
    pages.append(citizen.name_visitors(pages[-1], *names))
    pages.append(citizen.give_contact(pages[-1], f"{names[0].split()[-1].lower()}@example.kr"))
    return dict(zip(STEPS, pages, strict=True))


def text_of(citizen: Citizen, page: Page) -> str:
    return CHANCE.sub("", citizen.client.get(page.address).get_data(as_text=True))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("step", STEPS)
def test_a_page_that_is_filled_in_is_the_one_that_would_be_made(
    site: Flask, walk: UUID, one_by_one: Callable[[], None], lang: str, step: str
) -> None:
    first, second = Citizen(site.test_client(), lang), Citizen(site.test_client(), lang)
    walked(first, walk, 2, "Hong <Gildong>", "Kim & Lee")
    page = fresh(second, walk, step)

    filled = text_of(second, page)
    one_by_one()

    assert filled == text_of(second, page)


@pytest.mark.parametrize("step", STEPS)
def test_an_entry_gets_the_page_that_would_be_made_for_it_and_not_one_for_places(
    site: Flask, one_by_one: Callable[[], None], step: str
) -> None:
    with site.app_context():
        lottery = build_lottery()
        walk, choices = lottery.add_departure("2026-05-20T10:00"), lottery.departures[:2]
        walked(Citizen(site.test_client()), walk, 2, "Hong <Gildong>", "Kim & Lee")
        second = Citizen(site.test_client())
        page = typed(second, begin(second, *choices), step)
        filled = text_of(second, page)
        one_by_one()

        assert filled == text_of(second, page)
        db.session.remove()


def fresh(citizen: Citizen, walk: UUID, step: str) -> Page:
    """The page of a step, for a party that comes to it for the first time."""
    return typed(citizen, citizen.ask(walk, 2), step)


def typed(citizen: Citizen, page: Page, step: str) -> Page:
    """From the page of the visitors to that of a step."""
    if step != "visitors":
        page = citizen.name_visitors(page, "Im <Kkeokjeong>", "Jang & Gilsan")
    if step == "check":
        page = citizen.give_contact(page, "im@example.kr")
    return page


def test_nobody_sees_anything_of_whoever_came_before(site: Flask, walk: UUID) -> None:
    first, second = Citizen(site.test_client(), "en"), Citizen(site.test_client(), "en")
    before = walked(first, walk, 2, "Hong Gildong", "Kim Cheolsu")
    secrets = {before["check"].address.split("/")[-2]}
    secrets |= {str(page.form(mark=mark).values[name]) for page, mark in marks(before) for name in blanks.SECRETS[:2]}
    after = walked(second, walk, 2, "Im Kkeokjeong", "Jang Gilsan")

    shown = "\n".join(second.client.get(page.address).get_data(as_text=True) for page in after.values())

    assert "Im Kkeokjeong" in shown
    assert not [secret for secret in {*secrets, "Hong Gildong", "gildong@example.kr"} if secret in shown]


def marks(pages: dict[str, Page]) -> list[tuple[Page, str]]:
    return list(zip(pages.values(), ("visitors", "contact-form", "check"), strict=True))


def test_each_browser_gets_a_departures_page_with_a_token_that_is_taken(site: Flask, walk: UUID) -> None:
    pages = []
    for _ in range(2):
        citizen = Citizen(site.test_client())
        page = citizen.open(f"/departures/{walk}")
        pages.append(page.form(mark="party"))
        assert pages[-1].submit(citizen.client, seats="1").has("visitors")

    assert all(len({str(form.values[name]) for form in pages}) == 2 for name in ("csrf_token", "form_id"))


def test_a_departures_page_is_set_once_a_second(site: Flask, walk: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[object] = []
    usual = blanks.set_page
    monkeypatch.setattr("tourbook.web.kept_pages.set_page", lambda *given: composed.append(given) or usual(*given))
    monkeypatch.setattr("tourbook.web.kept_pages.SECONDS", 3600)
    for _ in range(3):
        Citizen(site.test_client()).open(f"/departures/{walk}")

    assert len(composed) == 1


def test_a_changed_course_makes_another_page(site: Flask, scene: Scene, walk: UUID) -> None:
    Citizen(site.test_client(), "en").ask(walk, 2)
    with transaction() as session:
        session.get_one(Course, scene.course_id).min_age = 17

    assert "from age 17" in Citizen(site.test_client(), "en").ask(walk, 2).text


def test_a_page_with_a_secret_in_it_is_not_set(site: Flask) -> None:
    mine = str(uuid4())
    with site.test_request_context("/ko/help"):
        values = blanks.own_values(application_id=mine)

        with pytest.raises(blanks.NotBlank, match="application_id"):
            blanks.set_page(lambda: f"<a href='/ko/apply/{mine}/visitors'>", values)


def test_what_goes_into_a_blank_is_escaped(site: Flask) -> None:
    with site.test_request_context("/ko/help"):
        page = blanks.set_page(lambda: f"<p>{blanks.blank('name')}</p>", {})

    assert page.filled({"name": "<b>"}) == "<p>&lt;b&gt;</p>"


def test_only_so_many_pages_are_kept(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_steps, "MOST_KEPT", 2)
    with site.test_request_context("/ko/help"):
        for key in range(5):
            set_steps._kept(key, lambda: "page", {})

        assert list(site.extensions[set_steps.EXTENSION]) == [3, 4]
