"""No resident registration number is stored or logged, whatever it is typed into and however it is written.

What is encoded so that nobody can read it (base64, compressed files, pictures) is not opened: it is out of reach.
"""

import csv
import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.border.shapes import ordinary_things, resident_numbers
from tests.border.world import World
from tests.commands import run
from tests.fuzz.discovery import Target, ask, targets_of
from tests.fuzz.oddities import plausible
from tests.fuzz.sheets import FILES, good_sheet, kind_of
from tests.ground.application import Ground
from tests.ground.once_per_run import OncePerRun
from tests.ground.tables import table
from tourbook import seal
from tourbook.characters import is_keepable
from tourbook.resident_numbers import holds_resident_number
from tourbook.web import forms

SHAPES = 1000
ORDINARY = 20_000
WRITES = ("INSERT", "UPDATE", "DELETE")
CARRIED = {"csrf_token", "form_id"}
PLAIN = "900101-1234567"
ID = re.compile("[0-9a-f]{32}|[0-9a-f]{64}")


def test_a_thousand_shapes_are_all_seen():
    shapes = list(resident_numbers(SHAPES))

    assert len(set(shapes)) == SHAPES
    assert not [shape for shape in shapes if not holds_resident_number(shape)]
    assert not [shape for shape in shapes if ID.fullmatch(shape)], "these would not be found where they are stored"


def test_ordinary_things_raise_at_most_one_false_alarm_in_ten_thousand():
    alarms = [one for one in ordinary_things(ORDINARY) if holds_resident_number(one)]

    assert len(alarms) <= ORDINARY // 10_000, alarms


def test_a_long_text_is_looked_through_in_good_time():
    for text in ("한글만 있는 글 " * 50_000, "900101 " * 70_000, "&amp;%41" * 60_000, "1\n" * 20_000, "ﷺ" * 170_000):
        assert not holds_resident_number(text)


class Written:
    """What statements that write were given, and what was sealed before it was written; the log too."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def take(self, value: Any) -> None:
        """Keep every text in it. Ids of rows and digests were typed by nobody; their digits are chance."""
        if isinstance(value, str) and not ID.fullmatch(value):
            self.texts.append(value)
        elif isinstance(value, dict):
            self.take(list(value.values()))
        elif isinstance(value, list | tuple):
            for one in value:
                self.take(one)

    def taken(self) -> list[str]:
        """What came in since it was asked last and holds a number."""
        texts, self.texts = self.texts, []
        return [text for text in texts if holds_resident_number(text)]


@contextmanager
def written(engine: Engine, patch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Hear everything that is stored or logged inside."""
    heard = Written()

    def hear(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            heard.take(given)

    sealing = seal.Keyring.seal

    def seal_and_hear(self: seal.Keyring, text: str, **place: Any) -> bytes:
        heard.take(text)
        return sealing(self, text, **place)

    patch.setattr(seal.Keyring, "seal", seal_and_hear)
    event.listen(engine, "before_cursor_execute", hear)
    handler, root = _Heard(heard), logging.getLogger()
    root.addHandler(handler)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        event.remove(engine, "before_cursor_execute", hear)


class _Heard(logging.Handler):
    def __init__(self, heard: Written) -> None:
        super().__init__(logging.DEBUG)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.take(self.format(record))


@pytest.fixture
def posts(world: World, once_per_run: OncePerRun) -> Iterator[list[Target]]:
    """A form for each address that takes one, as its page hands it out."""
    targets = once_per_run.made("targets-world", lambda: targets_of(world.site))
    found = {one.endpoint: one for one in targets if one.method == "POST"}
    world.site.restore()
    with world.site.standing():  # whoever has just looked for them has let the clock run
        yield [found[name] for name in sorted(found)]


def filled_in(target: Target) -> dict[str, str]:
    choices = dict(target.choices)
    values = {
        name: value if name in CARRIED else plausible(name, value, choices.get(name, ()))
        for name, value in target.values
    }
    return {**values, **({"text": good_sheet(kind_of(target.endpoint))} if target.files else {})}


def fields(target: Target) -> list[str]:
    return [name for name in filled_in(target) if name != "csrf_token"]


@pytest.mark.long
def test_no_field_of_any_form_takes_one(
    world: World,
    posts: list[Target],
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
):
    cases = [(target, field) for target in posts for field in fields(target)]
    shapes = [shape for shape in resident_numbers(SHAPES) if is_keepable(shape)]
    leaks = []
    with written(world.engine, monkeypatch) as heard:
        for number in range(max(SHAPES, len(cases))):
            target, field = cases[number % len(cases)]
            data = {**filled_in(target), field: shapes[number % len(shapes)], "form_id": f"case {number}"}
            if field == "form_id":
                data["form_id"] = shapes[number % len(shapes)]
            answer = ask(world.app, world.browsers[target.browser], target.path, method="POST", data=data)
            assert answer.status_code < 500, (target.endpoint, field)
            leaks += [(target.endpoint, field, text) for text in heard.taken()]
            if answer.status_code in {200, 302, 303}:
                world.site.restore()
    record_property(table("Resident registration numbers"), ["fields of forms", len(cases), "leaks", len(leaks)])
    assert not leaks, leaks[:10]
    assert len(cases) >= 300


def test_without_the_firewall_they_are_stored(world: World, posts: list[Target], monkeypatch: pytest.MonkeyPatch):
    """The control: what is typed into a name is written down."""
    monkeypatch.setattr(forms, "holds_resident_number", lambda text: False)
    (target,) = (one for one in posts if one.endpoint == "citizen.change_companion")
    with written(world.engine, monkeypatch) as heard:
        data = {**filled_in(target), "name": f"김하늘 {PLAIN}"}
        ask(world.app, world.browsers[target.browser], target.path, method="POST", data=data)
        assert heard.taken()


def test_no_query_is_stored_or_shown_again_or_taken_along(world: World, monkeypatch: pytest.MonkeyPatch):
    names = ("search", "reason", "as_of", "start", "course", "region", "next", "first", "day", "moment", "whose", "q")
    query = dict.fromkeys(names, PLAIN)
    shown = []
    with written(world.engine, monkeypatch) as heard:
        for rule in world.rules():
            for thing in world.things(rule)[:1] if "GET" in (rule.methods or ()) else []:
                for name in ("citizen", "operator", "administrator") if rule.endpoint != "static" else ():
                    address = world.address(rule, thing.ids).partition("?")[0]
                    answer = ask(world.app, world.browsers[name], address, query_string=query, buffered=True)
                    told = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
                    assert answer.status_code in {404, 422}, address
                    if PLAIN in told or PLAIN in answer.headers.get("Location", ""):
                        shown.append((rule.rule, name))
        assert not heard.taken()
    assert not shown


@pytest.mark.sqlite_only("what is refused on reading reaches no database")
@pytest.mark.parametrize("kind", FILES)
def test_no_import_takes_one_at_the_command_line_either(seeded: Ground, kind: str):
    heading, first, *_ = csv.reader(good_sheet(kind).splitlines())
    for number, shape in enumerate(one for one in resident_numbers(60) if is_keepable(one)):
        sheet = io.StringIO()
        place = number % len(first)
        csv.writer(sheet).writerows((heading, [*first[:place], shape, *first[place + 1 :]]))
        done = run(seeded, kind, "import", "-", stdin=sheet.getvalue().encode())

        assert (done.exit_code, done.stdout) == (1, "")
        assert "resident registration number" in done.stderr
        assert not holds_resident_number(done.stderr)
