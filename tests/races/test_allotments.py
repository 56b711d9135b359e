"""Places set aside meet everybody else: setting aside and holding, filling and releasing, setting aside and a cut.

Each has its control on PostgreSQL: without the lock of the departure the same two break the promise.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.applications.scene import departure, settle_all
from tests.ground.application import Ground
from tests.races.test_last_seat import crowd, without_lock
from tests.rosters.gate import Gate, build_gate, gate_party
from tourbook.actor import GUEST
from tourbook.applications import Asked, hold, settle_departure
from tourbook.applications.models import Allotment, Application, State
from tourbook.db import db, new_id
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.operations import check
from tourbook.rosters import (
    GroupPlaces,
    change_allotment,
    enter_by_telephone,
    release_allotment,
    set_aside,
    stands_of,
)

ROUNDS = 6


@pytest.fixture
def gate(database: Ground) -> Iterator[Gate]:
    """Ten seats, applications are open."""
    with database.app.app_context():
        yield open_gate()
        db.session.remove()


def open_gate() -> Gate:
    found = build_gate()
    found.scene.now = parse_moment("2026-05-10T14:00")
    settle_all(found)
    return found


def sets_aside(gate: Gate, seats: int = 6) -> Callable[[], UUID]:
    places = GroupPlaces("학교", seats, parse_moment("2026-05-16T18:00"))
    form, actor, now, here = f"aside {new_id()}", gate.operator, gate.now, gate.departure_id
    return lambda: set_aside(here, places, form_id=form, actor=actor, now=now)


def holds(gate: Gate, seats: int, allotment: UUID | None = None) -> Callable[[], UUID]:
    form, now, here = f"hold {new_id()}", gate.now, gate.departure_id
    asked = Asked(seats, False, form, form, "ko", None, allotment)
    return lambda: hold(here, asked, form_id=form, actor=GUEST, now=now).application_id


def releases(gate: Gate, allotment: UUID) -> Callable[[], int]:
    actor, now = gate.operator, gate.now
    return lambda: release_allotment(allotment, actor=actor, now=now)


def types_in(gate: Gate, seats: int, allotment: UUID) -> Callable[[], UUID]:
    """The operator enters a party of the group, that is at the telephone."""
    party = gate_party(seats, contact=("sms", "+821012345678"))
    form, actor, now, here = f"telephone {new_id()}", gate.operator, gate.now, gate.departure_id
    act = partial(enter_by_telephone, form_id=form, allotment_id=allotment, actor=actor, now=now)
    return lambda: act(here, party).application_id


def shrinks(gate: Gate, allotment: UUID, seats: int, *, made_from: str | None = None) -> Callable[[], None]:
    places = GroupPlaces("학교", seats, parse_moment("2026-05-16T18:00"))
    form, actor, now = f"shrink {new_id()}", gate.operator, gate.now
    return partial(change_allotment, allotment, places, form_id=form, made_from=made_from, actor=actor, now=now)


def settles(gate: Gate) -> Callable[[], Any]:
    """What the timetable does after a change of level."""
    actor, now, here = gate.operator, gate.now, gate.departure_id
    return lambda: settle_departure(here, actor=actor, now=now)


def at_once(ground: Ground, *acts: Callable[[], Any]) -> list[Any]:
    return crowd(ground, lambda number: acts[number](), size=len(acts))


def done(answers: list[Any]) -> int:
    return sum(not isinstance(one, Exception) for one in answers)


def recounted(gate: Gate) -> tuple[int, int]:
    """Seats that parties have, and those that are set aside beside what they have of them."""
    db.session.rollback()
    db.session.expire_all()
    taken = select(func.coalesce(func.sum(Application.seats), 0)).where(
        Application.departure_id == gate.departure_id, Application.state.in_((State.HELD, State.CONFIRMED))
    )
    open_ones = select(Allotment).where(Allotment.departure_id == gate.departure_id, Allotment.released_at.is_(None))
    filled = select(func.coalesce(func.sum(Application.seats), 0)).where(Application.state == State.HELD)
    aside = sum(
        max(one.seats - (db.session.scalar(filled.where(Application.allotment_id == one.id)) or 0), 0)
        for one in db.session.scalars(open_ones)
    )
    return db.session.scalar(taken) or 0, aside


def _yielded() -> int:
    """How many places were set aside and taken back for lack of room."""
    return db.session.scalar(select(func.coalesce(func.sum(Allotment.yielded), 0))) or 0


def _of(allotment: UUID) -> Allotment:
    return db.session.get_one(Allotment, allotment, populate_existing=True)


def _filled(allotment: UUID) -> int:
    db.session.rollback()
    theirs = (Application.allotment_id == allotment, Application.state.in_((State.HELD, State.CONFIRMED)))
    return db.session.scalar(select(func.coalesce(func.sum(Application.seats), 0)).where(*theirs)) or 0


def assert_sound(gate: Gate) -> None:
    db.session.rollback()
    assert sum(recounted(gate)) == departure(gate.departure_id).seats_taken <= departure(gate.departure_id).allowed
    assert check(db.session(), now=gate.now).findings == ()


def test_setting_aside_and_holding_at_once_sell_no_place_twice(gate: Gate, database: Ground) -> None:
    answers = at_once(database, sets_aside(gate), *(holds(gate, 5) for _ in range(2)), sets_aside(gate))

    assert 1 <= done(answers) <= 2
    assert {one.code for one in answers if isinstance(one, Refused)} <= {"full", "allotment_full"}
    assert _yielded() == 0
    assert_sound(gate)


def test_filling_at_once_takes_no_more_than_is_set_aside(gate: Gate, database: Ground) -> None:
    allotment = sets_aside(gate)()

    answers = at_once(database, *(holds(gate, 2, allotment) for _ in range(ROUNDS)))

    assert done(answers) == 3
    assert recounted(gate) == (6, 0)
    assert_sound(gate)


def test_releasing_while_the_group_fills_loses_and_doubles_no_place(gate: Gate, database: Ground) -> None:
    allotment = sets_aside(gate, 10)()

    answers = at_once(
        database, holds(gate, 4, allotment), releases(gate, allotment), releases(gate, allotment), holds(gate, 5)
    )

    freed = [one for one in answers if isinstance(one, int)]
    assert min(freed) == 0
    assert sum(freed) in {6, 10}
    assert_sound(gate)


def test_setting_aside_while_a_cut_is_settled_keeps_within_the_smaller_size(gate: Gate, database: Ground) -> None:
    gate.scene.add_order("half", "2026-05-01", "2026-12-31")

    at_once(database, sets_aside(gate, 4), settles(gate), sets_aside(gate, 4), holds(gate, 4), settles(gate))
    settle_all(gate)

    assert departure(gate.departure_id).allowed == 5
    assert_sound(gate)


def test_the_last_places_of_a_group_go_once_to_its_link_or_to_its_operator(gate: Gate, database: Ground) -> None:
    allotment = sets_aside(gate, 2)()

    answers = at_once(database, holds(gate, 2, allotment), types_in(gate, 2, allotment), holds(gate, 2, allotment))

    assert done(answers) == 1
    assert {one.code for one in answers if isinstance(one, Refused)} == {"allotment_short"}
    assert recounted(gate) == (2, 0)
    assert_sound(gate)


def test_shrinking_while_it_is_filled_leaves_nobody_without_a_place(gate: Gate, database: Ground) -> None:
    allotment = sets_aside(gate, 6)()

    at_once(database, holds(gate, 4, allotment), shrinks(gate, allotment, 2), holds(gate, 4), holds(gate, 4))

    assert _filled(allotment) <= _of(allotment).seats
    assert_sound(gate)


def test_of_two_who_change_a_group_at_once_one_reads_what_the_other_did(gate: Gate, database: Ground) -> None:
    allotment = sets_aside(gate, 6)()
    opened = stands_of(_of(allotment))
    db.session.rollback()

    answers = at_once(database, *(shrinks(gate, allotment, seats, made_from=opened) for seats in (2, 3, 4)))

    assert done(answers) == 1
    assert {one.code for one in answers if isinstance(one, Refused)} == {"group_changed_meanwhile"}
    assert_sound(gate)


# -- controls --------------------------------------------------------------------------------------------------------


def _breaks(gate: Gate, ground: Ground, patch: pytest.MonkeyPatch, *acts: Callable[[], Any]) -> bool:
    """Without the lock more is given than there is, or than is written down, or what was just promised to a group is
    taken from it by the settling that comes next, which finds too much given.
    """
    with without_lock(patch):
        at_once(ground, *acts)
    db.session.rollback()
    stored = departure(gate.departure_id).seats_taken
    given = sum(recounted(gate))
    return given != stored or given > departure(gate.departure_id).allowed or _yielded() > 0


def _breaks_in_some_round(
    ground: Ground, patch: pytest.MonkeyPatch, acts_of: Callable[[Gate], tuple[Callable[[], Any], ...]]
) -> bool:
    """Who commits last decides whether it can be seen, which is luck: a few rounds are tried."""

    def round_breaks() -> bool:
        db.session.remove()
        ground.reset()
        gate = open_gate()
        return _breaks(gate, ground, patch, *acts_of(gate))

    return any(round_breaks() for _ in range(ROUNDS))


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
@pytest.mark.usefixtures("gate")
class TestControlWithoutTheLock:
    def test_what_is_set_aside_is_held_too(self, database: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        assert _breaks_in_some_round(database, monkeypatch, lambda gate: (sets_aside(gate), holds(gate, 5)))

    def test_the_group_fills_what_is_released(self, database: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        def acts(gate: Gate) -> tuple[Callable[[], Any], ...]:
            allotment = sets_aside(gate, 10)()
            return holds(gate, 4, allotment), releases(gate, allotment)

        assert _breaks_in_some_round(database, monkeypatch, acts)

    def test_a_group_is_made_smaller_than_what_it_fills(
        self, database: Ground, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks() -> bool:
            db.session.remove()
            database.reset()
            gate = open_gate()
            allotment = sets_aside(gate, 6)()
            with without_lock(monkeypatch):
                at_once(database, holds(gate, 4, allotment), shrinks(gate, allotment, 2))
            return _filled(allotment) > _of(allotment).seats

        assert any(breaks() for _ in range(ROUNDS))

    def test_two_groups_have_the_same_places(self, database: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        assert _breaks_in_some_round(database, monkeypatch, lambda gate: (sets_aside(gate, 7), sets_aside(gate, 7)))
