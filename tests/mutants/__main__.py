"""`python -m tests.mutants [MODULE ...]`, half an hour for all: 1 unless enough are killed and the rest is known."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from os import environ
from pathlib import Path

from tests.house.sources import REPOSITORY, file_names

ENOUGH = 90  # per cent
KILLED, SURVIVED, UNTESTED = 1, 0, 33  # what mutmut writes down; anything else is no verdict
LISTED = "docs/mutation.md"

SETTLING = "tests/applications/test_settling.py::test_"
PLANNING = [
    "tests/applications/test_plan.py",
    "tests/applications/test_plan_orders.py",
    "tests/applications/test_foresight.py",
    "tests/applications/test_following.py",
    "tests/applications/test_rounds.py",
    f"{SETTLING}a_queue_that_was_cut_off_says_so_only_where_those_behind_might_fit",
    f"{SETTLING}whoever_joins_behind_the_cut_is_among_those_who_were_not_read",
    f"{SETTLING}a_plan_with_a_part_of_the_queue_is_that_with_all_of_it_or_asks_for_more",
]
TESTS = {
    "tourbook/distancing/rules.py": [
        "tests/distancing/test_answers.py",
        "tests/distancing/test_causes.py",
        "tests/distancing/test_rule_against_oracle.py",
    ],
    "tourbook/applications/plan.py": PLANNING,
    "tourbook/applications/policies.py": PLANNING,
    "tourbook/applications/queue.py": PLANNING,
    "tourbook/applications/foresight.py": PLANNING,
}
"""What is spoilt, and tests of it that need no database; mutmut finds out which of them reach a function."""

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
also_copy = ["config.py", "wsgi.py", "pyproject.toml"]
pytest_add_cli_args_test_selection = {tests}
"""


def main() -> int:
    """Make the mutants, judge them, and say what is left."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("modules", nargs="*", choices=[[], *TESTS], metavar="MODULE")
    modules = asked.parse_args().modules or list(TESTS)
    with tempfile.TemporaryDirectory(prefix="tourbook-mutants-") as folder:
        copy = _copy(Path(folder), modules)
        codes = _codes(copy)
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


def _codes(copy: Path) -> dict[str, int | None]:
    """Run them; what came of each. Random tests draw the same each time, or a kill would be luck."""
    print("[mutants] the tests as they are, then each mutant ...", flush=True)
    with (copy / "mutmut.log").open("wb") as log:
        ran = subprocess.run(
            [_mutmut(), "run"], cwd=copy, env={**environ, "CI": "1"}, stdout=log, stderr=log, check=False
        )
    if ran.returncode:
        sys.exit(f"mutmut ended with {ran.returncode}:\n{(copy / 'mutmut.log').read_text(errors='replace')[-2000:]}")
    found: dict[str, int | None] = {}
    for meta in (copy / "mutants").rglob("*.meta"):
        found.update(json.loads(meta.read_text())["exit_code_by_key"])
    return found


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
    known = set(re.findall(r"^\| `(\S+)` \|", (REPOSITORY / LISTED).read_text(encoding="utf-8"), re.MULTILINE))
    unknown, few = set[str](), False
    for module in modules:
        mine = {key: code for key, code in codes.items() if key.startswith(_dotted(module))}
        left = {key for key, code in mine.items() if code != KILLED}
        killed = len(mine) - len(left)
        print(f"[mutants] {module}: {killed} of {len(mine)} killed; left: {_counted(mine[key] for key in left)}")
        unknown |= left - known
        few |= killed * 100 < ENOUGH * len(mine)
    for key in sorted(unknown):
        shown = subprocess.run([_mutmut(), "show", key], cwd=copy, capture_output=True, text=True, check=False)
        print(f"\n[mutants] not in {LISTED}: {key}\n{shown.stdout}")
    return 1 if unknown or few else 0


def _dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".") + "."


def _counted(codes: Iterable[int | None]) -> str:
    words = {SURVIVED: "survived", UNTESTED: "reached by no test"}
    counted = Counter(words.get(code, f"no verdict ({code})") if code is not None else "not run" for code in codes)
    return ", ".join(f"{number} {what}" for what, number in sorted(counted.items())) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
