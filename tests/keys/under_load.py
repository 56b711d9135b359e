"""A site whose keys are rotated while a crowd applies: rotation is killed again and again, and goes on."""

import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.day import end, lines_of
from tests.chaos.deeds import FIRST_SERVER_ERROR
from tests.chaos.stage import Dose, Stage, staged
from tests.ground.server import REPOSITORY, child_environment, run_command, run_module

ENDLESS = 10**9
SECONDS_TO_ARRIVE = 60
ROTATE = ("tourbook", "keys", "rotate")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Rotation:
    """What came of it. `failed` are answers of 5xx and connections without an answer."""

    database: str
    rows: int
    kills: int
    seconds: float
    answers: int
    failed: list[str]
    left: str

    def line(self) -> str:
        """The same for people."""
        return (
            f"{self.database}: {self.rows} rows sealed anew in {self.seconds:.0f} s, killed {self.kills} times; "
            f"{self.answers} answers meanwhile, {len(self.failed)} failed {self.failed[:3] or ''}; then: {self.left}"
        )


def rotate_under_load(
    database: str, parties: int, *, kill_after: list[int], clients: int = 8, progress: Progress = lambda _line: None
) -> Rotation:
    """Fill a site with parties of two, let people in, and rotate its data keys; the rotation is killed after so many
    lots each. Afterwards every value opens, and nothing is left to seal anew.
    """
    dose = Dose(database=database, journeys=ENDLESS, clients=clients, departures=40, processes=1)
    with tempfile.TemporaryDirectory(prefix="tourbook-rotation-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database server of the wheel runs as somebody else
        with staged(dose, folder) as stage:
            made = run_module("tests.keys.filling", str(parties), settings=stage.settings).split()[-1]
            progress(f"{database}: {made} parties are there")
            with crowd(stage):
                begun = time.monotonic()
                rows = sum(_killed(stage, lots, ("--anew",) * (turn == 0)) for turn, lots in enumerate(kill_after))
                rows += _told(run_command(*ROTATE, *(() if kill_after else ("--anew",)), settings=stage.settings))
                seconds = time.monotonic() - begun
            run_command("tourbook", "keys", "check", "--all", settings=stage.settings)
            left = run_command(*ROTATE, settings=stage.settings).splitlines()[-1]
            answers = [one for one in lines_of(folder) if one["event"] in {"answer", "lost"}]
        failed = [_failure(one) for one in answers if one.get("status", FIRST_SERVER_ERROR) >= FIRST_SERVER_ERROR]
        return Rotation(database, rows, len(kill_after), seconds, len(answers), failed, left)


@contextmanager
def crowd(stage: Stage) -> Iterator[None]:
    """People apply while the block lasts, from the first answer on."""
    people = stage.begin("crowd", "0")
    try:
        latest = time.monotonic() + SECONDS_TO_ARRIVE
        while not any(one["event"] == "journey_done" for one in lines_of(stage.folder)):
            assert people.poll() is None, "the crowd went home: see crowd.log"
            assert time.monotonic() < latest, "nobody came: see crowd.log"
            time.sleep(0.2)
        yield
        assert people.poll() is None, "the crowd had gone home: see crowd.log"
    finally:
        end(people)


def _killed(stage: Stage, lots: int, more: tuple[str, ...]) -> int:
    """Begin to rotate, and kill it after so many lots; how many rows it told of."""
    words = [sys.executable, "-m", "flask", "--app", "wsgi", *ROTATE, *more]
    done: dict[str, int] = {}
    with subprocess.Popen(
        words, cwd=REPOSITORY, env=child_environment(stage.settings), stdout=subprocess.PIPE, text=True
    ) as rotation:
        assert rotation.stdout
        for line in rotation.stdout:
            lot = _lot(line)
            done |= lot
            lots -= len(lot)
            if not lots:
                rotation.kill()
                break
    assert rotation.returncode == -signal.SIGKILL, "it had ended before it was killed: fewer lots, or more rows"
    return sum(done.values())


def _told(output: str) -> int:
    tables = Counter[str]()
    for line in output.splitlines():
        tables |= Counter(_lot(line))
    return tables.total()


def _lot(line: str) -> dict[str, int]:
    """What `keys rotate` says of a table so far."""
    table, _, rest = line.partition(": ")
    number, _, what = rest.partition(" ")
    return {table: int(number)} if what.strip() == "rows sealed anew" and number.isdigit() else {}


def _failure(line: dict[str, object]) -> str:
    return f"{line.get('status', 'no answer')} {line.get('why', '')} {line.get('said', '')}".strip()
