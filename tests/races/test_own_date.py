"""Everybody takes the own date at once in place of another, or has it by exception: no more than there are seats."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.applications.scene import Scene, departure, settle_all
from tests.applications.test_own_date import end, offered_elsewhere
from tests.ground.application import Ground
from tests.races.test_last_seat import crowd
from tests.races.without_guards import meeting, without_numbers, without_row_locks
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import take_own_date
from tourbook.applications.acts import cancel
from tourbook.applications.acts.back_by_exception import put_back_by_exception
from tourbook.applications.models import Application, State
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.operations import check

PARTIES, ROOM = 8, 3


def reopened(scene: Scene) -> tuple[UUID, list[UUID]]:
    """Eight parties of two are offered another date; then three of them could go on their own again."""
    own, _, measure, parties = offered_elsewhere(scene, *[2] * PARTIES)
    end(measure, scene)
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=2 * ROOM)
    settle_all(scene)
    return own, parties


def seated(own: UUID) -> int:
    """Seats of confirmed parties, recounted."""
    db.session.rollback()
    going = select(func.coalesce(func.sum(Application.seats), 0)).where(
        Application.departure_id == own, Application.state == State.CONFIRMED
    )
    return db.session.scalar(going) or 0


def test_of_eight_who_take_their_own_date_at_once_three_have_it(scene: Scene, database: Ground) -> None:
    own, parties = reopened(scene)

    answers = crowd(database, lambda number: take_own_date(parties[number], actor=GUEST, now=scene.now), PARTIES)

    assert sum(isinstance(answer, UUID) for answer in answers) == ROOM
    assert {error.code for error in answers if isinstance(error, Refused)} == {"own_date_full"}
    assert seated(own) == departure(own).seats_taken == 2 * ROOM
    assert check(db.session(), now=scene.now).ok


def test_one_who_takes_it_eight_times_at_once_has_it_once(scene: Scene, database: Ground) -> None:
    own, parties = reopened(scene)

    answers = crowd(database, lambda _: take_own_date(parties[0], actor=GUEST, now=scene.now), PARTIES)

    assert set(answers) == {parties[0]}
    assert seated(own) == 2
    assert check(db.session(), now=scene.now).ok


def by_exception(scene: Scene, ground: Ground, parties: list[UUID]) -> list[object]:
    """An exception goes before all turns, so that the lock alone stands between them."""
    given = {"reason": "접수 착오", "actor": COMMAND, "now": scene.now}
    return crowd(ground, lambda number: put_back_by_exception(parties[number], **given), PARTIES)


def test_of_eight_who_get_it_by_exception_at_once_three_have_it(scene: Scene, database: Ground) -> None:
    own, parties = reopened(scene)

    answers = by_exception(scene, database, parties)

    assert answers.count(None) == ROOM
    assert {error.code for error in answers if isinstance(error, Refused)} == {"no_seats_to_put_back"}
    assert seated(own) == departure(own).seats_taken == 2 * ROOM
    assert check(db.session(), now=scene.now).ok


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_more_are_told_so_than_there_are_seats(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, parties = reopened(scene)

    with monkeypatch.context() as patch:
        without_row_locks(patch, cancel, queue=meeting(PARTIES))
        without_numbers(patch)
        answers = by_exception(scene, database, parties)

    assert answers.count(None) > ROOM, f"the control did not break: {answers}"
