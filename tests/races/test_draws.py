"""Many at once around a draw: whoever was told to have entered is in the sealed list, and everybody stands there once.

Each test has its control: with the guard taken away the promise breaks, or the test shows nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import build_scene
from tests.draws.lottery import STARTS, TERMS, VALUE, Lottery, build_lottery
from tests.ground.application import Ground
from tests.races.test_last_seat import crowd
from tests.races.test_stops import meanwhile
from tests.races.without_guards import without_numbers
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import confirm
from tourbook.applications.acts import enter as entering
from tourbook.applications.models import Application, State
from tourbook.audit import TrailEntry
from tourbook.courses import add_departure, joining
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import db
from tourbook.draws import (
    announce_round,
    draw_due,
    end_holds_due,
    faults,
    give_due,
    give_value,
    hold_due,
    holding,
    published,
    seal_due,
    sealing,
)
from tourbook.draws.models import SealedEntry, SealedPlaces
from tourbook.draws.rules import Entry
from tourbook.errors import Conflict, Refused
from tourbook.kst import parse_moment
from tourbook.operations import check

PARTIES = 12
rounds = import_module("tourbook.draws.rounds")  # the area gives the same name to what lists them
LONELY = 5  # seconds until somebody who waits for another goes on alone
LOCKED_OUT = 0.3  # likewise, where the other one waits for a lock: the server ends who is silent for long


@pytest.fixture
def lottery(database: Ground) -> Iterator[Lottery]:
    with database.app.app_context():
        yield build_lottery()
        db.session.remove()


def typed(lottery: Lottery, *, names: list[str] | None = None) -> UUID:
    entry = lottery.begin(lottery.departures[0])
    lottery.fill_in(entry, names=names)
    return entry


def told_and_sealed() -> tuple[set[str], set[str]]:
    """The references of those who were told that they have entered, and the sealed receipts."""
    db.session.rollback()
    told = select(Application.reference).where(Application.state == State.ENTERED, Application.typing_until.is_(None))
    return set(db.session.scalars(told)), set(db.session.scalars(select(SealedEntry.receipt)))


def enter_while_it_is_sealed(lottery: Lottery, database: Ground) -> list[Any]:
    """The timetable seals; parties whose servers' clocks are a little behind send their entries in meanwhile."""
    entries = [typed(lottery) for _ in range(PARTIES)]
    before = lottery.now

    def do(number: int) -> Any:
        if number == PARTIES:
            return seal_due(now=TERMS.closes_at)
        return confirm(entries[number], form_id=f"form {number}", actor=GUEST, now=before)

    return crowd(database, do, size=PARTIES + 1)


def test_whoever_enters_while_it_is_sealed_is_in_the_list_or_is_refused(lottery: Lottery, database: Ground) -> None:
    answers = enter_while_it_is_sealed(lottery, database)

    told, sealed = told_and_sealed()
    assert told == sealed
    assert len(sealed) + sum(isinstance(one, Refused) for one in answers) == PARTIES


def test_one_person_in_several_entries_at_once_stands_in_one(lottery: Lottery, database: Ground) -> None:
    entries = [typed(lottery, names=["같은 사람", f"동행 {number}"]) for number in range(8)]

    answers = crowd(
        database, lambda tab: confirm(entries[tab], form_id=f"form {tab}", actor=GUEST, now=lottery.now), size=8
    )

    assert sum(not isinstance(one, Exception) for one in answers) == 1
    assert {one.code for one in answers if isinstance(one, Refused)} == {"person_entered"}


def test_timetables_that_all_seal_draw_and_give_at_once_do_it_once(lottery: Lottery, database: Ground) -> None:
    for _ in range(PARTIES):
        lottery.enter(*lottery.departures[:2], seats=4)

    def everything(_: int) -> None:
        while seal_due(now=TERMS.closes_at):
            pass
        with suppress(Conflict):  # another one is still at it
            give_value(lottery.round_id, VALUE, actor=COMMAND, now=TERMS.value_at)
        draw_due(now=TERMS.value_at)
        while give_due(now=TERMS.value_at):
            pass

    for _ in range(2):
        failed = [one for one in crowd(database, everything, size=4) if one is not None]
        assert failed == []

    db.session.rollback()
    db.session.expire_all()
    drawn = db.session.get_one(Round, lottery.round_id)
    found = published(db.session(), drawn)
    assert found is not None
    assert faults(found) == []
    assert drawn.given_at == TERMS.value_at
    seats = db.session.scalars(select(Departure.seats_taken).order_by(Departure.starts_at)).all()
    assert seats == [20, 20, 0]
    assert check(db.session(), now=TERMS.value_at).ok


def add_while_it_is_announced(database: Ground) -> list[Any]:
    """Somebody adds a departure on one of the days of a round that somebody else is announcing; gives both answers."""
    scene = build_scene("2026-05-04T09:00")
    for starts in STARTS:
        scene.add_departure(starts)

    def do(number: int) -> Any:
        if number:
            evening = parse_moment("2026-07-12T16:00")
            return add_departure(scene.course_id, evening, actor=COMMAND, now=scene.now).departure_id
        return announce_round(scene.course_id, TERMS, form_id="announced", actor=COMMAND, now=scene.now)

    return crowd(database, do, size=2)


def added_and_drawn(answers: list[Any]) -> tuple[UUID | None, UUID]:
    """The round that the added departure is in, and the one that was announced."""
    round_id, departure_id = answers
    db.session.rollback()
    return db.session.get_one(Departure, departure_id, populate_existing=True).round_id, round_id


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the locks")
def test_a_departure_that_is_added_while_a_round_is_announced_is_in_it(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.app.app_context(), each_after_looking(monkeypatch, rounds, "_departures", alone_after=LOCKED_OUT):
        found, announced = added_and_drawn(add_while_it_is_announced(database))
        db.session.remove()

    assert found == announced


def add_while_it_is_sealed(lottery: Lottery, database: Ground) -> UUID:
    """Somebody adds a departure to a round that the timetable is sealing, by a clock a little behind; gives its id."""
    before = lottery.now
    evening = parse_moment("2026-07-12T16:00")

    def do(number: int) -> Any:
        if number:
            return add_departure(lottery.course_id, evening, actor=COMMAND, now=before).departure_id
        return seal_due(now=TERMS.closes_at)

    added: UUID = crowd(database, do, size=2)[1]
    while seal_due(now=TERMS.closes_at):
        pass
    return added


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the locks")
def test_a_departure_that_is_added_while_a_round_is_sealed_is_sealed_or_not_in_it(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    with each_after_looking(monkeypatch, sealing, "departure_ids", alone_after=LOCKED_OUT):
        added = add_while_it_is_sealed(lottery, database)

    assert in_round_and_sealed(added) in {(True, True), (False, False)}


def in_round_and_sealed(departure_id: UUID) -> tuple[bool, bool]:
    db.session.rollback()
    sealed = db.session.scalar(select(SealedPlaces.code).where(SealedPlaces.departure_id == departure_id))
    return db.session.get_one(Departure, departure_id).round_id is not None, sealed is not None


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the locks")
def test_of_two_timetables_that_end_a_hold_one_withdraws_the_draw(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    lottery.add_measure("2026-07-01", "2026-07-31")
    hold_due(now=lottery.now)
    lottery.now = parse_moment("2026-07-13T10:00")
    end = lambda: end_holds_due(now=lottery.now)  # noqa: E731 - an act to be done

    meanwhile(database, monkeypatch, (holding, "starts_left"), end, end)

    withdrawn = select(TrailEntry.id).where(TrailEntry.act == "draw_withdrawn")
    assert len(db.session.scalars(withdrawn).all()) == 1
    assert end() is None


# -- controls --------------------------------------------------------------------------------------------------------


@contextmanager
def each_after_looking(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, alone_after: float = LONELY
) -> Iterator[None]:
    """Whoever makes departures has looked for rounds, and `module.name` of the other one has looked as well, before
    either goes on to write; whoever waits for the other's lock goes on alone.
    """
    both_have_looked = Barrier(2, timeout=alone_after)

    def slowly(act: Any) -> Any:
        def looked(*given: Any) -> Any:
            found = act(*given)
            with suppress(BrokenBarrierError):
                both_have_looked.wait()
            return found

        return looked

    with monkeypatch.context() as patch:
        for where, what in ((module, name), (joining, "_standing")):
            patch.setattr(where, what, slowly(getattr(where, what)))
        yield


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the locks")
def test_control_without_the_lock_of_the_course_neither_sees_the_other(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(session: Session, course_id: UUID) -> Course:
        return session.get_one(Course, course_id)

    with database.app.app_context(), each_after_looking(monkeypatch, rounds, "_departures"):
        monkeypatch.setattr(rounds, "lock_course", unlocked)
        found, _announced = added_and_drawn(add_while_it_is_announced(database))
        db.session.remove()

    assert found is None, "the control did not break"


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the locks")
def test_control_without_the_lock_of_the_round_a_departure_joins_and_is_not_sealed(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(session: Session, model: type[Any], ids: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.id.in_(list(ids)))))

    monkeypatch.setattr(joining, "lock", unlocked)
    with each_after_looking(monkeypatch, sealing, "departure_ids"):
        added = add_while_it_is_sealed(lottery, database)

    assert in_round_and_sealed(added) == (True, False), "the control did not break"


@contextmanager
def without_the_locks_of_sealing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sealing reads its entries without locking their departures, while one of them is being sent in."""
    somebody_has_looked = Barrier(2, timeout=LONELY)

    def unlocked(session: Session, model: type[Any], ids: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.id.in_(list(ids)))))

    read = sealing._entries

    def slowly(*given: Any) -> list[Entry]:
        found = list(read(*given))
        with suppress(BrokenBarrierError):
            somebody_has_looked.wait()
        return found

    look = entering.round_taking_entries

    def looked(*given: Any) -> Round:
        found = look(*given)
        with suppress(BrokenBarrierError):
            somebody_has_looked.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "lock", unlocked)
        patch.setattr(sealing, "settle_if_due", lambda *_given, **_named: None)
        patch.setattr(sealing, "_entries", slowly)
        patch.setattr(entering, "round_taking_entries", looked)
        without_numbers(patch)
        yield


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the locks")
def test_control_without_the_locks_somebody_who_was_told_is_not_in_the_list(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = typed(lottery)
    before = lottery.now

    def do(number: int) -> Any:
        if number:
            return seal_due(now=TERMS.closes_at)
        return confirm(entry, form_id="form", actor=GUEST, now=before)

    with without_the_locks_of_sealing(monkeypatch):
        answers = crowd(database, do, size=2)

    told, sealed = told_and_sealed()
    assert told - sealed, f"the control did not break: {answers}"


def test_control_a_person_is_known_by_the_index_alone(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its refusal the same person stands in two entries."""
    monkeypatch.setattr(entering, "add_unless_there", lambda _session, _row: True)
    for name in ("one", "two"):
        confirm(typed(lottery, names=["같은 사람", name]), form_id=name, actor=GUEST, now=lottery.now)

    told, _ = told_and_sealed()
    assert len(told) == 2
