"""The full dose: every act dies at every point, and at every point of the repetition too, on both databases.

`python -m tests.crashes [--database sqlite] [NAME ...]`; hours for all. Says how far it is; ends with 1 if anything
was found.
"""

import argparse
import sys
import time
from contextlib import ExitStack

from tests.crashes.deeds import DEEDS
from tests.crashes.dose import tried
from tests.ground.application import Grounds
from tests.ground.moments import StandingClock


def main() -> int:
    """Try what was asked for; 0 if nothing was found."""
    asked = _asked()
    found: list[str] = []
    with ExitStack() as stack:
        grounds, clock = Grounds(stack), StandingClock()
        stack.callback(clock.run_again)
        wanted = [(database, name) for database in asked.database for name in asked.names or DEEDS]
        for turn, (database, name) in enumerate(wanted, 1):
            print(f"[crashes] {turn}/{len(wanted)} {database} {name} ...", flush=True)
            found += _try(grounds, database, name)
    print(f"[crashes] {len(found)} violations" if found else "[crashes] no violation")
    return 1 if found else 0


def _asked() -> argparse.Namespace:
    asking = argparse.ArgumentParser(prog="python -m tests.crashes", description=__doc__)
    asking.add_argument("names", nargs="*", metavar="NAME", help="an act (default: all)", choices=[[], *DEEDS])
    asking.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    return asking.parse_args()


def _try(grounds: Grounds, database: str, name: str) -> list[str]:
    began = time.monotonic()
    verdict = tried(DEEDS[name], grounds.on(database), thorough=True)
    print(
        f"[crashes]   {verdict.points} points; died at {verdict.once}, and again at {verdict.twice}; "
        f"{len(verdict.found)} violations; {time.monotonic() - began:.0f} s",
        *verdict.found,
        sep="\n    ",
        flush=True,
    )
    return verdict.found


if __name__ == "__main__":
    sys.exit(main())
