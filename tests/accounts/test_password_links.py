"""Wishes for a letter, what answers them, and the link by which a forgotten password is chosen anew."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accounts.factors import add_factor
from tests.accounts.letters import HERE, answer_all, ask, letters
from tests.accounts.people import PASSWORD, Somebody, actor_of, somebody
from tests.ground.moments import StandingClock
from tourbook import accounts
from tourbook.accounts import Asking, Awaits, Person
from tourbook.accounts.link_models import LinkKind, PasswordLink, Wish, WishKind
from tourbook.accounts.models import FailedSignIn
from tourbook.accounts.password_links import choose_password, enter_invited, enter_link
from tourbook.accounts.registering import Browser, account_to_complete, complete_registration
from tourbook.actor import COMMAND, Role
from tourbook.audit import TrailEntry
from tourbook.db import db, transaction
from tourbook.errors import NotFound, Refused, TooMany
from tourbook.operations import answer_wishes, disable_account

ANOTHER = "five other words in a row"
MAIL = "citizen@example.kr"


@pytest.fixture
def me(app: Flask, session: Session) -> Somebody:
    assert session.is_active
    return somebody(app)


def kinds() -> list[tuple[str, str | None]]:
    return [(one.kind.value, one.contact) for one in letters()]


def choose(clock: StandingClock, token: str, password: str = ANOTHER) -> str | None:
    told: list[Person] = []
    onward = choose_password(
        token, password, LinkKind.FORGOTTEN, address=HERE, tell=lambda _, one: told.append(one), now=clock.now
    )
    assert [one.mail for one in told] == [MAIL]
    return onward


def token(clock: StandingClock, onward: str | None = None) -> str:
    ask(MAIL, clock, onward=onward)
    answer_all(clock)
    return str(letters()[-1].link)


def signs_in(password: str, clock: StandingClock, mail: str = MAIL) -> accounts.NewSignIn:
    return accounts.sign_in(mail=mail, password=password, address=HERE, now=clock.now)


def test_a_wish_says_nothing_readable_and_keeps_no_address_once_it_is_answered(
    me: Somebody, session: Session, clock: StandingClock
):
    ask(MAIL, clock)
    kept = " ".join(map(str, session.execute(select(Wish.__table__)).one()))
    session.rollback()
    answer_all(clock)

    assert me.mail not in kept
    assert HERE not in kept
    wish = session.scalars(select(Wish)).one()
    assert (wish.mail_sealed, wish.answered_at) == (None, clock.now)


@pytest.mark.parametrize("mail", [MAIL, " CITIZEN@example.KR "])
def test_whoever_has_an_account_gets_a_link(me: Somebody, clock: StandingClock, mail: str):
    ask(mail, clock)

    assert answer_all(clock) == 1
    assert kinds() == [("new_password", mail.strip())]
    assert letters()[0].link


def test_an_address_without_an_account_gets_a_letter_that_says_so(me: Somebody, session: Session, clock: StandingClock):
    ask("nobody@example.kr", clock)
    answer_all(clock)

    assert kinds() == [("no_account", "nobody@example.kr")]
    assert session.scalar(select(func.count()).select_from(PasswordLink)) == 0


def test_a_disabled_account_is_not_given_back(me: Somebody, clock: StandingClock):
    sent = token(clock)
    disable_account(actor_of(me).person_id, reason="x", actor=COMMAND, now=clock.now)
    with pytest.raises(NotFound, match="password_link_gone"):
        choose(clock, sent)
    clock.move(minutes=1)

    ask(MAIL, clock)
    answer_all(clock)

    assert kinds()[-1] == ("no_account", MAIL)


def test_several_wishes_for_one_address_that_wait_are_answered_by_one_letter(me: Somebody, clock: StandingClock):
    for number in range(3):
        ask(MAIL, clock, address=f"192.0.2.{number}")
    ask("nobody@example.kr", clock)

    assert answer_wishes(now=clock.now) == 3
    assert answer_wishes(now=clock.now) == 1
    assert answer_wishes(now=clock.now) == 0
    assert len(kinds()) == 2


def test_a_form_sent_again_asks_once_and_mended_asks_for_the_other_address(
    me: Somebody, session: Session, clock: StandingClock
):
    asking = Asking(WishKind.NEW_PASSWORD, MAIL, HERE, "ko")
    for _ in range(2):
        accounts.ask_for_letter(asking, form_id="a form", now=clock.now)
    assert session.scalar(select(func.count()).select_from(Wish)) == 1

    mended = Asking(WishKind.NEW_PASSWORD, "x@example.kr", HERE, "ko")
    accounts.ask_for_letter(mended, form_id="a form", now=clock.now)

    assert session.scalar(select(func.count()).select_from(Wish)) == 2


@pytest.mark.parametrize("mail", [MAIL, "nobody@example.kr"])
def test_nobodys_mailbox_is_flooded_and_the_limit_does_not_tell_who_has_an_account(
    me: Somebody, clock: StandingClock, mail: str
):
    for number in range(3):
        ask(mail, clock, address=f"192.0.2.{number}")
        clock.move(minutes=1)

    with pytest.raises(TooMany, match="letters_asked_often") as refused:
        ask(mail, clock, address="198.51.100.1")
    clock.move(seconds=refused.value.facts["seconds"] - 1)
    with pytest.raises(TooMany):
        ask(mail, clock, address="198.51.100.1")
    clock.move(seconds=1)
    ask(mail, clock, address="198.51.100.1")

    assert refused.value.facts == {"seconds": 57 * 60, "minutes": 57}


def test_no_more_than_ten_letters_a_day_go_to_one_address(me: Somebody, clock: StandingClock):
    for _ in range(10):
        ask(MAIL, clock)
        clock.move(minutes=30)

    with pytest.raises(TooMany) as refused:
        ask(MAIL, clock)
    clock.move(seconds=refused.value.facts["seconds"])

    ask(MAIL, clock)
    assert refused.value.facts["minutes"] == 24 * 60 - 300


def test_from_one_network_address_letters_are_asked_for_in_measure(me: Somebody, clock: StandingClock):
    for number in range(30):
        ask(f"person{number}@example.kr", clock)

    with pytest.raises(TooMany, match="letters_asked_often"):
        ask("another@example.kr", clock)
    ask("another@example.kr", clock, address="198.51.100.1")
    clock.move(hours=1)
    ask("another2@example.kr", clock)


def test_the_link_chooses_the_password_once_and_ends_every_sign_in(
    me: Somebody, session: Session, clock: StandingClock
):
    open_ = [signs_in(PASSWORD, clock) for _ in range(2)]
    sent = token(clock)

    choose(clock, sent)

    assert not any(accounts.person_of_sign_in(session, one.token, now=clock.now) for one in open_)
    with pytest.raises(Refused, match="sign_in_failed"):
        signs_in(PASSWORD, clock)
    assert signs_in(ANOTHER, clock)
    with pytest.raises(NotFound, match="password_link_gone"):
        choose(clock, sent, "six words that are quite different")
    entry = session.scalars(select(TrailEntry).where(TrailEntry.act == "password_reset")).one()
    assert (entry.actor, entry.facts) == ("guest", {"sign_ins": 2})


@pytest.mark.parametrize(("minutes", "counts"), [(59, True), (60, False)])
def test_the_link_counts_for_an_hour(me: Somebody, clock: StandingClock, minutes: int, counts: bool):
    sent = token(clock)
    clock.move(minutes=minutes)

    if counts:
        choose(clock, sent)
    else:
        with pytest.raises(NotFound, match="password_link_gone"):
            choose(clock, sent)


def test_a_newer_link_takes_the_place_of_the_one_before(me: Somebody, clock: StandingClock):
    older = token(clock)
    clock.move(minutes=1)
    newer = token(clock)

    with pytest.raises(NotFound):
        choose(clock, older)
    choose(clock, newer)


def test_a_password_that_was_changed_meanwhile_voids_the_link(me: Somebody, clock: StandingClock):
    sent, here = token(clock), signs_in(PASSWORD, clock)
    accounts.change_password(
        accounts.PasswordChange(PASSWORD, ANOTHER),
        token=here.token,
        address=HERE,
        tell=lambda *_: None,
        actor=actor_of(me),
        now=clock.now,
    )

    with pytest.raises(NotFound):
        choose(clock, sent, "six words that are quite different")


def test_a_bad_password_is_refused_first_and_the_link_still_counts(me: Somebody, clock: StandingClock):
    sent = token(clock)

    for bad, code in (("short", "password_short"), ("citizen-2026", "password_common")):
        with pytest.raises(Refused, match=code):
            choose(clock, sent, bad)

    choose(clock, sent)


def test_whoever_was_invited_may_choose_by_the_other_link_too_and_the_invitation_is_used_then(
    me: Somebody, session: Session, clock: StandingClock
):
    with transaction() as act:
        person = enter_invited(act, "이바다", "bada@example.kr", "ko", now=clock.now)
        _, invitation = enter_link(act, person, LinkKind.INVITED, actor=COMMAND, now=clock.now)
    ask("bada@example.kr", clock)
    answer_all(clock)

    choose_password(str(letters()[-1].link), ANOTHER, LinkKind.FORGOTTEN, address=HERE, now=clock.now)

    assert signs_in(ANOTHER, clock, "bada@example.kr")
    assert {one.used_at for one in session.scalars(select(PasswordLink))} == {clock.now}
    with pytest.raises(NotFound, match="invitation_gone"):
        choose_password(invitation, PASSWORD, LinkKind.INVITED, address=HERE, now=clock.now)


def test_a_link_of_one_kind_is_none_of_another(me: Somebody, clock: StandingClock):
    with pytest.raises(NotFound, match="invitation_gone"):
        choose_password(token(clock), ANOTHER, LinkKind.INVITED, address=HERE, now=clock.now)


def test_whoever_guessed_before_signs_in_at_once_with_the_new_password(
    me: Somebody, session: Session, clock: StandingClock
):
    for _ in range(5):
        with pytest.raises(Refused, match="sign_in_failed"):
            signs_in("four words in a raw", clock)

    choose(clock, token(clock))

    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 0
    assert signs_in(ANOTHER, clock)


def test_the_link_does_not_pass_by_the_second_factor(app: Flask, session: Session, clock: StandingClock):
    operator = somebody(app, Role.OPERATOR)
    add_factor(operator, clock.now)
    ask(operator.mail, clock)
    answer_all(clock)

    choose_password(str(letters()[-1].link), ANOTHER, LinkKind.FORGOTTEN, address=HERE, now=clock.now)
    opened = signs_in(ANOTHER, clock, operator.mail)

    assert opened.awaits is Awaits.CODE
    assert accounts.person_of_sign_in(session, opened.token, now=clock.now) is None


def test_wishes_and_links_are_forgotten_soon_and_invitations_stay(me: Somebody, session: Session, clock: StandingClock):
    token(clock)

    assert accounts.forget_wishes(now=clock.now + timedelta(hours=24)) == 0
    assert accounts.forget_wishes(now=clock.now + timedelta(hours=25, seconds=1)) == 2
    assert session.scalar(select(func.count()).select_from(PasswordLink)) == 0


@pytest.mark.parametrize("onward", [None, "/ko/my?page=2"])
def test_the_page_that_somebody_came_from_is_kept_sealed_until_the_link_is_used(
    me: Somebody, session: Session, clock: StandingClock, onward: str | None
):
    sent = token(clock, onward)
    wish = session.scalars(select(Wish)).one()
    kept = (wish.mail, wish.name, wish.onward)
    letter = " ".join(map(str, (letters()[-1].facts, letters()[-1].link)))
    session.rollback()

    chosen = choose(clock, sent)

    assert (kept, chosen) == ((None, None, onward), onward)
    assert "/ko/my" not in letter
    assert session.scalars(select(Wish.onward_sealed)).one() is None


def test_nothing_is_kept_of_where_somebody_came_from_without_an_account(
    me: Somebody, session: Session, clock: StandingClock
):
    ask("nobody@example.kr", clock, onward="/ko/my")
    answer_all(clock)

    assert session.scalars(select(Wish.onward_sealed)).one() is None


def test_the_newest_wish_of_several_says_where_to_go_on(me: Somebody, clock: StandingClock):
    for number, onward in enumerate(("/ko/my", "/ko/help")):
        ask(MAIL, clock, address=f"192.0.2.{number}", onward=onward)
        clock.move(seconds=1)
    answer_all(clock)

    assert choose(clock, str(letters()[-1].link)) == "/ko/help"


def test_the_link_of_a_forgotten_password_completes_no_account(me: Somebody, clock: StandingClock):
    sent = token(clock, "/ko/my")
    browser, told = Browser(HERE), lambda _, __: None

    with pytest.raises(NotFound, match="registration_gone"):
        account_to_complete(db.session(), sent, now=clock.now)
    with pytest.raises(NotFound, match="registration_gone"):
        complete_registration(sent, ANOTHER, browser=browser, tell=told, now=clock.now)


def test_where_somebody_came_from_is_forgotten_after_a_day(me: Somebody, session: Session, clock: StandingClock):
    token(clock, "/ko/my")
    clock.move(days=1, seconds=1)

    accounts.forget_wishes(now=clock.now)

    assert session.scalar(select(func.count()).select_from(Wish)) == 0
