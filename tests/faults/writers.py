"""Many who write one SQLite file at the same time, in threads and processes: how long the unluckiest waits.

`python -m tests.faults.writers` measures it, with turns and without.
"""

import multiprocessing
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tourbook.turns import turn

PATIENCE = 60


def write_for(
    file: str, seconds: float, in_turn: bool, threads: int, out: "multiprocessing.Queue[list[float]]"
) -> None:
    """What one process does: each of its threads writes again and again; hands out how long every write took."""
    with ThreadPoolExecutor(threads) as pool:
        waits = list(pool.map(lambda _: _write_for(file, seconds, in_turn), range(threads)))
    out.put([wait for each in waits for wait in each])


def _write_for(file: str, seconds: float, in_turn: bool) -> list[float]:
    connection = sqlite3.connect(file, isolation_level=None, timeout=PATIENCE)
    connection.execute("PRAGMA synchronous=FULL")
    waits, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        began = time.monotonic()
        with turn(Path(f"{file}-turns") if in_turn else None, PATIENCE):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE counter SET written = written + 1")
            time.sleep(0.001)  # what an act does meanwhile
            connection.execute("COMMIT")
        waits.append(time.monotonic() - began)
    connection.close()
    return waits


@contextmanager
def counter() -> Iterator[str]:
    """A file with one number that everybody counts up."""
    with tempfile.TemporaryDirectory(prefix="tourbook-turns-") as folder:
        file = f"{folder}/counter.sqlite"
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE counter (written INTEGER)")
        connection.execute("INSERT INTO counter VALUES (0)")
        connection.commit()
        connection.close()
        yield file


def waits_of(file: str, *, processes: int, threads: int, seconds: float, in_turn: bool) -> list[float]:
    """How long each write took, the quickest first."""
    context = multiprocessing.get_context("spawn")
    out: multiprocessing.Queue[list[float]] = context.Queue()
    arguments = (file, seconds, in_turn, threads, out)
    running = [context.Process(target=write_for, args=arguments) for _ in range(processes)]
    for one in running:
        one.start()
    waits = sorted(wait for _ in running for wait in out.get(timeout=seconds + PATIENCE))
    for one in running:
        one.join()
    return waits


def main() -> None:
    """Print what 32 writers wait, as one process, as many, and in between."""
    for processes, threads in ((1, 32), (4, 8), (32, 1)):
        for in_turn in (False, True):
            with counter() as file:
                waits = waits_of(file, processes=processes, threads=threads, seconds=20, in_turn=in_turn)
            line = f"{processes:3} processes x {threads:2} threads, {'in turn' if in_turn else 'as it comes'}"
            median, late = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
            print(f"{line:46} {len(waits) / 20:6.0f}/s  median {median:.3f}  p99 {late:.3f}  worst {waits[-1]:.3f} s")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
