"""The full dose: `make chaos`, or `python -m tests.cuts --cuts 200`; ends with 1 where something was lost or broken."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.chaos.stage import Dose
from tests.cuts.day import Report, dose_of, live_through
from tests.cuts.mounting import NoSuchDisk

CUTS_OF_A_DAY = 40


def asked() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.cuts", description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--keep", type=Path, help="a folder for journals and database of days that went wrong")
    return parser.parse_args()


def doses(words: argparse.Namespace) -> Iterator[Dose]:
    """Days of at most 40 cuts, the server with one worker and with two in turn."""
    for day, first in enumerate(range(0, words.cuts, CUTS_OF_A_DAY)):
        cuts = min(CUTS_OF_A_DAY, words.cuts - first)
        yield dose_of(cuts, seed=f"{words.seed}.{day + 1}", workers=1 + day % 2)


def one_day(dose: Dose, keep: Path | None) -> Report:
    """Live through a day with a line that tells how far it is."""
    begun = time.monotonic()

    def progress(line: str) -> None:
        print(f"\r[cuts] {line}, {time.monotonic() - begun:.0f} s ", end="", flush=True)

    report = live_through(dose, progress, keep=keep)
    print("", *report.lines(), sep="\n", flush=True)
    return report


def main() -> int:
    """Live through all days, and say in the end what was lost in how many cuts."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to end, take stage and disk down too
    words = asked()
    try:
        reports = [one_day(dose, words.keep) for dose in doses(words)]
    except NoSuchDisk as reason:
        print(f"[cuts] left out: {reason}")
        return 0
    cuts, acknowledged, lost, broken = (
        sum(report.cuts for report in reports),
        sum(report.acknowledged for report in reports),
        sum(len(report.lost) for report in reports),
        sum(len(report.broken) for report in reports),
    )
    inside = sum(report.in_a_commit for report in reports), sum(report.in_a_checkpoint for report in reports)
    print(f"[cuts] {cuts} power cuts, {inside[0]} within a commit and {inside[1]} within a checkpoint:")
    print(f"[cuts] {lost} of {acknowledged} acknowledged were lost, {broken} other promises broken")
    return 0 if all(report.holds for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
