"""The log in production: one JSON object a line on stderr, and nothing in it about a person.

A line has when, how urgent, which logger and what; whatever is known of the work under way (the request, the job); and
of an exception its kinds and the places it came through. What an exception says is left out, since it may quote what
somebody typed; so are the values of variables and of statements. What looks like an address, a number or a document of
somebody is blotted out of messages, whoever wrote them.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
FIELDS = ("request", "route", "method", "status", "milliseconds", "role", "organisation", "job", "done", "build")
"""What a line may tell beyond its message; whatever else hangs on a record stays out."""
BLOT = "[...]"
MOST_FRAMES = 12
_PERSONAL = re.compile(
    r"[^\s@<>\"']+@[^\s@<>\"']+"  # a mail address
    r"|(?<![\w-])\+?\d[\d -]{6,}\d(?![\w-])"  # a telephone, a resident registration number, a day (of birth, perhaps)
    r"|(?<![\w-])[A-Z]{1,2}\d{3}[A-Z0-9]{4,6}(?![\w-])"  # a passport
)

_work: ContextVar[dict[str, object] | None] = ContextVar("what the log tells of the work under way", default=None)


@contextmanager
def telling(**fields: object) -> Iterator[dict[str, object]]:
    """Let every line of this block tell these fields (of FIELDS) too; more may be put into what it gives."""
    told = {**(_work.get() or {}), **fields}
    before = _work.set(told)
    try:
        yield told
    finally:
        _work.reset(before)


def write_json(*, build: str = "") -> None:
    """From now on write all logs of this process to stderr as JSON, with what nobody caught and what is warned of."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(build=build))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_what_nobody_caught
    threading.excepthook = lambda fault: _log_what_nobody_caught(fault.exc_type, fault.exc_value, fault.exc_traceback)


class JsonLines(logging.Formatter):
    """A record as one line of ASCII: no message, whoever wrote it, can begin a line of its own."""

    def __init__(self, *_usual: object, build: str = "", **_more: object) -> None:
        super().__init__()
        self.build = build

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _PERSONAL.sub(BLOT, record.getMessage()),
        }
        known = {**({"build": self.build} if self.build else {}), **(_work.get() or {}), **record.__dict__}
        line |= {name: known[name] for name in FIELDS if known.get(name) is not None}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _told(record.exc_info[1])
        return json.dumps(line, default=str)


def _told(fault: BaseException) -> list[dict[str, object]]:
    """An exception and those that it came from, the innermost last: kinds, what the database calls it, and where."""
    told: list[dict[str, object]] = []
    seen: set[int] = set()
    one: BaseException | None = fault
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        told.append({"kind": f"{type(one).__module__}.{type(one).__qualname__}", **_facts(one), "at": _places(one)})
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return told


def _facts(fault: BaseException) -> dict[str, object]:
    """What of an exception is ours or the machine's and nobody's: a code, a constraint, a statement without values."""
    diagnosis = getattr(fault, "diag", None)
    facts = {
        "code": getattr(fault, "code", None),
        "sqlstate": getattr(fault, "sqlstate", None),
        "constraint": getattr(diagnosis, "constraint_name", None),
        "sqlite": getattr(fault, "sqlite_errorname", None),
        "statement": getattr(fault, "statement", None),
        "errno": getattr(fault, "errno", None),
    }
    return {name: _plain(value) for name, value in facts.items() if isinstance(value, str | int)}


def _plain(value: str | int) -> str | int:
    return _PERSONAL.sub(BLOT, value)[:2000] if isinstance(value, str) else value


def _places(fault: BaseException) -> list[str]:
    """Where it went through, without the lines of code: a file of the project by its path in it, else by its name."""
    frames = [
        f"{_short(frame.f_code.co_filename)}:{number} {frame.f_code.co_name}"
        for frame, number in traceback.walk_tb(fault.__traceback__)
    ]
    return frames if len(frames) <= MOST_FRAMES else [frames[0], "...", *frames[-MOST_FRAMES + 2 :]]


def _short(file: str) -> str:
    path = Path(file)
    inside = path.is_relative_to(PROJECT) and ".venv" not in path.parts
    return str(path.relative_to(PROJECT)) if inside else "/".join(path.parts[-2:])


def _log_what_nobody_caught(
    kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None, *_: Any
) -> None:
    if not issubclass(kind, Exception) or fault is None:
        sys.__excepthook__(kind, fault or kind(), trace)
        return
    logging.getLogger("tourbook").critical("nobody caught this", exc_info=(kind, fault, trace))
