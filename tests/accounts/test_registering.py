"""Making an account by a letter: from the wish to the first sign-in."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accounts.factors import add_factor
from tests.accounts.letters import HERE, answer_all, ask, letters
from tests.accounts.people import PASSWORD, somebody
from tests.ground.moments import StandingClock
from tourbook import accounts
from tourbook.accounts import Browser, Newcomer, Registered
from tourbook.accounts.link_models import Wish, WishKind
from tourbook.accounts.models import FailedSignIn, Person, SignIn
from tourbook.actor import COMMAND, Role
from tourbook.audit import TrailEntry
from tourbook.errors import NotFound, Refused
from tourbook.operations import disable_account

MAIL = "haneul@example.kr"
ANOTHER = "five other words in a row"


def token(clock: StandingClock, mail: str = MAIL) -> str:
    ask(mail, clock, kind=WishKind.ACCOUNT)
    answer_all(clock)
    return str(letters()[-1].link)


def complete(clock: StandingClock, sent: str, password: str = PASSWORD) -> Registered:
    told = {"browser": Browser(HERE), "tell": lambda *_: None, "now": clock.now}
    return accounts.complete_registration(sent, password, **told)


def signs_in(clock: StandingClock, password: str, mail: str = MAIL) -> accounts.NewSignIn:
    return accounts.sign_in(mail=mail, password=password, address=HERE, now=clock.now)


def people(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_registered_citizen_is_signed_in_and_can_sign_in_again(session: Session, clock: StandingClock):
    opened = complete(clock, token(clock)).sign_in
    again = signs_in(clock, PASSWORD, " Haneul@Example.KR ")

    found = accounts.person_of_sign_in(session, opened.token, now=clock.now)
    assert found is not None
    assert (found.role, found.name) == (Role.CITIZEN, "김하늘")
    assert again.person_id == opened.person_id == found.person_id
    assert again.token != opened.token


def test_before_the_link_is_used_there_is_no_account(session: Session, clock: StandingClock):
    token(clock)

    assert people(session) == 0
    with pytest.raises(Refused, match="sign_in_failed"):
        signs_in(clock, PASSWORD)


def test_an_account_and_its_wish_hold_nothing_readable(session: Session, clock: StandingClock):
    sent = token(clock)
    kept = str(session.execute(select(Wish.__table__)).one())
    session.rollback()
    complete(clock, sent)
    kept += str(session.execute(select(Person.__table__)).one())

    for secret in ("haneul", "김하늘", PASSWORD, sent, HERE):
        assert secret not in kept
    wish = session.scalars(select(Wish)).one()
    assert (wish.mail_sealed, wish.name_sealed) == (None, None)


@pytest.mark.parametrize("mail", [MAIL, " HANEUL@example.kr "])
def test_an_address_that_has_an_account_gets_a_letter_that_says_so_and_no_link(
    app: Flask, session: Session, clock: StandingClock, mail: str
):
    somebody(app, mail=MAIL)

    ask(mail, clock, kind=WishKind.ACCOUNT)
    answer_all(clock)

    (letter,) = letters()
    assert (letter.kind, letter.contact, letter.link) == ("registered_already", mail.strip(), None)
    assert people(session) == 1


def test_a_disabled_account_is_neither_given_back_nor_made_anew(app: Flask, session: Session, clock: StandingClock):
    opened = complete(clock, token(clock)).sign_in
    disable_account(opened.person_id, reason="x", actor=COMMAND, now=clock.now)
    clock.move(minutes=1)

    ask(MAIL, clock, kind=WishKind.ACCOUNT)
    answer_all(clock)

    assert letters()[-1].kind == "no_account"
    assert people(session) == 1


def test_a_dot_makes_another_address(session: Session, clock: StandingClock):
    for mail in (MAIL, "han.eul@example.kr"):
        complete(clock, token(clock, mail))

    assert people(session) == 2


def test_completing_it_again_signs_in_with_the_account_that_was_made(session: Session, clock: StandingClock):
    sent = token(clock)
    first, again = complete(clock, sent).sign_in, complete(clock, sent).sign_in

    assert first.person_id == again.person_id
    assert first.token != again.token
    assert people(session) == 1
    assert [entry.act for entry in session.scalars(select(TrailEntry))].count("registered") == 1
    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 0


def test_a_used_link_opens_nothing_with_another_password_and_guessing_counts(session: Session, clock: StandingClock):
    sent = token(clock)
    complete(clock, sent)

    with pytest.raises(NotFound, match="registration_gone"):
        complete(clock, sent, ANOTHER)

    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 1
    assert session.scalar(select(func.count()).select_from(SignIn)) == 1


def test_completing_it_again_opens_no_account_that_was_disabled(session: Session, clock: StandingClock):
    sent = token(clock)
    opened = complete(clock, sent).sign_in
    session.get_one(Person, opened.person_id).disabled_at = clock.now
    session.commit()

    with pytest.raises(NotFound, match="registration_gone"):
        complete(clock, sent)


def test_a_registration_with_the_mail_of_somebody_with_a_factor_opens_no_more(
    app: Flask, session: Session, clock: StandingClock
):
    operator = somebody(app, Role.OPERATOR)
    add_factor(operator, clock.now)

    ask(operator.mail, clock, kind=WishKind.ACCOUNT)
    answer_all(clock)

    assert [(one.kind, one.link) for one in letters() if one.kind != "factor_added"] == [("registered_already", None)]
    assert session.scalar(select(Wish.token_hash)) is None


@pytest.mark.parametrize(("hours", "counts"), [(23, True), (24, False)])
@pytest.mark.usefixtures("session")
def test_the_link_counts_for_a_day(clock: StandingClock, hours: int, counts: bool):
    sent = token(clock)
    clock.move(hours=hours)

    if counts:
        assert complete(clock, sent)
    else:
        with pytest.raises(NotFound, match="registration_gone"):
            complete(clock, sent)


@pytest.mark.usefixtures("session")
def test_a_newer_link_takes_the_place_of_the_one_before(clock: StandingClock):
    older = token(clock)
    clock.move(minutes=1)
    newer = token(clock)

    with pytest.raises(NotFound, match="registration_gone"):
        complete(clock, older)
    assert complete(clock, newer)


def test_an_address_that_got_an_account_meanwhile_is_told_so_behind_the_link(
    app: Flask, session: Session, clock: StandingClock
):
    sent = token(clock)
    accounts.add_person(Newcomer("김하늘", MAIL, ANOTHER), role=Role.CITIZEN, actor=COMMAND, now=clock.now)

    with pytest.raises(Refused, match="mail_taken"):
        complete(clock, sent)
    assert people(session) == 1


@pytest.mark.parametrize(("password", "code"), [("short", "password_short"), ("haneul-2026", "password_common")])
@pytest.mark.usefixtures("session")
def test_a_bad_password_is_refused_first_and_the_link_still_counts(clock: StandingClock, password: str, code: str):
    sent = token(clock)

    with pytest.raises(Refused, match=code):
        complete(clock, sent, password)

    assert complete(clock, sent)


def test_a_registration_is_in_the_trail_without_a_name(session: Session, clock: StandingClock):
    opened = complete(clock, token(clock)).sign_in

    entry = session.scalars(select(TrailEntry)).one()
    assert (entry.act, entry.actor, entry.subject_id, entry.facts) == ("registered", "guest", opened.person_id, {})


def test_the_notice_about_a_new_account_is_written_with_it_or_not_at_all(session: Session, clock: StandingClock):
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        accounts.complete_registration(token(clock), PASSWORD, browser=Browser(HERE), tell=break_down, now=clock.now)

    assert people(session) == 0


def test_a_wish_with_a_link_stays_until_that_is_over(session: Session, clock: StandingClock):
    ask(MAIL, clock, kind=WishKind.ACCOUNT)
    clock.move(hours=2)
    answer_all(clock)

    assert accounts.forget_wishes(now=clock.now + timedelta(hours=23)) == 0
    assert accounts.forget_wishes(now=clock.now + timedelta(hours=25)) == 1
    assert session.scalar(select(func.count()).select_from(Wish)) == 0
