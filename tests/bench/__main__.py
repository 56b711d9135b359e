"""`make bench`: what applying costs, as ratios to the least that Flask and the database could cost.

Absolute figures of a busy machine say little; ratios within one run say whether the application got cheaper. The
table is printed, and written as JSON to instance/bench.json (or where `--json` says).
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench import doses, report
from tests.bench.stage import DIALECTS

RESULTS = Path(__file__).resolve().parents[2] / "instance" / "bench.json"


def main() -> None:
    """Run the doses that are asked for, all of them unless said otherwise."""
    asked = _asked()
    begin = time.perf_counter()

    def say(what: str) -> None:
        print(f"[bench {time.perf_counter() - begin:4.0f} s] {what}", file=sys.stderr, flush=True)

    found: dict[str, Any] = {}
    asked.json.parent.mkdir(exist_ok=True)
    for dialect in asked.databases:
        found[dialect] = doses.measure(dialect, asked.size, only=asked.only, say=say)
        asked.json.write_text(json.dumps(found, indent=2) + "\n")  # what one database gave is not lost with the other
    print(report.table(found))
    say(f"the same as JSON: {asked.json}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the figures are written")
    parser.add_argument("--size", type=float, default=1.0, help="how much of the full dose, e.g. 0.1")
    parser.add_argument("--databases", nargs="+", choices=DIALECTS, default=list(DIALECTS))
    parser.add_argument("--only", nargs="+", choices=doses.PARTS, default=list(doses.PARTS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
