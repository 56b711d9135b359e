"""Access records as administrators look through them: who read how many, what was unusual, and that it was done."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.people import actor_of, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.rosters.gate import AT_THE_GATE, Gate, build_gate
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications.models import Application
from tourbook.audit import TrailEntry
from tourbook.db import db, new_id, transaction
from tourbook.records import VISITOR, record_reading, verify
from tourbook.records.models import AccessRecord
from tourbook.rosters import Purpose, read_roster

RECORDS = "/en/admin/records"
IN_JUNE = "2026-06-02T09:00"


@pytest.fixture
def gate(session: Session, clock: StandingClock) -> Gate:
    clock.stand_at(AT_THE_GATE)
    return build_gate()


@pytest.fixture
def party(gate: Gate, app: Flask, client: FlaskClient, clock: StandingClock) -> UUID:
    """A party of two that was read in the morning and at night; it is June now, and an administrator looks."""
    found = gate.apply(2, names=["강하늘", "한바다"])
    reader = replace(actor_of(somebody(app, Role.OPERATOR)), organisation_id=gate.operator.organisation_id)
    reader = replace(reader, address="=192.0.2.7")
    read_roster(gate.departure_id, Purpose.GATE, actor=reader, now=gate.now)
    read_roster(gate.departure_id, Purpose.PRINT, actor=reader, now=gate.now + timedelta(hours=14))
    clock.stand_at(IN_JUNE)
    assert sign_in(client, somebody(app, Role.ADMINISTRATOR)).status == 302
    return found


def reference_of(party: UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Application, party).reference


def test_the_month_that_is_over_shows_who_read_how_many_and_what_is_unusual(client: FlaskClient, party: UUID) -> None:
    page = visit(client, RECORDS)

    assert "Looked at 2 times, data of 4 people" in words(page.mark("records-numbers"))
    assert "Operator 김하늘" in words(page.mark("records-readers"))
    assert "between 22:00 and 06:00" in words(page.mark("records-unusual"))
    assert words(page.mark("records-unusual")).count("Roster read") == 1
    assert page.has("records-plot")
    assert "강하늘" not in page.html
    assert reference_of(party) not in page.html


def test_the_list_is_narrowed_by_reader_and_day(client: FlaskClient, party: UUID) -> None:
    on_the_day = visit(client, f"{RECORDS}?month=2026-05&day=2026-05-20")
    after = visit(client, f"{RECORDS}?month=2026-05&day=2026-05-22")

    assert words(on_the_day.mark("records-latest")).count("Roster read") == 2
    assert "Nothing fits" in words(after.mark("records-latest"))
    assert visit(client, f"{RECORDS}?month=2026-05&day=yesterday").status == 422
    assert visit(client, f"{RECORDS}?month=1066-01").status == 422


def test_who_looks_a_party_up_sees_who_read_it_and_is_recorded(client: FlaskClient, party: UUID) -> None:
    page = visit(client, f"{RECORDS}?reference={reference_of(party).lower()}")

    assert words(page.mark("records-party")).count("person 2") == 2
    db.session.rollback()
    looked = db.session.scalars(select(AccessRecord).where(AccessRecord.task == "records_searched")).one()
    assert (looked.subject_id, looked.fields) == (party, "access")
    assert verify(db.session()).fault is None


def test_a_reference_that_there_is_not_is_said_at_its_field(client: FlaskClient, party: UUID) -> None:
    page = visit(client, f"{RECORDS}?reference=ABCD-9999")

    assert page.status == 422
    assert "no application with this reference" in words(page.mark("error-summary"))
    db.session.rollback()
    assert not db.session.scalars(select(AccessRecord).where(AccessRecord.task == "records_searched")).all()


def test_that_somebody_looked_through_it_is_written_down_once(client: FlaskClient, party: UUID) -> None:
    form = visit(client, RECORDS).form(mark="records-review")

    empty = form.submit(client, finding=" ")
    assert empty.status == 422
    assert "Write what you found out" in words(empty.mark("error-summary"))
    done = form.submit(client, finding="야간 훈련이 있었음")
    again = form.submit(client, finding="다른 말")

    for page in (done, again):
        assert "Administrator 김하늘 on Tue 2 Jun 2026, 09:00" in words(page.mark("records-reviewed"))
        assert "야간 훈련이 있었음" in words(page.mark("records-reviewed"))
        assert not page.has("records-review")
    db.session.rollback()
    told = db.session.scalars(select(TrailEntry).where(TrailEntry.act == "records_reviewed")).one()
    assert (told.facts["month"], told.facts["readings"], told.facts["people"]) == ("2026-05", 2, 4)


def test_a_month_that_is_not_over_cannot_be_reviewed_yet(client: FlaskClient, party: UUID) -> None:
    page = visit(client, f"{RECORDS}?month=2026-06")
    form = visit(client, RECORDS).form(mark="records-review")

    assert page.has("records-running")
    assert not page.has("records-review")
    for month in ("2026-06", "2027-01", "May", ""):
        assert form.submit(client, month=month, finding="x").status == 422


def test_the_file_names_nobody_and_holds_no_formula(client: FlaskClient, party: UUID) -> None:
    answer = client.get("/en/admin/records.csv?month=2026-05")
    head, *lines = csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))

    assert (answer.status_code, len(lines)) == (200, 2)
    told = [dict(zip(head, line, strict=True)) for line in lines]
    assert [(one["people"], one["unusual"], one["address"]) for one in told] == [
        ("2", "", "'=192.0.2.7"),
        ("2", "night", "'=192.0.2.7"),
    ]
    assert "김하늘" not in answer.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalars(select(TrailEntry).where(TrailEntry.act == "records_exported")).one()


def test_more_than_200_people_in_an_hour_stand_out(client: FlaskClient, gate: Gate, party: UUID) -> None:
    for minutes in (0, 50):
        with transaction() as act:
            when = gate.now + timedelta(hours=2, minutes=minutes)
            people = [new_id() for _ in range(101)]
            record_reading(act, people, "name", task="tests", kind=VISITOR, actor=gate.operator, now=when)

    assert "more than 200 people in an hour" in words(visit(client, RECORDS).mark("records-unusual"))


def test_others_do_not_see_it(app: Flask, gate: Gate) -> None:
    client = app.test_client()
    assert sign_in(client, somebody(app, Role.OPERATOR)).status == 302

    assert client.get(RECORDS).status_code == 403
    assert client.get("/en/admin/records.csv").status_code == 403


def test_what_cannot_be_written_down_of_a_month_that_was_looked_through_is_kept(
    client: FlaskClient, party: UUID
) -> None:
    form = visit(client, RECORDS).form(mark="records-review")
    form.submit(client, finding="야간 훈련이 있었음")

    refused = form.submit(client, finding="9" * 5000)

    assert refused.status == 422
    assert refused.form(mark="records-review").values["finding"] == "9" * 5000
