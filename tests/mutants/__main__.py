"""`python -m tests.mutants [MODULE ...]`, half an hour for all whose tests need no database: 1 unless enough are killed
and the rest is known.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from os import cpu_count, environ
from pathlib import Path

from tests.ground.databases import BUILT
from tests.house.sources import REPOSITORY, file_names

ENOUGH = 90  # per cent
KILLED, SURVIVED, UNTESTED = 1, 0, 33  # what mutmut writes down; anything else is no verdict
LISTED = "docs/mutation.md"

SETTLING = "tests/applications/test_settling.py::test_"
PLANNING = [
    "tests/applications/test_plan.py",
    "tests/applications/test_plan_orders.py",
    "tests/applications/test_plan_kept.py",
    "tests/applications/test_foresight.py",
    "tests/applications/test_following.py",
    "tests/applications/test_following_back.py",
    "tests/applications/test_rounds.py",
    "tests/applications/test_policies.py",
    "tests/applications/test_aside.py",
    "tests/applications/test_becoming_smaller.py",
    "tests/applications/test_deadlines.py",
    "tests/applications/test_putting_back.py",
    "tests/applications/test_going_first.py",
    "tests/applications/test_back_as_it_was.py",
    f"{SETTLING}a_queue_that_was_cut_off_says_so_only_where_those_behind_might_fit",
    f"{SETTLING}whoever_joins_behind_the_cut_is_among_those_who_were_not_read",
    f"{SETTLING}a_plan_with_a_part_of_the_queue_is_that_with_all_of_it_or_asks_for_more",
]
SETTLED = [
    "tests/applications/test_settling.py",
    "tests/applications/test_own_first.py",
    "tests/applications/test_changes.py",
    "tests/applications/test_several_dates.py",
    "tests/draws/test_told_once.py",
    "tests/operations/test_as_it_was.py",
    "tests/operations/test_taking_back.py",
    "tests/operations/test_untold_offers.py",
    "tests/operations/test_untold_shrinking.py",
    "tests/rosters/test_changing_groups.py",
    "tests/rosters/test_gate.py",
    "tests/rosters/test_places.py",
]
TESTS = {
    "tourbook/distancing/rules.py": [
        "tests/distancing/test_answers.py",
        "tests/distancing/test_causes.py",
        "tests/distancing/test_rule_against_oracle.py",
    ],
    "tourbook/draws/rules.py": ["tests/draws/test_rules.py"],
    "tourbook/quiet.py": ["tests/test_quiet.py"],
    "tourbook/applications/deadlines.py": ["tests/applications/test_deadlines.py"],
    "tourbook/applications/lots.py": ["tests/applications/test_policies.py"],
    "tourbook/applications/putting_back.py": [
        "tests/applications/test_putting_back.py",
        "tests/applications/test_going_first.py",
        "tests/applications/test_back_as_it_was.py",
    ],
    "tourbook/applications/plan.py": PLANNING,
    "tourbook/applications/decided.py": PLANNING,
    "tourbook/applications/policies.py": PLANNING,
    "tourbook/applications/queue.py": PLANNING,
    "tourbook/applications/aside.py": PLANNING,
    "tourbook/applications/passes.py": PLANNING,
    "tourbook/applications/party_limit.py": PLANNING,
    "tourbook/applications/foresight.py": PLANNING,
    "tourbook/applications/settle.py": SETTLED,
    "tourbook/applications/ledger.py": SETTLED,
}
"""What is spoilt, and tests of it; mutmut finds out which of them reach a function."""

NEED_A_DATABASE = {"tourbook/applications/settle.py", "tourbook/applications/ledger.py"}
"""These are spoilt only where they are named, under tests on SQLite: each mutant takes seconds."""

CONTROL = "tourbook/control.py"
CONTROL_CODE = """def wrong(one, other):
    return one + other


def the_same(number):
    nobody_looks = number
    return number
"""
CONTROL_TEST = """from tourbook.control import the_same, wrong


def test_control():
    assert (wrong(2, 3), the_same(4)) == (5, 4)
"""
SETTINGS = """
[tool.mutmut]
source_paths = ["tourbook"]
only_mutate = {modules}
also_copy = ["config.py", "wsgi.py", "pyproject.toml", "migrations", "templates", "static"]
pytest_add_cli_args = ["-k", "not postgresql", "--hypothesis-profile", "one-failure"]
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 4.0
"""
"""A mutant has fifteen times as long as its tests took, and a minute: on a busy machine most of that is waiting."""


def main() -> int:
    """Make the mutants, judge them, and say what is left."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("modules", nargs="*", choices=[[], *TESTS], metavar="MODULE")
    asked.add_argument("--at-once", type=int, default=cpu_count() or 1, help="so many mutants; all cores otherwise")
    options = asked.parse_args()
    modules = options.modules or [module for module in TESTS if module not in NEED_A_DATABASE]
    with tempfile.TemporaryDirectory(prefix="tourbook-mutants-") as folder:
        copy = _copy(Path(folder), modules)
        found = {BUILT: _built(copy)} if NEED_A_DATABASE.intersection(modules) else {}
        codes = _codes(copy, options.at_once, found)
        _check_controls(codes)
        return _report(copy, codes, modules)


def _copy(folder: Path, modules: list[str]) -> Path:
    """The repository without its history, with the control and mutmut's settings."""
    for name in file_names():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((REPOSITORY / name).read_bytes())
    (folder / CONTROL).write_text(CONTROL_CODE)
    (folder / "tests/test_control.py").write_text(CONTROL_TEST)
    tests = ["tests/test_control.py", *dict.fromkeys(test for module in modules for test in TESTS[module])]
    with (folder / "pyproject.toml").open("a") as settings:
        settings.write(SETTINGS.format(modules=json.dumps([CONTROL, *modules]), tests=json.dumps(tests)))
    return folder


def _codes(copy: Path, at_once: int, variables: dict[str, str]) -> dict[str, int | None]:
    """Run them; what came of each. Random tests draw the same each time, or a kill would be luck."""
    print("[mutants] the tests as they are, then each mutant ...", flush=True)
    words, around = [_mutmut(), "run", "--max-children", str(at_once)], {**environ, "CI": "1", **variables}
    with (copy / "mutmut.log").open("wb") as log:
        ran = subprocess.run(words, cwd=copy, env=around, stdout=log, stderr=log, check=False)
    if ran.returncode:
        sys.exit(f"mutmut ended with {ran.returncode}:\n{(copy / 'mutmut.log').read_text(errors='replace')[-2000:]}")
    found: dict[str, int | None] = {}
    for meta in (copy / "mutants").rglob("*.meta"):
        found.update(json.loads(meta.read_text())["exit_code_by_key"])
    return found


def _built(copy: Path) -> str:
    """An SQLite database that the migrations have built once, for every mutant to copy."""
    file = copy / "built.sqlite"
    variables = {**environ, "DATABASE_URL": f"sqlite:///{file}", "TOURBOOK_ENV": "test"}
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(words, cwd=copy, env=variables, capture_output=True, check=True)
    return str(file)


def _mutmut() -> str:
    return str(Path(sys.executable).parent / "mutmut")


def _check_controls(codes: dict[str, int | None]) -> None:
    """The measure itself: what is wrong is killed, what is the same survives."""
    of_control = {key: code for key, code in codes.items() if key.startswith("tourbook.control.")}
    wrong = {code for key, code in of_control.items() if "x_wrong" in key}
    same = {code for key, code in of_control.items() if "x_the_same" in key}
    if (wrong, same) != ({KILLED}, {SURVIVED}):
        sys.exit(f"the controls were judged wrongly: {of_control}")


def _report(copy: Path, codes: dict[str, int | None], modules: list[str]) -> int:
    listed = set(re.findall(r"^\| `(\S+)` \|", (REPOSITORY / LISTED).read_text(encoding="utf-8"), re.MULTILINE))
    wrong, few = set[str](), False
    for module in modules:
        mine = {key: code for key, code in codes.items() if key.startswith(_dotted(module))}
        left = {key for key, code in mine.items() if code != KILLED}
        killed = len(mine) - len(left)
        print(f"[mutants] {module}: {killed} of {len(mine)} killed; left: {_counted(mine[key] for key in left)}")
        wrong |= left ^ {key for key in listed if key.startswith(_dotted(module))}
        few |= killed * 100 < ENOUGH * len(mine)
    for key in sorted(wrong & listed):
        print(f"\n[mutants] in {LISTED}, and not left: {key}")
    for key in sorted(wrong - listed):
        shown = subprocess.run([_mutmut(), "show", key], cwd=copy, capture_output=True, text=True, check=False)
        print(f"\n[mutants] not in {LISTED}: {key}\n{shown.stdout}")
    return 1 if wrong or few else 0


def _dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".") + "."


def _counted(codes: Iterable[int | None]) -> str:
    words = {SURVIVED: "survived", UNTESTED: "reached by no test"}
    counted = Counter(words.get(code, f"no verdict ({code})") if code is not None else "not run" for code in codes)
    return ", ".join(f"{number} {what}" for what, number in sorted(counted.items())) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
