"""Staff on the pages of administrators: the list, somebody's page, a role, its end, an account that is closed."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.people import Somebody, actor_of, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.operations.staff import grant_of
from tests.web.admin.deciding import Administrator
from tests.web.signing import sign_in
from tourbook.accounts.models import Organisation
from tourbook.accounts.role_models import RoleEnd
from tourbook.actor import Role
from tourbook.audit import TrailEntry
from tourbook.db import db
from tourbook.records.models import AccessRecord


@pytest.fixture
def operator(app: Flask) -> Somebody:
    return somebody(app, Role.OPERATOR, mail="gate@example.kr")


@pytest.fixture(autouse=True)
def _reading(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def browser(app: Flask, person: Somebody) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, person).status == 302
    return client


def page_of(admin: Administrator, person: Somebody, path: str = "") -> str:
    return f"/{admin.lang}/admin/people/{actor_of(person).person_id}{path}"


def see(admin: Administrator, path: str, status: int = 200) -> Page:
    page = visit(admin.client, path if path.startswith("/") else f"/{admin.lang}/admin/{path}")
    assert page.status == status
    return page


def mails(page: Page) -> set[str]:
    return {mail for row in page.marked("person") for mail in re.findall(r"[a-z0-9]+@example\.kr", words(row))}


def send(admin: Administrator, path: str, mark: str, **typed: str) -> Page:
    return see(admin, path).form(mark=mark).submit(admin.client, **typed)


def test_the_list_shows_who_works_here_and_no_citizen(app: Flask, admin: Administrator, operator: Somebody):
    somebody(app, mail="citizen@example.kr")

    page = see(admin, "people")

    assert mails(page) == {"boss@example.kr", "gate@example.kr"}
    assert "2 people" in words(page.mark("count"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=operator", {"gate@example.kr"}),
        ("role=administrator", {"boss@example.kr"}),
        ("organisation=paju", {"gate@example.kr"}),
        ("state=working", {"boss@example.kr", "gate@example.kr"}),
        ("state=disabled", set()),
    ],
)
def test_the_list_is_narrowed_by_role_organisation_and_state(
    admin: Administrator, operator: Somebody, query: str, found: set[str]
):
    page = see(admin, f"people?{query}")

    assert mails(page) == found
    assert bool(page.marked("nobody")) == (not found)


def test_what_the_list_does_not_know_is_refused(admin: Administrator):
    see(admin, "people?role=king", status=422)


def test_somebody_is_found_by_a_part_of_name_or_address_which_stays_out_of_the_address(
    app: Flask, admin: Administrator, operator: Somebody
):
    page = send(admin, "people", "search", search="GATE@")

    assert mails(page) == {"gate@example.kr"}
    assert "gate" not in page.address
    assert mails(send(admin, "people", "search", search="하늘")) == {"boss@example.kr", "gate@example.kr"}
    assert send(admin, "people", "search", search="none of these").marked("nobody")


def test_a_citizen_is_found_by_the_whole_address_and_opening_the_account_is_recorded(app: Flask, admin: Administrator):
    citizen = somebody(app, mail="citizen@example.kr")
    assert not send(admin, "people", "search", search="citizen@").marked("citizen")

    found = send(admin, "people", "search", search="Citizen@Example.kr")
    assert "김하늘" not in words(found.mark("citizen"))
    see(admin, page_of(admin, citizen))

    db.session.rollback()
    record = db.session.scalars(select(AccessRecord)).one()
    assert (record.subject_kind, record.subject_id) == ("person", actor_of(citizen).person_id)
    assert (record.task, record.fields) == ("account_read", "name,mail")


def test_opening_the_page_of_a_colleague_is_no_reading_of_a_citizen(admin: Administrator, operator: Somebody):
    see(admin, page_of(admin, operator))

    assert db.session.scalars(select(AccessRecord)).all() == []


def test_a_role_is_given_and_counts_in_the_open_browser(app: Flask, admin: Administrator):
    citizen = somebody(app)
    somebody(app, Role.OPERATOR, mail="other@example.kr")  # so that there is Paju
    client = browser(app, citizen)
    assert client.get("/en/operator/").status_code == 403

    page = send(
        admin, page_of(admin, citizen, "/roles"), "role-form", role="operator", organisation="paju", reason="Season"
    )

    assert "Season" in words(page.mark("role"))
    assert "Administrator 김하늘" in words(page.mark("role"))
    assert client.get("/en/operator/").status_code == 200


def test_a_role_ends_and_its_pages_close_at_once(app: Flask, admin: Administrator, operator: Somebody):
    client = browser(app, operator)
    grant = grant_of(actor_of(operator).person_id)

    page = send(admin, f"people/roles/{grant}/end", "role-end-form", reason="Moved away")

    assert client.get("/en/operator/").status_code == 403
    assert "Moved away" in words(page.mark("role"))
    assert not page.marked("end-role")
    db.session.rollback()
    assert db.session.scalars(select(RoleEnd.reason)).all() == ["Moved away"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"role": "operator", "organisation": "paju"}, "Say why"),
        ({"reason": "x"}, "Choose a role."),
        ({"role": "operator", "reason": "x"}, "An operator needs an organisation"),
        ({"role": "administrator", "reason": "x", "first_day": "2026-05-01"}, "cannot begin in the past"),
        ({"role": "administrator", "reason": "x", "last_day": "2026-05-01"}, "comes before the first"),
        ({"role": "administrator", "reason": "x", "last_day": "someday"}, "someday"),
    ],
)
def test_a_role_that_cannot_be_is_refused_at_its_field(
    app: Flask, admin: Administrator, operator: Somebody, typed: dict[str, str], said: str
):
    citizen = somebody(app)

    page = send(admin, page_of(admin, citizen, "/roles"), "role-form", **typed)

    assert page.status == 422
    assert said in page.text


def test_nobody_finds_buttons_for_the_own_account_and_may_not_go_round_them(
    admin: Administrator, clock: StandingClock, another: Callable[..., Administrator]
):
    another(mail="other@example.kr")
    me = Somebody("boss@example.kr", "", Role.ADMINISTRATOR)

    page = see(admin, page_of(admin, me))
    refused = send(admin, page_of(admin, me, "/disable"), "disable-form", reason="x")

    assert page.marked("own")
    assert not page.marked("end-role") + page.marked("disable") + page.marked("give-role")
    assert refused.status == 422
    assert "another administrator" in refused.text


def test_the_last_administrator_whose_role_has_no_end_stays(
    admin: Administrator, another: Callable[..., Administrator]
):
    other = another(mail="other@example.kr")
    mine = Somebody("other@example.kr", "", Role.ADMINISTRATOR)
    theirs = Somebody("boss@example.kr", "", Role.ADMINISTRATOR)
    grant = grant_of(actor_of(mine).person_id)
    send(admin, f"people/roles/{grant}/end", "role-end-form", reason="x", last_day="2026-12-31")

    refused = send(other, page_of(other, theirs, "/disable"), "disable-form", reason="x")

    assert refused.status == 422
    assert "Make somebody else an administrator first" in refused.text


def test_an_account_is_closed_and_opened_again_without_its_role(app: Flask, admin: Administrator, operator: Somebody):
    client = browser(app, operator)

    closed = send(admin, page_of(admin, operator, "/disable"), "disable-form", reason="Left")
    refused = sign_in(app.test_client(), operator).status
    opened = send(admin, page_of(admin, operator, "/enable"), "enable-form", reason="Back")

    assert "Account disabled" in words(closed.mark("state"))
    assert client.get("/en/account/security").status_code == 302
    assert refused == 422
    assert "No role any more" in words(opened.mark("state"))
    assert sign_in(app.test_client(), operator).status == 302


def test_all_sign_ins_of_somebody_are_ended_by_one_button(app: Flask, admin: Administrator, operator: Somebody):
    clients = [browser(app, operator) for _ in range(2)]
    page = see(admin, page_of(admin, operator))
    assert "in 2 browsers" in page.text

    page.form(to="sign-ins/end").submit(admin.client)

    assert [one.get("/en/operator/").status_code for one in clients] == [302, 302]
    assert see(admin, "people").status == 200


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CITIZEN])
def test_nobody_else_looks_after_people(app: Flask, operator: Somebody, role: Role):
    person = operator if role is Role.OPERATOR else somebody(app)
    client = browser(app, person)
    someone = actor_of(operator).person_id

    for path in ("people", "people/invite", "organisations", f"people/{someone}", f"people/{someone}/roles"):
        assert client.get(f"/en/admin/{path}").status_code == 403
    assert client.post(f"/en/admin/people/{someone}/sign-ins/end").status_code in {400, 403}


def test_a_long_list_has_pages(app: Flask, admin: Administrator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tourbook.web.admin.people.ON_A_PAGE", 2)
    for number in range(4):
        somebody(app, Role.ADMINISTRATOR, mail=f"a{number}@example.kr")

    pages = [see(admin, f"people?page={number}") for number in (1, 2, 3, 9)]

    assert [len(one.marked("person")) for one in pages] == [2, 2, 1, 1]
    assert len({mail for one in pages for mail in mails(one)}) == 5


def test_an_organisation_is_added_renamed_retired_and_reopened(app: Flask, admin: Administrator, operator: Somebody):
    names_of = {"name_ko": "고성군", "name_en": "Goseong County"}

    added = send(admin, "organisations", "organisation-form", code="goseong", **names_of)
    again = send(admin, "organisations", "organisation-form", code="goseong", **names_of)
    goseong = db.session.scalars(select(Organisation.id).where(Organisation.code == "goseong")).one()
    renamed = send(admin, f"organisations/{goseong}", "organisation-form", name_ko="고성", name_en="Goseong")
    retired = renamed.form(to=f"{goseong}/retire").submit(admin.client)
    reopened = retired.form(to=f"{goseong}/reopen").submit(admin.client)

    assert "Goseong County" in added.text
    assert again.status == 422
    assert "with this code already" in again.text
    assert "Goseong" in renamed.text
    assert [len(one.marked("reopen")) for one in (renamed, retired, reopened)] == [0, 1, 0]
    db.session.rollback()
    acts = db.session.scalars(select(TrailEntry.act).where(TrailEntry.subject_id == goseong).order_by(TrailEntry.id))
    told = ["organisation_added", "organisation_renamed", "organisation_retired", "organisation_reopened"]
    assert acts.all() == told


@pytest.mark.parametrize("code", ["Goseong", "a b", "-x", "é"])
def test_a_code_that_cannot_be_one_is_refused(admin: Administrator, code: str):
    page = send(admin, "organisations", "organisation-form", code=code, name_ko="가", name_en="A")

    assert page.status == 422
    assert "cannot be a code" in page.text
