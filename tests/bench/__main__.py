"""Measure what people wait for: the rule, an application from hold to confirmation, a page, and first pages at once.

Each line says how many a second, and what one of them took for the middle and for the slowest but one in a hundred.
Figures of a busy machine are only good for comparing with each other.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx

from tests.applications.scene import Scene, build_scene
from tests.distancing.adapter import Product
from tests.distancing.rows import KST, Query
from tests.distancing.worlds import history
from tests.ground.application import Grounds
from tests.ground.server import Server, run_command, serving

SECONDS = 3.0
CLIENTS = 8
PARTIES = 100
DEPARTURES = 20
PAGES = ("/ko/", "/en/", "/ko/sign-in")
FIRST_DAY = datetime(2020, 11, 7, 10, tzinfo=KST)


def report(what: str, times: list[float], elapsed: float) -> None:
    """One line: how many a second, and how long one took."""
    slowest = quantiles(times, n=100)[-1]
    rate = len(times) / elapsed
    print(f"{what:48} {rate:10,.0f} /s   p50 {median(times) * 1000:8.2f} ms   p99 {slowest * 1000:8.2f} ms", flush=True)


def repeated(act: Callable[[int], object], *, times: int | None = None) -> tuple[list[float], float]:
    """Do it again and again: so many times, or for some seconds; returns what each took, and all of them."""
    taken: list[float] = []
    begin = time.perf_counter()
    while len(taken) != times and (times or time.perf_counter() - begin < SECONDS):
        before = time.perf_counter()
        act(len(taken))
        taken.append(time.perf_counter() - before)
    return taken, time.perf_counter() - begin


def measure_rule() -> None:
    """The allowance of Panmunjeom on each day of 2020-22, from all the facts of that time."""
    rule = Product(history())

    def ask(number: int) -> object:
        start = FIRST_DAY + timedelta(days=number % 600)
        return rule.allowance(Query("panmunjeom", start.replace(tzinfo=None), 90, start))

    report("allowance of one departure", *repeated(ask))


def measure_applying(grounds: Grounds, dialect: str) -> None:
    """One party after the other, on departures that do not fill up."""
    ground = grounds.on(dialect)
    ground.reset()
    with ground.app.app_context():
        scene = build_scene()
        departures = [scene.add_departure(f"2026-05-{day:02}T10:00", 1000) for day in range(8, 8 + DEPARTURES)]
        report(f"hold to confirmed, {dialect}", *repeated(_applying(scene, departures), times=PARTIES))


def _applying(scene: Scene, departures: list) -> Callable[[int], object]:
    return lambda number: scene.apply(departures[number % len(departures)])


def measure_pages(server: Server, path: str) -> None:
    """So many clients at once, each asking for the same page again and again."""

    def one_client(_number: int) -> list[float]:
        with httpx.Client(base_url=server.address) as client:
            return repeated(lambda _again: client.get(path).raise_for_status())[0]

    begin = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        times = [taken for client in pool.map(one_client, range(CLIENTS)) for taken in client]
    report(f"GET {path}, {CLIENTS} clients, 1 process", times, time.perf_counter() - begin)


@contextmanager
def demonstration() -> Iterator[Server]:
    """The demonstration site, as `make run` serves it."""
    with tempfile.TemporaryDirectory(prefix="tourbook-bench-") as folder:
        settings = {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite'}",
            "TOURBOOK_ENV": "rehearsal",
            "TOURBOOK_NOW": "2026-05-04T09:00",
        }
        run_command("db", "upgrade", settings=settings)
        run_command("tourbook", "seed", "--demo", settings=settings)
        with serving(settings) as server:
            yield server


def main() -> None:
    """Run all of it; about half a minute."""
    measure_rule()
    with ExitStack() as stack:
        grounds = Grounds(stack)
        for dialect in ("sqlite", "postgresql"):
            measure_applying(grounds, dialect)
    with demonstration() as server:
        for path in PAGES:
            measure_pages(server, path)


if __name__ == "__main__":
    main()
