"""Releasing what is set aside meets those who change it: never is more released than was shown.

Two controls: without what was shown the larger group is released whole, on both databases; and on PostgreSQL, without
the lock of the departure, it is released under the hands of whoever makes it larger.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.ground.application import Ground
from tests.races.test_allotments import ROUNDS, assert_sound, at_once, done, holds, open_gate, sets_aside, shrinks
from tests.races.test_last_seat import without_lock
from tests.rosters.gate import Gate
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.rosters import own_filled, release_allotment, releases_of

SHOWN, LARGER = 6, 8


@pytest.fixture
def gate(database: Ground) -> Iterator[Gate]:
    """Ten seats, applications are open."""
    with database.app.app_context():
        yield open_gate()
        db.session.remove()


def shown(gate: Gate, allotment: UUID) -> str:
    """What the page of the group carries."""
    db.session.rollback()
    found = own_filled(db.session(), allotment, actor=gate.operator)
    mark = releases_of(found.allotment, found.left)
    db.session.rollback()
    return mark


def releases(gate: Gate, allotment: UUID, mark: str | None) -> Callable[[], int]:
    return partial(release_allotment, allotment, shown=mark, actor=gate.operator, now=gate.now)


def a_group(gate: Gate) -> tuple[UUID, str]:
    allotment = sets_aside(gate, SHOWN)()
    return allotment, shown(gate, allotment)


def codes(answers: list[Any]) -> set[str]:
    return {one.code for one in answers if isinstance(one, Refused)}


def test_of_one_who_releases_and_one_who_makes_it_larger_one_reads_what_the_other_did(
    gate: Gate, database: Ground
) -> None:
    allotment, mark = a_group(gate)

    answers = at_once(database, releases(gate, allotment, mark), shrinks(gate, allotment, LARGER))

    assert done(answers) == 1, answers
    assert codes(answers) <= {"group_release_changed", "allotment_over"}
    assert answers[0] == SHOWN or isinstance(answers[0], Refused)
    assert_sound(gate)


def test_no_place_is_released_that_was_not_shown_while_the_group_fills_and_grows(gate: Gate, database: Ground) -> None:
    allotment, mark = a_group(gate)
    release = releases(gate, allotment, mark)

    answers = at_once(database, release, holds(gate, 2, allotment), shrinks(gate, allotment, LARGER), release)

    freed = [one for one in (answers[0], answers[3]) if isinstance(one, int)]
    assert sum(freed) in {0, SHOWN}
    assert_sound(gate)


def test_control_without_what_was_shown_more_is_released(gate: Gate) -> None:
    allotment, _ = a_group(gate)
    shrinks(gate, allotment, LARGER)()

    assert releases(gate, allotment, None)() == LARGER > SHOWN


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
@pytest.mark.usefixtures("gate")
def test_control_without_the_lock_both_are_told_that_it_is_done(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both() -> bool:
        db.session.remove()
        database.reset()
        gate = open_gate()
        allotment, mark = a_group(gate)
        with without_lock(monkeypatch):
            answers = at_once(database, releases(gate, allotment, mark), shrinks(gate, allotment, LARGER))
        return done(answers) == 2

    assert any(both() for _ in range(ROUNDS))
