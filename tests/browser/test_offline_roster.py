"""A roster without network on real devices: kept, marked, sent, decided, and gone after the tour or the sign-out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select

from tests.applications.scene import Scene
from tests.browser.stage import COOKIE, NOW, TODAY, Stage, cookie_of
from tests.ground.screens import Look, context_for
from tests.ground.server import Server
from tourbook.actor import GUEST, Role
from tourbook.applications import cancel
from tourbook.applications.models import Application, Attendance, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses import course_by_code
from tourbook.db import db, transaction
from tourbook.rosters.models import HandedRoster

PEOPLE, EACH = 40, 4
PATIENCE = 60_000
PARTY, PERSON, QUESTION = (f"[data-test='offline-{name}']" for name in ("party", "person", "question"))


@dataclass(frozen=True)
class Walk:
    """A departure of this afternoon with forty people in ten parties, as the operator's devices see it."""

    address: str
    departure_id: UUID
    parties: tuple[UUID, ...]
    cookie: str | None


@pytest.fixture
def own_stage(own_settings: dict[str, str], own_site: Server) -> Iterator[Stage]:
    with Stage.on(own_settings["DATABASE_URL"]) as stage:
        yield stage


@pytest.fixture
def walk(own_site: Server, own_stage: Stage) -> Walk:
    with own_stage.at_work():
        departure_id = own_stage.add("paju", f"{TODAY}T16:00", capacity=PEOPLE)
        scene = Scene(NOW - timedelta(days=18), course_by_code(db.session(), "paju").id)
        parties = tuple(scene.apply(departure_id, EACH) for _ in range(PEOPLE // EACH))
    address = f"{own_site.address}/ko/operator/departures/{departure_id}"
    return Walk(address, departure_id, parties, cookie_of(own_stage.signed_in(Role.OPERATOR)))


@contextmanager
def device(browser: Browser, walk: Walk) -> Iterator[Page]:
    """A phone on which the operator is signed in and has kept the roster."""
    with context_for(browser, Look("ko", 390, scripts=True)) as context:
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": COOKIE, "value": walk.cookie or "", "url": walk.address.split("/ko/")[0]}])
        page = context.new_page()
        page.goto(f"{walk.address}/offline")
        page.locator("[data-test='take-roster']").click()
        page.locator(PERSON).nth(PEOPLE - 1).wait_for()
        yield page


def is_in(page: Page, references: list[str]) -> None:
    """Mark these parties with one press each."""
    for reference in references:
        page.locator(PARTY).filter(has_text=reference).locator("[data-test='offline-all-arrived']").click()


def waiting(page: Page) -> str:
    return page.locator("[data-test='offline-waiting']").inner_text()


def come_back(page: Page) -> None:
    """Have a network again, and wait until nothing is left to be sent."""
    page.context.set_offline(False)
    page.locator("[data-test='send-marks']").click()
    page.locator("[data-test='offline-waiting']", has_text="모두 보냈습니다").wait_for()


def attendance(stage: Stage, walk: Walk) -> dict[UUID, list[Attendance]]:
    """How each party stands in the tables."""
    with stage.at_work():
        rows = db.session.execute(
            select(Visitor.application_id, Visitor.attendance).where(Visitor.departure_id == walk.departure_id)
        ).all()
    return {party: [mark for key, mark in rows if key == party] for party in walk.parties}


def arrivals_told(stage: Stage, walk: Walk) -> int:
    with stage.at_work():
        told = db.session.scalars(select(TrailEntry.facts).where(TrailEntry.act == "visitor_arrived")).all()
    return sum(one["departure"] == str(walk.departure_id) for one in told)


def test_forty_people_marked_on_two_devices_without_network_are_each_marked_once(
    browser: Browser, own_stage: Stage, walk: Walk
) -> None:
    with own_stage.at_work():
        references = [db.session.get_one(Application, one).reference for one in walk.parties]
    with device(browser, walk) as first, device(browser, walk) as second:
        for page in (first, second):
            page.context.set_offline(True)
        is_in(first, references[:5])
        is_in(second, references[5:])
        contested = second.locator(PARTY).filter(has_text=references[0]).locator(PERSON).first
        contested.locator("[data-test='offline-no-show']").click()
        with own_stage.at_work():
            cancel(walk.parties[9], actor=GUEST, now=NOW)
        for page in (first, second):
            page.reload()
            page.locator(PERSON).nth(PEOPLE - 1).wait_for()
            assert "20" in waiting(page) or "21" in waiting(page)

        come_back(first)
        come_back(second)

        marks = attendance(own_stage, walk)
        assert all(marks[party] == [Attendance.ARRIVED] * EACH for party in walk.parties[:9])
        assert Attendance.ARRIVED not in marks[walk.parties[9]]
        assert arrivals_told(own_stage, walk) == PEOPLE - EACH
        assert first.locator(QUESTION).count() == 0
        because = [one.get_attribute("data-because") for one in second.locator(QUESTION).all()]
        assert sorted(filter(None, because)) == ["not_coming"] * EACH + ["otherwise"]
        second.locator(f"{QUESTION}[data-because='otherwise'] [data-test='decide-mine']").click()
        for left in range(EACH, 0, -1):
            expect(second.locator(QUESTION)).to_have_count(left)  # the page is drawn anew after each answer
            second.locator(f"{QUESTION} [data-test='decide-theirs']").first.click()
        second.locator("[data-test='offline-waiting']", has_text="모두 보냈습니다").wait_for()
        assert sorted(attendance(own_stage, walk)[walk.parties[0]]) == ["arrived"] * 3 + ["no_show"]
        assert arrivals_told(own_stage, walk) == PEOPLE - EACH


KEPT = """async () => {
  const open = indexedDB.open('tourbook-offline');
  await new Promise((go) => { open.onsuccess = go; });
  const read = (name) => new Promise((go) => {
    const asked = open.result.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => go(asked.result);
  });
  const rosters = await read('rosters');
  const bytes = rosters.map((one) => new TextDecoder().decode(one.sealed)).join();
  const cache = await caches.open('offline ' + location.pathname);
  const pages = await Promise.all((await cache.matchAll()).map((one) => one.text()));
  open.result.close();
  return {rosters: rosters.length, extractable: rosters.some((one) => one.key.extractable),
          text: bytes + JSON.stringify(await (async () => rosters.map(() => ''))()) + pages.join()};
}"""


def test_names_are_kept_sealed_and_are_gone_after_the_tour(browser: Browser, walk: Walk) -> None:
    with device(browser, walk) as page:
        name = page.locator(f"{PERSON} [data-name]").first.inner_text()
        kept = page.evaluate(KEPT)
        page.context.set_offline(True)
        page.locator("[data-test='offline-arrive']").first.click()
        page.clock.set_fixed_time(datetime.fromtimestamp(page.evaluate("Date.now()") / 1000, UTC) + timedelta(hours=12))

        page.reload()

        assert (kept["rosters"], kept["extractable"]) == (1, False)
        assert name not in kept["text"]
        page.locator("[data-test='offline-over']").wait_for()
        assert page.locator(PERSON).count() == 0
        assert page.evaluate(KEPT)["rosters"] == 0
        assert "1" in waiting(page)


def test_a_roster_that_was_taken_back_is_deleted_when_the_device_has_a_network(browser: Browser, walk: Walk) -> None:
    with device(browser, walk) as page, device(browser, walk) as desk:
        page.context.set_offline(True)
        page.locator("[data-test='offline-arrive']").first.click()
        desk.reload()
        while desk.locator("[data-test='revoke-roster']").count():
            desk.locator("[data-test='revoke-roster']").first.click()
            desk.wait_for_load_state()

        page.context.set_offline(False)  # it sends by itself
        page.locator("[data-test='offline-none']").wait_for()

        said = page.locator("[data-test='offline-says']").inner_text()
        assert "회수" in said
        assert "반영되지 않은 표시: 1건" in said
        assert page.evaluate(KEPT)["rosters"] == 0


ON_THE_DEVICE = """async () => {
  const open = indexedDB.open('tourbook-offline');
  await new Promise((go) => { open.onsuccess = go; });
  const read = (name) => new Promise((go) => {
    const asked = open.result.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => go(asked.result);
  });
  const errands = await read('errands');
  const found = {rosters: (await read('rosters')).length, marks: errands.flatMap((one) => one.marks).length,
                 text: JSON.stringify(errands), pages: (await caches.keys()).length,
                 workers: (await navigator.serviceWorker.getRegistrations()).length};
  open.result.close();
  return found;
}"""
SAYS = "[data-test='offline-says']"


def mark_first(page: Page) -> tuple[str, str]:
    """Mark the first person; gives the name, and the reference of the party."""
    party = page.locator(PARTY).first
    name = party.locator(f"{PERSON} [data-name]").first.inner_text()
    party.locator("[data-test='offline-arrive']").first.click()
    return name, party.locator("[data-reference]").inner_text()


def test_who_signs_out_is_told_of_marks_and_leaves_no_name_behind(
    browser: Browser, own_stage: Stage, walk: Walk
) -> None:
    with device(browser, walk) as page:
        page.route("**/offline/marks", lambda route: route.abort())
        name, reference = mark_first(page)
        asked: list[str] = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        with page.expect_event("dialog"):
            page.locator("[data-test='sign-out']").click()
        expect(page.locator(PERSON)).to_have_count(PEOPLE)
        assert page.evaluate(ON_THE_DEVICE)["rosters"] == 1

        page.once("dialog", lambda dialog: dialog.accept())
        page.locator("[data-test='sign-out']").click()
        page.locator("[data-test='sign-in']").wait_for()

        kept = page.evaluate(ON_THE_DEVICE)
        assert "1건" in asked[0]
        assert [kept[what] for what in ("rosters", "marks", "pages", "workers")] == [0, 1, 0, 0]
        assert reference in kept["text"]
        assert name not in kept["text"]
        page.unroute("**/offline/marks")
        again = cookie_of(own_stage.sign_in_again(Role.OPERATOR))
        page.context.add_cookies([{"name": COOKIE, "value": again or "", "url": walk.address.split("/ko/")[0]}])
        page.goto(f"{walk.address}/offline")
        page.locator("[data-test='offline-none']").wait_for()
        assert arrivals_told(own_stage, walk) == 1


def test_who_cannot_sign_out_without_network_keeps_the_names(browser: Browser, walk: Walk) -> None:
    with device(browser, walk) as page:
        page.context.set_offline(True)
        said: list[str] = []
        page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
        with page.expect_event("dialog"):
            page.locator("[data-test='sign-out']").click()

        assert "로그아웃하지 못했습니다" in said[0]
        expect(page.locator(PERSON)).to_have_count(PEOPLE)
        assert page.evaluate(ON_THE_DEVICE)["rosters"] == 1


def test_signed_out_in_one_window_the_names_are_gone_in_the_other(browser: Browser, walk: Walk) -> None:
    with device(browser, walk) as page:
        other = page.context.new_page()
        other.goto(walk.address)
        other.locator("[data-test='sign-out']").click()
        other.locator("[data-test='sign-in']").wait_for()

        expect(page.locator(PERSON)).to_have_count(0)
        assert other.evaluate(ON_THE_DEVICE)["rosters"] == 0


def test_opened_again_without_network_the_page_says_so_and_that_marks_are_kept(browser: Browser, walk: Walk) -> None:
    with device(browser, walk) as page:
        page.context.set_offline(True)
        page.reload()
        page.locator(PERSON).nth(PEOPLE - 1).wait_for()

        assert "이 기기에 저장된 화면" in page.locator(SAYS).inner_text()
        page.context.set_offline(False)
        expect(page.locator(SAYS)).to_have_text("")


def test_a_mark_by_a_clock_that_is_a_day_behind_is_shown_with_its_reason_and_the_others_are_taken(
    browser: Browser, own_stage: Stage, walk: Walk
) -> None:
    with device(browser, walk) as page:
        page.context.set_offline(True)
        right = page.evaluate("Date.now()") / 1000
        page.clock.set_fixed_time(datetime.fromtimestamp(right, UTC) - timedelta(days=1))
        mark_first(page)
        page.clock.set_fixed_time(datetime.fromtimestamp(right, UTC))
        page.locator(PARTY).nth(1).locator("[data-test='offline-arrive']").first.click()

        come_back(page)

        question = page.locator(f"{QUESTION}[data-because='before_the_day']")
        assert "출발일 전에" in question.inner_text()
        assert arrivals_told(own_stage, walk) == 1
        assert page.locator(SAYS).inner_text() == ""
        question.locator("[data-test='decide-mine']").click()
        expect(page.locator(QUESTION)).to_have_count(0)
        page.locator("[data-test='offline-waiting']", has_text="모두 보냈습니다").wait_for()
        assert arrivals_told(own_stage, walk) == 2


def test_a_roster_that_the_service_does_not_know_is_fetched_anew_and_its_marks_are_sent(
    browser: Browser, own_stage: Stage, walk: Walk
) -> None:
    with device(browser, walk) as page:
        with own_stage.at_work(), transaction() as session:
            session.execute(delete(HandedRoster))
        page.locator("[data-test='offline-arrive']").first.click()
        expect(page.locator(SAYS)).to_contain_text("확인할 수 없습니다")

        page.locator("[data-test='renew-roster']").click()
        page.locator("[data-test='offline-waiting']", has_text="모두 보냈습니다").wait_for()

        assert arrivals_told(own_stage, walk) == 1
        assert page.locator(f"{PERSON} [data-state-is='arrived']:visible").count() == 1


def test_two_windows_of_one_browser_lose_no_mark_of_each_other(browser: Browser, own_stage: Stage, walk: Walk) -> None:
    with device(browser, walk) as page:
        other = page.context.new_page()
        other.goto(f"{walk.address}/offline")
        other.locator(PERSON).nth(PEOPLE - 1).wait_for()
        page.context.set_offline(True)
        mark_first(page)
        expect(other.locator("[data-test='offline-waiting']")).to_contain_text("1건")
        other.locator(PARTY).nth(1).locator("[data-test='offline-arrive']").first.click()
        expect(page.locator("[data-test='offline-waiting']")).to_contain_text("2건")
        other.close()

        come_back(page)

        assert arrivals_told(own_stage, walk) == 2
