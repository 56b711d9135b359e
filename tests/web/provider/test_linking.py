"""Linking an account to somebody with the provider, and taking the link away; whoever is not linked gets nowhere."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.factors import trail
from tests.accounts.letters import answer_all, ask, links
from tests.accounts.people import Somebody, actor_of, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.ground.sign_in_provider import SignInProvider, providing
from tests.operations.staff import administrator
from tests.web.conftest import Build
from tests.web.provider.coming import LANGUAGES, begin, comes, is_signed_in, says
from tests.web.signing import sign_in
from tests.web.test_shared_accounts import shared
from tourbook.accounts import person_by_mail
from tourbook.accounts.models import IdentityLink
from tourbook.notices.models import Notice
from tourbook.operations import disable_account, enable_account


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_is_not_linked_reads_what_to_do_and_nothing_of_accounts(
    app: Flask, client: FlaskClient, there: SignInProvider, lang: str
) -> None:
    person = somebody(app)
    there.subject = person.mail
    there.says = {"email": person.mail, "email_verified": True}

    code, status, said = says(client, comes(client, there, lang=lang, to=f"/{lang}/my"))

    assert (code, status) == ("identity_unlinked", 403)
    assert ("비밀번호로 한 번 로그인" if lang == "ko" else "Sign in with your password once") in said


def test_a_disabled_account_is_answered_like_none_and_is_not_linked_when_it_is_opened_again(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody, clock: StandingClock, session: Session
) -> None:
    boss, person_id = administrator(app, "boss@example.kr"), actor_of(linked).person_id
    assert person_id
    assert disable_account(person_id, reason="because", actor=boss, now=clock.now)
    assert says(client, comes(client, there))[0] == "identity_unlinked"

    assert enable_account(person_id, reason="because", actor=boss, now=clock.now)

    assert says(client, comes(client, there))[0] == "identity_unlinked"
    assert session.scalar(select(IdentityLink)) is None


def test_an_account_that_is_closed_between_the_two_looks_opens_nothing(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody, clock: StandingClock, session: Session
) -> None:
    """As by a process of the release before, which knows nothing of links."""
    person = person_by_mail(session, linked.mail)
    assert person
    person.disabled_at = clock.now
    session.commit()

    assert says(client, comes(client, there))[0] == "identity_unlinked"


def test_the_same_name_with_another_provider_is_somebody_else(
    app: Flask, there: SignInProvider, linked: Somebody, build: Build
) -> None:
    with providing() as another:
        other = build(public_url="http://localhost", **another.settings)
        client = other.test_client()

        assert says(client, comes(client, another))[0] == "identity_unlinked"


def test_an_identity_opens_one_account(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody
) -> None:
    other = somebody(app, mail="other@example.kr")
    assert sign_in(client, other).status == 302
    left = client.get(begin(client, other).mark("provider-leave").get("href", ""))

    back = client.get(there.come_back(left.headers["Location"]))
    page = visit(client, back.headers["Location"])

    assert page.status == 409
    assert "다른 계정에 연결" in words(page.mark("provider-says"))
    assert not visit(client, "/ko/account/security").has("linked")


def test_an_account_has_one_link(client: FlaskClient, there: SignInProvider, linked: Somebody) -> None:
    assert sign_in(client, linked).status == 302
    form = visit(client, "/ko/account/provider/link").form(mark="password-form")

    refused = form.submit(client, password=linked.password)

    assert refused.status == 409
    assert "이미 연결된 계정" in words(refused.mark("error-summary"))


@pytest.mark.parametrize("minutes", [4, 6])
def test_the_password_counts_for_five_minutes_and_once(
    app: Flask, client: FlaskClient, there: SignInProvider, clock: StandingClock, session: Session, minutes: int
) -> None:
    person = somebody(app)
    assert sign_in(client, person).status == 302
    left = client.get(begin(client, person).mark("provider-leave").get("href", ""))
    back = there.come_back(left.headers["Location"])
    clock.move(minutes=minutes)

    page = visit(client, client.get(back).headers["Location"])

    assert page.has("linked") is (minutes < 5)
    assert page.has("provider-failed") is (minutes > 5)
    assert client.get("/ko/account/provider/leave").headers["Location"] == "/ko/account/provider/link"


def test_what_was_said_for_a_link_does_not_link_in_another_sign_in(
    app: Flask, client: FlaskClient, there: SignInProvider, session: Session
) -> None:
    """Whoever signs in at the same browser while its owner is away with the provider."""
    person, other = somebody(app), somebody(app, mail="other@example.kr")
    assert sign_in(client, person).status == 302
    left = client.get(begin(client, person).mark("provider-leave").get("href", ""))
    back, cookie = there.come_back(left.headers["Location"]), client.get_cookie("sid")
    visit(client, "/ko/help").form(to="/sign-out").submit(client)
    assert cookie
    with client.session_transaction() as kept:
        kept["provider"] = cookie_of(app, cookie.value)["provider"]
    assert sign_in(client, other).status == 302

    page = visit(client, client.get(back).headers["Location"])

    assert page.has("provider-failed")
    assert session.scalar(select(IdentityLink)) is None


def cookie_of(app: Flask, value: str) -> dict[str, object]:
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own has it
    return dict(signer.loads(value))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_taking_it_away_asks_for_the_password_ends_other_sign_ins_and_is_told(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody, session: Session, lang: str
) -> None:
    comes(client, there)
    here = app.test_client()
    assert sign_in(here, linked).status == 302
    page = visit(here, visit(here, f"/{lang}/account/security").mark("unlink").get("href", ""))
    assert page.form(mark="password-form").submit(here, password="wrong").status == 422

    done = page.form(mark="password-form").submit(here, password=linked.password)

    assert done.has("link")
    assert is_signed_in(here)
    assert not is_signed_in(client)
    assert says(client, comes(client, there))[0] == "identity_unlinked"
    assert "identity_unlinked" in trail(session)
    assert "identity_unlinked" in [one.kind for one in session.scalars(select(Notice))]


def test_the_command_takes_it_away_for_somebody(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody, session: Session
) -> None:
    comes(client, there)
    command = ["tourbook", "account", "unlink", linked.mail, "--reason", "left the office"]
    runner = app.test_cli_runner()

    assert "all sign-ins of the account are ended" in runner.invoke(args=command).output
    assert "not linked" in runner.invoke(args=command).output
    assert not is_signed_in(client)
    assert "identity_unlinked" in trail(session)


def test_a_password_that_is_chosen_by_a_letter_takes_it_away(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody, clock: StandingClock, session: Session
) -> None:
    """Whoever had got in before may have linked themselves, and would get in again."""
    ask(linked.mail, clock)
    answer_all(clock)
    page = visit(client, links("/new-password/")[-1]).form(mark="new-password-form")

    page.submit(client, password="five other words in a row")

    assert session.scalar(select(IdentityLink)) is None


def test_accounts_of_a_demonstration_are_not_linked(app: Flask, client: FlaskClient, session: Session) -> None:
    person = shared(somebody(app))
    assert sign_in(client, person).status == 302

    refused = begin(client, person)

    assert refused.status == 422
    assert "시연을 보는 모든 분이" in words(refused.mark("error-summary"))


def test_the_download_of_ones_own_data_has_it(client: FlaskClient, there: SignInProvider, linked: Somebody) -> None:
    comes(client, there)

    own = json.loads(
        visit(client, "/ko/account/data")
        .form(mark="own-data-form")
        .submit(client, password=linked.password)
        .response.data
    )

    assert set(own["account"]["linked_sign_in"]) == {"linked_at", "last_used_at"}
