"""The second factor as people meet it: set up, asked for after the password, lost, removed."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.factors import WRONG, add_factor, secret_of
from tests.accounts.people import PASSWORD, Somebody, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit
from tests.notices.outbox import settings
from tests.web.conftest import Build
from tests.web.signing import sign_in, signed_in
from tourbook.accounts import totp
from tourbook.actor import Role
from tourbook.db import db
from tourbook.notices import Notice
from tourbook.web.access import Permission, declared

SECURITY, FACTOR = "/ko/account/security", "/ko/account/factor"


def location(page: Page) -> str:
    return urlsplit(page.response.headers["Location"]).path


def is_signed_in(client: FlaskClient) -> bool:
    return visit(client, "/ko/help").has("sign-out")


def with_factor(app: Flask, clock: StandingClock, role: Role = Role.OPERATOR) -> tuple[Somebody, str, list[str]]:
    person = somebody(app, role)
    with app.app_context():
        secret, added = add_factor(person, clock.now)
        db.session.remove()
    return person, secret, added.recovery_codes


def kinds(app: Flask) -> list[str]:
    with app.app_context():
        return [str(one.kind) for one in db.session.scalars(select(Notice).order_by(Notice.id))]


def give_code(client: FlaskClient, code: str, *, at: str = "/ko/sign-in/code") -> Page:
    form = visit(client, at).form(mark=f"{at.rsplit('/', 1)[-1]}-form")
    return form.submit(client, **{"recovery_code" if "recovery" in at else "digits": code}, follow=False)


def test_after_the_password_the_code_is_asked_for_and_leads_on(app: Flask, client: FlaskClient, clock: StandingClock):
    person, secret, _ = with_factor(app, clock)

    asked = sign_in(client, person, to="/ko/operator/?page=1")
    assert location(asked) == "/ko/sign-in/code"
    assert not is_signed_in(client)
    page = visit(client, asked.response.headers["Location"])
    done = page.form(mark="code-form").submit(client, digits=totp.code_at(secret, clock.now), follow=False)

    assert done.response.headers["Location"] == "/ko/operator/?page=1"
    assert is_signed_in(client)


@pytest.mark.parametrize("path", ["/ko/operator/", SECURITY, f"{FACTOR}/remove", "/ko/sign-in/set-up"])
def test_half_a_sign_in_reaches_nothing_else(app: Flask, client: FlaskClient, clock: StandingClock, path: str):
    person, *_ = with_factor(app, clock)
    sign_in(client, person)

    assert urlsplit(client.get(path).headers["Location"]).path == "/ko/sign-in"


def test_half_a_sign_in_passed_off_as_a_whole_one_is_none(app: Flask, client: FlaskClient, clock: StandingClock):
    person, *_ = with_factor(app, clock)
    sign_in(client, person)
    with client.session_transaction() as session:
        session["_user_id"] = session["half_sign_in"]

    assert not is_signed_in(client)


def test_half_a_sign_in_ends_after_ten_minutes(app: Flask, client: FlaskClient, clock: StandingClock):
    person, *_ = with_factor(app, clock)
    sign_in(client, person)
    assert client.get("/ko/sign-in/code").status_code == 200
    clock.move(minutes=10)

    assert urlsplit(client.get("/ko/sign-in/code").headers["Location"]).path == "/ko/sign-in"


def test_half_a_sign_in_reaches_no_page_that_asks_for_one(app: Flask, client: FlaskClient, clock: StandingClock):
    person, *_ = with_factor(app, clock, Role.ADMINISTRATOR)
    sign_in(client, person)
    guarded = [
        str(rule).replace("<any(ko,en):lang>", "ko")
        for rule in app.url_map.iter_rules()
        if rule.arguments <= {"lang"}
        and "GET" in (rule.methods or ())
        and declared(app, rule.endpoint) not in {Permission.PUBLIC, Permission.HOLDER, Permission.AWAITS_CODE}
    ]

    assert len(guarded) > 30
    assert {urlsplit(client.get(path).headers.get("Location", path)).path for path in guarded} == {"/ko/sign-in"}


@pytest.mark.parametrize("path", ["/ko/sign-in/code", "/ko/sign-in/recovery", "/ko/sign-in/set-up"])
def test_who_gave_no_password_is_asked_for_it(client: FlaskClient, path: str):
    assert urlsplit(client.get(path).headers["Location"]).path == "/ko/sign-in"


def test_a_wrong_code_says_so_at_the_field_and_five_make_it_wait(app: Flask, client: FlaskClient, clock: StandingClock):
    person, *_ = with_factor(app, clock)
    sign_in(client, person)

    answers = [give_code(client, WRONG) for _ in range(6)]

    assert [one.status for one in answers] == [422] * 5 + [429]
    assert 'href="#digits"' in answers[0].response.get_data(as_text=True)
    assert int(answers[-1].response.headers["Retry-After"]) > 0


@pytest.mark.parametrize(("at", "name"), [("/ko/sign-in/code", "digits"), ("/ko/sign-in/recovery", "recovery_code")])
def test_a_code_is_never_handed_back(client: FlaskClient, at: str, name: str):
    visit(client, "/ko/sign-in")
    typed = {name: "KEPT-NOWHERE", "csrf_token": "too old"}

    answer = client.post(at, data=typed, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 400
    assert "KEPT-NOWHERE" not in answer.get_data(as_text=True)


def test_a_recovery_code_lets_in_once_and_its_owner_is_told(app: Flask, client: FlaskClient, clock: StandingClock):
    person, _, codes = with_factor(app, clock)
    sign_in(client, person)

    done = give_code(client, codes[0].lower(), at="/ko/sign-in/recovery")

    assert done.status == 302
    assert is_signed_in(client)
    assert kinds(app) == ["recovery_code_used"]
    other = app.test_client()
    sign_in(other, person)
    assert give_code(other, codes[0], at="/ko/sign-in/recovery").status == 422


def test_whoever_wants_one_adds_it_and_the_old_cookie_is_dead(app: Flask, clock: StandingClock):
    client = signed_in(app, Role.ADMINISTRATOR)
    kept = client.get_cookie("sid")
    assert kept is not None
    form = visit(client, f"{FACTOR}/add").form(mark="password-form")
    assert form.submit(client, password="another one", follow=False).status == 422

    set_up = form.submit(client, password=PASSWORD)
    with app.app_context():
        secret = secret_of(Somebody("administrator@example.kr", PASSWORD, Role.ADMINISTRATOR))
        db.session.remove()
    assert totp.in_groups(secret) in set_up.response.get_data(as_text=True)
    picture = next(one for one in set_up.mark("factor-picture").iter() if one.tag.endswith("svg"))
    assert picture.get("viewBox"), "without it, it is cut where it is made smaller"
    assert set_up.response.headers["Cache-Control"] == "no-store"
    assert give_code(client, WRONG, at="/ko/sign-in/set-up").status == 422
    done = give_code(client, totp.code_at(secret, clock.now), at="/ko/sign-in/set-up")

    assert done.status == 200
    assert done.has("recovery-codes")
    assert done.response.headers["Cache-Control"] == "no-store"
    assert visit(client, SECURITY).has("factor")
    assert kinds(app) == ["factor_added"]
    copy = app.test_client()
    copy.set_cookie("sid", kept.value)
    assert not is_signed_in(copy)


def test_removing_it_asks_for_the_password_and_tells_the_owner(app: Flask, client: FlaskClient, clock: StandingClock):
    person, secret, _ = with_factor(app, clock)
    sign_in(client, person)
    give_code(client, totp.code_at(secret, clock.now))
    form = visit(client, f"{FACTOR}/remove").form(mark="password-form")

    assert form.submit(client, password="another one").status == 422
    assert visit(client, SECURITY).has("factor")
    assert form.submit(client, password=PASSWORD).has("add-factor")
    assert kinds(app) == ["factor_removed"]


def test_new_recovery_codes_are_shown_once(app: Flask, client: FlaskClient, clock: StandingClock):
    person, secret, codes = with_factor(app, clock)
    sign_in(client, person)
    give_code(client, totp.code_at(secret, clock.now))

    shown = visit(client, f"{FACTOR}/recovery-codes").form(mark="password-form").submit(client, password=PASSWORD)

    assert shown.has("recovery-codes")
    assert not any(code in shown.response.get_data(as_text=True) for code in codes)


def test_a_factor_that_was_never_begun_cannot_be_set_up(app: Flask):
    client = signed_in(app, Role.CITIZEN)

    assert urlsplit(client.get("/ko/sign-in/set-up").headers["Location"]).path == SECURITY


def test_staff_set_it_up_first_where_it_is_required_and_citizens_do_not(app: Flask, build: Build, clock: StandingClock):
    operator, citizen = somebody(app, Role.OPERATOR), somebody(app)
    strict = build(second_factor="required")
    client, other = strict.test_client(), strict.test_client()

    assert location(sign_in(client, operator)) == "/ko/sign-in/set-up"
    assert not is_signed_in(client)
    assert urlsplit(client.get("/ko/operator/").headers["Location"]).path == "/ko/sign-in"
    with strict.app_context():
        secret = secret_of(operator)
        db.session.remove()
    done = give_code(client, totp.code_at(secret, clock.now), at="/ko/sign-in/set-up")
    assert done.mark("kept").get("href") == "/ko/operator/"
    assert client.get("/ko/operator/").status_code == 200
    assert location(sign_in(other, citizen)) == "/ko/my"


def test_production_requires_it_and_a_demonstration_offers_it(app: Flask):
    usual = app.config["TOURBOOK"]
    assert not usual.second_factor_required
    with settings(app, environment="production"):
        assert app.config["TOURBOOK"].second_factor_required
    with settings(app, environment="production", second_factor="offered"):
        assert not app.config["TOURBOOK"].second_factor_required


def test_a_lost_phone_is_forgotten_by_a_command(app: Flask, client: FlaskClient, clock: StandingClock):
    person, secret, _ = with_factor(app, clock)
    sign_in(client, person)
    give_code(client, totp.code_at(secret, clock.now + timedelta(seconds=30)))
    assert is_signed_in(client)

    runner = app.test_cli_runner()
    done = runner.invoke(args=["tourbook", "account", "forget-factor", person.mail, "--reason", "phone lost"])
    unknown = runner.invoke(args=["tourbook", "account", "forget-factor", "x@example.kr", "--reason", "phone lost"])

    assert done.exit_code == 0, done.output
    assert (unknown.exit_code, "no account" in unknown.output) == (1, True)
    assert not is_signed_in(client)
    assert kinds(app) == ["factor_removed"]
    assert location(sign_in(client, person)) == "/ko/operator/"


@pytest.mark.parametrize("slip", ["12345", "1234567", "12345a", "일이삼사오육"])
def test_what_cannot_be_a_code_is_a_slip_and_no_guess(
    app: Flask, client: FlaskClient, clock: StandingClock, slip: str
) -> None:
    person, secret, _ = with_factor(app, clock)
    sign_in(client, person)

    assert {give_code(client, slip).status for _ in range(7)} == {422}
    assert give_code(client, totp.code_at(secret, clock.now)).status == 302
