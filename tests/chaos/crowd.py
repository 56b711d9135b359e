"""Many people at once, in one process with a thread each: `python -m tests.chaos.crowd SPEC.json NUMBER`."""

import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Lock, Thread

from tests.chaos.journal import ENOUGH, Journal
from tests.chaos.person import Mailbox, Person, Plan

AT_MOST = 8
"""Times the journeys of the dose, where there were never changes enough."""


class Journeys:
    """The journeys of this process, given out one by one until the last and until there was enough of everything."""

    def __init__(self, first: int, step: int, last: int, enough: Callable[[], bool]) -> None:
        self._numbers = count(first, step)
        self._last = last
        self._enough = enough
        self._lock = Lock()

    def next(self) -> int | None:
        """The number of the next journey; None when all are under way."""
        with self._lock:
            number = next(self._numbers)
        goes_on = number < self._last or (number < AT_MOST * self._last and not self._enough())
        return number if goes_on else None


def live(person: Person, journeys: Journeys, journal: Journal) -> None:
    """One client: journey after journey, then a last look at all it has."""
    number = journeys.next()
    while number is not None:
        journal.write("journey", number=number)
        person.journey(number)
        journal.write("journey_done", number=number)
        number = journeys.next()
    person.last_look()


def main() -> None:
    """Let this process's share of the clients live."""
    spec, process = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), int(sys.argv[2])
    folder = Path(spec["folder"])
    plan = Plan(
        port=spec["port"],
        departures=tuple(spec["departures"]),
        groups=spec["groups"],
        share_of_first=spec["share_of_first"],
        mails=Mailbox(folder / "mails.jsonl"),
        seed=str(spec["seed"]),
    )
    journal = Journal(folder / f"crowd-{process}.jsonl")
    enough = (folder / ENOUGH).exists if spec["changes"] else lambda: True
    journeys = Journeys(process, spec["processes"], spec["journeys"], enough)
    clients = range(process, spec["clients"], spec["processes"])
    threads = [Thread(target=live, args=(Person(plan, journal, number), journeys, journal)) for number in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.write("all_done")


if __name__ == "__main__":
    main()
