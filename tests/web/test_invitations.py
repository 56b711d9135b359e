"""An invitation from the administrator's form to the first sign-in: one link, once, for 72 hours."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.people import PASSWORD, Somebody, actor_of, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.web.signing import sign_in
from tourbook.accounts.link_models import PasswordLink
from tourbook.accounts.roles import role_of
from tourbook.actor import Role
from tourbook.db import db
from tourbook.notices import Kind, Notice, rendered

MAIL = "bada@example.kr"
ASKED = {"name": "이바다", "mail": MAIL, "role": "operator", "organisation": "paju", "reason": "새 담당자"}
NEWCOMER = Somebody(MAIL, PASSWORD, Role.OPERATOR)


class Office:
    """An administrator's browser, and the letters that leave."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()
        somebody(app, Role.OPERATOR, mail="there@example.kr")  # so that there is Paju
        assert sign_in(self.client, somebody(app, Role.ADMINISTRATOR)).status == 302

    def invite(self, **typed: str) -> Page:
        form = visit(self.client, "/en/admin/people/invite").form(mark="invite-form")
        return form.submit(self.client, **{**ASKED, **typed})

    def links(self) -> list[str]:
        """The addresses in the letters, the latest last."""
        db.session.rollback()
        letters = db.session.scalars(select(Notice).where(Notice.kind == Kind.INVITED).order_by(Notice.id))
        bodies = [rendered(one).body for one in letters]
        return [f"/{word.split('/', 3)[3]}" for body in bodies for word in body.split() if "/invitations/" in word]

    def choose(self, link: str, password: str = PASSWORD) -> Page:
        client = self.app.test_client()
        page = visit(client, link)
        return page.form(mark="invitation-form").submit(client, password=password) if page.status == 200 else page


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with app.app_context():
        yield Office(app)
        db.session.remove()


def test_whoever_is_invited_chooses_the_password_and_works_at_once(office: Office, app: Flask):
    page = office.invite()
    assert "No password chosen yet" in words(page.mark("awaited"))
    assert sign_in(app.test_client(), NEWCOMER).status == 422

    (link,) = office.links()
    chosen = office.choose(link)

    client = app.test_client()
    assert "/ko/sign-in" in chosen.address
    assert sign_in(client, NEWCOMER).status == 302
    assert client.get("/ko/operator/").status_code == 200


def test_the_page_says_for_whom_the_link_is(office: Office, app: Flask):
    office.invite()

    page = visit(app.test_client(), office.links()[0])

    assert "이바다" in page.text
    assert MAIL in page.text


def test_a_link_counts_once(office: Office):
    office.invite()
    (link,) = office.links()
    office.choose(link)

    assert office.choose(link, "five other words in a row").status == 404


@pytest.mark.parametrize(("hours", "status"), [(71, 200), (72, 404)])
def test_a_link_counts_for_72_hours(office: Office, app: Flask, clock: StandingClock, hours: int, status: int):
    office.invite()
    clock.move(hours=hours)

    assert visit(app.test_client(), office.links()[0]).status == status


def test_a_newer_link_takes_the_place_of_the_one_before(office: Office, app: Flask, clock: StandingClock):
    office.invite().form(to="/invitation").submit(office.client)

    older, newer = office.links()

    assert visit(app.test_client(), older).status == 404
    assert visit(app.test_client(), newer).status == 200
    office.choose(newer)
    person_id = actor_of(NEWCOMER).person_id
    page = visit(office.client, f"/en/admin/people/{person_id}")
    assert not page.marked("awaited")


def test_a_link_of_a_closed_account_opens_nothing(office: Office, app: Flask):
    page = office.invite()
    person_id = actor_of(NEWCOMER).person_id
    form = visit(office.client, f"/en/admin/people/{person_id}/disable").form(mark="disable-form")
    form.submit(office.client, reason="x")

    assert page.status == 200
    assert visit(app.test_client(), office.links()[0]).status == 404


def test_a_password_that_is_too_short_is_refused_and_the_link_still_counts(office: Office):
    office.invite()
    (link,) = office.links()

    refused = office.choose(link, "short")

    assert refused.status == 422
    assert "10" in refused.text
    assert office.choose(link).status == 200


@pytest.mark.parametrize("token", ["never-was", "x" * 500, "%00", "김"])
def test_a_link_that_never_was_is_not_there(app: Flask, token: str):
    assert visit(app.test_client(), f"/en/invitations/{token}").status in {400, 404}


def test_an_address_that_has_an_account_is_not_invited(office: Office, app: Flask, clock: StandingClock):
    somebody(app, mail=MAIL)

    page = office.invite()

    assert page.status == 422
    assert "There is an account with this email address already" in page.text
    assert office.links() == []
    person_id = actor_of(NEWCOMER).person_id
    assert person_id
    assert role_of(db.session(), person_id, now=clock.now) is Role.CITIZEN


def test_no_link_and_no_readable_token_stands_in_the_database(office: Office):
    office.invite()
    token = office.links()[0].rsplit("/", 1)[1]

    tables = (PasswordLink.__table__, Notice.__table__)
    kept = " ".join(str(row) for table in tables for row in db.session.execute(select(table)))

    assert token not in kept
