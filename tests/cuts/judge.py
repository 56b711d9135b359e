"""What a cut has left is judged by itself, before anybody goes on with it: from a copy of the disk, and the journals.

Whether what was acknowledged is there, and whether the tables agree with themselves, the checker of tests/chaos says,
which imports nothing of tourbook; whether the file is whole, SQLite; and the product's own recount is heard as well.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from tests.chaos.checker import LOOKS, tables
from tests.chaos.checker.evidence import Deed, Evidence, gathered
from tests.chaos.checker.fold import folded
from tests.ground.application import build_app
from tourbook.db import db

OF_WHAT_WAS_SAID = ("I3", "I4", "I7")
OF_THE_TABLES = ("I1", "I2", "I5", "I10", "I14")
REDIRECT = 302
KEPT = {"hold": "onward", "confirm": "in", "cancel": "in", "change": "page"}


def acknowledged(evidence: Evidence) -> list[Deed]:
    """The deeds that were answered with: it is done."""
    return [deed for deed in evidence.deeds if KEPT.get(deed.act) == deed.outcome and _was_done(deed)]


def _was_done(deed: Deed) -> bool:
    return any(ask.status == REDIRECT and ask.word == deed.outcome for ask in deed.asks)


def lost(evidence: Evidence) -> Iterator[str]:
    """What was acknowledged and is not there, each in a sentence."""
    trails = folded(evidence)
    for name in OF_WHAT_WAS_SAID:
        yield from (f"{name} {found}" for found in LOOKS[name](evidence, trails))
    yield from _changes_of_size_lost(evidence)


def _changes_of_size_lost(evidence: Evidence) -> Iterator[str]:
    """The checker knows people; an administrator was told that a measure stands, or is ended."""
    changes = [deed.facts["typed"] == "until" for deed in acknowledged(evidence) if deed.act == "change"]
    for table, promised in (("site_measure", changes.count(False)), ("measure_end", changes.count(True))):
        there = len(evidence.rows(table))
        if there < promised:
            yield f"{promised} changes were acknowledged, and {table} has {there} rows"


@dataclass
class Verdict:
    """One cut: what was acknowledged before it, what of that is lost, and what else is broken."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Judge:
    """Looks at what cuts have left; the copies lie, one after another, at the same place."""

    def __init__(self, survived: Path) -> None:
        self._file = survived / "crowd.sqlite"
        self._app: Flask = build_app(f"sqlite:///{self._file}")

    def look(self, lines: Iterable[dict[str, Any]], *, hold_seconds: float, ended: float) -> Verdict:
        """Judge by the lines that had been written when the power went."""
        whole = self._whole()
        if whole != "ok":
            return Verdict(broken=[f"integrity_check: {whole}"])
        evidence = gathered(lines, tables.read(f"sqlite:///{self._file}"), hold_seconds=hold_seconds, ended=ended)
        trails = folded(evidence)
        broken = [f"{name} {found}" for name in OF_THE_TABLES for found in LOOKS[name](evidence, trails)]
        return Verdict(len(acknowledged(evidence)), list(lost(evidence)), broken + list(self._own_check()))

    def _whole(self) -> str:
        try:
            with closing(sqlite3.connect(self._file)) as connection:
                return "; ".join(row[0] for row in connection.execute("PRAGMA integrity_check"))
        except sqlite3.DatabaseError as fault:
            return str(fault)

    def _own_check(self) -> Iterator[str]:
        done = self._app.test_cli_runner().invoke(args=["tourbook", "check"])
        with self._app.app_context():
            db.session.remove()
            db.engine.dispose()
        if done.exit_code:
            yield f"tourbook check: {done.output} {done.exception or ''}"
