"""What is under embargo is seen by administrators alone, and by everybody at its minute."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.applications.scene import Scene, departure, settle_all, state
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.rosters.gate import run_by
from tests.web.admin.deciding import Administrator, errors, rows
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications.models import State
from tourbook.distancing.models import Order
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice

MINUTE = "2026-05-04T09:20"
JUST_BEFORE = "2026-05-04T09:19:59.999"
CHANGING = re.compile(r'(value="[^"]{8,}"|nonce="[^"]*"|nonce-[^\'"]*)')  # tokens and ids of this one page
OF_THIS_ANSWER = {"Set-Cookie", "ETag", "X-Request-ID"}

Look = Callable[[], dict[str, str]]


@pytest.fixture
def walk(scene: Scene) -> UUID:
    return scene.add_departure("2026-05-20T10:00")


@pytest.fixture
def look(app: Flask, walk: UUID, scene: Scene) -> Look:
    """A function: every page and answer that somebody may have who is not an administrator."""
    run_by("paju", scene.course_id)
    citizen, operator = app.test_client(), operator_of_paju(app)
    public = ["/", "/courses/walk", "/courses/walk?view=list", f"/departures/{walk}", f"/departures/{walk}/why"]
    staff = ["/operator/?day=2026-05-20", f"/operator/departures/{walk}", f"/operator/departures/{walk}/why"]

    def look_around() -> dict[str, str]:
        seen = {f"{lang}{path}": shown(citizen, f"/{lang}{path}") for path in public for lang in ("ko", "en")}
        seen |= {path: shown(operator, f"/en{path}") for path in staff}
        asked = ["tourbook", "allowance", "walk", "--start", "2026-05-20T10:00", "--json"]
        return seen | {"allowance": app.test_cli_runner().invoke(args=asked).output}

    return look_around


def operator_of_paju(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, somebody(app, Role.OPERATOR, organisation="paju")).status == 302
    return client


def shown(client: FlaskClient, address: str) -> str:
    answer = client.get(address, follow_redirects=True)
    headers = sorted(f"{name}: {value}" for name, value in answer.headers if name not in OF_THIS_ANSWER)
    return CHANGING.sub("", "\n".join([*headers, answer.get_data(as_text=True)]))


def decide(admin: Administrator, **typed: str) -> None:
    admin.apply(admin.preview_order(level="s/closed", public_from="2026-05-04 09:20", **typed))


def test_nobody_else_sees_it_before_its_minute_and_everybody_at_it(
    admin: Administrator, look: Look, clock: StandingClock
) -> None:
    clock.stand_at(JUST_BEFORE)
    without = look()
    clock.stand_at("2026-05-04T09:00")

    decide(admin)

    clock.stand_at(JUST_BEFORE)
    assert look() == without
    clock.stand_at(MINUTE)
    assert {page for page, text in look().items() if text == without[page]} == set()


def test_withdrawn_before_its_minute_it_leaves_no_trace(
    admin: Administrator, look: Look, clock: StandingClock, session: Session
) -> None:
    clock.stand_at(MINUTE)
    without = look()
    clock.stand_at("2026-05-04T09:00")
    decide(admin)
    order = session.scalars(select(Order.id)).one()

    clock.move(minutes=5)
    admin.apply(admin.fill_in(f"/orders/{order}/withdraw", "withdraw-form"))

    clock.stand_at(MINUTE)
    assert look() == without


def test_its_parties_keep_their_places_and_hear_nothing_before_its_minute(
    admin: Administrator, scene: Scene, walk: UUID, clock: StandingClock, session: Session
) -> None:
    party = scene.apply(walk, 2)
    decide(admin)
    scene.now = clock.now
    settle_all(scene)
    scene.now = clock.stand_at(JUST_BEFORE)
    settle_all(scene)
    assert state(party) == State.CONFIRMED
    assert departure(walk).next_due_at == parse_moment(MINUTE)

    scene.now = clock.stand_at(MINUTE)
    settle_all(scene)

    assert state(party) == State.DISPLACED
    assert session.scalars(select(Notice.created_at).where(Notice.kind == "displaced")).one() == clock.now


def test_its_preview_says_what_it_does_at_its_minute(admin: Administrator, scene: Scene, walk: UUID) -> None:
    scene.apply(walk, 2)

    page = admin.preview_order(level="s/closed", public_from="2026-05-04 09:20")

    assert page.has("nothing")
    assert "On Mon 4 May 2026, 09:20 KST, if nothing else happens until then" in page.text
    assert rows(page, "parties")[0][3:5] == ["2", "displaced"]
    button = words(page.mark("apply"))
    assert button == "Apply: from Mon 4 May 2026, 09:20 KST: 2 people displaced, 0 offers"


def test_before_its_minute_nobody_is_told_that_everything_has_happened(
    admin: Administrator, scene: Scene, walk: UUID, clock: StandingClock
) -> None:
    scene.apply(walk, 2)
    page = admin.apply(admin.preview_order(level="s/closed", public_from="2026-05-04 09:20"))
    place = page.address.partition("/admin")[2]
    scene.now = clock.now
    settle_all(scene)

    before = admin.open(place)
    scene.now = clock.stand_at(MINUTE)
    settle_all(scene)
    after = admin.open(place)

    assert "from Mon 4 May 2026, 09:20 KST" in words(before.mark("to-come"))
    assert not before.has("as-shown")
    assert not after.has("to-come")


@pytest.mark.usefixtures("scene")
def test_administrators_see_it_marked_until_its_minute(admin: Administrator, clock: StandingClock) -> None:
    decide(admin)

    assert "Under embargo until Mon 4 May 2026, 09:20" in words(admin.open("/orders?state=embargoed").mark("order"))
    clock.stand_at(MINUTE)
    assert "Under embargo" not in words(admin.open("/orders").mark("order"))


@pytest.mark.usefixtures("scene")
def test_a_measure_may_be_under_embargo_too(admin: Administrator, look: Look, clock: StandingClock) -> None:
    clock.stand_at(JUST_BEFORE)
    without = look()
    clock.stand_at("2026-05-04T09:00")

    admin.apply(admin.preview_measure(public_from="2026-05-04 09:20"))

    assert "Under embargo until" in words(admin.open("/measures").mark("measure"))
    clock.stand_at(JUST_BEFORE)
    assert look() == without
    clock.stand_at(MINUTE)
    assert look() != without


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("opened", ["preview_order", "preview_measure"])
def test_a_minute_that_has_passed_is_no_embargo(admin: Administrator, opened: str) -> None:
    page = getattr(admin, opened)(public_from="2026-05-04 09:00")

    assert page.status == 422
    assert "has passed" in errors(page)


def test_an_operator_is_not_answered_for_a_moment_to_come(
    app: Flask, admin: Administrator, scene: Scene, walk: UUID
) -> None:
    run_by("paju", scene.course_id)
    decide(admin)

    answer = operator_of_paju(app).get(f"/en/operator/departures/{walk}/why?as_of=2026-05-04T09:20")

    assert answer.status_code == 422
    assert "Level closed" not in answer.get_data(as_text=True)
    assert "Why is it 20?" in answer.get_data(as_text=True)


def test_administrators_read_when_it_was_made_and_since_when_it_is_public_others_only_the_minute(
    admin: Administrator, look: Look, clock: StandingClock
) -> None:
    clock.stand_at("2026-05-04T09:00")
    decide(admin)
    clock.stand_at(MINUTE)

    seen = look()
    own = admin.open("/why?course=walk&start=2026-05-20T10:00").text

    told = [text for page, text in seen.items() if page.endswith("/why") and not page.startswith("ko/")]
    assert len(told) == 2
    assert all("announced Mon 4 May 2026, 09:20 KST" in text for text in told)
    assert not any("09:00 KST" in text for text in told)
    assert "announced Mon 4 May 2026, 09:00 KST · public from Mon 4 May 2026, 09:20 KST" in own
