"""Many at once: the last seat has one winner, one form makes one application; and without the lock both go wrong.

Each test has its control: with the guard taken away the same crowd must break the promise, or the test shows nothing.
SQLite has one writer at a time whatever the code does, so the controls are about PostgreSQL.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all
from tests.ground.application import Ground
from tests.races.without_guards import meeting, without_numbers
from tourbook.actor import GUEST
from tourbook.applications import Asked, Held, hold, hold_again
from tourbook.applications.acts import beginning
from tourbook.applications.acts import hold as holding
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.operations import check

CROWD = 32
LONELY = 5  # seconds until somebody who has read goes on alone


def crowd(ground: Ground, act: Callable[[int], Any], size: int = CROWD) -> list[Any]:
    """Let that many people do something at the same moment; gives each one's result or refusal."""
    barrier = Barrier(size)

    def one(number: int) -> Any:
        with ground.app.app_context():
            barrier.wait()
            try:
                return act(number)
            except (Refused, DBAPIError) as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(one, range(size)))


def asker(scene: Scene, departure: UUID, *, form: str | None = None) -> Callable[[int], UUID]:
    def ask(number: int) -> UUID:
        browser = "one browser" if form else f"browser {number}"
        asked = Asked(1, False, browser, f"address {number}", "ko", None)
        return hold(departure, asked, form_id=form or f"form {number}", actor=GUEST, now=scene.now).application_id

    return ask


def seats(departure: UUID) -> tuple[int, int]:
    """Seats stored as taken, and seats recounted."""
    db.session.rollback()
    db.session.expire_all()
    held = select(func.coalesce(func.sum(Application.seats), 0)).where(
        Application.departure_id == departure, Application.state == State.HELD
    )
    return db.session.get_one(Departure, departure).seats_taken, db.session.scalar(held) or 0


def test_the_last_seat_asked_for_by_32_at_once_has_one_winner(scene: Scene, database: Ground) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=1)

    answers = crowd(database, asker(scene, walk))

    winners = [answer for answer in answers if isinstance(answer, UUID)]
    assert len(winners) == 1
    assert {error.code for error in answers if isinstance(error, Refused)} == {"full"}
    assert len(answers) == CROWD
    assert seats(walk) == (1, 1)
    assert check(db.session(), now=scene.now).ok


def test_twenty_seats_asked_for_by_32_at_once_are_all_given_and_no_more(scene: Scene, database: Ground) -> None:
    walk = scene.add_departure("2026-05-20T10:00")

    answers = crowd(database, asker(scene, walk))

    assert sum(isinstance(answer, UUID) for answer in answers) == 20
    assert seats(walk) == (20, 20)


@pytest.mark.parametrize("times", [2, 3])
def test_one_form_sent_several_times_at_once_makes_one_application(scene: Scene, database: Ground, times: int) -> None:
    walk = scene.add_departure("2026-05-20T10:00")

    answers = crowd(database, asker(scene, walk, form="the same"), size=times)

    assert len(set(answers)) == 1
    assert isinstance(answers[0], UUID)
    assert seats(walk) == (1, 1)


def test_one_form_sent_to_two_departures_at_once_makes_one_application(scene: Scene, database: Ground) -> None:
    asks = [asker(scene, scene.add_departure(f"2026-05-{day}T10:00"), form="the same") for day in (20, 21)]

    answers = crowd(database, lambda number: asks[number % 2](number), size=6)

    made = {answer for answer in answers if isinstance(answer, UUID)}
    assert len(made) == 1
    assert {error.code for error in answers if not isinstance(error, UUID)} <= {"form_reused", "hold_exists"}


def tabs(scene: Scene, number: int) -> Callable[[int], UUID]:
    """One browser with so many tabs, each of which asks for a departure of its own."""
    walks = [scene.add_departure(f"2026-05-{20 + day}T10:00") for day in range(number)]
    settle_all(scene)  # else the first settling, under the lock of the course's queue, lines them up

    def ask(tab: int) -> UUID:
        asked = Asked(1, False, "one browser", f"address {tab}", "ko", None)
        return hold(walks[tab], asked, form_id=f"form {tab}", actor=GUEST, now=scene.now).application_id

    return ask


def test_one_browser_that_asks_for_eight_departures_at_once_keeps_one(scene: Scene, database: Ground) -> None:
    answers = crowd(database, tabs(scene, 8), size=8)

    (kept,) = [answer for answer in answers if isinstance(answer, UUID)]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [(one.code, one.facts) for one in refused] == [("hold_exists", {"application_id": str(kept)})] * 7
    assert check(db.session(), now=scene.now).ok


def test_one_browser_that_takes_eight_places_again_at_once_keeps_one(scene: Scene, database: Ground) -> None:
    left = []
    for day in range(8):
        left.append(scene.hold(scene.add_departure(f"2026-05-{20 + day}T10:00"), browser="one browser"))
        scene.now += timedelta(minutes=16)
    settle_all(scene)

    answers = crowd(database, lambda tab: hold_again(left[tab], actor=GUEST, now=scene.now), size=8)

    assert sum(isinstance(answer, Held) for answer in answers) == 1
    assert {one.code for one in answers if isinstance(one, Refused)} == {"hold_exists"}
    assert not [answer for answer in answers if isinstance(answer, DBAPIError)]
    assert check(db.session(), now=scene.now).ok


# -- controls --------------------------------------------------------------------------------------------------------


@contextmanager
def without_lock(monkeypatch: pytest.MonkeyPatch, *, numbers: bool = False) -> Iterator[None]:
    """The departure is read, and not locked; the trail has its `numbers` or does without.

    Whoever has read goes on when another one has read too: so two act on what is no longer true for certain, and not
    by luck, which left a busy machine without any race.
    """
    another_has_read = Barrier(2, timeout=LONELY)

    def unlocked(session: Session, departure_id: UUID) -> Departure:
        departure = session.get_one(Departure, departure_id, populate_existing=True)
        with suppress(BrokenBarrierError):  # the last of an odd number
            another_has_read.wait()
        return departure

    with monkeypatch.context() as patch:
        patch.setattr(beginning, "locked_departure", unlocked)
        if not numbers:
            without_numbers(patch)
        yield


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_the_last_seat_is_given_more_than_once(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=1)
    settle_all(scene)  # else each settles first, without the lock as well, and takes back what others were given

    with without_lock(monkeypatch):
        answers = crowd(database, asker(scene, walk))

    assert seats(walk)[1] > 1, f"the control did not break: {answers}"


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_a_form_sent_three_times_fails_or_doubles(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.hold(walk)

    with without_lock(monkeypatch):
        answers = crowd(database, asker(scene, walk, form="the same"), size=3)

    assert not all(isinstance(answer, UUID) for answer in answers) or len(set(answers)) > 1


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_without_the_lock_the_numbers_of_the_trail_still_let_only_one_win(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=1)
    scene.hold(scene.add_departure("2026-05-21T10:00"))

    with without_lock(monkeypatch, numbers=True):
        answers = crowd(database, asker(scene, walk))

    assert sum(isinstance(answer, UUID) for answer in answers) == 1
    assert seats(walk) == (1, 1)


@contextmanager
def without_index() -> Iterator[None]:
    """The database takes as many holds of one browser as come."""
    (index,) = [one for one in Application.__table__.indexes if one.name == "uq_application_one_typing_per_browser"]
    db.session.rollback()
    with db.engine.begin() as connection:
        index.drop(connection)
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            connection.execute(update(Application).values(typing_until=None))
            index.create(connection)


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the index")
def test_control_without_the_index_one_browser_keeps_several(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = tabs(scene, 8)
    look, all_have_looked = holding.refuse_hoarding, meeting(8)

    def look_together(*asked: Any, **when: Any) -> None:
        look(*asked, **when)
        all_have_looked()

    with without_index(), monkeypatch.context() as patch:
        patch.setattr(holding, "refuse_hoarding", look_together)
        answers = crowd(database, ask, size=8)

    assert sum(isinstance(answer, UUID) for answer in answers) > 1, f"the control did not break: {answers}"
