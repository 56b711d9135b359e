"""The full dose: `make chaos`, or `python -m tests.chaos --journeys 20000 --clients 64 --kills 500`."""

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.chaos.day import Report, live_through
from tests.chaos.stage import Dose


def asked() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--journeys", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--departures", type=int, default=501, help="one that everybody wants, and the others")
    parser.add_argument("--kills", type=int, default=500, help="0: nothing is killed")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--keep", type=Path, help="a folder in which journals and database of each day stay")
    return parser.parse_args()


def doses(words: argparse.Namespace) -> list[Dose]:
    """The days to live through: calm on each database, then with kills."""
    databases = ("sqlite", "postgresql") if words.database == "both" else (words.database,)
    return [
        Dose(
            database=database,
            journeys=words.journeys,
            clients=words.clients,
            departures=words.departures,
            kills=kills,
            seed=words.seed,
        )
        for database in databases
        for kills in sorted({0, words.kills})
    ]


def one_day(dose: Dose, keep: Path | None) -> Report:
    """Live through a day with a line that tells how far it is."""
    begun = time.monotonic()

    def progress(line: str) -> None:
        passed = time.monotonic() - begun
        print(
            f"\r[chaos] {dose.database}: {line} of {dose.journeys} and {dose.kills}, {passed:.0f} s ",
            end="",
            flush=True,
        )

    folder = keep.absolute() / f"{dose.database}-{dose.kills}" if keep else None
    report = live_through(dose, progress, keep_in=folder)
    print()
    return report


def main() -> int:
    """Live through all of it, print the table, and say by the exit code whether every promise was kept."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to end, take the stage down too
    reports = []
    words = asked()
    for dose in doses(words):
        reports.append(one_day(dose, words.keep))
        print(*reports[-1].lines(), sep="\n", flush=True)
    kept = all(report.holds for report in reports)
    print("[chaos] every promise was kept" if kept else "[chaos] something was broken: see above")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
