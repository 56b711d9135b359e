"""Public pages are kept for a second for everybody, and never show one person what is another's."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.applications.scene import Scene, build_scene
from tests.ground.moments import StandingClock
from tests.web.citizen.people import Citizen
from tests.web.conftest import Build
from tests.web.signing import signed_in
from tourbook.actor import Role
from tourbook.db import db
from tourbook.kst import parse_moment
from tourbook.web import kept_pages

CROWD = 8
PATHS = (
    *(
        "/",
        "/courses/walk",
        "/courses/walk?view=list",
        "/courses/walk/map",
        "/draws",
        "/departures/{walk}/why",
        "/help",
        "/privacy",
        "/fairness",
    ),
    "/draws/check",
)


class Moment:
    """A clock that a test moves, in place of the one that only goes on."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    standing = Moment()
    monkeypatch.setattr(kept_pages, "time", standing)
    return standing


@pytest.fixture
def site(build: Build, moment: Moment) -> Flask:
    return build(keep_pages=True)


@pytest.fixture
def scene(site: Flask) -> Iterator[Scene]:
    with site.app_context():
        yield build_scene()
        db.session.remove()


@pytest.fixture
def walk(scene: Scene) -> UUID:
    return scene.add_departure("2026-05-20T10:00", capacity=2)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is done is done by another process, of which this one does not know."""
    monkeypatch.setattr(kept_pages, "acts_so_far", lambda: 0)


@pytest.fixture
def made(site: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An entry for every page that is made, not taken from the shelf."""
    found: list[str] = []
    usual = kept_pages.Page.put

    def noting(page: kept_pages.Page, text: str) -> None:
        found.append(text)
        usual(page, text)

    monkeypatch.setattr(kept_pages.Page, "put", noting)
    return found


def places(client: FlaskClient, walk: UUID) -> str:
    """What the list of the course's days says of a departure."""
    page = client.get("/en/courses/walk?view=list").get_data(as_text=True)
    return re.sub(r"<[^>]*>", " ", page.split(f"departure-{walk}")[1].split("</li>")[0])


def test_a_page_is_made_once_a_second_for_everybody(site: Flask, walk: UUID, made: list[str], moment: Moment) -> None:
    for _ in range(3):
        assert site.test_client().get("/ko/courses/walk").status_code == 200
    assert len(made) == 1

    moment.seconds += kept_pages.SECONDS
    site.test_client().get("/ko/courses/walk")

    assert len(made) == 2


def test_what_was_done_in_this_process_is_shown_at_once(site: Flask, scene: Scene, walk: UUID) -> None:
    client = site.test_client()
    assert "2 left" in places(client, walk)

    scene.hold(walk, 2)

    assert "2 left" not in places(client, walk)


@pytest.mark.usefixtures("elsewhere")
def test_what_it_says_of_places_is_at_most_a_second_old(site: Flask, scene: Scene, walk: UUID, moment: Moment) -> None:
    client = site.test_client()
    assert "2 left" in places(client, walk)

    scene.hold(walk, 2)
    moment.seconds += 0.99
    assert "2 left" in places(client, walk)
    moment.seconds += 0.01

    assert "2 left" not in places(client, walk)


@pytest.mark.usefixtures("elsewhere")
def test_what_becomes_public_at_a_minute_is_shown_from_that_minute_on(
    site: Flask, scene: Scene, walk: UUID, clock: StandingClock
) -> None:
    scene.add_order("closed", "2026-05-04", known_at=parse_moment("2026-05-06T10:00"))
    client = site.test_client()
    clock.stand_at("2026-05-06T09:59:59.999")
    assert "No visits" not in places(client, walk)

    clock.stand_at("2026-05-06T10:00")

    assert "No visits" in places(client, walk)


@pytest.mark.usefixtures("elsewhere")
def test_an_act_decides_by_the_database_whatever_a_page_still_says(site: Flask, scene: Scene, walk: UUID) -> None:
    client = site.test_client()
    party = Citizen(client, "en").open(f"/departures/{walk}").form(mark="party")
    assert "2 left" in places(client, walk)

    scene.hold(walk, 2)

    assert "2 left" in places(client, walk)
    assert party.submit(client, seats="2").status == 409


def test_whoever_is_signed_in_gets_a_page_of_their_own(site: Flask, walk: UUID, made: list[str]) -> None:
    own = signed_in(site, Role.CITIZEN).get("/ko/courses/walk").get_data(as_text=True)
    others = site.test_client().get("/ko/courses/walk").get_data(as_text=True)

    assert 'data-test="sign-out"' in own
    assert 'data-test="sign-out"' not in others
    assert len(made) == 1


def test_what_somebody_is_told_is_told_to_nobody_else(site: Flask, walk: UUID, made: list[str]) -> None:
    told, other = site.test_client(), site.test_client()
    with told.session_transaction() as session:
        session["_flashes"] = [("success", "the-application-is-cancelled")]

    assert "the-application-is-cancelled" in told.get("/ko/").get_data(as_text=True)
    assert "the-application-is-cancelled" not in other.get("/ko/").get_data(as_text=True)
    assert len(made) == 1


def test_each_language_and_each_query_has_its_own(site: Flask, walk: UUID, made: list[str]) -> None:
    client = site.test_client()
    addresses = ["/ko/courses/walk", "/en/courses/walk", "/en/courses/walk?view=list", "/en/courses/walk?month=2026-06"]

    pages = {client.get(address).get_data(as_text=True) for address in addresses}
    client.get("/en/courses/walk", headers={"Save-Data": "on"})

    assert len(pages) == len(addresses)
    assert len(made) == len(addresses) + 1


def test_no_kept_page_holds_what_belongs_to_one_browser(site: Flask, walk: UUID, made: list[str]) -> None:
    client = site.test_client()
    for path in PATHS:
        answer = client.get("/ko" + path.format(walk=walk))
        assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if not cookie.startswith("lang=")]

    assert len(made) == len(PATHS)
    assert not [page for page in made if "csrf_token" in page or "form_id" in page or "<form" in page]


def test_the_pages_above_are_all_kinds_that_are_kept(site: Flask) -> None:
    kinds = {name for name, view in site.view_functions.items() if getattr(view, "kept", False)}

    assert kinds == {
        *("citizen.home", "citizen.course", "citizen.why", "citizen.draws", "citizen.fairness"),
        "citizen.course_map",
        *("citizen.help_page", "citizen.privacy", "citizen.accessibility", "citizen.draw_check"),
    }


def test_a_browser_that_has_the_page_is_told_so(site: Flask, walk: UUID) -> None:
    client = FlaskClient(site)
    first = client.get("/ko/courses/walk", headers={"Accept-Encoding": "br"})

    again = client.get("/ko/courses/walk", headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "br"})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"


def test_a_page_that_has_changed_is_sent_anew(site: Flask, scene: Scene, walk: UUID, moment: Moment) -> None:
    client = site.test_client()
    tag = client.get("/ko/courses/walk").headers["ETag"]
    scene.hold(walk, 2)
    moment.seconds += kept_pages.SECONDS

    assert client.get("/ko/courses/walk", headers={"If-None-Match": tag}).status_code == 200


def test_those_who_ask_while_a_page_is_made_wait_for_it(site: Flask, walk: UUID, made: list[str]) -> None:
    barrier = Barrier(CROWD)

    def ask(_number: int) -> int:
        barrier.wait()
        return site.test_client().get("/ko/courses/walk").status_code

    with ThreadPoolExecutor(CROWD) as pool:
        assert set(pool.map(ask, range(CROWD))) == {200}

    assert len(made) == 1


def test_a_page_that_could_not_be_made_is_not_kept(site: Flask, walk: UUID, made: list[str]) -> None:
    client = site.test_client()
    assert client.get("/ko/courses/none-yet").status_code == 404

    assert client.get("/ko/courses/none-yet").status_code == 404
    assert client.get("/ko/courses/walk").status_code == 200
    assert len(made) == 1


def test_nothing_older_than_a_second_stays_on_the_shelf(site: Flask, walk: UUID, moment: Moment) -> None:
    client, shelf = site.test_client(), site.extensions[kept_pages.EXTENSION]
    for number in range(5):
        client.get(f"/ko/help?{number}")
    assert len(shelf._pages) == 5

    moment.seconds += kept_pages.SECONDS
    client.get("/ko/help")

    assert len(shelf._pages) == 1


def test_the_setting_makes_every_page_anew(build: Build, made: list[str]) -> None:
    client = build(keep_pages=False).test_client()
    client.get("/ko/help")

    assert made == []
