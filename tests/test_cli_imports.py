"""Importing at the command line: what it says, and what it refuses, in sentences that name the line."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.commands import run
from tests.distancing.worlds import DATA
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.cli.imports import runs
from tourbook.cli.words import SENTENCES
from tourbook.db import db
from tourbook.distancing.models import Order

PROJECT = Path(__file__).resolve().parents[1]
HEADING = (
    "region_code,announced_on,effective_from,planned_until,withdrawn_on,scale,level,"
    "party_max,party_max_after_18,overrides_local"
)


def test_imports_say_what_they_did_and_what_was_there(seeded: Ground, clock: StandingClock) -> None:
    words = ("orders", "import", str(DATA / "distancing_orders.csv"), "--history")

    assert run(seeded, *words).stdout == "orders: 67 entered, 0 were there already\n"
    assert run(seeded, *words).stdout == "orders: 0 entered, 67 were there already (lines 2-68)\n"


@pytest.mark.parametrize("what", ["regions", "courses", "orders", "measures"])
def test_the_help_names_the_columns_and_its_example_can_be_imported(
    seeded: Ground, clock: StandingClock, what: str
) -> None:
    told = run(seeded, what, "import", "--help").stdout
    example = [line.strip() for line in told.partition("Example:")[2].splitlines() if line.strip()]

    done = run(seeded, what, "import", "-", stdin="\n".join(example).encode())

    assert ("May be left out:" in told) == (what != "regions")
    assert (done.stdout, done.stderr) == (f"{what}: 1 entered, 0 were there already\n", "")


def test_an_import_that_is_refused_names_every_line(seeded: Ground, clock: StandingClock) -> None:
    lines = ["41,,2026-05-11,,,4level,2,,,no", "99,,2026-05-11,2026-05-10,,4level,2,,,no", "41,,,,,4level,2,,,no"]

    done = run(seeded, "orders", "import", "-", stdin="\n".join([HEADING, *lines]).encode())

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "Nothing was done: 3 problems.",
        "line 3: region_code: there is no region with the code 99.",
        "line 3: the last day (2026-05-10) lies before the first (2026-05-11).",
        "line 4: effective_from is empty, but needed.",
    ]
    with seeded.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty; it needs a heading and rows."),
        (HEADING.encode(), "The file has a heading but no rows."),
        ("地域,段階\n".encode("cp949"), "line 1: the file is not UTF-8 (it looks like CP949); save it as"),
        (f"{HEADING}\n".encode("utf-16"), "The file is not UTF-8 (it looks like UTF-16); save it as"),
        (b"a,b\n\0,1\n", "line 2: the file contains NUL bytes"),
        (b"region_code\n41\n", "line 1: these columns are missing: announced_on, effective_from,"),
        (b'"open\n', "line 1: this cannot be read as CSV"),
    ],
)
@pytest.mark.parametrize("what", ["regions", "courses", "orders", "measures"])
def test_a_file_that_is_none_is_refused_in_a_sentence(seeded: Ground, what: str, content: bytes, sentence: str) -> None:
    done = run(seeded, what, "import", "-", stdin=content)

    second = done.stderr.splitlines()[1]
    assert (done.exit_code, done.stdout) == (1, "")
    if what == "orders" or "columns" not in second:
        assert second.startswith(sentence)


def test_a_byte_order_mark_is_welcome(seeded: Ground, clock: StandingClock) -> None:
    content = f"\ufeff{HEADING}\r\n41,,2026-05-11,,,4level,2,,,no\r\n".encode()

    assert run(seeded, "orders", "import", "-", stdin=content).stdout == "orders: 1 entered, 0 were there already\n"


def test_what_is_odd_is_a_warning(seeded: Ground, clock: StandingClock) -> None:
    content = f"{HEADING},colour\n48820,,2026-05-11,,,4level,2,,,no,red\n".encode()

    done = run(seeded, "orders", "import", "-", stdin=content)

    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        "warning: line 1: these columns are not known and were passed over: colour.",
        "warning: line 2: the order for Goseong (South Gyeongsang) (48820) reaches no course.",
    ]


def test_other_content_is_shown_side_by_side(seeded: Ground, clock: StandingClock) -> None:
    changed = (
        (DATA / "courses.csv")
        .read_text(encoding="utf-8")
        .replace("판문점 견학,Panmunjeom tour,40,5", "판문점 견학,Panmunjeom tour,30,")
    )

    done = run(seeded, "courses", "import", "-", stdin=changed.encode())

    assert "line 2: this course is there already with other content" in done.stderr
    assert "capacity: 40 there, 30 here; party_limit: 5 there, empty here" in done.stderr


def test_a_cell_with_line_breaks_looks_like_no_line_of_ours(seeded: Ground, clock: StandingClock) -> None:
    line = '41,"2026-05-01\nNothing was done: 0 problems.",2026-05-11,,,4level,2,,,no'

    done = run(seeded, "orders", "import", "-", stdin=f"{HEADING}\n{line}\n".encode())

    assert done.stderr.splitlines()[0] == "Nothing was done: 1 problem."
    assert done.stderr.splitlines()[1].startswith("line 2: announced_on: “2026-05-01 Nothing was done: 0 problems.”")


def test_differences_are_told_as_a_file_would_write_them(seeded: Ground, clock: StandingClock) -> None:
    line = "41,2026-05-01,2026-05-11,,,4level,2,,,"
    run(seeded, "orders", "import", "-", stdin=f"{HEADING}\n{line}no\n".encode())

    changed = line.replace(",,,4level", ",,2026-05-09T09:30,4level")
    done = run(seeded, "orders", "import", "-", stdin=f"{HEADING}\n{changed}yes\n".encode())

    assert "overrides_local: no there, yes here; withdrawn_on: empty there, 2026-05-09T09:30 here" in done.stderr


def test_a_value_without_end_is_told_by_its_beginning(seeded: Ground) -> None:
    done = run(seeded, "orders", "import", "-", stdin=f"{HEADING}\n{'4' * 5000},,2026-05-11,,,4level,2,,,\n".encode())

    assert done.stderr.splitlines()[1] == f"line 2: region_code: there is no region with the code {'4' * 119}…."


def test_every_refusal_of_courses_and_distancing_has_its_sentence() -> None:
    areas = [PROJECT / "tourbook" / name for name in ("courses", "distancing", "draws", "cli")]
    modules = [path for area in areas for path in area.glob("*.py")]
    modules += [PROJECT / "tourbook" / "clearance" / name for name in ("files.py", "replies.py")]
    codes = {code for path in modules for code in _codes(ast.parse(path.read_text("utf-8")))}

    assert len(codes) > 50
    assert codes | OF_OTHER_AREAS == set(SENTENCES)


OF_OTHER_AREAS = {
    *("authority_unknown", "departure_of_others", "due_out_of_range", "identity_none"),
    *("unknown_cause", "no_such_stop", "stop_without_courses", "stop_named_twice", "rules_changed"),
    *("password_short", "password_long", "password_common"),
    *("exception_reason_missing", "no_places_to_keep", "no_seats_to_put_back"),
    *("alternative_unreadable", "replay_too_large"),
    *("account_disabled", "account_shared", "administrator_with_end", "factor_gone"),
    *("last_administrator", "mail_not_one", "mail_taken", "name_missing", "person_unknown"),
    *("operator_needs_organisation", "organisation_retired", "role_begins_in_past", "role_beside_another"),
    *(
        "role_ends_before_it_begins",
        "role_ends_in_past",
        "role_ends_sooner",
        "role_of_everybody",
        "role_reason_missing",
    ),
}
"""What the commands about the checking of names, stops, exceptions, reports, accounts and roles meet besides: these
areas have more that no command comes to.
"""


def _codes(tree: ast.AST) -> Iterator[str]:
    """The codes that are raised in a module: the first argument of a refusal, the second of a problem."""
    place = {"Refused": 0, "NotFound": 0, "Conflict": 0, "Unreadable": 0, "Problem": 1}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        arguments = call.args[place.get(call.func.id, 99) :]  # type: ignore[attr-defined]  # a Name, see above
        if arguments and isinstance(arguments[0], ast.Constant):
            yield str(arguments[0].value)


@pytest.mark.parametrize(("numbers", "told"), [([], []), ([2], ["2"]), ([2, 3, 4, 6, 8, 9], ["2-4", "6", "8-9"])])
def test_lines_that_follow_one_another_are_told_together(numbers: list[int], told: list[str]) -> None:
    assert list(runs(numbers)) == told
