"""A draw is checked in the browser as the command checks it: the same faults, the same seal, the same turns."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.keyboard import Keyboard
from tests.browser.season import url_of
from tests.draws.test_files import AS_SAVED, READ_IN_TWO_WAYS, ROUND, SPOILS, text_of
from tests.ground.screens import Look, context_for, marked
from tests.ground.server import Server, serving
from tourbook.draws import Entry, Published, faults, publish, read
from tourbook.errors import Refused

MANY = 10_000
SLICE = 250  # of static/js/draw_check.js
PASSES = 4
MOST_SECONDS = 60_000
DEPARTURES = {f"0520-{hour:02}": 20 for hour in range(8, 18)}
OTHERS_TURN = """() => {
  const bar = document.querySelector('[data-progress] progress');
  const {port1, port2} = new MessageChannel();
  window.seen = [];
  port1.onmessage = () => {
    if (window.seen.at(-1) !== bar.value) window.seen.push(bar.value);
    port2.postMessage(null);
  };
  port2.postMessage(null);
}"""


def drawn_by_chance(seed: int, entries: int, *, tickets: int = 1) -> Published:
    """A round whose entries have nothing in common but the departures."""
    chance = Random(seed)
    wanted = (
        Entry(
            f"{chance.choice('09AZaz-')}{number}",
            chance.randint(1, 5),
            tuple(chance.sample(sorted(DEPARTURES), chance.randint(1, 3))),
            chance.randint(1, tickets),
        )
        for number in range(entries)
    )
    return publish(f"round-{seed}", f"기준값 {seed}", DEPARTURES, wanted)


def expected(text: str | bytes) -> list[str]:
    """What the command finds."""
    try:
        return faults(read(text))
    except Refused as refusal:
        return [refusal.code]


@pytest.fixture(scope="module")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The site without any data: this page asks for none."""
    with serving({"DATABASE_URL": url_of(tmp_path_factory.mktemp("bare") / "none.sqlite")}) as server:
        yield server


@pytest.fixture(scope="module")
def page(browser: Browser, bare_site: Server) -> Iterator[Page]:
    with context_for(browser, Look("en", 1280, scripts=True)) as context:
        page = context.new_page()
        page.goto(f"{bare_site.address}/en/draws/check")
        yield page


@pytest.fixture
def fresh(page: Page) -> Page:
    page.reload()
    return page


def choose(page: Page, text: str | bytes) -> None:
    content = text.encode() if isinstance(text, str) else text
    file = {"name": "draw.json", "mimeType": "application/json", "buffer": content}
    page.locator(marked("draw-file")).set_input_files(files=[file])  # type: ignore[list-item]  # its own FilePayload


def found(page: Page, text: str | bytes) -> list[str]:
    """The codes of the faults that the page tells of this file; none where it says that the draw is right."""
    choose(page, text)
    page.locator(f"{marked('draw-right')}, {marked('draw-wrong')}").wait_for(timeout=MOST_SECONDS)
    told = page.locator(f"{marked('draw-result')} li").evaluate_all("all => all.map((one) => one.dataset.test)")
    assert bool(told) is page.locator(marked("draw-wrong")).is_visible()
    return [mark.removeprefix("fault-") for mark in told]


def test_ten_thousand_entries_are_right_and_the_page_has_its_turn_between_each_two_slices(fresh: Page) -> None:
    published = drawn_by_chance(1, MANY)
    seated = sum(one.departure is not None for one in published.drawn)
    fresh.evaluate(OTHERS_TURN)

    assert found(fresh, text_of(published)) == []

    shown = {
        mark: fresh.locator(marked(f"draw-{mark}")).inner_text() for mark in ("seal", "value", "entries", "seated")
    }
    assert shown == {"seal": published.seal, "value": published.value, "entries": "10,000", "seated": str(seated)}
    seen = fresh.evaluate("window.seen")
    steps = [after - before for before, after in pairwise(seen) if after > before]
    assert seen[-1] == MANY * PASSES
    assert max(steps) <= 2 * SLICE
    assert len(steps) >= MANY * PASSES / SLICE / 2


def test_one_byte_of_ten_thousand_entries_is_noticed(page: Page) -> None:
    text = text_of(drawn_by_chance(1, MANY))
    first = json.loads(text)["drawn"][0][0]
    at = text.index(f'["{first}", ') + len(f'["{first}", ')
    of_another_size = text[:at] + str(1 + int(text[at]) % 5) + text[at + 1 :]
    of_another_value = text.replace("기준값 1", "기준값 2", 1)

    assert found(page, of_another_size) == expected(of_another_size) == ["seal", "result"]
    assert found(page, of_another_value) == expected(of_another_value) == ["result"]


@pytest.mark.parametrize("other", [False, True])
def test_whether_another_value_than_the_sources_decided_is_told(page: Page, other: bool) -> None:
    assert found(page, text_of(replace(ROUND, by_fallback=other))) == []
    assert page.locator(marked("draw-by-fallback")).is_visible() is other


@pytest.mark.parametrize("seed", range(2, 12))
def test_whatever_was_drawn_with_one_ticket_or_several_is_right(page: Page, seed: int) -> None:
    published = drawn_by_chance(seed, seed * 60, tickets=3)

    assert found(page, text_of(published)) == []
    assert page.locator(marked("draw-seal")).inner_text() == published.seal


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_was_changed_is_found_as_the_command_finds_it(page: Page, spoil: str) -> None:
    said = json.loads(text_of(ROUND))
    SPOILS[spoil][0](said)
    text = json.dumps(said)

    assert found(page, text) == expected(text)


@pytest.mark.parametrize("saved", AS_SAVED)
def test_however_it_is_saved_it_is_judged_as_by_the_command(page: Page, saved: str) -> None:
    as_bytes, right = AS_SAVED[saved]
    content = as_bytes(text_of(ROUND))

    assert found(page, content) == expected(content) == ([] if right else ["not_a_draw"])


@pytest.mark.parametrize("number", range(len(READ_IN_TWO_WAYS)))
def test_what_could_be_read_in_two_ways_is_no_draw_here_either(page: Page, number: int) -> None:
    said = json.loads(text_of(ROUND))
    READ_IN_TWO_WAYS[number](said)

    assert found(page, json.dumps(said)) == ["not_a_draw"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "no JSON", '{"format": 1}', b"\xff\xfe", "[" * 100_000])
def test_what_is_no_draw_is_told_so(page: Page, text: str | bytes) -> None:
    assert found(page, text) == expected(text) == ["not_a_draw"]


def spoilt_by_chance(chance: Random, text: str) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice('0123456789-AZ"[]{},:. e\\') + text[at + 1 :]


def test_any_byte_that_is_changed_has_the_same_consequence_here_and_there(page: Page) -> None:
    """150 files, each with one byte changed anywhere, the same each time; most kinds of fault are among them."""
    chance, text = Random(11), text_of(ROUND)
    files = [spoilt_by_chance(chance, text) for _ in range(150)]

    assert {file: found(page, file) for file in files} == {file: expected(file) for file in files}
    assert {code for file in files for code in expected(file)} >= {
        "not_a_draw",
        "spelling",
        "choices",
        "seal",
        "result",
    }


def at_its_turn(published: Published, receipt: str) -> tuple[int, Entry, list[int]]:
    """Its place in the order, the entry, and how many places were left then on each departure that it chose."""
    entries, left = {entry.receipt: entry for entry in published.entries}, dict(published.places)
    for turn, (one, departure) in enumerate(published.drawn, 1):
        if one == receipt:
            return turn, entries[one], [left[code] for code in entries[one].choices]
        if departure:
            left[departure] -= entries[one].seats
    raise AssertionError(receipt)


@pytest.mark.parametrize("place", [0, 40, 75, 90, 199])
def test_a_receipt_is_told_its_turn_and_why_each_choice_was_given_or_not(fresh: Page, place: int) -> None:
    published = drawn_by_chance(20, 200)
    receipt, departure = published.drawn[place]
    turn, entry, left = at_its_turn(published, receipt)
    found(fresh, text_of(published))

    Keyboard(fresh).tab_to(marked("draw-receipt"))
    fresh.keyboard.type(f" {receipt} ")
    fresh.keyboard.press("Enter")

    assert fresh.locator(marked("receipt-turn")).inner_text() == str(turn)
    assert fresh.locator(marked("receipt-got" if departure else "receipt-reserve")).is_visible()
    told = fresh.locator(f"{marked('draw-answer')} li").all()
    chosen = entry.choices.index(departure) if departure else len(left)
    kinds = ["short"] * chosen + ["got"] * bool(departure) + ["later"] * (len(left) - chosen - 1)
    assert [one.get_attribute("data-test") for one in told] == [f"choice-{kind}" for kind in kinds]
    for code, people, line in zip(entry.choices, left, [one.inner_text() for one in told][: chosen + 1], strict=False):
        assert line.startswith(f"{code}: ")
        assert f"came: {people}" in line


def test_a_receipt_that_is_not_there_and_a_file_that_is_faulty_are_told_so(page: Page) -> None:
    receipt = page.locator(marked("draw-receipt"))
    receipt.fill("nobody")

    found(page, text_of(ROUND))
    assert page.locator(marked("receipt-unknown")).is_visible()

    found(page, "{}")
    assert page.locator(marked("receipt-untold")).is_visible()

    found(page, text_of(ROUND))
    for typed in ("ｒ００１", "r 00-1", " r-0 01 "):
        receipt.fill("nobody")
        receipt.press("Enter")
        receipt.fill(typed)
        receipt.press("Enter")
        assert page.locator(marked("receipt-turn")).is_visible()


def test_another_file_chosen_meanwhile_is_the_one_that_is_told_of(page: Page) -> None:
    choose(page, text_of(drawn_by_chance(1, MANY)))

    assert found(page, text_of(ROUND)) == []
    assert page.locator(marked("draw-round")).inner_text() == ROUND.round
    page.wait_for_timeout(300)
    assert page.locator(marked("draw-round")).inner_text() == ROUND.round


def test_where_the_browser_cannot_compute_the_page_still_says_how_to_check(browser: Browser, bare_site: Server) -> None:
    with context_for(browser, Look("ko", 390, scripts=True)) as context:
        context.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
        page = context.new_page()
        page.goto(f"{bare_site.address}/ko/draws/check")

        assert page.locator(marked("draw-plain")).is_visible()
        assert not page.locator(marked("draw-check")).is_visible()
        assert page.locator(marked("checker")).is_visible()


def test_nothing_of_the_file_leaves_the_browser(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)

    try:
        assert found(page, text_of(ROUND)) == []
    finally:
        page.context.set_offline(False)

    assert asked == []
