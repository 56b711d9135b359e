"""Whom to tell after a leak: everybody who was read in that time, by whom and from where is asked, and nobody else."""

import csv
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.commands import run
from tests.ground.application import Ground
from tests.rosters.gate import Gate, build_gate, visitors
from tourbook.accounts import person_by_mail
from tourbook.actor import COMMAND, Actor, Role
from tourbook.applications.models import Application
from tourbook.records.models import AccessRecord
from tourbook.reports import Affected, find_affected
from tourbook.rosters import Purpose, Task, hand_out, read_contact, read_roster

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.1"


@pytest.fixture
def gate(session: Session) -> Gate:
    gate = build_gate()
    gate.operator = replace(gate.operator, address=HERE)
    return gate


def affected(gate: Gate, **asked: object) -> list[Affected]:
    window = {"since": gate.now, "until": gate.now + timedelta(minutes=1), "reader": None, "address": None}
    later = gate.now + timedelta(hours=1)
    return find_affected(**{**window, **asked}, actor=COMMAND, now=later)  # type: ignore[arg-type]  # asked by name


def test_everybody_who_was_read_is_named_with_all_that_was_read(gate: Gate, session: Session) -> None:
    party = gate.apply(2, names=["강하늘", "한바다"])
    read_roster(gate.departure_id, Purpose.SUBMISSION, actor=gate.operator, now=gate.now)
    hand_out(gate.departure_id, actor=gate.operator, now=gate.now)
    read_contact(party, Task.GATE, actor=gate.operator, now=gate.now)

    found = affected(gate)

    application = session.get_one(Application, party)
    assert {one.id: (one.fields, one.times) for one in found} == {
        **{one.id: (("birth_date", "document", "name"), 2) for one in visitors(party)},
        party: (("contact", "name"), 1),
    }
    assert {(one.reference, one.contact) for one in found} == {(application.reference, application.contact)}


def test_the_window_the_reader_and_the_address_narrow_it(gate: Gate) -> None:
    gate.apply(1, names=["강하늘"])
    other = replace(gate.operator, person_id=None, address=ELSEWHERE)
    read_roster(gate.departure_id, Purpose.GATE, actor=other, now=gate.now)

    assert len(affected(gate)) == 1
    assert affected(gate, since=gate.now + timedelta(seconds=1)) == []
    assert affected(gate, until=gate.now) == []
    assert affected(gate, address=HERE) == []
    assert len(affected(gate, address=ELSEWHERE)) == 1
    assert affected(gate, reader=gate.operator.label) == []
    assert len(affected(gate, reader=other.label)) == 1


def test_opening_the_contacts_for_it_is_recorded_too(gate: Gate, session: Session) -> None:
    party = gate.apply(2)
    read_roster(gate.departure_id, Purpose.GATE, actor=gate.operator, now=gate.now)
    affected(gate)

    session.rollback()
    told = session.scalars(select(AccessRecord).where(AccessRecord.task == "breach_read")).all()
    assert [(one.subject_id, one.fields, one.reader) for one in told] == [(party, "contact", COMMAND.label)]


def test_the_command_writes_a_file_for_its_owner_alone(
    database: Ground, gate: Gate, session: Session, tmp_path: Path
) -> None:
    person = somebody(database.app, Role.OPERATOR, organisation="paju")
    session.rollback()
    found = person_by_mail(session, person.mail)
    assert found is not None
    reader = Actor("person", found.id, Role.OPERATOR, gate.operator.organisation_id)
    party = gate.apply(2)
    read_roster(gate.departure_id, Purpose.GATE, actor=reader, now=gate.now)
    out = tmp_path / "to-tell.csv"
    asked = ("breach", "--from", "2026-05-20T09:00", "--to", "2026-05-20T10:00", "--out", str(out))

    told = run(database, *asked, "--account", person.mail)

    assert told.exit_code == 0, told.output
    assert "2 people and parties were read; 2 can be told" in told.output
    assert "WARNING" in told.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with out.open(encoding="utf-8-sig") as file:
        assert {row["id"] for row in csv.DictReader(file)} == {str(one.id) for one in visitors(party)}
    again = run(database, *asked)
    assert (again.exit_code, "such a file already" in again.output) == (2, True)
    nobody = run(database, *asked[:-1], str(tmp_path / "other.csv"), "--account", "nobody@example.kr")
    assert (nobody.exit_code, "no account" in nobody.output) == (2, True)
