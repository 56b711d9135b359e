"""Accounts: making one, signing in and out."""

from datetime import timedelta
from functools import partial

from tests.accounts.people import PASSWORD, somebody
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tourbook import accounts
from tourbook.accounts import Newcomer
from tourbook.actor import GUEST
from tourbook.kst import parse_moment

NOW = parse_moment(MONDAY_MORNING)


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


@deed(sign_in=1)
def makes_an_account(_: Ground) -> Doing:
    newcomer = Newcomer("김하늘", "new@example.kr", PASSWORD)

    def act() -> object:
        told = {"address": "192.0.2.9", "tell": lambda *_: None, "actor": GUEST, "now": NOW}
        return accounts.register(newcomer, **told).role

    return Doing(act, NOW)
