"""Doing something in a process of its own that may be killed at a point."""

import gc
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from tests.crashes.points import COMMITTED, Points
from tests.ground.application import Ground
from tourbook.db import db
from tourbook.errors import Refused

Act = Callable[[], Any]


@dataclass
class Course:
    """What a process did: the points that it reached, whether it died there, and what came of it."""

    points: list[str] = field(default_factory=list)
    died: bool = False
    answer: Any = None

    @property
    def commits(self) -> int:
        """How many transactions are durable."""
        return self.points.count(COMMITTED)


def run(ground: Ground, act: Act, *, die_at: int | None = None) -> Course:
    """Let a child do it, and die at its point number `die_at` (from 0). A fault in the act itself fails the test.

    The parent holds no connection while it forks, so that the child shares none with it.
    """
    db.session.remove()
    ground.engine.dispose()
    reading, writing = os.pipe()
    gc.freeze()  # the child need not copy every page only to count what is on it
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(ground, act, writing, die_at)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        course = _listen(told)
    _, status = os.waitpid(child, 0)
    course.died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not course.died and status:
        raise AssertionError(f"the act failed by itself:\n{course.answer}")
    return course


def _be_the_child(ground: Ground, act: Act, writing: int, die_at: int | None) -> None:
    """Never returns."""
    status = 1
    try:
        answer = _answer_of(ground, act, writing, die_at)
        status = 0
    except BaseException:  # noqa: BLE001 - the parent must be told, whatever it is
        answer = traceback.format_exc()
    finally:
        _tell(writing, answer)
        os._exit(status)


def _answer_of(ground: Ground, act: Act, writing: int, die_at: int | None) -> Any:
    points = Points(lambda what: _tell(writing, what), die_at)
    with ExitStack() as stack:
        stack.enter_context(points.on(ground.engine))
        try:
            return ("done", repr(act()))
        except Refused as refused:
            return ("refused", refused.code)


def _tell(writing: int, what: Any) -> None:
    os.write(writing, pickle.dumps(what))


def _listen(told: BinaryIO) -> Course:
    """Points are text; the answer, where one comes, is the last thing said."""
    said = []
    while True:
        try:
            said.append(pickle.load(told))  # noqa: S301 - said by our own child
        except EOFError:
            break
    answers = [one for one in said if not isinstance(one, str)]
    return Course([one for one in said if isinstance(one, str)], answer=answers[0] if answers else None)
