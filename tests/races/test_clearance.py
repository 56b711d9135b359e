"""Names at the same moment as they change: replies while a party cancels, a list while somebody is exchanged.

Each test has its control: with the lock taken away the promise breaks, or the test shows nothing.
"""

from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import told
from tests.clearance.office import Office, build_office, person, reference, sheet
from tests.ground.application import Ground
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.clearance import Authority, replies, submitting
from tourbook.clearance.models import Listing
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.operations import check

NIS = Authority.NIS
PATIENCE = 2  # seconds that the office gives somebody to get in between


@pytest.fixture
def office(database: Ground) -> Iterator[Office]:
    with database.app.app_context():
        yield build_office()
        db.session.remove()


class Meanwhile:
    """Something that a citizen does in a browser of their own, begun while the office is in the middle of an act."""

    def __init__(self, database: Ground, act: Callable[[], object]) -> None:
        self._database, self._act = database, act
        self._done = Event()
        self._thread = Thread(target=self._run)
        self.got_in_between = False

    def begin(self) -> None:
        """Let it begin, and give it time to get in between."""
        self._thread.start()
        self.got_in_between = self._done.wait(PATIENCE)

    def finish(self) -> None:
        """Wait until it is done."""
        self._thread.join(timeout=30)
        assert self._done.is_set()

    def _run(self) -> None:
        with self._database.app.app_context():
            self._act()
            db.session.remove()
        self._done.set()


def interrupted(patch: pytest.MonkeyPatch, owner: Any, name: str, meanwhile: Meanwhile) -> None:
    """Let it happen between the reading and the writing of an act."""
    write = getattr(owner, name)

    def wait_and_write(*given: Any, **named: Any) -> Any:
        meanwhile.begin()
        return write(*given, **named)

    patch.setattr(owner, name, wait_and_write)


def without_lock(patch: pytest.MonkeyPatch, module: Any) -> None:
    def read_only(session: Session, departure_id: UUID) -> Departure:
        return session.get_one(Departure, departure_id)

    patch.setattr(module, "locked_departure", read_only)


def refuse_while_it_cancels(office: Office, database: Ground, patch: pytest.MonkeyPatch) -> tuple[UUID, Meanwhile]:
    party = office.apply(2)
    office.submit()
    content, now = sheet(f"{reference(party)},1,refused,"), office.scene.now
    meanwhile = Meanwhile(database, lambda: cancel(party, actor=GUEST, now=now))
    interrupted(patch, replies._Desk, "write", meanwhile)
    db.session.rollback()
    clearance.import_replies(office.departure_id, NIS, content, actor=office.operator, now=now)
    meanwhile.finish()
    db.session.rollback()
    return party, meanwhile


def test_a_party_that_has_cancelled_is_not_asked_what_it_will_do(
    office: Office, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, meanwhile = refuse_while_it_cancels(office, database, monkeypatch)

    assert not meanwhile.got_in_between
    assert told(db.session(), party)[-2:] == ["clearance_refused", "cancelled"]
    assert check(db.session(), now=office.scene.now).findings == ()


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without our lock")
def test_without_the_lock_a_party_is_asked_after_it_has_cancelled(
    office: Office, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch, replies)

    party, meanwhile = refuse_while_it_cancels(office, database, monkeypatch)

    assert meanwhile.got_in_between
    assert told(db.session(), party)[-2:] == ["cancelled", "clearance_refused"]


def submit_while_somebody_is_exchanged(
    office: Office, database: Ground, patch: pytest.MonkeyPatch
) -> tuple[UUID, Meanwhile]:
    went, now = visitors(office.apply(2))[1].id, office.scene.now
    meanwhile = Meanwhile(database, lambda: clearance.exchange_visitor(went, person(), actor=GUEST, now=now))
    interrupted(patch, submitting, "_write", meanwhile)
    office.submit()
    meanwhile.finish()
    db.session.rollback()
    return went, meanwhile


def test_whoever_is_handed_over_travels_at_that_moment(
    office: Office, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    went, meanwhile = submit_while_somebody_is_exchanged(office, database, monkeypatch)

    assert not meanwhile.got_in_between
    assert went in set(db.session.scalars(select(Listing.visitor_id)))
    assert check(db.session(), now=office.scene.now).findings == ()


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without our lock")
def test_without_the_lock_somebody_is_handed_over_who_has_gone(
    office: Office, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch, submitting)

    went, meanwhile = submit_while_somebody_is_exchanged(office, database, monkeypatch)

    assert meanwhile.got_in_between
    assert went in set(db.session.scalars(select(Listing.visitor_id)))
