"""The order in which acts lock (decision 83), and watching a database for acts that do not keep to it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event

TO_CHANGE, TO_STAND_STILL = "ruleset to change it", "ruleset to stand still"
ORDER = (
    "rehearsal",
    TO_CHANGE,
    *("distancing_order", "site_measure", "table_cell", "change"),
    *("course", "draw_round", "departure", "schedule", "course_break", "course_queue"),
    TO_STAND_STILL,
    "notice",
)
"""Whoever has locked something here waits for nothing that stands before it."""

OF_MANY_ROWS = frozenset({"course", "draw_round", "departure"})
"""All rows that an act needs of these are locked at once, by id."""

BESIDE = frozenset({"person", "organisation", "wish", "holiday", "application", "appeal"})
"""Read under a lock by acts that lock nothing of the order: on accounts, on a holiday, to appeal."""
_PARENTHESES = re.compile(r"\([^()]*\)")
_LOCKS = re.compile(r" FOR (?:NO KEY )?(UPDATE|SHARE)(?: OF ([\w, ]+?))?( SKIP LOCKED)?\s*$")
_FROM = re.compile(r'\b(?:FROM|JOIN) "?(\w+)"?')
_WRITES = re.compile(r'\s*(?:UPDATE|DELETE FROM) "?(\w+)"?')


@dataclass(frozen=True)
class Locking:
    """The tables of which a statement locks rows; whether it reads them for that, passes over what others hold, and
    leaves others free to lock them likewise; and the ids that it names.
    """

    tables: tuple[str, ...]
    reads: bool = False
    passes_over: bool = False
    shares: bool = False
    ids: frozenset[UUID] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The tables as the order names them."""
        facts = TO_STAND_STILL if self.shares else TO_CHANGE
        return tuple(facts if one == "ruleset" else one for one in self.tables)


def locking(statement: str, given: Any = None) -> Locking | None:
    """What a statement locks; None where that is nothing. Rows to which it refers are left out: the locks of these acts
    keep nobody from referring to them.
    """
    written = _WRITES.match(statement)
    if written:
        return Locking((written[1],))
    found = _LOCKS.search(statement)
    if found is None:
        return None
    mode, of, passes_over = found.groups()
    plain = statement
    while (less := _PARENTHESES.sub("", plain)) != plain:
        plain = less
    tables = of.replace(" ", "").split(",") if of else _FROM.findall(plain)
    ids = frozenset(one for one in (given or {}).values() if isinstance(one, UUID)) if isinstance(given, dict) else ()
    return Locking(tuple(tables), True, bool(passes_over), mode == "SHARE", frozenset(ids))


@dataclass
class Watch:
    """What the acts on a database have locked, and where one turned the order round."""

    locked: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    _held: dict[str, frozenset[UUID]] = field(default_factory=dict)
    _beside: set[str] = field(default_factory=set)

    def note(self, statement: str, given: Any) -> None:
        """Something is asked of the database."""
        found = locking(statement, given)
        if found is None:
            return
        for name in found.names:
            self._lock(name, found)
            self.locked.add(name)

    def end(self) -> None:
        """The transaction is over."""
        if self._beside and self._held:
            self.faults.append(f"{', '.join(sorted(self._beside))} is locked beside {', '.join(self._held)}")
        self._held.clear()
        self._beside.clear()

    def _lock(self, name: str, found: Locking) -> None:
        if name not in ORDER:
            if found.reads and not found.passes_over:
                self._beside.add(name)
                self.faults += [] if name in BESIDE else [f"{name} is locked, and has no place in the order"]
            return
        before = self._held.get(name)
        if found.passes_over:
            pass
        elif before is None:
            later = [one for one in self._held if ORDER.index(one) > ORDER.index(name)]
            self.faults += [f"{name} is locked after {one}" for one in later]
        elif found.reads and name in OF_MANY_ROWS and not found.ids <= before:
            self.faults.append(f"more of {name} is locked after some of it")
        if name != TO_STAND_STILL:  # whoever changes facts has locked nothing before: nobody waits for it here
            self._held[name] = (before or frozenset()) | found.ids


@contextmanager
def watching(engine: Engine) -> Iterator[Watch]:
    """Watch all that is asked of a database, by one act at a time."""
    watch = Watch()

    def asked(_connection: Connection, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        watch.note(statement, given)

    def ended(_connection: Connection) -> None:
        watch.end()

    listening = {"before_cursor_execute": asked, "commit": ended, "rollback": ended}
    for name, listener in listening.items():
        event.listen(engine, name, listener)
    try:
        yield watch
    finally:
        for name, listener in listening.items():
            event.remove(engine, name, listener)
