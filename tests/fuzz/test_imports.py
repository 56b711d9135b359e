"""Spoilt files by the command line: all rows or none, each mistake with its line, and never a traceback."""

import re
from pathlib import Path
from random import Random

import pytest

from tests.commands import run
from tests.fuzz.contents import contents
from tests.fuzz.sheets import FILES, good_sheet, spoilt_sheet
from tests.ground.application import Ground

TRIES = 60
SAID = re.compile(r"nothing was done: \d+ problems?\.$|(warning: )?(line \d+: |the file|these columns)", re.IGNORECASE)


@pytest.mark.parametrize("what", FILES)
def test_a_spoilt_file_is_entered_whole_or_refused_with_sentences(seeded: Ground, tmp_path: Path, what: str):
    file = tmp_path / "sheet.csv"
    refused = 0
    for number in range(TRIES):
        content, done = spoilt_sheet(what, Random(f"{what}/{number}"))
        file.write_bytes(content)
        before = list(contents(seeded.engine))

        ended = run(seeded, what, "import", str(file))

        told = f"number {number}, {done}: exit {ended.exit_code}\n{ended.output[:2000]}"
        assert ended.exit_code in {0, 1}, told
        assert "Traceback" not in ended.output, told
        if ended.exit_code:
            refused += 1
            assert list(contents(seeded.engine)) == before, told
            assert all(SAID.match(line) for line in ended.stderr.splitlines()), told
        else:
            seeded.reset("seeded")
    assert TRIES / 4 < refused < TRIES


@pytest.mark.parametrize("what", FILES)
def test_the_good_file_that_is_spoilt_is_good(seeded: Ground, tmp_path: Path, what: str):
    (tmp_path / "sheet.csv").write_text(good_sheet(what), encoding="utf-8", newline="")

    assert run(seeded, what, "import", str(tmp_path / "sheet.csv")).exit_code == 0
