"""Passkeys as people meet them, with a device in software in the place of the browser's script."""

import json
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.authenticator import Device
from tests.accounts.factors import add_factor
from tests.accounts.passkeys import add_passkey, device
from tests.accounts.people import PASSWORD, Somebody, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Element, Page, visit
from tests.web.conftest import Build
from tests.web.signing import sign_in, signed_in
from tourbook.accounts import totp
from tourbook.actor import Role
from tourbook.db import db
from tourbook.notices import Notice
from tourbook.web.access import Permission, declared

SECURITY, ADD = "/ko/account/security", "/ko/account/factor/passkey/add"
USE, NEW = "/ko/sign-in/passkey", "/ko/sign-in/set-up/passkey"


def location(page: Page) -> str:
    return urlsplit(page.response.headers["Location"]).path


def is_signed_in(client: FlaskClient) -> bool:
    return visit(client, "/ko/help").has("sign-out")


def with_passkey(app: Flask, now: datetime, role: Role = Role.OPERATOR) -> tuple[Somebody, Device, list[str]]:
    person, key = somebody(app, role), device()
    with app.app_context():
        added = add_passkey(person, key, now)
        db.session.remove()
    return person, key, added.recovery_codes


def box(page: Page) -> Element:
    return next(one for one in page.body.iter() if one.get("data-passkey"))


def options(page: Page) -> str:
    return str(box(page).get("data-options"))


def use(client: FlaskClient, key: Device, *, to: str = "") -> Page:
    page = visit(client, f"{USE}{to}")
    return page.form(mark="passkey-form").submit(client, credential=key.sign(options(page)), follow=False)


def make(client: FlaskClient, key: Device) -> Page:
    page = visit(client, NEW)
    return page.form(mark="new-passkey-form").submit(client, new_credential=key.make(options(page)), follow=False)


def kinds(app: Flask) -> list[str]:
    with app.app_context():
        return [str(one.kind) for one in db.session.scalars(select(Notice).order_by(Notice.id))]


def test_after_the_password_the_passkey_is_asked_for_and_leads_on(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    person, key, _ = with_passkey(app, clock.now)

    asked = sign_in(client, person, to="/ko/operator/?page=1")
    assert location(asked) == USE
    assert not is_signed_in(client)
    page = visit(client, asked.response.headers["Location"])
    assert page.response.headers["Cache-Control"] == "no-store"
    done = page.form(mark="passkey-form").submit(client, credential=key.sign(options(page)), follow=False)

    assert done.response.headers["Location"] == "/ko/operator/?page=1"
    assert is_signed_in(client)


def test_the_page_tells_the_script_which_keys_and_says_what_to_do_without_it(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    person, *_ = with_passkey(app, clock.now)
    sign_in(client, person)

    page = visit(client, USE)

    asked = json.loads(options(page))
    assert (asked["rpId"], len(asked["allowCredentials"])) == ("localhost", 1)
    assert asked["userVerification"] == "preferred"
    assert page.mark("passkey-submit").get("hidden") is not None
    assert "needs-scripts" in page.response.get_data(as_text=True)
    assert page.has("to-recovery")
    assert not page.has("to-code")
    names = list(box(page).keys())
    words = {name for name in names if name.startswith("data-say-")}
    assert words == {f"data-say-{name}" for name in ("unknown", "given-up", "there", "not-here", "failed")}


def test_who_has_both_chooses(app: Flask, client: FlaskClient, clock: StandingClock):
    person, *_ = with_passkey(app, clock.now)
    with app.app_context():
        secret, _ = add_factor(person, clock.now)
        db.session.remove()
    assert location(sign_in(client, person)) == USE
    code = visit(client, visit(client, USE).mark("to-code").get("href"))
    assert code.has("to-passkey")

    done = code.form(mark="code-form").submit(client, digits=totp.code_at(secret, clock.now), follow=False)

    assert done.status == 302
    assert is_signed_in(client)


def test_who_has_no_app_is_led_to_the_passkey_and_who_has_no_passkey_to_the_code(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    person, *_ = with_passkey(app, clock.now)
    sign_in(client, person)
    assert urlsplit(client.get("/ko/sign-in/code").headers["Location"]).path == USE

    other, there = somebody(app, Role.ADMINISTRATOR), app.test_client()
    with app.app_context():
        add_factor(other, clock.now)
        db.session.remove()
    assert location(sign_in(there, other)) == "/ko/sign-in/code"
    assert urlsplit(there.get(USE).headers["Location"]).path == "/ko/sign-in/code"


def test_a_recovery_code_stands_in_for_a_passkey(app: Flask, client: FlaskClient, clock: StandingClock):
    person, _, codes = with_passkey(app, clock.now)
    sign_in(client, person)

    form = visit(client, "/ko/sign-in/recovery").form(mark="recovery-form")

    assert form.submit(client, recovery_code=codes[0], follow=False).status == 302
    assert is_signed_in(client)


def test_a_wrong_one_says_so_five_make_it_wait_and_the_page_has_something_else_to_sign(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    person, *_ = with_passkey(app, clock.now)
    sign_in(client, person)

    answers = [use(client, device()) for _ in range(6)]

    assert [one.status for one in answers] == [422] * 5 + [429]
    assert all(one.has("error-summary") for one in answers)
    assert len({json.loads(options(one))["challenge"] for one in answers[:5]}) == 5
    assert int(answers[-1].response.headers["Retry-After"]) > 0


def test_a_form_without_an_answer_is_refused_and_no_guess(app: Flask, client: FlaskClient, clock: StandingClock):
    person, key, _ = with_passkey(app, clock.now)
    sign_in(client, person)

    statuses = {visit(client, USE).form(mark="passkey-form").submit(client, credential="").status for _ in range(7)}

    assert statuses == {422}
    assert use(client, key).status == 302


def test_after_five_minutes_the_page_says_so_and_begins_once_more(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    person, key, _ = with_passkey(app, clock.now)
    sign_in(client, person)
    page = visit(client, USE)
    answer = key.sign(options(page))
    clock.move(minutes=5)

    late = page.form(mark="passkey-form").submit(client, credential=answer, follow=False)
    assert late.status == 422
    assert options(late)
    sign_in(client, person)
    clock.move(minutes=5)
    over = visit(client, f"{USE}?next=/ko/operator/")
    assert over.has("passkey-over")
    again = over.form(to="/ko/sign-in/passkey/again").submit(client, follow=False)

    assert again.response.headers["Location"] == f"{USE}?next=/ko/operator/"
    assert use(client, key).status == 302


def test_a_copy_is_refused_and_its_owner_is_told(app: Flask, client: FlaskClient, clock: StandingClock):
    person, key, _ = with_passkey(app, clock.now)
    copy = key.copy()
    sign_in(client, person)
    assert use(client, key).status == 302
    other = app.test_client()
    sign_in(other, person)

    assert use(other, copy).status == 422

    assert not is_signed_in(other)
    assert kinds(app) == ["passkey_copied"]


def test_whoever_wants_one_adds_it_and_the_old_cookie_is_dead(app: Flask, clock: StandingClock):
    client, key = signed_in(app, Role.ADMINISTRATOR), device()
    kept = client.get_cookie("sid")
    assert kept is not None
    assert urlsplit(client.get(NEW).headers["Location"]).path == ADD
    form = visit(client, visit(client, SECURITY).mark("add-passkey").get("href")).form(mark="password-form")
    assert form.submit(client, password="another one", follow=False).status == 422
    page = form.submit(client, password=PASSWORD)
    asked = json.loads(options(page))
    assert (asked["rp"]["id"], asked["user"]["name"]) == ("localhost", "administrator@example.kr")
    assert asked["attestation"] == "none"

    wrong = page.form(mark="new-passkey-form").submit(client, new_credential="{}", follow=False)
    assert wrong.status == 422
    done = wrong.form(mark="new-passkey-form").submit(client, new_credential=key.make(options(wrong)), follow=False)

    assert done.status == 200
    assert done.has("recovery-codes")
    assert done.mark("kept").get("href") == SECURITY
    assert len(visit(client, SECURITY).marked("passkey")) == 1
    assert kinds(app) == ["passkey_added"]
    copy = app.test_client()
    copy.set_cookie("sid", kept.value)
    assert not is_signed_in(copy)


@pytest.mark.parametrize(
    ("lang", "device_too", "keep"),
    [
        ("ko", "패스키가 있는 기기를 잃어버렸을 때", "그 기기와 다른 곳에"),
        ("en", "or the device with the passkey", "away from that device"),
    ],
)
def test_the_recovery_codes_of_a_passkey_speak_of_its_device_and_not_of_a_phone_alone(
    app: Flask, client: FlaskClient, clock: StandingClock, lang: str, device_too: str, keep: str
):
    person, key, _ = with_passkey(app, clock.now)
    sign_in(client, person)
    use(client, key)

    form = visit(client, f"/{lang}/account/factor/recovery-codes").form(mark="password-form")
    page = form.submit(client, password=PASSWORD)

    assert page.has("recovery-codes")
    assert device_too in page.text
    assert keep in page.text


def test_a_second_one_brings_no_recovery_codes_and_five_minutes_later_the_password_is_asked_for(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    person, key, _ = with_passkey(app, clock.now)
    sign_in(client, person)
    use(client, key)
    form = visit(client, ADD).form(mark="password-form")
    form.submit(client, password=PASSWORD)
    clock.move(minutes=5)
    assert urlsplit(client.get(NEW).headers["Location"]).path == ADD
    form.submit(client, password=PASSWORD)

    assert make(client, device(2)).status == 302

    page = visit(client, SECURITY)
    assert len(page.marked("passkey")) == 2
    assert page.has("add-factor")


def test_staff_set_one_up_first_where_a_factor_is_required(app: Flask, build: Build, clock: StandingClock):
    operator, key = somebody(app, Role.OPERATOR), device()
    strict = build(second_factor="required")
    client = strict.test_client()

    set_up = visit(client, sign_in(client, operator, to="/ko/operator/?page=1").response.headers["Location"])
    page = visit(client, set_up.mark("to-new-passkey").get("href"))
    assert page.has("to-set-up")
    form = page.form(mark="new-passkey-form")
    done = form.submit(client, new_credential=key.make(options(page)), follow=False)

    assert done.mark("kept").get("href") == "/ko/operator/?page=1"
    assert client.get("/ko/operator/").status_code == 200
    other = strict.test_client()
    assert location(sign_in(other, operator)) == USE


def test_setting_up_begins_once_more_after_five_minutes(app: Flask, build: Build, clock: StandingClock):
    strict = build(second_factor="required")
    client = strict.test_client()
    sign_in(client, somebody(app, Role.OPERATOR))
    clock.move(minutes=5)
    over = visit(client, NEW)
    assert over.has("passkey-over")

    over.form(to=f"{NEW}/again").submit(client)

    assert make(client, device()).has("recovery-codes")


def test_removing_the_last_one_asks_for_the_password_and_tells_the_owner(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    person, key, _ = with_passkey(app, clock.now)
    sign_in(client, person)
    use(client, key)
    address = visit(client, SECURITY).mark("remove-passkey").get("href")
    form = visit(client, address).form(mark="password-form")

    assert form.submit(client, password="another one").status == 422
    assert len(visit(client, SECURITY).marked("passkey")) == 1
    assert not form.submit(client, password=PASSWORD).has("passkey")

    assert kinds(app) == ["passkey_removed"]
    assert client.get(address).status_code == 404
    assert location(sign_in(app.test_client(), person)) == "/ko/operator/"


def test_nobody_sees_or_removes_a_passkey_of_somebody_else(app: Flask, client: FlaskClient, clock: StandingClock):
    person, key, _ = with_passkey(app, clock.now)
    sign_in(client, person)
    use(client, key)
    address = visit(client, SECURITY).mark("remove-passkey").get("href")
    other = signed_in(app, Role.ADMINISTRATOR)

    assert other.get(address).status_code == 404
    form = visit(other, ADD).form(mark="password-form")
    assert other.post(address, data={**form.values, "password": PASSWORD}).status_code == 404
    assert len(visit(client, SECURITY).marked("passkey")) == 1


@pytest.mark.parametrize(
    ("public_url", "base", "here"),
    [
        ("", "http://localhost:5000", "localhost"),
        ("", "http://127.0.0.1:5000", None),
        ("", "https://forged.example", None),
        ("https://tours.example.kr", "http://localhost", "tours.example.kr"),
        ("http://tours.example.kr", "http://localhost", None),
    ],
)
def test_passkeys_hold_for_the_address_that_people_use(
    app: Flask, build: Build, clock: StandingClock, public_url: str, base: str, here: str | None
):
    person, *_ = with_passkey(app, clock.now)
    client = build(public_url=public_url).test_client()
    secure = {"base_url": "https://localhost"} if public_url.startswith("https") else {"base_url": base}
    page = Page(client.get("/ko/sign-in", **secure), "http://localhost/ko/sign-in")
    sent = {**page.form(mark="sign-in-form").values, "mail": person.mail, "password": PASSWORD}
    assert client.post("/ko/sign-in", data=sent, **secure).status_code == 302

    asked = Page(client.get(USE, **secure), "http://localhost/")

    assert asked.has("passkeys-not-here") is (here is None)
    assert asked.has("to-recovery")
    if here:
        assert json.loads(options(asked))["rpId"] == here
    form = asked.form(to="/ko/sign-in/passkey") if here else page.form(mark="sign-in-form")
    sent = {"csrf_token": form.values["csrf_token"], "credential": "{}"}
    assert client.post(USE, data=sent, **secure).status_code in {400, 422}


def test_half_a_sign_in_reaches_no_page_that_adds_or_removes_one(app: Flask, client: FlaskClient, clock: StandingClock):
    person, *_ = with_passkey(app, clock.now)
    sign_in(client, person)

    for endpoint in ("add_passkey", "new_passkey", "remove_passkey"):
        assert declared(app, f"second_factor.{endpoint}") in {Permission.SIGNED_IN, Permission.SETS_UP_FACTOR}
    assert [urlsplit(client.get(path).headers["Location"]).path for path in (ADD, NEW)] == ["/ko/sign-in"] * 2


def test_an_answer_is_never_handed_back(client: FlaskClient):
    visit(client, "/ko/sign-in")
    for path, name in ((USE, "credential"), (NEW, "new_credential")):
        typed = {name: "KEPT-NOWHERE", "csrf_token": "too old"}

        answer = client.post(path, data=typed, headers={"Sec-Fetch-Site": "same-origin"})

        assert answer.status_code == 400
        assert "KEPT-NOWHERE" not in answer.get_data(as_text=True)


def test_a_lost_device_is_forgotten_by_a_command(app: Flask, client: FlaskClient, clock: StandingClock):
    person, key, _ = with_passkey(app, clock.now)
    sign_in(client, person)
    use(client, key)

    done = app.test_cli_runner().invoke(
        args=["tourbook", "account", "forget-factor", person.mail, "--reason", "key lost"]
    )

    assert done.exit_code == 0, done.output
    assert not is_signed_in(client)
    assert kinds(app) == ["factor_removed"]
    assert location(sign_in(client, person)) == "/ko/operator/"
