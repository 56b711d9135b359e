"""Two tabs keep companions at once: no more are kept than may be."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accounts.people import keep_people, somebody
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tests.races.test_last_seat import LONELY, crowd
from tourbook.accounts import CompanionDetails, Keeping, companions, keep_companions
from tourbook.accounts.models import Companion, Person
from tourbook.actor import Actor
from tourbook.db import db
from tourbook.kst import parse_moment

NOW = parse_moment(MONDAY_MORNING)
TABS, ROOM = 6, 2


@pytest.fixture
def me(database: Ground) -> Iterator[Actor]:
    """An account that keeps eighteen."""
    with database.app.app_context():
        yield keep_people(somebody(database.app), companions.MOST_COMPANIONS - ROOM, NOW)
        db.session.remove()


def keep_one_more(me: Actor, number: int) -> Keeping:
    return keep_companions([CompanionDetails(f"또 {number}", date(1980, 1, 1), "KR")], actor=me, now=NOW)


def kept() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Companion)) or 0


def test_of_six_tabs_that_keep_one_more_at_once_two_find_room(me: Actor, database: Ground) -> None:
    answers = crowd(database, lambda number: keep_one_more(me, number), TABS)

    assert sorted(answer.kept for answer in answers) == [0] * (TABS - ROOM) + [1] * ROOM
    assert kept() == companions.MOST_COMPANIONS


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_too_many_are_kept(
    me: Actor, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_have_read = Barrier(TABS, timeout=LONELY)
    rows_of = companions._rows_of

    def unlocked(session: Session, _model: Any, ids: Any) -> list[Person]:
        return [session.get_one(Person, one) for one in ids]

    def read_together(*asked: Any) -> Any:
        found = rows_of(*asked)
        with suppress(BrokenBarrierError):  # a machine on which they do not all come
            all_have_read.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(companions, "lock", unlocked)
        patch.setattr(companions, "_rows_of", read_together)
        crowd(database, lambda number: keep_one_more(me, number), TABS)

    assert kept() > companions.MOST_COMPANIONS
