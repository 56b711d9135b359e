"""A published draw: the same bytes, read back as it was, and judged alike by the product and by the checker for all."""

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.draws.test_rules import MORNING, NOON, VALUE, entries_of, places, wishes
from tests.house.sources import REPOSITORY
from tourbook.draws import faults, publish, read, written
from tourbook.errors import Refused

CHECKER = REPOSITORY / "static" / "draw" / "check_draw.py"
LONGEST_CHECKER = 60
ROUND = publish("may", VALUE, {MORNING: 4, NOON: 3}, entries_of([(2, (MORNING, NOON), 1)] * 4 + [(1, (NOON,), 2)]))
UNCOUNTABLE = publish("may", VALUE, {MORNING: 2**53, NOON: 3}, ROUND.entries)


def text_of(published: Any) -> str:
    return "".join(written(published))


@given(wishes, places, st.text(min_size=1, max_size=9))
def test_what_is_written_is_read_as_it_was(wanted: list, there: dict[str, int], value: str) -> None:
    published = publish("may", value, there, entries_of(wanted))

    assert read(text_of(published)) == published


def changed(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(said: dict[str, Any]) -> None:
        *way, last = [int(one) if one.isdigit() else one for one in path.split(".")]
        for name in way:
            said = said[name]
        said[last] = value

    return change


SPOILS: dict[str, tuple[Callable[[dict[str, Any]], None], bool]] = {
    "as it was": (lambda _: None, True),
    "in another order": (lambda said: said["entries"].reverse(), True),
    "another value": (changed("value", "1,2,3,4,5,6"), False),
    "another party": (changed("entries.0.1", 1), False),
    "another wish": (changed("entries.0.2", [NOON]), False),
    "another seal": (changed("seal", "0" * 64), False),
    "more places": (changed(f"places.{NOON}", 5), False),
    "another winner": (lambda said: said["drawn"].reverse(), False),
    "an entry that frees places": (lambda said: said["entries"].append(["R9", -4, [NOON], 1]), False),
    "no ticket": (changed("entries.0.3", 0), False),
    "more places than every computer can count": (lambda said: said.update(json.loads(text_of(UNCOUNTABLE))), False),
    "more tickets than can be hashed": (changed("entries.0.3", 1_001), False),
    "no wish": (changed("entries.0.2", []), False),
    "one wish twice": (changed("entries.0.2", [MORNING, MORNING]), False),
    "twice": (lambda said: said["entries"].append(said["entries"][0]), False),
    "a stranger's departure": (changed("entries.0.2", ["elsewhere"]), False),
    "a hidden entry": (changed("entries.0.0", "R000 2"), False),
    "sealed at some time": (changed("sealed_at", "2026-06-12T18:00:00+09:00"), True),
    "another format": (changed("format", "tourbook-draw-2"), False),
}

READ_IN_TWO_WAYS = (
    changed("entries.0.1", 2.0),
    changed("entries.0.1", True),
    changed("entries.0.2", NOON),
    changed("entries", {}),
    changed("entries", ""),
    changed("drawn.0.1", 0),
    changed("drawn.0.1", False),
    changed("drawn", {}),
    changed("places", []),
    changed("beside", 0.5),
    changed("beside", float("nan")),
    changed("sealed_at", None),
    changed("sealed_at", 2026),
    changed("value", "half of a pair: \ud800"),
)


def saying(more: str, before: str = '"format"') -> Callable[[str], bytes]:
    """The same with something more, before a name that stands there."""
    return lambda text: text.replace(before, f"{more}, {before}", 1).encode()


OTHERS_WON = json.dumps([[receipt, None] for receipt, _ in ROUND.drawn])
AS_SAVED: dict[str, tuple[Callable[[str], bytes], bool]] = {
    "as it was": (str.encode, True),
    "with the line ends of Windows": (lambda text: text.replace("\n", "\r\n").encode(), True),
    "with a mark at its beginning": (lambda text: text.encode("utf-8-sig"), True),
    "with two marks": (lambda text: "\ufeff".encode() + text.encode("utf-8-sig"), False),
    "in UTF-16": (lambda text: text.encode("utf-16"), False),
    "in UTF-16 without a mark": (lambda text: text.encode("utf-16-le"), False),
    "in UTF-32": (lambda text: text.encode("utf-32"), False),
    "with a name that says nothing": (saying('"beside": {"drawn": {}, "seal": [{"a": 1}, {"a": 1}]}'), True),
    "with two results": (saying(f'"drawn": {OTHERS_WON}'), False),
    "with two values, one of them spelled otherwise": (saying('"v\\u0061lue": "1,2,3"'), False),
    "with two numbers of places": (saying(f'"{NOON}" : 99', f'"{NOON}"'), False),
    "with a name twice that says nothing": (saying('"beside": [{"a": {"b": "}"}, "a": 1}]'), False),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_the_command_and_the_checker_for_all_judge_alike(app: Flask, tmp_path: Path, spoil: str) -> None:
    spoils, right = SPOILS[spoil]
    said = json.loads(text_of(ROUND))
    spoils(said)
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(said), encoding="utf-8")

    by_command = app.test_cli_runner().invoke(args=["tourbook", "draw", "verify", str(file)])
    by_anybody = subprocess.run([sys.executable, "-I", CHECKER, file], capture_output=True, text=True, check=False)

    assert (by_command.exit_code == 0) is right, by_command.output
    assert (by_anybody.returncode == 0) is right, by_anybody.stdout
    assert by_command.output.strip()
    assert by_anybody.stdout.strip()
    assert not by_anybody.stderr


@pytest.mark.parametrize("saved", AS_SAVED)
def test_however_it_is_saved_both_judge_alike_and_no_name_stands_twice(app: Flask, tmp_path: Path, saved: str) -> None:
    as_bytes, right = AS_SAVED[saved]
    file = tmp_path / "draw.json"
    file.write_bytes(as_bytes(text_of(ROUND)))

    by_command = app.test_cli_runner().invoke(args=["tourbook", "draw", "verify", str(file)])
    by_anybody = subprocess.run([sys.executable, "-I", CHECKER, file], capture_output=True, text=True, check=False)

    assert (by_command.exit_code == 0) is right, by_command.output
    assert (by_anybody.returncode == 0) is right, by_anybody.stdout
    assert not by_anybody.stderr


def told_of(tmp_path: Path, *asked: str, published: Any = ROUND) -> tuple[int, str]:
    """The exit of the checker for all and its last line, for a right draw and what is asked beside it."""
    file = tmp_path / "draw.json"
    file.write_text(text_of(published), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", CHECKER, file, *asked], capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()[-1]


def test_the_checker_for_all_looks_a_receipt_up_however_it_is_typed(tmp_path: Path) -> None:
    for turn, (receipt, got) in enumerate(ROUND.drawn, 1):
        told = f"{receipt} has turn {turn}: {got or 'no places, in reserve'}"

        assert told_of(tmp_path, f" {receipt[:2].lower()} -{receipt[2:]}") == (0, told)
    assert told_of(tmp_path, "R9")[1] == "There is no entry with the receipt R9"


def test_the_checker_for_all_says_where_another_value_than_the_sources_decided(tmp_path: Path) -> None:
    assert "in case that" not in told_of(tmp_path)[1]
    assert "in case that" in told_of(tmp_path, published=replace(ROUND, by_fallback=True))[1]


def test_the_checker_for_all_says_how_it_is_used() -> None:
    helped, alone = (
        subprocess.run([sys.executable, "-I", CHECKER, *asked], capture_output=True, text=True, check=False)
        for asked in (["--help"], [])
    )

    assert (helped.returncode, alone.returncode) == (0, 1)
    assert "python3 check_draw.py FILE.json [RECEIPT]" in helped.stdout
    assert helped.stdout == alone.stdout


def judged(text: str) -> tuple[bool, bool]:
    """Whether the command, and the checker for all, find this file right."""
    try:
        by_command = not faults(read(text))
    except Refused:
        by_command = False
    try:
        by_anybody = not list(CHECKS["faults"](json.loads(text, parse_float=int, parse_constant=int)))
    except Exception:  # noqa: BLE001 - as the program does: whatever cannot be read is no draw
        by_anybody = False
    return by_command, by_anybody


CHECKS = runpy.run_path(str(CHECKER), run_name="checker")
PATHS = ("round", "value", "seal", "entries", "entries.0", "entries.0.0", "entries.0.1", "entries.0.2", "entries.0.2.0")
MORE_PATHS = ("entries.0.3", "drawn", "drawn.0", "drawn.0.0", "drawn.0.1", f"places.{NOON}", "places", "sealed_at")
ODD = st.sampled_from([True, False, None, "", 0, 1, -1, 2.0, 2**53, [], {}, [""], "R000", MORNING, [MORNING, MORNING]])


@given(st.sampled_from(PATHS + MORE_PATHS), ODD)
def test_whatever_stands_anywhere_in_a_file_both_judge_alike(path: str, odd: object) -> None:
    said = json.loads(text_of(ROUND))
    changed(path, odd)(said)

    by_command, by_anybody = judged(json.dumps(said))

    assert by_command is by_anybody


@pytest.mark.parametrize("spoil", READ_IN_TWO_WAYS)
def test_the_checker_for_all_takes_nothing_for_a_draw_that_could_be_read_otherwise(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    said = json.loads(text_of(ROUND))
    spoil(said)
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(said), encoding="utf-8")

    done = subprocess.run([sys.executable, "-I", CHECKER, file], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "this is not a draw that I know\n")


@pytest.mark.parametrize("text", ["", "[]", "{}", "no JSON", '{"format": 1}', b"\xff\xfe", "[" * 100_000])
def test_what_is_no_draw_is_refused(text: str | bytes) -> None:
    with pytest.raises(Refused) as refusal:
        read(text)

    assert refusal.value.code == "not_a_draw"


@pytest.mark.parametrize("spoil", READ_IN_TWO_WAYS)
def test_what_one_could_read_so_and_another_otherwise_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    said = json.loads(text_of(ROUND))
    spoil(said)

    with pytest.raises(Refused) as refusal:
        read(json.dumps(said))

    assert refusal.value.code == "not_a_draw"


def test_the_checker_is_short_enough_to_be_read_and_asks_python_alone() -> None:
    lines = CHECKER.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= LONGEST_CHECKER
    imported = [line.split()[1] for line in lines if line.startswith(("import ", "from "))]
    assert set(imported) <= sys.stdlib_module_names
