"""What is measured on one database, and how much of it."""

import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from itertools import chain, cycle
from typing import Any

from flask import Flask

from tests.bench import levels, world
from tests.bench.browser import Browser
from tests.bench.journeys import STEPS, Journey
from tests.bench.meters import Meter, Processes, times
from tests.bench.stage import Database, database
from tests.ground.server import Server, run_module, serving

PARTS = ("floor", "journeys", "calendar", "level")
CLIENTS = 8
FLOOR = 1500
TRANSACTIONS = 600
JOURNEYS = 160
ROUNDS = 2
CALENDARS = 300
COLD = 8
SEASON = 500
LEVEL_DEPARTURES = 3_000
LEVEL_PARTIES = 20
LEVEL_SECONDS = 60.0
GOES_STALE = 1.1

Say = Callable[[str], None]
Found = dict[str, Any]


def measure(dialect: str, size: float, *, only: Collection[str], say: Say) -> Found:
    """Every part on one database."""
    found: Found = {}
    with ExitStack() as stack:
        where = stack.enter_context(database(dialect))
        say(f"{dialect}: making a season")
        app = world.build(where.url)
        stack.callback(_let_go, app)
        if "floor" in only:
            say(f"{dialect}: bare answers and bare transactions")
            found["floor"] = _floor(where, size)
        if {"journeys", "calendar"} & set(only):
            found |= _served(where, app, size, only=only, say=say)
        if "level" in only:
            say(f"{dialect}: a change of level (settling ends after {LEVEL_SECONDS:.0f} s at the latest)")
            found["level"] = levels.change_level(app, int(LEVEL_DEPARTURES * size), LEVEL_PARTIES, LEVEL_SECONDS)
    return found


def _floor(where: Database, size: float) -> Found:
    """Bare answers and bare transactions, served like the application."""
    settings = {"DATABASE_URL": where.url}
    run_module("tests.bench.bare", settings=settings)
    with serving(settings, application="tests.bench.bare:app") as server:
        watched = _watched(where, server)
        return {
            "answer": _asked(watched, _times(size, FLOOR), lambda one: one.get("/"), server),
            "transaction": _asked(
                watched, _times(size, TRANSACTIONS), lambda one: one.post("/transaction", {}), server
            ),
        }


def _served(where: Database, app: Flask, size: float, *, only: Collection[str], say: Say) -> Found:
    with app.app_context():
        journeys = _departures(_times(size, JOURNEYS) * (ROUNDS + 2))
        first_day, last_day, _ = world.season()
        world.add_departures("paju", first_day, last_day, SEASON, 20)
    settings = {"DATABASE_URL": where.url, "TOURBOOK_ENV": "test", "TOURBOOK_TRUSTED_PROXIES": "1"}
    found: Found = {}
    with serving(settings) as server:
        if "journeys" in only:
            say(f"{where.dialect}: journeys, step by step and then side by side")
            found["journeys"] = _journeys(where, server, journeys, size)
        if "calendar" in only:
            say(f"{where.dialect}: the calendar of {SEASON} departures")
            found["calendar"] = _calendar(where, server, size)
        found["peak_memory_mb"] = round(Processes(server.process.pid).peak_memory(), 1)
    return found


def _departures(seats: int) -> list[tuple[str, Any]]:
    """Enough departures for that many parties of three courses, none of which fills up."""
    number = max(4, seats // 20)
    made = (
        [("cheorwon", one) for one in world.add_departures("cheorwon", 15, 27, number, 60)],
        [("goseong", one) for one in world.add_departures("goseong", 15, 27, number, 60)],
        [("panmunjeom", one) for one in world.add_departures("panmunjeom", 4, 13, number, 120)],
    )
    return list(chain.from_iterable(zip(*made, strict=True)))


def _journeys(where: Database, server: Server, departures: list[tuple[str, Any]], size: float) -> Found:
    """Every step by itself, so that its CPU can be told; then whole journeys, as many at once as there are clients."""
    taking = cycle(departures)
    number = _times(size, JOURNEYS)
    watched = _watched(where, server)
    _walk_through(_parties(server, taking, CLIENTS))
    walked = _parties(server, taking, number)
    steps = {}
    for name, step in STEPS:
        meter, taken = _metered(watched, walked, step)
        steps[name] = _figures(meter, taken, number)
    whole = _parties(server, taking, number * ROUNDS)
    meter, taken = _metered(watched, whole, lambda one: [step(one) for _, step in STEPS])
    return {"steps": steps, "whole": _figures(meter, taken, len(whole))}


def _calendar(where: Database, server: Server, size: float) -> Found:
    """The month that all those departures lie in, as a list of every one of them."""
    reader = Browser(server.address, "10.9.9.9")
    month = f"/ko/courses/paju?view=list&month={world.season()[2]}"
    watched = _watched(where, server)

    def cold(_number: int) -> None:
        time.sleep(GOES_STALE)
        assert reader.get(month).status == 200

    meter, taken = _metered(watched, range(COLD), cold, clients=1)
    warm = _asked(watched, _times(size, CALENDARS), lambda one: one.get(month), server)
    shown = reader.get(month)
    assert shown.text.count("departure-") >= SEASON
    cold_figures = _figures(meter, [one - GOES_STALE for one in taken], COLD)
    return {"cold": cold_figures, "warm": warm, "bytes": shown.size}


def _walk_through(parties: list[Journey]) -> None:
    for party in parties:
        for _, step in STEPS:
            step(party)


def _parties(server: Server, departures: Iterable[tuple[str, Any]], number: int) -> list[Journey]:
    return [
        Journey(Browser(server.address, f"10.{place // 200}.{place % 200}.{id(departures) % 200}"), code, one)
        for place, (code, one) in zip(range(number), departures, strict=False)
    ]


def _asked(watched: dict[str, Processes], number: int, ask: Callable[[Browser], Any], server: Server) -> Found:
    """The same request again and again."""
    browsers = [Browser(server.address, "10.8.8.8") for _ in range(number)]
    meter, taken = _metered(watched, browsers, ask)
    return _figures(meter, taken, number)


def _metered(
    watched: dict[str, Processes], each: Iterable[Any], act: Callable[[Any], Any], *, clients: int = CLIENTS
) -> tuple[Meter, list[float]]:
    """Do the act for each, so many at once; gives what it cost, and how long each took."""

    def timed(one: Any) -> float:
        begin = time.perf_counter()
        act(one)
        return time.perf_counter() - begin

    taken: list[float] = []
    with ThreadPoolExecutor(clients) as pool:
        meter = Meter(watched).measure(lambda: taken.extend(pool.map(timed, each)))
    return meter, taken


def _figures(meter: Meter, taken: list[float], number: int) -> Found:
    cpu = {name: round(used / number * 1000, 3) for name, used in (meter.cpu or {}).items()}
    return {"number": number, "per_second": round(number / meter.seconds, 1), "cpu_ms": cpu, "ms": asdict(times(taken))}


def _watched(where: Database, server: Server) -> dict[str, Processes]:
    watched = {"server": Processes(server.process.pid)}
    return watched | ({"database": where.server} if where.server else {})


def _times(size: float, number: int) -> int:
    return max(2, int(number * size))


def _let_go(app: Flask) -> None:
    with app.app_context():
        world.let_go()
