"""Passkeys: begun, added, signed with, copied, removed."""

from tests.accounts.authenticator import Device
from tests.accounts.factors import half_sign_in, owner_of
from tests.accounts.passkeys import add_passkey, bring, bring_new, device, passkeys, to_add, to_use, whole_sign_in
from tests.accounts.people import Somebody, somebody
from tests.crashes.deeds.registry import Doing, deed
from tests.crashes.deeds.second_factor import NOW, once
from tests.ground.application import Ground
from tourbook import accounts
from tourbook.accounts import NewSignIn
from tourbook.actor import Role
from tourbook.db import db
from tourbook.notices import Kind, telling_owner


def operator(ground: Ground) -> Somebody:
    return somebody(ground.app, Role.OPERATOR)


def with_passkey(ground: Ground) -> tuple[Somebody, Device]:
    person, key = operator(ground), device()
    add_passkey(person, key, NOW)
    return person, key


def signed(person: Somebody, key: Device) -> tuple[NewSignIn, str]:
    """A half sign-in, and what the device signed for it."""
    half = half_sign_in(person, NOW)
    return half, key.sign(to_use(half, NOW))


@deed()  # something else to be signed each time, in the same row
def begins_a_passkey(ground: Ground) -> Doing:
    person = operator(ground)
    token, owner = whole_sign_in(person, NOW).token, owner_of(person)
    return Doing(lambda: accounts.begin_passkey(owner, token=token, now=NOW), NOW)


@deed()
def adds_a_passkey(ground: Ground) -> Doing:
    person = operator(ground)
    token = whole_sign_in(person, NOW).token
    accounts.begin_passkey(owner_of(person), token=token, now=NOW)
    answer = device().make(to_add(token, NOW))
    return once(lambda: bring_new(token, answer, person, NOW))


@deed()  # likewise
def asks_for_more_time_to_use_a_passkey(ground: Ground) -> Doing:
    half = half_sign_in(with_passkey(ground)[0], NOW)
    return Doing(lambda: accounts.ask_again(half.token, now=NOW), NOW)


@deed()
def signs_in_with_a_passkey(ground: Ground) -> Doing:
    half, answer = signed(*with_passkey(ground))
    return once(lambda: bring(half, answer, NOW))


@deed(failed_sign_in=1)  # asked twice, it was tried twice
def brings_what_no_passkey_signed(ground: Ground) -> Doing:
    half = half_sign_in(with_passkey(ground)[0], NOW)
    return once(lambda: bring(half, "{}", NOW))


@deed(failed_sign_in=1)  # asked again, the same signature is for something that is not asked for any more
def signs_with_a_copied_passkey(ground: Ground) -> Doing:
    person, key = with_passkey(ground)
    copy = key.copy()
    bring(*signed(person, key), NOW)
    half, answer = signed(person, copy)
    return once(lambda: bring(half, answer, NOW, tell=telling_owner(Kind.PASSKEY_COPIED, now=NOW)))


@deed()
def removes_a_passkey(ground: Ground) -> Doing:
    person, key = operator(ground), device()
    token = add_passkey(person, key, NOW).sign_in.token
    (mine,) = passkeys(db.session(), person)
    tell = telling_owner(Kind.PASSKEY_REMOVED, now=NOW)
    told = {"token": token, "tell": tell, "now": NOW}
    return Doing(lambda: accounts.remove_passkey(owner_of(person), mine.id, **told) is None, NOW)
