"""The same races as in test_last_seat, from the outside: real clients, a real server, HTTP between them.

Each client has its cookies, its token against forged requests and its network address. The server is the one that
`make run` starts; its process shares nothing with this one but the database.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.ground.application import Ground
from tests.ground.markup import errors_of
from tests.ground.moments import MONDAY_MORNING
from tests.ground.pages import Form, Page
from tests.ground.server import Server, serving
from tests.races.over_http import OverHttp
from tests.web.citizen.people import Citizen, reference_on
from tourbook.applications.models import Application, State
from tourbook.db import db
from tourbook.kst import parse_moment
from tourbook.notices import Kind, Notice
from tourbook.operations import check

CROWD = 32
NOW = parse_moment(MONDAY_MORNING)
Asked = TypeVar("Asked")

pytestmark = pytest.mark.network


@pytest.fixture
def scene(database: Ground) -> Iterator[Scene]:
    with database.app.app_context():
        yield build_scene(MONDAY_MORNING)
        db.session.remove()


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[[Ground], Server]]:
    """The server on a database, started when first asked for; it remembers nothing but what the database holds."""
    running: dict[str, Server] = {}
    with ExitStack() as stack:

        def on(ground: Ground) -> Server:
            if ground.url not in running:
                settings = {"TOURBOOK_NOW": MONDAY_MORNING, "TOURBOOK_TRUSTED_PROXIES": "1"}
                served = serving({"DATABASE_URL": ground.url, **settings}, threads=4)
                running[ground.url] = stack.enter_context(served)
            return running[ground.url]

        yield on
        assert not [line for server in running.values() for line in server.printed().splitlines() if "Error" in line]


@pytest.fixture
def server(database: Ground, scene: Scene, servers: Callable[[Ground], Server]) -> Server:
    return servers(database)


@pytest.fixture
def citizen(server: Server) -> Iterator[Callable[[int], Citizen]]:
    """Somebody at a browser and a network address of their own, by number; every other one reads English."""
    with ExitStack() as opened:

        def at_browser(number: int) -> Citizen:
            browser = opened.enter_context(OverHttp(server.address, f"10.0.0.{number}"))
            return Citizen(browser, ("ko", "en")[number % 2])

        yield at_browser


def at_once(acts: list[Callable[[], Page]]) -> list[Page]:
    """Do all of it at the same moment; gives the pages that came back."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Page]) -> Page:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def pressing(form: Form, browser: OverHttp, **typed: str) -> Callable[[], Page]:
    """What a press on the form's button asks for, to be done later."""
    return lambda: form.submit(browser, **typed)


def applications(session: Session) -> dict[State, int]:
    session.rollback()
    return dict(session.execute(select(Application.state, func.count()).group_by(Application.state)).all())


def assert_all_is_well(session: Session) -> None:
    session.rollback()
    found = check(session, now=NOW)
    assert found.ok, found


def test_the_last_seat_asked_for_by_32_clients_at_once_has_one_winner(
    scene: Scene, citizen: Callable[[int], Citizen]
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=1)
    people = [citizen(number) for number in range(CROWD)]
    forms = [one.open(f"/departures/{walk}").form(mark="party") for one in people]

    pages = at_once([pressing(form, one.client, seats="1") for form, one in zip(forms, people, strict=True)])

    winners = [page for page in pages if page.status == 200]
    losers = [page for page in pages if page.status == 409]
    assert (len(winners), len(losers)) == (1, CROWD - 1), [page.status for page in pages]
    assert winners[0].has("visitors")
    assert all(page.has("refused") and page.has("waiting-list") for page in losers)
    assert not [faults for page in pages if (faults := errors_of(page.html))]
    assert applications(db.session()) == {State.HELD: 1}
    assert_all_is_well(db.session())


def test_two_tabs_that_ask_for_two_departures_at_once_keep_one_and_are_shown_it(
    scene: Scene, citizen: Callable[[int], Citizen]
) -> None:
    walks = [scene.add_departure(f"2026-05-{day}T10:00") for day in (20, 21)]
    one = citizen(1)
    forms = [one.open(f"/departures/{walk}").form(mark="party") for walk in walks]

    pages = at_once([pressing(form, one.client, seats="2") for form in forms])

    kept, refused = sorted(pages, key=lambda page: page.status)
    assert (kept.status, refused.status) == (200, 409)
    assert refused.mark("go-on").get("href", "") in kept.address
    assert applications(db.session()) == {State.HELD: 1}
    assert_all_is_well(db.session())


@pytest.mark.parametrize("times", [2, 3])
def test_a_wish_sent_several_times_at_once_makes_one_application(
    scene: Scene, citizen: Callable[[int], Citizen], times: int
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    one = citizen(1)
    form = one.open(f"/departures/{walk}").form(mark="party")

    pages = at_once([pressing(form, one.client, seats="2") for _ in range(times)])

    assert [page.status for page in pages] == [200] * times
    assert len({page.address for page in pages}) == 1
    assert applications(db.session()) == {State.HELD: 1}
    assert_all_is_well(db.session())


@pytest.mark.parametrize("times", [2, 3])
def test_an_application_sent_in_several_times_at_once_is_confirmed_once(
    scene: Scene, citizen: Callable[[int], Citizen], times: int
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    one = citizen(1)
    form = one.give_contact(one.name_visitors(one.ask(walk, 2))).form(mark="check")

    pages = at_once([pressing(form, one.client) for _ in range(times)])

    assert [page.status for page in pages] == [200] * times
    assert len({reference_on(page) for page in pages}) == 1
    assert all(page.has("confirmed") for page in pages)
    assert applications(db.session()) == {State.CONFIRMED: 1}
    assert db.session.scalar(select(func.count()).where(Notice.kind == Kind.CONFIRMED)) == 1
    assert_all_is_well(db.session())


def test_every_form_of_the_way_sent_again_later_leads_to_the_same_application(
    scene: Scene, citizen: Callable[[int], Citizen]
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    one = citizen(1)
    party = one.open(f"/departures/{walk}").form(mark="party")

    held = [party.submit(one.client, seats="2") for _ in range(2)]
    last = one.give_contact(one.name_visitors(held[0])).form(mark="check")
    done = [last.submit(one.client) for _ in range(2)]
    late = party.submit(one.client, seats="2")

    assert held[0].address == held[1].address
    assert reference_on(done[0]) == reference_on(done[1]) == reference_on(late)
    assert applications(db.session()) == {State.CONFIRMED: 1}
    assert departures_of(db.session()) == {walk}


def departures_of(session: Session) -> set[UUID]:
    session.rollback()
    return set(session.scalars(select(Application.departure_id)))
