"""Each way of reading people leaves a record of exactly these people; without it nobody is read."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from tests.records.breaking import link_all, take_triggers_away
from tests.rosters.gate import Gate, build_gate, trail, visitors
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.clearance import Authority, read_clearance, read_submission, require_clearance
from tourbook.db import rehearsal, transaction
from tourbook.records import NotRecorded, verify
from tourbook.records.models import AccessRecord
from tourbook.rosters import (
    Purpose,
    Task,
    find_visitors,
    hand_out,
    hold_up,
    party_at_gate,
    read_contact,
    read_roster,
)

ADDRESS = "192.0.2.7"
Way = Callable[[Gate, UUID], object]


@pytest.fixture
def gate(session: Session) -> Gate:
    gate = build_gate()
    gate.operator = replace(gate.operator, address=ADDRESS)
    told = {"due_days": 3, "asks_passport": True, "actor": COMMAND, "now": gate.now}
    require_clearance(gate.scene.course_id, Authority.ARMY, **told)
    return gate


def by(gate: Gate) -> dict[str, object]:
    return {"actor": gate.operator, "now": gate.now}


WAYS: dict[str, tuple[Way, str]] = {
    "roster": (lambda gate, _: read_roster(gate.departure_id, Purpose.GATE, **by(gate)), "name,birth_date"),
    "print": (lambda gate, _: read_roster(gate.departure_id, Purpose.PRINT, **by(gate)), "name,birth_date"),
    "submission": (
        lambda gate, _: read_roster(gate.departure_id, Purpose.SUBMISSION, **by(gate)),
        "name,birth_date,document",
    ),
    "search": (lambda gate, _: find_visitors(reference="-", name="강하늘", **by(gate)), "name,birth_date"),
    "held up": (lambda gate, _: hold_up(gate.departure_id, "강하늘", **by(gate)), "name"),
    "party": (lambda gate, party: party_at_gate(gate.departure_id, party, **by(gate)), "name"),
    "device": (lambda gate, _: hand_out(gate.departure_id, **by(gate)), "name"),
    "clearance": (lambda gate, _: read_clearance(gate.departure_id, **by(gate)), "name,note"),
    "clearance file": (
        lambda gate, _: read_submission(gate.departure_id, Authority.ARMY, **by(gate)),
        "name,birth_date,document",
    ),
    "contact": (lambda gate, party: read_contact(party, Task.GATE, **by(gate)), "contact,name"),
}


def records(session: Session) -> list[AccessRecord]:
    session.rollback()
    return list(session.scalars(select(AccessRecord).order_by(AccessRecord.set_id, AccessRecord.place)))


@pytest.mark.parametrize("what", WAYS)
def test_a_reading_leaves_a_record_of_everybody_in_it(gate: Gate, session: Session, what: str) -> None:
    way, fields = WAYS[what]
    party = gate.apply(2, names=["강하늘", "한바다"])
    others = [] if what in {"search", "held up", "party", "contact"} else visitors(gate.apply(1, names=["김하늘"]))
    before = len(trail(session, "roster_read", "visitors_found", "roster_handed_out", "contact_read"))

    way(gate, party)

    found = records(session)
    seen = {"search": visitors(party)[:1]}.get(what, [*visitors(party), *others])
    expected = {party} if what == "contact" else {one.id for one in seen}
    assert {one.subject_id for one in found} == expected
    assert len(found) == len(expected)
    assert {(one.reader, one.address, one.at, one.fields) for one in found} == {
        (gate.operator.label, ADDRESS, gate.now, fields)
    }
    assert len(trail(session, "roster_read", "visitors_found", "roster_handed_out", "contact_read")) == before + 1
    assert verify(session).fault is None


@pytest.mark.parametrize("what", WAYS)
def test_without_a_record_nobody_is_read(gate: Gate, session: Session, what: str) -> None:
    way, _ = WAYS[what]
    party = gate.apply(2, names=["강하늘", "한바다"])
    refuse_records(session)
    before = len(session.scalars(select(TrailEntry.id)).all())
    try:
        with pytest.raises(NotRecorded):
            way(gate, party)
        session.rollback()
        assert len(session.scalars(select(TrailEntry.id)).all()) == before
        assert records(session) == []
    finally:
        take_records_again(session)


def refuse_records(session: Session) -> None:
    """From now on the database takes none."""
    with transaction() as act:
        if act.get_bind().dialect.name == "postgresql":
            act.execute(text("ALTER TABLE access_record ADD CONSTRAINT ck_full CHECK (places < 0)"))
        else:
            refuse = "BEGIN SELECT RAISE(ABORT, 'full'); END"
            act.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON access_record {refuse}"))


def take_records_again(session: Session) -> None:
    with transaction() as act:
        if act.get_bind().dialect.name == "postgresql":
            act.execute(text("ALTER TABLE access_record DROP CONSTRAINT ck_full"))
        else:
            act.execute(text("DROP TRIGGER full"))


@pytest.mark.parametrize("linked", [True, False])
def test_a_reading_that_is_taken_out_whole_is_found_by_the_trail(gate: Gate, session: Session, linked: bool) -> None:
    party = gate.apply(2, names=["강하늘", "한바다"])
    for what in ("roster", "party", "contact", "device"):
        WAYS[what][0](gate, party)
    if linked:
        link_all(gate.now)
    session.rollback()
    sets = session.scalars(select(AccessRecord.set_id).distinct()).all()
    for gone in sets:
        with rehearsal() as inside:
            take_triggers_away(inside.connection())
            inside.execute(text("DELETE FROM record_link"))  # as if it had never been linked
            inside.execute(delete(AccessRecord).where(AccessRecord.set_id == gone))
            assert "the trail tells" in (verify(inside).fault or "")


def test_nobody_on_a_roster_is_nobody_read(gate: Gate, session: Session) -> None:
    read_roster(gate.departure_id, Purpose.GATE, **by(gate))

    assert records(session) == []
    assert verify(session).fault is None
