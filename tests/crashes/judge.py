"""Letting a deed die at its points, and judging what is left."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from tests.crashes.child import Course, run
from tests.crashes.deeds import Deed, Doing
from tests.crashes.likeness import Likeness, differences, in_words, likeness
from tests.crashes.points import BEFORE_COMMIT, around_a_commit, is_at_a_border, writes
from tests.crashes.sinks import Mark, Sinks
from tests.ground.application import Ground
from tests.ground.databases import Rows, kept_rows, restore
from tourbook.applications import settle_due
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.notices import Way, deliver_due
from tourbook.notices.delivery import LEASE
from tourbook.operations import check
from tourbook.records import verify

TURN = {"sqlite": 0, "postgresql": 1}
"""Whose turn it is to die before a writing statement in the short dose: the databases take them alternately."""


@dataclass
class Verdict:
    """How many points the deed has, how often it died at one and at a second, and what was found against it."""

    deed: str
    points: int = 0
    once: int = 0
    twice: int = 0
    found: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class End:
    """How it all ends: what the database says once the timetable has done its work, and what the act answered."""

    says: Likeness
    answer: str


class Court:
    """One deed on one database. `thorough` dies at every point, and from every state that this leaves at every point of
    the repetition: all pairs, of which those that begin from the same rows are one and the same and are tried once.

    The short dose leaves out what shows the same again: dying before a statement that only reads, and doing it again
    from a state that has been gone on from before.
    """

    def __init__(self, deed: Deed, ground: Ground, sinks: Sinks | None = None, *, thorough: bool = False) -> None:
        self._deed, self._ground, self._sinks, self._thorough = deed, ground, sinks, thorough
        ground.reset()
        self._doing: Doing = deed.build(ground)
        self._before = self._rows()
        self._stands = self._before
        self._gone_on_from: list[tuple[Likeness, Mark]] = []
        self._verdict = Verdict(deed.name)

    def try_all(self) -> Verdict:
        """Die at each point once; where that left something, or thoroughly, at each point of the repetition too."""
        self._rehearse()
        whole = run(self._ground, self._doing.act)
        self._verdict.points = len(whole.points)
        self._check_transactions(whole)
        after = self._rows()
        self._end = self._ended(whole)
        for point in self._worth_dying_at(whole):
            self._die(point, whole, after)
        return self._verdict

    def _rehearse(self) -> None:
        """Do it here once, so that no child has to compile its statements anew."""
        with suppress(Refused):
            self._doing.act()
        self._stands = {}
        self._back_to(self._before, (0, 0))

    def _die(self, point: int, whole: Course, after: Rows) -> None:
        self._back_to(self._before, (0, 0))
        died = run(self._ground, self._doing.act, die_at=point)
        at = f"died at {_place(point, whole)}"
        self._verdict.once += 1
        if not died.died or died.points != whole.points[: point + 1]:
            self._find(at, [f"took another course: {died.points}"])
            return
        left = self._stands = self._rows()
        self._find(at, self._half_done(died, whole, left, after))
        state = self._like(left), self._arrived()
        if state not in self._gone_on_from:
            self._gone_on_from.append(state)
            self._find(at, self._unsound())
            self._go_on(at, left)
        elif self._thorough or whole.points[point] == BEFORE_COMMIT:
            self._do_again(at)

    def _half_done(self, died: Course, whole: Course, left: Rows, after: Rows) -> Iterator[str]:
        """Before the first transaction nothing has changed, after the last all has."""
        if died.commits == 0 and left != self._before:
            yield "something was changed before the first COMMIT"
        if died.commits == whole.commits:
            yield from differences(self._like(left), self._like(after))

    def _unsound(self) -> list[str]:
        """What the recount finds, and still finds after the timetable has done its work; what was left is put back."""
        if not self._recount():
            return []
        left = self._rows()
        self._let_the_timetable_work()
        found = self._recount()
        restore(self._ground.engine, left)
        return found

    def _go_on(self, at: str, left: Rows) -> None:
        """The same form again, to its end; and dying once more at each point of that, unless nothing had changed."""
        arrived = self._arrived()
        again = self._do_again(at)
        if not (self._thorough or left != self._before):
            return
        for point in self._worth_dying_at(again) if self._thorough else around_a_commit(again.points):
            self._back_to(left, arrived)
            run(self._ground, self._doing.act, die_at=point)
            self._verdict.twice += 1
            twice = f"{at} and again at {_place(point, again)}"
            self._find(twice, self._unsound())
            self._do_again(twice, crashes=2)

    def _do_again(self, at: str, *, crashes: int = 1) -> Course:
        self._stands = {}
        again = run(self._ground, self._doing.act)
        self._find(f"{at}, done again", self._unlike(again, crashes=crashes))
        return again

    def _worth_dying_at(self, course: Course) -> list[int]:
        """All points; in the short dose the borders, and those before a writing statement whose turn it is here."""
        writing = [place for place, point in enumerate(course.points) if writes(point)]
        turns = set(writing[TURN[self._ground.dialect] :: len(TURN)])
        return [
            place
            for place, point in enumerate(course.points)
            if self._thorough or place in turns or is_at_a_border(point)
        ]

    def _check_transactions(self, whole: Course) -> None:
        if whole.commits != self._deed.transactions:
            self._find("whole", [f"took {whole.commits} transactions and not {self._deed.transactions}"])

    def _unlike(self, course: Course, *, crashes: int) -> Iterator[str]:
        """Where this ended otherwise than without a crash."""
        end = self._ended(course)
        if end.answer != self._end.answer:
            yield f"answered {end.answer} and not {self._end.answer}"
        more = {table: number * crashes for table, number in self._deed.again.items()}
        yield from differences(end.says, self._end.says, more=more)
        if self._sinks:
            yield from self._sinks.faults(crashes=crashes)

    def _ended(self, course: Course) -> End:
        rows = self._rows()
        answer = in_words(course.answer, rows, self._before)
        self._let_the_timetable_work()
        return End(self._like(self._rows()), answer)

    def _let_the_timetable_work(self) -> None:
        """What would have been done in the next minutes: settling, and sending (where it is about that) once no try is
        under way any more.
        """
        self._stands = {}
        for now in (self._doing.now, self._doing.now + LEASE + timedelta(minutes=1)):
            while settle_due(now=now):
                pass
            for way in Way if self._sinks else ():
                while deliver_due(way=way, now=now):
                    pass

    def _recount(self) -> list[str]:
        db.session.rollback()
        db.session.expire_all()
        broken = verify(db.session()).fault
        findings = [str(one) for one in check(db.session(), now=self._doing.now).findings]
        return [*findings, f"access records: {broken}"] if broken else findings

    def _back_to(self, rows: Rows, arrived: Mark) -> None:
        """Put the database back to these rows, and let only so much have arrived outside."""
        if self._stands != rows:
            restore(self._ground.engine, rows)
            self._stands = rows
        if self._sinks:
            self._sinks.back_to(arrived)

    def _arrived(self) -> Mark:
        return self._sinks.mark() if self._sinks else (0, 0)

    def _rows(self) -> Rows:
        db.session.rollback()
        return kept_rows(self._ground.engine)

    def _like(self, rows: Rows) -> Likeness:
        return likeness(rows, self._before)

    def _find(self, at: str, sentences: Iterable[str]) -> None:
        self._verdict.found += [f"{at}: {sentence}" for sentence in sentences]


def _place(point: int, course: Course) -> str:
    return f"{point + 1}/{len(course.points)} ({course.points[point]})"
