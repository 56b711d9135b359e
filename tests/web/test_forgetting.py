"""What pages show of people who were forgotten: how many there were, and that their names are deleted."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.accounts.people import somebody as account
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.notices.outbox import settings
from tests.rosters.gate import AT_THE_GATE, Gate, build_gate
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications.models import Application
from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import forget_due

AFTER = parse_moment("2026-05-27T00:00")


@pytest.fixture
def gate(session: Session, clock: StandingClock) -> Gate:
    """A departure of a week ago on which a party of two went, everybody written to."""
    clock.stand_at(AT_THE_GATE)
    gate = build_gate()
    gate.apply(2, names=["김하늘", "이바다"])
    with transaction() as act:
        act.execute(update(Notice).values(state=NoticeState.SENT))
    clock.stand_at("2026-05-27T00:00")
    return gate


def token() -> str:
    db.session.rollback()
    found: str = db.session.query(Application).one().token
    return found


@pytest.mark.parametrize(("lang", "deleted"), [("ko", "이름 삭제됨"), ("en", "name deleted")])
def test_a_link_that_somebody_kept_leads_to_a_page_without_a_name(
    client: FlaskClient, gate: Gate, lang: str, deleted: str
) -> None:
    link = f"/{lang}/a/{token()}"
    forget_due(now=AFTER)

    page = visit(client, link)

    assert page.status == 200
    assert "이바다" not in page.html
    assert "2026" in words(page.mark("forgotten"))
    assert page.text.count(deleted) == 2


@pytest.mark.parametrize("path", ["", "/print", "/manifest.pdf", "/roster.xlsx"])
def test_the_roster_of_then_opens_without_names(app: Flask, client: FlaskClient, gate: Gate, path: str) -> None:
    assert sign_in(client, account(app, Role.OPERATOR, organisation="paju")).status == 302
    forget_due(now=AFTER)

    answer = client.get(f"/ko/operator/departures/{gate.departure_id}{path}")

    assert answer.status_code == 200
    if path in {"", "/print"}:
        assert "이름 삭제됨" in answer.text
        assert "이바다" not in answer.text


def test_whoever_looks_after_the_site_sees_that_nobody_is_forgotten(
    app: Flask, client: FlaskClient, gate: Gate, clock: StandingClock
) -> None:
    assert sign_in(client, account(app, Role.ADMINISTRATOR)).status == 302

    late = words(visit(client, "/en/admin/health").mark("check-kept-too-long"))
    forget_due(now=clock.now)
    done = words(visit(client, "/en/admin/health").mark("check-kept-too-long"))

    assert "1" in late
    assert "timetable runs" in late
    assert "0" in done


def test_the_trail_says_how_many(app: Flask, client: FlaskClient, gate: Gate) -> None:
    forget_due(now=AFTER)
    assert sign_in(client, account(app, Role.ADMINISTRATOR)).status == 302

    assert "People forgotten after their visit" in visit(client, "/en/admin/trail").text


@pytest.mark.parametrize("days", [1, 5])
def test_the_privacy_page_and_the_consent_say_after_how_many_days(app: Flask, client: FlaskClient, days: int) -> None:
    with settings(app, forget_after_days=days, keep_pages=False):
        assert f"{days}일" in words(visit(client, "/ko/privacy").mark("how-long"))
        assert f"{days} day{'s' if days > 1 else ''} after" in words(visit(client, "/en/privacy").mark("how-long"))
