"""One form that writes to everybody comes in eight times at once, and a party leaves while it is sent."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.ground.application import Ground
from tests.races.test_last_seat import LONELY, crowd
from tests.races.without_guards import without_numbers
from tests.rosters.gate import Gate, build_gate
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict
from tourbook.notices import Notice
from tourbook.rosters import MessageSent, audience_of, messages, send_message

WINDOWS = 8
TEXT = Words("버스를 이용해 주세요.", "Please take the bus.")


@pytest.fixture
def gate(database: Ground) -> Iterator[Gate]:
    with database.app.app_context():
        yield build_gate()
        db.session.remove()


def shown(gate: Gate) -> str:
    told = {"actor": gate.operator, "now": gate.now}
    mark = audience_of(db.session(), [gate.departure_id], waiting=False, **told).mark
    db.session.rollback()
    return mark


def write(gate: Gate, mark: str, form_id: str = "one form") -> MessageSent:
    told = {"actor": gate.operator, "now": gate.now}
    return send_message([gate.departure_id], TEXT, waiting=False, shown=mark, form_id=form_id, **told)


def written_to() -> Counter[UUID | None]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Notice.subject_id).where(Notice.kind == "message")))


def test_one_form_that_comes_many_times_at_once_writes_to_each_party_once(gate: Gate, database: Ground) -> None:
    parties = [gate.apply(2), gate.apply(1)]
    mark = shown(gate)

    answers = crowd(database, lambda _: write(gate, mark), size=WINDOWS)

    assert answers == [MessageSent(parties=2, by_mail=2, by_text=0)] * WINDOWS
    assert written_to() == dict.fromkeys(parties, 1)


def leaving_and_writing(gate: Gate, database: Ground) -> tuple[UUID, object]:
    """A party cancels, and everybody is written to, at once; gives the party and what became of the writing."""
    gate.apply(1)
    leaving = gate.apply(2)
    mark = shown(gate)

    def do(number: int) -> object:
        if number:
            return write(gate, mark)
        return cancel(leaving, actor=GUEST, now=gate.now)

    return leaving, crowd(database, do, size=2)[1]


def test_who_leaves_meanwhile_is_written_to_before_or_the_message_is_not_sent(gate: Gate, database: Ground) -> None:
    leaving, answer = leaving_and_writing(gate, database)

    assert db.session.get_one(Application, leaving, populate_existing=True).state is State.CANCELLED
    if isinstance(answer, Conflict):
        assert (answer.code, answer.facts) == ("readers_changed", {"parties": 1})
        assert written_to() == {}
    else:
        assert written_to()[leaving] == 1


def without_lock(patch: pytest.MonkeyPatch) -> None:
    """The departures are not locked; whoever would have locked them goes on when another one has come so far."""
    another_is_here = Barrier(2, timeout=LONELY)

    def unlocked(session: Session, model: type[Departure], ids: Collection[UUID]) -> list[Departure]:
        with suppress(BrokenBarrierError):
            another_is_here.wait()
        return [session.get_one(model, one) for one in ids]

    patch.setattr(messages, "lock", unlocked)
    without_numbers(patch)


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_the_same_form_is_not_answered_alike(
    gate: Gate, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.apply(2)
    mark = shown(gate)

    without_lock(monkeypatch)
    answers = crowd(database, lambda _: write(gate, mark), size=WINDOWS)

    assert any(isinstance(one, Exception) for one in answers)
