"""The whole sweep: `python -m tests.fuzz --posts 200000 --seed today --database postgresql`.

`--only NUMBER` replays the chunk of one case up to it, and shows what was sent and what came back. Ends with 1 where
anything was found, an answer of more than two seconds included.
"""

import argparse
import sys
import time
from contextlib import ExitStack

from tests.fuzz.discovery import targets_of
from tests.fuzz.fuzzer import SLOWEST, Fuzzer, Report
from tests.fuzz.site import Site
from tests.ground.application import Grounds

SHOWN = 20


def main() -> int:
    """Make a site, sweep it, tell what was found."""
    wanted = _arguments()
    with ExitStack() as stack:
        site = Site(Grounds(stack).on(wanted.database))
        stack.callback(site.close)
        fuzzer = Fuzzer(site, targets_of(site), wanted.seed)
        if wanted.only is not None:
            return _show(fuzzer, wanted.only)
        report = fuzzer.run(wanted.posts, _progress(wanted.posts))
    print(f"\n[fuzz] {wanted.database}, seed {wanted.seed!r}: {report}")
    for finding in report.findings[:SHOWN]:
        print(f"[fuzz] {finding}")
    print(f"[fuzz] {report.slow} answers took more than {SLOWEST:.0f} s")
    return 1 if report.findings or report.slow else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000, help="how many posts to send")
    parser.add_argument("--seed", default="fuzz", help="the same seed sends the same")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="replay this case alone")
    return parser.parse_args()


def _progress(posts: int):
    began = time.monotonic()

    def tell(report: Report) -> None:
        seconds = max(time.monotonic() - began, 1)
        print(
            f"\r[fuzz] {report.posts:,} of {posts:,} posts, {report.posts / seconds:.0f} a second, "
            f"{len(report.findings)} findings, slowest {report.slowest:.2f} s",
            end="",
            flush=True,
        )

    return tell


def _show(fuzzer: Fuzzer, number: int) -> int:
    case, answer = fuzzer.replay(number)
    print(case, f"\n{answer.status}\n{answer.headers}\n{answer.get_data(as_text=True)}")
    found = [finding for finding in fuzzer.report.findings if finding.number == number]
    print(*(finding.what for finding in found), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
