"""What somebody sees of the own data, and takes along: all of it, who has read it, and nothing of anybody else."""

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.accounts.people import PASSWORD, Somebody, keep_people
from tests.accounts.people import somebody as account
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.rosters.gate import AT_THE_GATE, Gate, build_gate
from tests.web.signing import sign_in
from tourbook.accounts import person_by_mail
from tourbook.applications.acts.details import contact_index
from tourbook.applications.models import Application
from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import forget_due
from tourbook.records.models import AccessRecord
from tourbook.rosters import Purpose, Task, read_contact, read_roster

ACCOUNT = "/en/account/data"
CONTACT = "haneul@example.kr"


@dataclass(frozen=True)
class Kept:
    """A departure at its gate, with the party whose data is asked for, and another one."""

    gate: Gate
    own: UUID
    others: UUID

    @property
    def reference(self) -> str:
        """That of the party."""
        db.session.rollback()
        return db.session.get_one(Application, self.own).reference


@pytest.fixture
def kept(session: Session, clock: StandingClock) -> Kept:
    """A departure on which two parties go, and which its operator has read once."""
    clock.stand_at(AT_THE_GATE)
    gate = build_gate()
    gate.operator = replace(gate.operator, address="192.0.2.7")
    found = Kept(gate, gate.apply(2, names=["강하늘", "한바다"]), gate.apply(1, names=["남모름"]))
    with transaction() as act:
        for party, contact in ((found.own, CONTACT), (found.others, "other@example.kr")):
            one = act.get_one(Application, party)
            one.contact, one.contact_way = contact, "mail"
            one.contact_index = contact_index(contact)
    read_roster(gate.departure_id, Purpose.SUBMISSION, actor=gate.operator, now=gate.now)
    return found


def of_application(client: FlaskClient, kept: Kept, lang: str = "en") -> Page:
    """Open the link from the notice, and then the page about it."""
    db.session.rollback()
    client.get(f"/{lang}/a/{db.session.get_one(Application, kept.own).token}")
    return visit(client, f"/{lang}/applications/{kept.reference}/data")


def of_account(app: Flask, client: FlaskClient, kept: Kept) -> Somebody:
    """Somebody who has the account of the party, signed in."""
    me = account(app)
    person = person_by_mail(db.session(), me.mail)
    assert person
    with transaction() as act:
        act.execute(update(Application).where(Application.id == kept.own).values(person_id=person.id))
    keep_people(me, 2, kept.gate.now)
    assert sign_in(client, me).status == 302
    return me


def file_of(page: Page, client: FlaskClient, **typed: str) -> dict[str, Any]:
    answer = page.form(mark="own-data-form").submit(client, follow=False, **typed)
    assert answer.status == 200, answer.text
    return dict(json.loads(answer.html))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_page_tells_what_is_kept_until_when_and_who_has_read_it(client: FlaskClient, kept: Kept, lang: str) -> None:
    page = of_application(client, kept, lang)

    assert page.status == 200
    assert "강하늘" in words(page.mark("own-people"))
    assert {"ko": "2026년 5월 25일", "en": "25 May 2026"}[lang] in words(page.mark("own-facts"))
    assert {"ko": "운영자 (paju)", "en": "Operator (paju)"}[lang] in words(page.mark("own-readings"))
    assert "남모름" not in page.html
    assert "other@" not in page.html


def test_nobody_is_named_who_has_read_it_and_no_address(client: FlaskClient, kept: Kept) -> None:
    read_contact(kept.own, Task.GATE, actor=kept.gate.operator, now=kept.gate.now)

    found = file_of(of_application(client, kept), client, contact=CONTACT)

    told = json.dumps(found, ensure_ascii=False)
    assert str(kept.gate.operator.person_id) not in told
    assert "192.0.2.7" not in told
    assert {(one["by"], one["task"], one["purpose"], one["person"]) for one in found["readings"]} == {
        ("operator", "roster_read", "submission", 1),
        ("operator", "roster_read", "submission", 2),
        ("operator", "contact_read", "gate", None),
    }


def test_reading_oneself_is_no_access_by_somebody_else(client: FlaskClient, kept: Kept) -> None:
    before = db.session.scalar(select(func.count()).select_from(AccessRecord))
    file_of(of_application(client, kept), client, contact=CONTACT)

    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(AccessRecord)) == before


def test_the_file_is_given_for_the_contact_alone_and_guessing_slows_down(client: FlaskClient, kept: Kept) -> None:
    page = of_application(client, kept)
    form = page.form(mark="own-data-form")

    assert form.submit(client, contact="").status == 422
    wrong = form.submit(client, contact="somebody@example.kr")
    assert wrong.status == 422
    assert "강하늘" not in wrong.html or wrong.has("error-summary")
    statuses = [form.submit(client, contact=f"guess{number}@example.kr").status for number in range(12)]
    assert statuses[-1] == 429


def test_the_file_of_an_account_is_given_for_its_password(app: Flask, client: FlaskClient, kept: Kept) -> None:
    me = of_account(app, client, kept)
    page = visit(client, ACCOUNT)

    assert page.form(mark="own-data-form").submit(client, password="not the password").status == 422
    found = file_of(page, client, password=PASSWORD)

    assert found["account"]["mail"] == me.mail
    assert [one["name"] for one in found["account"]["companions"]] == ["동행 0", "동행 1"]
    assert [one["name"] for one in found["applications"][0]["people"]] == ["강하늘", "한바다"]
    assert "남모름" not in json.dumps(found, ensure_ascii=False)


def test_an_application_of_the_account_leads_to_the_page_of_the_account(
    app: Flask, client: FlaskClient, kept: Kept
) -> None:
    of_account(app, client, kept)
    assert client.get(f"/en/applications/{kept.reference}/data").location.endswith(ACCOUNT)


def test_nobody_else_sees_it(app: Flask, client: FlaskClient, kept: Kept) -> None:
    assert client.get(f"/en/applications/{kept.reference}/data").status_code == 404
    sign_in(client, account(app, mail="stranger@example.kr"))
    assert client.get(f"/en/applications/{kept.reference}/data").status_code == 404
    assert visit(client, ACCOUNT).has("own-no-applications")


def test_nothing_of_it_is_stored_on_the_way(client: FlaskClient, kept: Kept) -> None:
    form = of_application(client, kept).form(mark="own-data-form")
    page = client.get(form.action)
    answer = client.post(form.action, data={**form.values, "contact": CONTACT})

    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert kept.reference in answer.headers["Content-Disposition"]


def test_of_who_was_forgotten_it_says_so_and_when(client: FlaskClient, kept: Kept, clock: StandingClock) -> None:
    of_application(client, kept)
    with transaction() as act:
        act.execute(update(Notice).values(state=NoticeState.SENT))
    later = parse_moment("2026-05-27T00:00")
    forget_due(now=later)
    clock.stand_at("2026-05-20T12:00")

    page = visit(client, f"/en/applications/{kept.reference}/data")
    found = file_of(page, client)

    assert "27 May 2026" in words(page.mark("own-forgotten"))
    assert "강하늘" not in page.html
    assert (found["applications"][0]["people"][0]["name"], found["applications"][0]["kept_until"]) == (None, None)
    assert found["applications"][0]["forgotten_at"].startswith("2026-05-26T15:00")
    assert found["readings"]
