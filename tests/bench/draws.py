"""What a draw of a million entries costs, beside the least that it could cost on the same machine in the same minute.

`python -m tests.bench.draws [--entries 1000000] [--departures 3000] [--database postgresql]`. The floor reads the same
entries, hashes and sorts them, and writes as many results, without anything of the product. Each is done by a process
of its own, so that its memory is its own. The table is printed, and written as JSON to instance/bench-draws.json.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from tests.bench import world
from tests.bench.stage import DIALECTS, database
from tests.ground.application import config_for
from tourbook import clock
from tourbook.app import create_app
from tourbook.applications.references import REFERENCE_LETTERS
from tourbook.bulk import stream_rows
from tourbook.courses import course_by_code
from tourbook.courses.models import Round
from tourbook.db import db, snapshot, transaction
from tourbook.draws import draw_due, faults, published
from tourbook.draws.models import SealedEntry, SealedPlaces
from tourbook.draws.rules import Entry, seal
from tourbook.draws.sealing import SEALED_PLACES
from tourbook.draws.tallies import first_choices

VALUE = "4 9 17 23 31 44 + 7"
PLACES = 20
HUNDREDTH = 0.01  # of a second: as fine as is measured
KILOBYTES = 1024  # in a megabyte; ru_maxrss counts the former
RESULTS = Path(__file__).resolve().parents[2] / "instance" / "bench-draws.json"


@dataclass(frozen=True)
class Took:
    """What one process took: seconds by the clock, its own CPU seconds, its largest memory in MB."""

    seconds: float
    cpu: float
    memory: float


def build(entries: int, departures: int) -> None:
    """A sealed round whose value is known; one departure stands for all, as the draw knows them by their codes."""
    random = Random(7)
    codes = [f"{number:08}-1000" for number in range(departures)]
    (departure,) = world.add_departures("paju", 40, 40, 1, PLACES)
    made = list(_entries(random, codes, entries))
    found = seal("bench", dict.fromkeys(codes, PLACES), made)
    with transaction() as session:
        round_ = _round(course_by_code(session, "paju").id, found)
        session.add(round_)
        session.flush()  # the others refer to it
        parties, people = first_choices(made)
        places = ((round_.id, code, departure, PLACES, None, parties[code], people[code], 0, 0) for code in codes)
        stream_rows(session, SealedPlaces, SEALED_PLACES, places)
        rows = ((round_.id, one.receipt, one.seats, ",".join(one.choices), 1) for one in made)
        stream_rows(session, SealedEntry, ("round_id", "receipt", "seats", "choices", "tickets"), rows)
        session.execute(text("ANALYZE"))


def _round(course_id: UUID, found: str) -> Round:
    now = clock.now()
    moments = dict.fromkeys(("opens_at", "closes_at", "value_at", "left_overs_at", "sealed_at"), now)
    words = dict.fromkeys(("source_ko", "source_en", "fallback_ko", "fallback_en"), "-")
    return Round(course_id=course_id, code="bench", value=VALUE, seal=found, **moments, **words)


def _entries(random: Random, codes: list[str], number: int) -> Iterator[Entry]:
    seen: set[str] = set()
    while len(seen) < number:
        receipt = "".join(random.choices(REFERENCE_LETTERS, k=8))
        if receipt not in seen:
            seen.add(receipt)
            yield Entry(receipt, random.randint(1, 4), tuple(random.sample(codes, 3)))


def floor() -> None:
    """Read, hash and sort, write: in the fewest and plainest statements."""
    begun = hashlib.sha256(f"{VALUE}\n".encode())

    def turn(receipt: str) -> bytes:
        digest = begun.copy()
        digest.update(receipt.encode())
        return digest.digest()

    patient = text("SET idle_in_transaction_session_timeout = 0")  # a busy machine thinks for longer than a page may
    asked = select(SealedEntry.receipt, SealedEntry.seats, SealedEntry.choices, SealedEntry.tickets)
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(patient)
        rows = [tuple(row) for row in connection.execute(asked)]
    in_turn = sorted(rows, key=lambda row: turn(row[0]))
    with db.engine.begin() as connection:
        _written_plainly(connection, in_turn)


def _written_plainly(connection: Any, in_turn: list[Any]) -> None:
    connection.execute(text("CREATE TABLE bare_result (turn INTEGER PRIMARY KEY, receipt TEXT, departure TEXT)"))
    results = ((place, row[0], row[2][:13]) for place, row in enumerate(in_turn, 1))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO bare_result VALUES (?, ?, ?)", list(results))
        return
    with connection.connection.driver_connection.cursor() as cursor, cursor.copy("COPY bare_result FROM STDIN") as copy:
        for one in results:
            copy.write_row(one)


def draw() -> None:
    """As the timetable does it."""
    assert draw_due(now=clock.now())


def verify() -> None:
    """Read what is published of it, and compute it again."""
    with snapshot() as session:
        found = published(session, session.scalars(select(Round)).one())
    assert found is not None
    assert faults(found) == []


STAGES = {"floor": floor, "draw": draw, "verify": verify}


def _in_its_own_process(url: str, stage: str) -> Took:
    words = [sys.executable, "-m", "tests.bench.draws", "--stage", stage, "--url", url]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def _run(url: str, stage: str) -> None:
    app = create_app(config_for(url))
    with app.app_context():
        begin, used = time.perf_counter(), time.process_time()
        STAGES[stage]()
        seconds, cpu = time.perf_counter() - begin, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
    print(json.dumps({"seconds": round(seconds, 2), "cpu": round(cpu, 2), "memory": round(memory)}))


def main() -> None:
    """Measure, and print the table."""
    asked = _asked()
    if asked.stage:
        _run(asked.url, asked.stage)
        return
    with database(asked.database) as where:
        print(f"[bench] {asked.entries} entries, {asked.departures} departures, {asked.database}", flush=True)
        app = world.build(where.url)
        with app.app_context():
            build(asked.entries, asked.departures)
            world.let_go()
        found = {}
        for stage in STAGES:
            found[stage] = _in_its_own_process(where.url, stage)
            print(f"[bench] {stage:8} {_line(found[stage], found['floor'])}", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({stage: vars(took) for stage, took in found.items()}, indent=2) + "\n")


def _line(took: Took, least: Took) -> str:
    by_clock, by_cpu = (max(seconds, HUNDREDTH) for seconds in (least.seconds, least.cpu))
    ratios = f"{took.seconds / by_clock:.1f} times the floor by the clock, {took.cpu / by_cpu:.1f} by CPU"
    return f"{took.seconds:6.1f} s, {took.cpu:6.1f} s of CPU, {took.memory:5.0f} MB; {ratios}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.draws", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--departures", type=int, default=3_000)
    parser.add_argument("--database", choices=DIALECTS, default="postgresql")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
