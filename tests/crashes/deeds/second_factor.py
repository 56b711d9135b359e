"""The second factor: added, asked for, lost, removed; and ending sign-ins."""

from collections.abc import Callable
from contextlib import suppress

from tests.accounts.factors import add_factor, give, give_recovery, half_sign_in, owner_of, secret_of, untold
from tests.accounts.people import PASSWORD, Somebody, actor_of, somebody
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tourbook import accounts
from tourbook.accounts import PasswordChange, totp
from tourbook.actor import COMMAND, Actor, Role
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import parse_moment

NOW = parse_moment(MONDAY_MORNING)


def once(act: Callable[[], object]) -> Doing:
    """An act whose repetition is refused in a sentence, since it is done."""

    def do() -> None:
        with suppress(Refused):
            act()

    return Doing(do, NOW)


def operator(ground: Ground) -> Somebody:
    return somebody(ground.app, Role.OPERATOR)


def with_factor(ground: Ground) -> tuple[Somebody, str, list[str]]:
    person = operator(ground)
    secret, added = add_factor(person, NOW)
    return person, secret, added.recovery_codes


@deed()  # another secret each time, for nobody's app yet
def begins_a_factor(ground: Ground) -> Doing:
    owner = owner_of(operator(ground))
    return Doing(lambda: accounts.begin_factor(owner, now=NOW), NOW)


@deed()
def confirms_a_factor(ground: Ground) -> Doing:
    person = operator(ground)
    accounts.begin_factor(owner_of(person), now=NOW)
    code, actor = totp.code_at(secret_of(person), NOW), actor_of(person)
    return once(lambda: accounts.confirm_factor(code, device="", tell=untold, actor=actor, now=NOW))


@deed()
def brings_a_code(ground: Ground) -> Doing:
    person, secret, _ = with_factor(ground)
    half = half_sign_in(person, NOW)
    return once(lambda: give(half, totp.code_at(secret, NOW), NOW))


@deed(failed_sign_in=1)  # asked twice, it was tried twice
def brings_a_wrong_code(ground: Ground) -> Doing:
    half = half_sign_in(with_factor(ground)[0], NOW)
    return once(lambda: give(half, "wrong", NOW))


@deed()
def brings_a_recovery_code(ground: Ground) -> Doing:
    person, _, codes = with_factor(ground)
    half = half_sign_in(person, NOW)
    return once(lambda: give_recovery(half, codes[0], NOW))


@deed(trail_entry=1)  # made twice, it is written down twice; the second ten count
def makes_recovery_codes(ground: Ground) -> Doing:
    owner = owner_of(with_factor(ground)[0])
    return Doing(lambda: accounts.new_recovery_codes(owner, now=NOW) is None, NOW)


@deed()
def removes_a_factor(ground: Ground) -> Doing:
    person = operator(ground)
    owner, here = owner_of(person), add_factor(person, NOW)[1].sign_in.token
    return Doing(lambda: accounts.remove_factor(owner, token=here, tell=untold, now=NOW) is None, NOW)


@deed()
def forgets_a_lost_factor(ground: Ground) -> Doing:
    person, *_ = with_factor(ground)
    told = {"reason": "phone lost", "tell": untold, "actor": COMMAND, "now": NOW}
    return once(lambda: accounts.forget_factor(person.mail, **told))


@deed()
def ends_a_sign_in(ground: Ground) -> Doing:
    here, actor = _signed_in_twice(operator(ground))
    there = next(one.id for one in accounts.sign_ins_of(db.session(), actor, here, now=NOW) if not one.here)
    return Doing(lambda: accounts.end_sign_in(there, actor=actor, now=NOW) is None, NOW)


@deed()
def ends_other_sign_ins(ground: Ground) -> Doing:
    here, actor = _signed_in_twice(operator(ground))
    return Doing(lambda: accounts.end_other_sign_ins(here, actor=actor, now=NOW) is None, NOW)


@deed(failed_sign_in=2)  # asked again once it is done, the password that held is a wrong one
def changes_a_password(ground: Ground) -> Doing:
    here, actor = _signed_in_twice(operator(ground))
    change = PasswordChange(PASSWORD, "five other words in a row")
    told = {"token": here, "address": "192.0.2.9", "tell": untold, "actor": actor, "now": NOW}
    return once(lambda: accounts.change_password(change, **told))


def _signed_in_twice(person: Somebody) -> tuple[str, Actor]:
    """The token of one of two sign-ins, and whose they are."""
    mine = [accounts.sign_in(mail=person.mail, password=PASSWORD, address="192.0.2.9", now=NOW) for _ in range(2)]
    return mine[0].token, actor_of(person)
