"""One party asks for its confirmation from eight windows at once: three letters an hour leave, and no more."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, told
from tests.ground.application import Ground
from tests.races.test_last_seat import LONELY, crowd
from tests.races.without_guards import without_numbers
from tourbook.actor import GUEST
from tourbook.applications import send_confirmation_again
from tourbook.applications.acts import beginning
from tourbook.applications.models import Application
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.errors import TooMany

WINDOWS = 8


def all_at_once(scene: Scene, database: Ground, party: UUID) -> list[object]:
    def ask(number: int) -> None:
        send_confirmation_again(party, form_id=f"window {number}", actor=GUEST, now=scene.now)

    return crowd(database, ask, size=WINDOWS)


def letters(party: UUID) -> int:
    db.session.rollback()
    return told(db.session(), party).count("confirmed")


def test_many_windows_send_no_more_than_three_letters_an_hour(scene: Scene, database: Ground) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"))

    answers = all_at_once(scene, database, party)

    assert letters(party) == 3
    assert sum(isinstance(one, TooMany) for one in answers) == WINDOWS - 2


def without_lock(patch: pytest.MonkeyPatch) -> None:
    """The departure is read, and not locked; whoever has read goes on when another one has read too."""
    another_has_read = Barrier(2, timeout=LONELY)

    def unlocked(session: Session, application_id: UUID) -> Departure:
        departure = session.get_one(Departure, session.get_one(Application, application_id).departure_id)
        with suppress(BrokenBarrierError):
            another_has_read.wait()
        return departure

    patch.setattr(beginning, "_locked_departure_of", unlocked)
    without_numbers(patch)


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_more_letters_leave(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"))
    send_confirmation_again(party, form_id="first", actor=GUEST, now=scene.now)  # one letter is left

    without_lock(monkeypatch)
    all_at_once(scene, database, party)

    assert letters(party) > 3
