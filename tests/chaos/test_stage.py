"""The stage is what runs in earnest, and only its own processes are killed."""

import os
import random
import re
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos import journal, nemesis
from tests.chaos.journal import Journal, read, wall_clock
from tests.chaos.nemesis import Days, kill_one
from tests.chaos.processes import Kept, command_line, wait_until
from tests.chaos.stage import LONG_SECONDS, Dose, serving_words, until_quiet, until_still
from tests.ground.server import REPOSITORY

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def options(words: list[str]) -> set[str]:
    return {word for word in words if word.startswith("--")}


def test_the_stage_serves_as_make_run_does() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    (served,) = re.findall(r"exec \$\(BIN\)/granian ((?:.*\\\n)*.*)", makefile)

    assert options(serving_words(8000, Dose("sqlite", 1))) == options(served.split())


def test_what_took_long_is_done_again_since_more_came_due_meanwhile() -> None:
    moment, takes = [0.0], [2 * LONG_SECONDS, LONG_SECONDS, 1.0, 1.0]

    def work() -> None:
        moment[0] += takes.pop(0)

    until_quiet(work, clock=lambda: moment[0])

    assert takes == [1.0]


def test_the_timetable_runs_on_as_long_as_letters_arrive() -> None:
    sizes, rests = [10, 25, 30, 30, 40], []

    until_still(lambda: sizes.pop(0), rest=rests.append)

    assert sizes == [40]
    assert len(rests) == 3


def test_what_dies_is_started_again(tmp_path: Path) -> None:
    kept = Kept(SLEEPER, folder=tmp_path, environment=dict(os.environ), log=tmp_path / "log")
    kept.see_to()
    first = kept.process
    try:
        first.kill()
        first.wait()
        kept.see_to()

        assert kept.starts == 2
        assert kept.process.poll() is None
    finally:
        kept.stop()


@pytest.fixture
def sleeper() -> "subprocess.Popen[bytes]":
    with subprocess.Popen(SLEEPER) as process:
        wait_until("it runs", lambda: "sleep" in command_line(process.pid), 10)
        yield process
        process.kill()


def test_a_process_that_was_named_is_killed_and_written_down(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    line = command_line(sleeper.pid)
    monkeypatch.setattr(nemesis, "prey", lambda _folder: {"worker": [(sleeper.pid, line)]})

    with closing(Journal(tmp_path / "nemesis.jsonl")) as journal:
        assert kill_one(tmp_path, random.Random(1), journal)

    assert sleeper.wait(10) == -9
    assert [entry["kind"] for entry in read(tmp_path / "nemesis.jsonl") if entry["event"] == "kill"] == ["worker"]


def test_a_number_that_belongs_to_another_process_by_now_is_spared(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nemesis, "prey", lambda _folder: {"worker": [(sleeper.pid, "python -m granian")]})

    with closing(Journal(tmp_path / "nemesis.jsonl")) as journal:
        assert not kill_one(tmp_path, random.Random(1), journal)

    assert sleeper.poll() is None


def test_journeys_are_counted_as_the_journals_grow(tmp_path: Path) -> None:
    days = Days(tmp_path)
    with closing(Journal(tmp_path / "crowd-0.jsonl")) as journal:
        journal.write("journey", number=1)
        days.read_on()
        journal.write("journey", number=2)
        journal.write("journey_done", number=2)
        days.read_on()

    assert days.journeys == 2


def test_a_journal_that_was_kept_waiting_still_knows_what_time_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([0.2, 0.2])

    def kept_waiting() -> float:
        now = wall_clock()
        time.sleep(next(waits, 0))
        return now

    monkeypatch.setattr(journal, "wall_clock", kept_waiting)
    with closing(Journal(tmp_path / "crowd-0.jsonl")) as journal_of_one:
        journal_of_one.write("journey", number=1)
        written = wall_clock()

    *_, line = read(tmp_path / "crowd-0.jsonl")
    assert abs(line["wall_at"] - written) < 0.05


def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "crowd-0.jsonl")) as journal:
        journal.write("journey", number=1)
    with (tmp_path / "crowd-0.jsonl").open("ab") as file:
        file.write(b'{"event": "journ')

    assert [line["event"] for line in read(tmp_path / "crowd-0.jsonl")] == ["clock", "journey"]
