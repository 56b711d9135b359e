"""Accounts: making one, forgetting its password, signing in and out, companions."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from tests.accounts.people import PASSWORD, keep_people, somebody
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tourbook import accounts
from tourbook.accounts import Asking, Browser
from tourbook.accounts.link_models import LinkKind, WishKind
from tourbook.accounts.password_links import choose_password
from tourbook.db import db
from tourbook.errors import NotFound
from tourbook.kst import parse_moment
from tourbook.notices import Kind, Notice, telling_owner
from tourbook.operations import answer_wishes

NOW = parse_moment(MONDAY_MORNING)
ANOTHER = "five other words in a row"


def signing_in(ground: Ground, password: str = PASSWORD) -> Doing:
    mail = somebody(ground.app).mail

    def act() -> object:
        return accounts.sign_in(mail=mail, password=password, address="192.0.2.9", now=NOW).role

    return Doing(act, NOW)


@deed(sign_in=1)  # the one whose answer was lost is nobody's: its token was never given out
def signs_in(ground: Ground) -> Doing:
    return signing_in(ground)


@deed(failed_sign_in=1)  # asked twice, it was tried twice
def fails_to_sign_in(ground: Ground) -> Doing:
    return signing_in(ground, "another password")


def signed_in(ground: Ground) -> str:
    mail = somebody(ground.app).mail
    return accounts.sign_in(mail=mail, password=PASSWORD, address="192.0.2.9", now=NOW).token


@deed()
def signs_out(ground: Ground) -> Doing:
    return Doing(partial(accounts.sign_out, signed_in(ground), now=NOW), NOW)


@deed()
def stays_signed_in(ground: Ground) -> Doing:
    later = NOW + timedelta(minutes=5)
    return Doing(partial(accounts.keep_awake, signed_in(ground), now=later), later)


@deed()
def forgets_old_sign_ins(ground: Ground) -> Doing:
    signed_in(ground)
    later = NOW + timedelta(days=200)
    return Doing(lambda: accounts.tidy(now=later) is None, later)


def asking(kind: WishKind) -> Asking:
    name = "김하늘" if kind is WishKind.ACCOUNT else None
    return Asking(kind, "new@example.kr", "192.0.2.9", "ko", name=name, onward="/ko/my")


@deed()
def asks_for_a_letter(_: Ground) -> Doing:
    wanted = asking(WishKind.NEW_PASSWORD)
    return Doing(lambda: accounts.ask_for_letter(wanted, form_id="a letter", now=NOW) is None, NOW)


def wish(ground: Ground, kind: WishKind) -> None:
    if kind is WishKind.NEW_PASSWORD:
        somebody(ground.app, mail="new@example.kr")
    accounts.ask_for_letter(asking(kind), form_id="a letter", now=NOW)


@deed()
def answers_who_forgot_the_password(ground: Ground) -> Doing:
    wish(ground, WishKind.NEW_PASSWORD)
    return Doing(lambda: answer_wishes(now=NOW) is None, NOW)


@deed()
def answers_who_wants_an_account(ground: Ground) -> Doing:
    wish(ground, WishKind.ACCOUNT)
    return Doing(lambda: answer_wishes(now=NOW) is None, NOW)


def link(ground: Ground, kind: WishKind) -> str:
    wish(ground, kind)
    answer_wishes(now=NOW)
    found = next(one.link for one in db.session.scalars(select(Notice)) if one.link)
    db.session.rollback()
    return str(found)


@deed()
def chooses_a_new_password(ground: Ground) -> Doing:
    token = link(ground, WishKind.NEW_PASSWORD)

    def act() -> None:
        tell = telling_owner(Kind.ACCOUNT_CHANGED, now=NOW)
        try:
            choose_password(token, ANOTHER, LinkKind.FORGOTTEN, address="192.0.2.9", tell=tell, now=NOW)
        except NotFound:
            return  # it was chosen before

    return Doing(act, NOW)


@deed(sign_in=1)  # likewise
def makes_an_account(ground: Ground) -> Doing:
    token = link(ground, WishKind.ACCOUNT)

    def act() -> object:
        told = {"browser": Browser("192.0.2.9"), "tell": telling_owner(Kind.WELCOME, now=NOW), "now": NOW}
        return accounts.complete_registration(token, PASSWORD, **told).sign_in.role

    return Doing(act, NOW)


@deed()
def forgets_wishes(ground: Ground) -> Doing:
    link(ground, WishKind.NEW_PASSWORD)
    later = NOW + timedelta(days=3)
    return Doing(lambda: accounts.forget_wishes(now=later) is None, later)


@deed(trail_entry=1)  # asked to keep them twice, it is written down twice
def keeps_companions(ground: Ground) -> Doing:
    person = somebody(ground.app)
    return Doing(lambda: keep_people(person, 2, NOW) is None, NOW)


@deed()
def brings_companions(ground: Ground) -> Doing:
    holder = keep_people(somebody(ground.app), 2, NOW)
    kept = [one.id for one in accounts.companions_of(db.session(), holder.person_id)]
    later = NOW + timedelta(days=1)
    return Doing(lambda: accounts.bring_companions(kept, actor=holder, now=later), later)


@deed()
def forgets_companions(ground: Ground) -> Doing:
    keep_people(somebody(ground.app), 2, NOW)
    later = NOW + timedelta(days=400)
    return Doing(lambda: accounts.forget_companions(now=later) is None, later)
