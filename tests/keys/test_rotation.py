"""Sealing anew: by new keys, from the first version, killed at any row, beside people who write; values keep their
places.
"""

from collections.abc import Iterator
from itertools import permutations

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.commands import run as command
from tests.crashes.child import run
from tests.ground.application import Ground
from tests.ground.databases import kept_rows, restore
from tests.ground.moments import StandingClock
from tests.keys.conftest import OpenStore
from tests.keys.values import readable
from tests.rosters.gate import Gate, build_gate
from tourbook.applications.models import Visitor
from tourbook.db import db, new_id, transaction
from tourbook.keyring import Keyring
from tourbook.keystore import KeyState
from tourbook.kst import parse_moment
from tourbook.operations import reseal, unreadable_values
from tourbook.operations.resealing import FIRST, MONTHS, reseal_some, sealed_columns
from tourbook.seal import Sealed, every_sealed

NOW = parse_moment("2026-05-20T09:30")
PEOPLE = 6


@pytest.fixture
def gate(session: Session, clock: StandingClock) -> Gate:
    made = build_gate()
    for _ in range(PEOPLE // 2):
        made.apply(2)
    return made


def stale(session: Session, ring: Keyring) -> int:
    """How many names are not sealed by an active key."""
    session.rollback()
    found = sum(bytes(one[:17]) not in ring.headers() for one in session.scalars(select(Visitor.name_sealed)))
    session.rollback()
    return found


def reseal_all() -> int:
    return sum(lot.rows for _, lot in reseal(now=NOW))


def first_version(ring: Keyring) -> None:
    """Seal the names as the version before keys by months did."""
    with transaction() as act:
        for one in act.scalars(select(Visitor)):
            place = f"v1/visitor/{one.id}/name".encode()
            one.name_sealed = b"\x01\x01" + bytes(12) + ring._first[1].encrypt(bytes(12), one.name.encode(), place)


def test_what_the_first_version_sealed_is_read_and_sealed_anew(gate: Gate, session: Session, ring: Keyring) -> None:
    before = {one.id: one.name for one in session.scalars(select(Visitor))}
    first_version(ring)
    assert stale(session, ring) == PEOPLE
    assert {one.id: one.name for one in session.scalars(select(Visitor))} == before

    assert reseal_all() == PEOPLE

    assert (stale(session, ring), reseal_all()) == (0, 0)
    assert {one.id: one.name for one in session.scalars(select(Visitor))} == before


def test_the_command_goes_on_where_it_was_killed_at_any_row(
    gate: Gate, session: Session, database: Ground, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tourbook.operations.resealing.AT_ONCE", 2)
    expected = readable(session)
    ring.renew({one.id for one in ring.stored()})
    begun = kept_rows(database.engine)
    assert stale(session, ring) == PEOPLE
    left, died = [], True
    point = int(database.dialect == "sqlite")
    while died:
        restore(database.engine, begun)
        died = run(database, reseal_all, die_at=point).died
        assert readable(session) == expected, f"killed at {point}"
        left.append(stale(session, ring))
        reseal_all()
        assert (readable(session), stale(session, ring)) == (expected, 0)
        point += 4

    assert len(set(left)) > 2, "it was never killed in the middle"
    assert command(database, "keys", "check", "--all").exit_code == 0


def test_somebody_writes_while_it_is_sealed_anew(
    gate: Gate, session: Session, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tourbook.operations.resealing.AT_ONCE", 2)
    ring.renew({one.id for one in ring.stored()})
    expected = readable(session)
    for turn, _ in enumerate(reseal(now=NOW)):
        if turn < 2:
            gate.apply(1)

    found = readable(session)
    assert found["visitor.name"] == expected["visitor.name"] + 2
    assert stale(session, ring) == 0


@pytest.mark.postgres_only("on SQLite one writes at a time")
def test_a_row_that_is_being_written_is_passed_over(
    gate: Gate, session: Session, database: Ground, ring: Keyring
) -> None:
    ring.renew({one.id for one in ring.stored()})
    with database.engine.begin() as other:
        one = other.scalar(select(Visitor.id).limit(1))
        other.execute(update(Visitor).where(Visitor.id == one).values(place=9))
        assert reseal_some(Visitor, FIRST, now=NOW).rows == PEOPLE - 1
    assert reseal_some(Visitor, FIRST, now=NOW).rows == 1


def test_the_commands_tell_what_they_do(gate: Gate, session: Session, database: Ground, ring: Keyring) -> None:
    session.rollback()
    rotated = command(database, "keys", "rotate", "--anew")
    listed = command(database, "keys", "list")
    waiting = command(database, "keys", "destroy")

    assert rotated.exit_code == 0, rotated.output
    assert "visitor: 6 rows sealed anew" in rotated.output
    assert "0 values cannot be opened" in rotated.output
    assert [line.split()[:4] for line in listed.output.splitlines()[1:]] == [
        ["visit", "2026-05", "1", "retired"],
        ["visit", "2026-05", "2", "active"],
    ]
    assert "is retired and waits" in waiting.output
    assert command(database, "keys", "check").output == "every key opens what it sealed\n"
    assert [one.state for one in ring.stored()] == [KeyState.RETIRED, KeyState.ACTIVE]


def test_what_cannot_be_opened_is_told_and_stays(gate: Gate, session: Session, database: Ground, ring: Keyring) -> None:
    with transaction() as act:
        spoilt = act.scalars(select(Visitor)).first()
        assert spoilt is not None
        spoilt.name_sealed = spoilt.name_sealed[:-1] + bytes([spoilt.name_sealed[-1] ^ 1])
    ring.renew({one.id for one in ring.stored()})

    assert sum(lot.unreadable for _, lot in reseal(now=NOW)) >= 1
    assert unreadable_values(session) == {"visitor.name": 1}
    session.rollback()
    checked = command(database, "keys", "check", "--all")
    assert (checked.exit_code, "visitor.name: 1 values do not open" in checked.output) == (1, True)


def test_a_store_without_its_keys_is_told_in_a_sentence(
    gate: Gate, session: Session, database: Ground, open_store: OpenStore, ring: Keyring
) -> None:
    session.rollback()
    ring.store.path.unlink()
    open_store()

    checked = command(database, "keys", "check")

    assert checked.exit_code == 1
    assert "is on record and not in the store" in checked.output


PLACES = [(model.__tablename__, name) for model, name in every_sealed()]


def places(row: object, other: object) -> Iterator[tuple[Sealed, Sealed, object, object]]:
    """Every attribute with every other, of the same row, and each with itself of another row."""
    attributes = [model.__dict__[name] for model, name in every_sealed()]
    yield from ((one, another, row, row) for one, another in permutations(attributes, 2))
    yield from ((one, one, row, other) for one in attributes)


@pytest.mark.usefixtures("session")
@pytest.mark.sqlite_only("no database is asked")
def test_swapped_values_are_refused_in_all_sealed_columns(database: Ground) -> None:
    row, other, swapped = new_id(), new_id(), 0
    for sealed_as, opened_as, sealed_in, opened_in in places(row, other):
        value = sealed_as.seal(sealed_in, "김하늘", "2026-05")
        assert sealed_as.open(sealed_in, value) == "김하늘"
        with pytest.raises(InvalidTag):
            opened_as.open(opened_in, value)
        swapped += 1

    assert swapped == len(PLACES) ** 2
    assert len(PLACES) >= 17


def test_every_sealed_column_of_the_tables_belongs_to_an_attribute_with_a_month() -> None:
    columns = {
        (table.name, column.name.removesuffix("_sealed"))
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed")
    }

    assert columns == set(PLACES)
    assert set(MONTHS) == set(sealed_columns())
