"""People who ask a server again and again, each in a browser of their own, and how long each answer took.

They read pages as little as they must: the machine that tests also carries the wire and the server.
"""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Thread
from uuid import UUID

import httpx
from sqlalchemy.exc import DBAPIError

from tests.applications.scene import Scene
from tests.faults.wire import Wire
from tests.ground.application import build_app
from tests.races.over_http import NO_TLS, PATIENCE
from tourbook import patience
from tourbook.db import db

BREATH = 0.1  # seconds between two things that one person does
NO_ANSWER = 503
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
FORM = re.compile(r'<form [^>]*action="([^"]*)"[^>]*data-test="(?:party|send-again)".*?</form>', re.DOTALL)
_number = count(1)


@dataclass(frozen=True)
class Heard:
    """One answer: when it was asked for, when it came, its status."""

    asked: float
    came: float
    status: int

    @property
    def seconds(self) -> float:
        return self.came - self.asked


@dataclass
class Askers:
    """What all of them heard, at `site` about one departure."""

    site: str
    departure: UUID
    heard: list[Heard] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)

    @property
    def worst(self) -> float:
        """The longest that anybody waited for an answer."""
        return max(one.seconds for one in self.heard)

    @property
    def statuses(self) -> set[int]:
        """Every status that anybody got."""
        return {one.status for one in self.heard}

    def unanswered_after(self, moment: float) -> int:
        """How many questions of that moment or later had no answer but "again in a moment"."""
        return len([one for one in self.heard if one.asked >= moment and one.status == NO_ANSWER])

    def live(self, what: "Act") -> None:
        """Do it as one person after another, until told to stop."""
        while not self.stopping.wait(BREATH):
            number = next(_number)
            address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
            with httpx.Client(
                base_url=self.site, timeout=PATIENCE, verify=NO_TLS, headers={"X-Forwarded-For": address}
            ) as browser:
                what(self, browser)

    def hear(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Ask once, and note how long it took."""
        asked = time.monotonic()
        answer = ask()
        self.heard.append(Heard(asked, time.monotonic(), answer.status_code))
        return answer


Act = Callable[[Askers, httpx.Client], object]


def look(askers: Askers, browser: httpx.Client) -> httpx.Response:
    """Somebody looks at a departure."""
    return askers.hear(lambda: browser.get(f"/ko/departures/{askers.departure}"))


def ask_for_a_place(askers: Askers, browser: httpx.Client) -> None:
    """Somebody looks at a departure and asks for a place, with the same form until an answer comes."""
    answer = look(askers, browser)
    typed = {"seats": "1"}
    while (form := FORM.search(answer.text)) and not askers.stopping.wait(BREATH):
        where, values = form[1], {**dict(HIDDEN.findall(form[0])), **typed}
        answer = askers.hear(lambda where=where, values=values: browser.post(where, data=values))
        typed = {}


@contextmanager
def asking(site: str, departure: UUID, people: int, what: Act = look) -> Iterator[Askers]:
    """So many people ask during this block; at its end every one of them has had an answer."""
    askers = Askers(site, departure)
    with ThreadPoolExecutor(people) as pool:
        running = [pool.submit(askers.live, what) for _ in range(people)]
        try:
            yield askers
        finally:
            askers.stopping.set()
    for one in running:
        one.result()


@contextmanager
def waiting_for_a_lost_answer(wire: Wire, scene: Scene) -> Iterator[Thread]:
    """Somebody with a second of patience, and the answer to a COMMIT swallowed on a connection that stays open."""
    app = build_app(wire.url, database_deadline=1)
    wire.swallow = lambda: True

    def act() -> None:
        bound = patience.of_request(app.config["TOURBOOK"])
        with suppress(DBAPIError), patience.bounded(bound), app.app_context():
            Scene(scene.now, scene.course_id).add_departure("2026-05-21T10:00")

    waiting = Thread(target=act, daemon=True)
    waiting.start()
    yield waiting
    wire.close()
    waiting.join()
    with app.app_context():
        db.engine.dispose()
