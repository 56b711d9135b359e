"""The points at which a process may die, and dying there: this runs inside the process that is to die."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http.client import HTTPConnection
from smtplib import SMTP
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event

BEFORE_COMMIT, COMMITTED = "before COMMIT", "after COMMIT"
FIRST_WORDS = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|\w+ *\w*)(?:.*?\bFROM)?\s*(\w*)", re.DOTALL)
OUTSIDE = ((SMTP, ("connect", "mail", "rcpt", "data", "quit")), (HTTPConnection, ("connect", "request", "getresponse")))
"""What is asked of the world outside of the database."""


class Points:
    """Counts the points as they are reached, says each to `told`, and dies at the one that it was given."""

    def __init__(self, told: Callable[[str], object], die_at: int | None) -> None:
        self._told, self._die_at = told, die_at
        self._reached = 0

    def reach(self, what: str) -> None:
        """Say that this point is reached, and die if it is the one: no handler runs, nothing is said goodbye to."""
        self._told(what)
        if self._reached == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._reached += 1

    @contextmanager
    def on(self, engine: Engine) -> Iterator[None]:
        """Watch what is asked of this database, and of the world outside."""
        commit = engine.dialect.do_commit

        def committing(connection: Any) -> None:
            self.reach(BEFORE_COMMIT)
            commit(connection)
            self.reach(COMMITTED)

        def asking(*given: Any) -> None:
            self.reach(f"before {in_short(given[2])}")

        event.listen(engine, "before_cursor_execute", asking)
        with patch.object(engine.dialect, "do_commit", committing), self._outside():
            yield

    @contextmanager
    def _outside(self) -> Iterator[None]:
        with (
            patch.multiple(SMTP, **self._watched(SMTP)),
            patch.multiple(HTTPConnection, **self._watched(HTTPConnection)),
        ):
            yield

    def _watched(self, owner: type) -> dict[str, Any]:
        return {name: self._around(owner, name) for name in dict(OUTSIDE)[owner]}

    def _around(self, owner: type, name: str) -> Callable[..., Any]:
        ask = getattr(owner, name)

        @wraps(ask)
        def asking(*given: Any, **named: Any) -> Any:
            self.reach(f"before {owner.__name__} {name}")
            answer = ask(*given, **named)
            self.reach(f"after {owner.__name__} {name}")
            return answer

        return asking


def in_short(statement: str) -> str:
    """A statement's verb and table."""
    found = FIRST_WORDS.match(statement)
    return " ".join(" ".join(found.groups()).split()) if found else statement[:30]


def writes(point: str) -> bool:
    """Does the statement that comes next here write something?"""
    return point.startswith(("before INSERT", "before UPDATE", "before DELETE"))


def is_at_a_border(point: str) -> bool:
    """Is this at the end of a transaction, or beside something asked outside?"""
    return not (writes(point) or point.startswith(("before SELECT", "before BEGIN", "before PRAGMA")))


def around_a_commit(points: list[str]) -> list[int]:
    """Where dying shows most, if only two points can be tried: after the first COMMIT, and before the last."""
    places = [place for place, point in enumerate(points) if point in {BEFORE_COMMIT, COMMITTED}]
    return sorted({places[1], places[-2]}) if places else []
