"""Kills processes of the stage at random, from a process of its own: `python -m tests.chaos.nemesis SPEC.json`.

Only what the stage names as its own in `prey.json` is killed, and only if the process still is what the stage said it
was: numbers of processes are used again.
"""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.chaos.journal import Journal
from tests.chaos.processes import command_line

WEIGHTS = {"worker": 40, "server": 8, "timetable": 17, "backend": 25, "postmaster": 10}
LOOKS_EVERY = 0.1


class Days:
    """How many journeys have begun, read from the crowd's journals as they grow.

    Kills are spread over the journeys and not over the time, or most of them would meet a server that is starting.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read_to: dict[Path, int] = {}
        self.journeys = 0

    def read_on(self) -> None:
        """Count what has been written since."""
        for path in self._folder.glob("crowd-*.jsonl"):
            with path.open("rb") as file:
                file.seek(self._read_to.get(path, 0))
                whole = b"".join(file.read().rpartition(b"\n")[:2])
            self._read_to[path] = self._read_to.get(path, 0) + len(whole)
            self.journeys += whole.count(b'"event": "journey"')


def prey(folder: Path) -> dict[str, list[tuple[int, str]]]:
    """What may be killed now, by kind: number and command line of each process."""
    try:
        found = json.loads((folder / "prey.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return {kind: [(pid, line) for pid, line in ones] for kind, ones in found.items() if ones}


def kill_one(folder: Path, chance: random.Random, journal: Journal) -> bool:
    """Kill something; False where there was nothing to kill, or it was gone already."""
    there = prey(folder)
    if not there:
        return False
    kind = chance.choices(list(there), [WEIGHTS[kind] for kind in there])[0]
    pid, line = chance.choice(there[kind])
    if not line or command_line(pid) != line:
        return False
    journal.write("kill", kind=kind, pid=pid)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return True


def main() -> None:
    """Kill as often as the stage wants, spread at random, until it says that all is over."""
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder, chance = Path(spec["folder"]), random.Random(f"{spec['seed']} nemesis")
    journal = Journal(folder / "nemesis.jsonl")
    days = Days(folder)
    for due in sorted(chance.uniform(0, spec["journeys"]) for _ in range(spec["kills"])):
        while days.journeys < due and not (folder / "over").exists():
            time.sleep(LOOKS_EVERY)
            days.read_on()
        time.sleep(chance.uniform(0, 2 * LOOKS_EVERY))
        while not kill_one(folder, chance, journal) and not (folder / "over").exists():
            time.sleep(LOOKS_EVERY)


if __name__ == "__main__":
    main()
