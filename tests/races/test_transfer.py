"""Parties that move to another date at once: no more do than there are places, and nobody has two or none."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.applications.scene import Scene, departure, settle_all, state
from tests.ground.application import Ground
from tests.races.test_last_seat import crowd
from tests.races.without_guards import meeting, without_numbers, without_row_locks
from tourbook.actor import GUEST
from tourbook.applications import cancel, transfer
from tourbook.applications.acts import transfer as transferring
from tourbook.applications.models import Application, State
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.operations import check

PARTIES, ROOM = 6, 2
OWN, OTHER = "2026-05-20T10:00", "2026-05-23T10:00"


def parties_for(scene: Scene) -> tuple[UUID, list[UUID]]:
    """Six parties of two on one date; on another there is room for two of them."""
    own, other = scene.add_departure(OWN), scene.add_departure(OTHER, 2 * ROOM)
    return other, [scene.apply(own, 2) for _ in range(PARTIES)]


def go(scene: Scene, party: UUID, where: UUID, number: int = 0) -> UUID:
    return transfer(party, where, form_id=f"form {party} {number}", actor=GUEST, now=scene.now)


def seated(walk: UUID) -> int:
    """Seats of confirmed parties, recounted."""
    db.session.rollback()
    seats = select(func.coalesce(func.sum(Application.seats), 0))
    return db.session.scalar(seats.where(Application.departure_id == walk, Application.state == State.CONFIRMED)) or 0


def test_of_six_who_move_to_the_last_places_at_once_two_do(scene: Scene, database: Ground) -> None:
    other, parties = parties_for(scene)

    answers = crowd(database, lambda number: go(scene, parties[number], other), PARTIES)

    assert sum(isinstance(answer, UUID) for answer in answers) == ROOM
    assert {error.code for error in answers if isinstance(error, Refused)} == {"full"}
    assert seated(other) == departure(other).seats_taken == 2 * ROOM
    assert check(db.session(), now=scene.now).ok


def test_one_who_presses_six_times_at_once_moves_once(scene: Scene, database: Ground) -> None:
    other, parties = parties_for(scene)

    answers = crowd(database, lambda _: go(scene, parties[0], other), PARTIES)

    assert len(set(answers)) == 1
    assert seated(other) == 2
    assert check(db.session(), now=scene.now).ok


def test_two_who_change_places_with_each_other_do_not_wait_for_ever(scene: Scene, database: Ground) -> None:
    here, there = scene.add_departure(OWN), scene.add_departure(OTHER)
    parties = [scene.apply(walk, 2) for walk in (here, there) * 3]
    aims = [there, here] * 3

    answers = crowd(database, lambda number: go(scene, parties[number], aims[number]), PARTIES)

    assert all(isinstance(answer, UUID) for answer in answers), answers
    assert (seated(here), seated(there)) == (6, 6)
    assert check(db.session(), now=scene.now).ok


def test_whoever_cancels_and_moves_at_once_has_done_one_of_the_two(scene: Scene, database: Ground) -> None:
    other, parties = parties_for(scene)

    def either(number: int) -> object:
        party = parties[number // 2]
        return go(scene, party, other) if number % 2 else cancel(party, actor=GUEST, now=scene.now)

    crowd(database, either, 2 * ROOM)

    db.session.rollback()
    for party in parties[:ROOM]:
        there = db.session.scalars(select(Application).where(Application.replaces_id == party)).all()
        assert (state(party), len(there)) in {(State.MOVED, 1), (State.CANCELLED, 0)}
    assert check(db.session(), now=scene.now).ok


def test_whoever_moves_while_the_own_date_is_cut_has_places_or_a_right(scene: Scene, database: Ground) -> None:
    other, parties = parties_for(scene)
    scene.add_measure("2026-05-20", "2026-05-20")

    answers = crowd(database, lambda number: go(scene, parties[number], other), PARTIES)

    settle_all(scene)
    assert {error.code for error in answers if isinstance(error, Refused)} <= {"state_changed", "full"}
    assert {state(party) for party in parties} <= {State.MOVED, State.DISPLACED}
    assert check(db.session(), now=scene.now).ok


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_more_move_than_there_are_places(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, parties = parties_for(scene)

    with monkeypatch.context() as patch:
        without_row_locks(patch, transferring, queue=meeting(PARTIES))
        without_numbers(patch)
        answers = crowd(database, lambda number: go(scene, parties[number], other), PARTIES)

    assert sum(isinstance(answer, UUID) for answer in answers) > ROOM, f"the control did not break: {answers}"
