"""The accounts of a demonstration are everybody's: whoever signs in with one cannot take it from all others."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tests.accounts.factors import add_factor, owner_of
from tests.accounts.letters import answer_all, ask, links
from tests.accounts.people import Somebody, actor_of, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.operations.staff import administrator, grant_of
from tests.web.signing import sign_in
from tourbook import accounts
from tourbook.accounts import person_by_mail
from tourbook.accounts.models import SharedAccount
from tourbook.accounts.shared import share
from tourbook.actor import Role
from tourbook.db import transaction
from tourbook.errors import Refused
from tourbook.operations import disable_account

ANOTHER = "five other words in a row"
SAID = {"ko": "시연을 보는 모든 분이 함께 쓰는 계정입니다", "en": "Everybody who looks at this demonstration signs in"}


def shared(person: Somebody) -> Somebody:
    with transaction() as session:
        found = person_by_mail(session, person.mail)
        assert found
        share(session, found)
        share(session, found)
    return person


@pytest.fixture
def operator(app: Flask, session: Session) -> Somebody:
    return shared(somebody(app, Role.OPERATOR))


@pytest.fixture
def boss(app: Flask, operator: Somebody) -> FlaskClient:
    """An administrator's browser, of the demonstration too."""
    client = app.test_client()
    assert sign_in(client, shared(somebody(app, Role.ADMINISTRATOR))).status == 302
    return client


def of(person: Somebody) -> object:
    return actor_of(person).person_id


def change_password(client: FlaskClient, person: Somebody) -> Page:
    page = visit(client, "/en/account/security")
    return page.form(mark="password-form").submit(client, password=person.password, new_password=ANOTHER)


def add_second_factor(client: FlaskClient, person: Somebody) -> Page:
    page = visit(client, "/en/account/factor/add")
    return page.form(to="/factor/add").submit(client, password=person.password)


def add_passkey(client: FlaskClient, person: Somebody) -> Page:
    page = visit(client, "/en/account/factor/passkey/add")
    return page.form(to="/passkey/add").submit(client, password=person.password)


@pytest.mark.parametrize("act", [change_password, add_second_factor, add_passkey])
def test_whoever_signs_in_with_it_changes_nothing_that_others_sign_in_with(
    app: Flask, operator: Somebody, act: Callable[[FlaskClient, Somebody], Page]
) -> None:
    client = app.test_client()
    assert sign_in(client, operator).status == 302

    refused = act(client, operator)

    assert refused.status == 422
    assert SAID["en"] in words(refused.mark("error-summary"))
    assert sign_in(app.test_client(), operator).status == 302


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        ("people/{person}/disable", {"reason": "because"}),
        ("people/roles/{grant}/end", {"reason": "because"}),
        ("people/{person}/roles", {"role": "administrator", "reason": "because"}),
    ],
    ids=["disable", "end the role", "give a role"],
)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_another_administrator_neither_closes_it_nor_changes_its_roles(
    app: Flask, operator: Somebody, boss: FlaskClient, lang: str, where: str, fields: dict[str, str]
) -> None:
    path = where.format(person=of(operator), grant=grant_of(actor_of(operator).person_id))

    page = visit(boss, f"/{lang}/admin/{path}")
    refused = page.form(to=path.rsplit("/", 1)[-1]).submit(boss, **fields)

    assert refused.status == 422
    assert SAID[lang] in words(refused.mark("error-summary"))
    client = app.test_client()
    assert sign_in(client, operator).status == 302
    assert client.get("/en/operator/").status_code == 200


@pytest.mark.parametrize("which", ["/security/sign-ins/", "/security/others/"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_nobody_throws_out_others_who_look_at_the_demonstration(
    app: Flask, operator: Somebody, lang: str, which: str
) -> None:
    mine, others = app.test_client(), app.test_client()
    assert sign_in(mine, operator).status == sign_in(others, operator).status == 302

    (form,) = (one for one in visit(mine, f"/{lang}/account/security").forms if which in one.action)
    refused = form.submit(mine)

    assert refused.status == 422
    assert SAID[lang] in words(refused.mark("error-summary"))
    assert others.get("/ko/account/security").status_code == 200


def test_another_administrator_signs_nobody_out_of_it(app: Flask, operator: Somebody, boss: FlaskClient) -> None:
    client = app.test_client()
    assert sign_in(client, operator).status == 302

    refused = visit(boss, f"/en/admin/people/{of(operator)}").form(to="/sign-ins/end").submit(boss)

    assert refused.status == 422
    assert SAID["en"] in refused.text
    assert client.get("/en/operator/").status_code == 200


def test_everybody_signs_out_of_the_own_browser(app: Flask, operator: Somebody) -> None:
    client = app.test_client()
    assert sign_in(client, operator).status == 302

    visit(client, "/en/help").form(to="/sign-out").submit(client)

    assert client.get("/en/account/security").status_code == 302


def test_who_reads_the_mailbox_of_the_demonstration_chooses_no_other_password(
    app: Flask, client: FlaskClient, operator: Somebody, clock: StandingClock
) -> None:
    ask(operator.mail, clock)
    answer_all(clock)

    page = visit(client, links("/new-password/")[-1]).form(mark="new-password-form").submit(client, password=ANOTHER)

    assert page.status == 422
    assert SAID["ko"] in words(page.mark("error-summary"))
    assert sign_in(app.test_client(), operator).status == 302


def test_a_factor_that_was_begun_before_is_not_confirmed(app: Flask, operator: Somebody, clock: StandingClock) -> None:
    with transaction() as session:
        session.execute(delete(SharedAccount))
    accounts.begin_factor(owner_of(operator), now=clock.now)
    shared(operator)

    with pytest.raises(Refused, match="account_shared"):
        accounts.confirm_factor("000000", device="", tell=print, actor=actor_of(operator), now=clock.now)


def test_accounts_of_one_person_are_changed_and_closed_as_ever(
    app: Flask, operator: Somebody, clock: StandingClock
) -> None:
    mine, other = (somebody(app, Role.OPERATOR, mail=f"{name}@example.kr") for name in ("mine", "other"))
    client = app.test_client()
    assert sign_in(client, mine).status == 302

    assert change_password(client, mine).status == 200
    add_factor(other, clock.now)
    found = actor_of(mine).person_id
    assert found
    assert disable_account(found, reason="because", actor=administrator(app, "boss@example.kr"), now=clock.now)


def test_where_staff_must_have_a_factor_it_is_added(
    app: Flask, operator: Somebody, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or nobody could sign in to it at all."""
    monkeypatch.setitem(app.config, "TOURBOOK", replace(app.config["TOURBOOK"], second_factor="required"))

    assert add_factor(operator, clock.now)[1].recovery_codes


def test_in_production_no_account_is_shared(
    app: Flask, operator: Somebody, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, found = administrator(app, "boss@example.kr"), actor_of(operator).person_id
    assert found
    monkeypatch.setitem(app.config, "TOURBOOK", replace(app.config["TOURBOOK"], environment="production"))

    assert disable_account(found, reason="because", actor=boss, now=clock.now)
