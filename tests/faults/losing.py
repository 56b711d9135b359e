"""The answer to a COMMIT is lost, and the same form is sent again: what the tables hold then, and what people read.

One act is done three ways: once without a fault, and once for each of its COMMITs with that one's answer lost. All must
come to the same.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine, func, select

from tests.faults import acts_of_accounts as acts_of_accounts  # its acts put themselves on the list
from tests.faults.acts import Act, Ready, World
from tests.faults.wire import Wire, wire_to
from tests.ground.application import Ground, build_app
from tests.ground.moments import StandingClock
from tests.ground.pages import Page
from tourbook.db import db

DEADLINE = 3  # half of it for one answer: as long as these tests want to wait
MOST_TRIES = 6
NO_ANSWER = 503
OF_NO_ACCOUNT = {
    "sign_in",  # to be signed in twice harms nobody
    "failed_sign_in",
    "data_key",  # the first act of a process puts a key on record; another process has done so, or does
}
COUNTED = {
    "trail_entry": "act",
    "notice": "kind",
    "application": "state",
    "offer": "state",
    "visitor": "attendance",
}
PERSONAL = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z0-9]{4}-[A-Z0-9]{4}")

Ledger = Counter[tuple[str, ...]]


def ledger(engine: Engine) -> Ledger:
    """How many rows there are of everything, by what they say."""
    found: Ledger = Counter()
    with engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name in OF_NO_ACCOUNT:
                continue
            column = table.c[COUNTED[table.name]] if table.name in COUNTED else None
            kinds = [] if column is None else [column]
            for *kind, count in connection.execute(select(*kinds, func.count()).select_from(table).group_by(*kinds)):
                found[(table.name, *map(str, kind))] = count
    return found


@dataclass(frozen=True)
class Outcome:
    """What an act came to: what was written, the last answer's status and where it leads, without names of its own."""

    written: Ledger
    status: int
    leads_to: str
    commits: int

    def differs_from(self, other: "Outcome") -> list[str]:
        """Where two outcomes of the same act are not the same."""
        rows = self.written.keys() | other.written.keys()
        found = [f"{row}: {self.written[row]} / {other.written[row]}" for row in sorted(rows)]
        found = [line for row, line in zip(sorted(rows), found, strict=True) if self.written[row] != other.written[row]]
        if (self.status, self.leads_to) != (other.status, other.leads_to):
            found.append(f"{self.status} {self.leads_to} / {other.status} {other.leads_to}")
        return found


@dataclass
class Losing:
    """The application on the far side of a wire that loses answers when told to."""

    ground: Ground
    clock: StandingClock
    wire: Wire
    app: Flask

    def outcome(self, act: Act, lost: int | None = None) -> Outcome:
        """Do it in a world of its own, the answer to its COMMIT of that number lost, until there is an answer."""
        self.ground.reset()
        with self.app.app_context():
            ready = act(World(self.app, self.clock))
            db.session.remove()
        before = ledger(self.ground.engine)
        commits = 0

        def loses() -> bool:
            nonlocal commits
            commits += 1
            return commits == lost

        self.wire.swallow = loses
        try:
            page = _until_answered(ready)
        finally:
            self.wire.swallow = lambda: False
            self.wire.give_up_the_silent()
        written = ledger(self.ground.engine)
        written.subtract(before)
        leads_to = PERSONAL.sub("*", page.response.headers.get("Location", "").split("?")[0])
        return Outcome(written, page.status, leads_to, commits)


def _until_answered(ready: Ready) -> Page:
    """Send a form as people do who read what the page says: again, from the page that hands it back or from its own."""
    page = ready.send()
    for _ in range(MOST_TRIES):
        if page.status != NO_ANSWER:
            return page
        handed_back = page.has("send-again")
        page = page.form(mark="send-again").submit(ready.client, follow=False) if handed_back else ready.send()
    raise AssertionError(f"no answer in {MOST_TRIES} tries")


@contextmanager
def losing(ground: Ground, clock: StandingClock, **settings: Any) -> Iterator[Losing]:
    """The application by way of a wire."""
    with wire_to(ground.url) as wire:
        moment = clock.now
        app = build_app(wire.url, database_deadline=DEADLINE, **settings)
        clock.stand_at(moment)  # an application that starts lets the clock run
        try:
            yield Losing(ground, clock, wire, app)
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


Progress = Callable[[str], object]
