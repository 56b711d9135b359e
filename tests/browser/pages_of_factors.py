"""Pages of the second factor of an account."""

from itertools import count

from flask.testing import FlaskClient

from tests.accounts.factors import HERE, add_factor
from tests.accounts.passkeys import add_passkey, device
from tests.accounts.people import PASSWORD, Somebody, actor_of, somebody
from tests.browser.shown import each, fill, press, shown
from tests.browser.stage import NOW, Stage, Visit, cookie_of
from tests.ground.pages import visit
from tests.web.signing import sign_in
from tourbook.accounts import Owner, begin_factor, totp
from tourbook.actor import Role
from tourbook.db import new_id

DEVICES = count(1)


def newcomer(stage: Stage) -> Somebody:
    """An operator for this page alone."""
    return somebody(stage.app, Role.OPERATOR, mail=f"{new_id()}@example.kr")


def in_a_browser(stage: Stage, person: Somebody) -> FlaskClient:
    client = stage.app.test_client()
    assert sign_in(client, person).status == 302
    return client


def half(stage: Stage, path: str) -> Visit:
    """A page of somebody whose password was right, and who has a factor."""
    person = newcomer(stage)
    add_factor(person, NOW)
    return Visit(path, cookie_of(in_a_browser(stage, person)))


def signed_in(stage: Stage, path: str) -> Visit:
    """A page of somebody who has no factor."""
    return Visit(path, cookie_of(in_a_browser(stage, newcomer(stage))))


def with_a_factor(stage: Stage, path: str) -> Visit:
    """A page of somebody who has a factor, and signed in with it."""
    person = newcomer(stage)
    secret, _ = add_factor(person, NOW)
    client = in_a_browser(stage, person)
    code = totp.code_at(secret, NOW)
    visit(client, "/ko/sign-in/code").form(mark="code-form").submit(client, digits=code, follow=False)
    return Visit(path, cookie_of(client))


@shown("signin.security")
def security_with_a_factor(stage: Stage) -> Visit:
    return with_a_factor(stage, "/account/security")


@shown("second_factor.add")
def add_a_factor(stage: Stage) -> Visit:
    return signed_in(stage, "/account/factor/add")


@shown("second_factor.add", then=press("password-submit"), status=422)
def add_a_factor_left_empty(stage: Stage) -> Visit:
    return add_a_factor(stage)


@shown("second_factor.remove")
def remove_a_factor(stage: Stage) -> Visit:
    return with_a_factor(stage, "/account/factor/remove")


@shown("second_factor.recovery_codes")
def new_recovery_codes(stage: Stage) -> Visit:
    return with_a_factor(stage, "/account/factor/recovery-codes")


@shown("second_factor.recovery_codes", then=each(fill("password", PASSWORD), press("password-submit")))
def recovery_codes_to_keep(stage: Stage) -> Visit:
    return new_recovery_codes(stage)


@shown("second_factor.recovery_codes", then=each(fill("password", "wrong"), press("password-submit")), status=422)
def new_recovery_codes_with_a_wrong_password(stage: Stage) -> Visit:
    return new_recovery_codes(stage)


@shown("second_factor.set_up")
def set_up_a_factor(stage: Stage) -> Visit:
    person = newcomer(stage)
    begin_factor(Owner(actor_of(person), PASSWORD, HERE), now=NOW)
    return Visit("/sign-in/set-up", cookie_of(in_a_browser(stage, person)))


@shown("second_factor.set_up", then=press("set-up-submit"), status=422)
def set_up_a_factor_left_empty(stage: Stage) -> Visit:
    return set_up_a_factor(stage)


@shown("second_factor.code")
def code(stage: Stage) -> Visit:
    return half(stage, "/sign-in/code")


@shown("second_factor.code", then=each(fill("digits", "12345"), press("code-submit")), status=422)
def code_that_is_too_short(stage: Stage) -> Visit:
    return code(stage)


@shown("second_factor.recovery")
def recovery(stage: Stage) -> Visit:
    return half(stage, "/sign-in/recovery")


@shown("second_factor.recovery", then=press("recovery-submit"), status=422)
def recovery_code_left_out(stage: Stage) -> Visit:
    return recovery(stage)


def half_with_a_passkey(stage: Stage, path: str) -> Visit:
    """A page of somebody whose password was right, and who has a passkey."""
    person = newcomer(stage)
    add_passkey(person, device(next(DEVICES)), NOW)
    return Visit(path, cookie_of(in_a_browser(stage, person)))


def with_a_passkey(stage: Stage, path: str) -> Visit:
    """A page of somebody who has a passkey, and signed in with it."""
    person, client, key = newcomer(stage), stage.app.test_client(), device(next(DEVICES))
    add_passkey(person, key, NOW)
    page = visit(client, visit(client, "/ko/sign-in").form(mark="sign-in-form").submit(
        client, mail=person.mail, password=PASSWORD, follow=False).response.headers["Location"])  # fmt: skip
    asked = next(str(one.get("data-options")) for one in page.body.iter() if one.get("data-options"))
    page.form(mark="passkey-form").submit(client, credential=key.sign(asked), follow=False)
    if "{passkey}" in path:
        path = visit(client, "/ko/account/security").mark("remove-passkey").get("href", "").removeprefix("/ko")
    return Visit(path, cookie_of(client))


@shown("signin.security")
def security_with_a_passkey(stage: Stage) -> Visit:
    return with_a_passkey(stage, "/account/security")


@shown("second_factor.passkey")
def passkey(stage: Stage) -> Visit:
    return half_with_a_passkey(stage, "/sign-in/passkey")


@shown("second_factor.add_passkey")
def add_a_passkey(stage: Stage) -> Visit:
    return signed_in(stage, "/account/factor/passkey/add")


@shown("second_factor.add_passkey", then=press("password-submit"), status=422)
def add_a_passkey_left_empty(stage: Stage) -> Visit:
    return add_a_passkey(stage)


@shown("second_factor.new_passkey")
def new_passkey(stage: Stage) -> Visit:
    client = in_a_browser(stage, newcomer(stage))
    form = visit(client, "/ko/account/factor/passkey/add").form(mark="password-form")
    assert form.submit(client, password=PASSWORD, follow=False).status == 302
    return Visit("/sign-in/set-up/passkey", cookie_of(client))


@shown("second_factor.remove_passkey")
def remove_a_passkey(stage: Stage) -> Visit:
    return with_a_passkey(stage, "{passkey}")
