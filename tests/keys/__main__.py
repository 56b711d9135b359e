"""Data keys of 100,000 rows are rotated while people apply, and the rotation is killed: `python -m tests.keys`.

`[--parties N] [--database sqlite]`; a party is three rows. Ends with 1 where a request failed, or something was left.
"""

import argparse
import sys

from tests.keys.under_load import rotate_under_load

PARTIES = 33_400
KILL_AFTER = [30, 60]


def main() -> int:
    """Rotate on each database, and say what came of it; 0 if nothing failed."""
    asking = argparse.ArgumentParser(prog="python -m tests.keys", description=__doc__)
    asking.add_argument("--parties", type=int, default=PARTIES)
    asking.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    asked = asking.parse_args()
    failed = 0
    for database in asked.database:
        found = rotate_under_load(database, asked.parties, kill_after=KILL_AFTER, progress=_say)
        _say(found.line())
        failed += len(found.failed)
    return 1 if failed else 0


def _say(line: str) -> None:
    print(f"[keys] {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
