from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url

from tests.accounts.factors import HERE, add_factor, give_recovery, half_sign_in, is_open, owner_of, trail, untold
from tests.accounts.passkeys import PLACE, SITE, add_passkey, bring_new, device, passkeys, to_add, whole_sign_in
from tests.accounts.people import PASSWORD, Somebody, actor_of, somebody
from tests.ground.moments import StandingClock
from tourbook import accounts
from tourbook.accounts import Awaits
from tourbook.accounts.models import Passkey, SignIn
from tourbook.actor import COMMAND, Role
from tourbook.errors import Refused


def test_adding_one_asks_for_the_password_and_ends_every_other_sign_in(
    operator: Somebody, session: Session, clock: StandingClock
):
    before, here = whole_sign_in(operator, clock.now), whole_sign_in(operator, clock.now)
    with pytest.raises(Refused, match="password_wrong"):
        accounts.begin_passkey(owner_of(operator, "another one"), token=here.token, now=clock.now)
    assert accounts.passkey_to_add(session, here.token, place=PLACE, site=SITE, now=clock.now) is None

    accounts.begin_passkey(owner_of(operator), token=here.token, now=clock.now)
    added = bring_new(here.token, device().make(to_add(here.token, clock.now)), operator, clock.now)

    assert [is_open(session, one.token, clock.now) for one in (before, here, added.sign_in)] == [False, False, True]
    assert trail(session)[-1] == "passkey_added"


def test_the_app_added_beside_a_passkey_brings_no_recovery_codes(
    operator: Somebody, session: Session, clock: StandingClock
):
    codes = add_passkey(operator, device(), clock.now).recovery_codes

    _, added = add_factor(operator, clock.now)

    assert added.recovery_codes == []
    assert is_open(session, give_recovery(half_sign_in(operator, clock.now), codes[0], clock.now).token, clock.now)


def test_what_adds_one_is_over_after_five_minutes_and_counts_once(
    operator: Somebody, session: Session, clock: StandingClock
):
    here = whole_sign_in(operator, clock.now).token
    accounts.begin_passkey(owner_of(operator), token=here, now=clock.now)
    answer = device().make(to_add(here, clock.now))
    with pytest.raises(Refused, match="passkey_wrong"):
        bring_new(here, "not JSON", operator, clock.now)
    with pytest.raises(Refused, match="passkey_wrong"):
        bring_new(here, answer, operator, clock.now)
    fresh = device().make(to_add(here, clock.now))
    clock.move(minutes=5)

    with pytest.raises(Refused, match="passkey_too_late"):
        bring_new(here, fresh, operator, clock.now)
    assert passkeys(session, operator) == []


def test_a_sign_in_that_awaits_a_factor_adds_none(operator: Somebody, session: Session, clock: StandingClock):
    add_passkey(operator, device(1), clock.now)
    half = half_sign_in(operator, clock.now)

    assert accounts.passkey_to_add(session, half.token, place=PLACE, site=SITE, now=clock.now) is None
    signed = device(2).make(to_add_for(half.token, session))
    with pytest.raises(Refused, match="sign_in_again"):
        bring_new(half.token, signed, operator, clock.now)
    with pytest.raises(Refused, match="sign_in_again"):
        accounts.begin_passkey(owner_of(operator), token=half.token, now=clock.now)


def to_add_for(token: str, session: Session) -> str:
    """The options that a page would have shown if it had been asked without looking."""
    row = session.scalars(select(SignIn).order_by(SignIn.created_at.desc(), SignIn.id.desc())).first()
    challenge = bytes_to_base64url(row.challenge)
    return f'{{"rp": {{"id": "{PLACE.host}"}}, "challenge": "{challenge}"}}'


def test_the_sign_in_of_somebody_else_adds_none(app: Flask, operator: Somebody, clock: StandingClock):
    other = whole_sign_in(somebody(app, Role.ADMINISTRATOR), clock.now).token

    with pytest.raises(Refused, match="sign_in_again"):
        accounts.begin_passkey(owner_of(operator), token=other, now=clock.now)


def test_one_device_is_added_once_and_ten_are_enough(app: Flask, operator: Somebody, clock: StandingClock):
    for number in range(10):
        add_passkey(operator, device(number), clock.now)

    with pytest.raises(Refused, match="passkeys_too_many"):
        add_passkey(operator, device(10), clock.now)
    with pytest.raises(Refused, match="passkey_there"):
        add_passkey(somebody(app, Role.ADMINISTRATOR), device(3), clock.now)


def test_what_the_maker_says_of_a_device_is_not_read(operator: Somebody, session: Session, clock: StandingClock):
    here = whole_sign_in(operator, clock.now).token
    accounts.begin_passkey(owner_of(operator), token=here, now=clock.now)
    key = replace(device(), attestation=("tpm", {"x5c": [b"no certificate"]}))

    bring_new(here, key.make(to_add(here, clock.now)), operator, clock.now)

    assert len(passkeys(session, operator)) == 1


def test_removing_one_asks_for_the_password_and_the_last_takes_the_recovery_codes(
    operator: Somebody, session: Session, clock: StandingClock
):
    for number in (1, 2):
        add_passkey(operator, device(number), clock.now)
    here, other = whole_sign_in(operator, clock.now).token, whole_sign_in(operator, clock.now).token
    first, second = (one.id for one in passkeys(session, operator))
    told = {"token": here, "tell": untold, "now": clock.now}
    person_id = actor_of(operator).person_id

    with pytest.raises(Refused, match="password_wrong"):
        accounts.remove_passkey(owner_of(operator, "another one"), first, **told)
    assert accounts.remove_passkey(owner_of(operator), first, **told)
    assert not accounts.remove_passkey(owner_of(operator), first, **told)
    assert (accounts.codes_left(session, person_id), is_open(session, other, clock.now)) == (10, False)
    assert half_sign_in(operator, clock.now).awaits is Awaits.CODE
    assert accounts.remove_passkey(owner_of(operator), second, **told)

    assert accounts.codes_left(session, person_id) == 0
    assert is_open(session, here, clock.now)
    assert trail(session)[-1] == "passkey_removed"
    opened = accounts.sign_in(mail=operator.mail, password=PASSWORD, address=HERE, now=clock.now)
    assert opened.awaits is None


def test_nobody_removes_a_passkey_of_somebody_else(
    app: Flask, operator: Somebody, session: Session, clock: StandingClock
):
    other = somebody(app, Role.ADMINISTRATOR)
    add_passkey(other, device(), clock.now)
    theirs = passkeys(session, other)[0].id
    here = whole_sign_in(operator, clock.now).token

    assert not accounts.remove_passkey(owner_of(operator), theirs, token=here, tell=untold, now=clock.now)
    with pytest.raises(Refused, match="passkey_gone"):
        accounts.passkey_of(session, actor_of(operator).person_id, theirs)
    assert len(passkeys(session, other)) == 1


@pytest.mark.usefixtures("required")
def test_where_a_factor_is_required_the_last_one_ends_this_sign_in_too(
    operator: Somebody, session: Session, clock: StandingClock
):
    add_factor(operator, clock.now)
    here = add_passkey(operator, device(), clock.now).sign_in.token
    told = {"tell": untold, "now": clock.now}

    assert accounts.remove_factor(owner_of(operator), token=here, **told)
    assert is_open(session, here, clock.now)
    assert accounts.remove_passkey(owner_of(operator), passkeys(session, operator)[0].id, token=here, **told)
    assert not is_open(session, here, clock.now)
    opened = accounts.sign_in(mail=operator.mail, password=PASSWORD, address=HERE, now=clock.now)
    assert opened.awaits is Awaits.SET_UP


def test_what_is_lost_is_forgotten_with_all_sign_ins(operator: Somebody, session: Session, clock: StandingClock):
    added = add_passkey(operator, device(), clock.now)
    add_factor(operator, clock.now)

    accounts.forget_factor(operator.mail, reason="bag lost", tell=untold, actor=COMMAND, now=clock.now)

    person_id = actor_of(operator).person_id
    assert passkeys(session, operator) == []
    assert accounts.factor_of(session, person_id) is None
    assert accounts.codes_left(session, person_id) == 0
    assert not is_open(session, added.sign_in.token, clock.now)


def test_of_a_passkey_only_what_can_be_known_to_everybody_is_kept(
    operator: Somebody, session: Session, clock: StandingClock
):
    key = device()
    add_passkey(operator, key, clock.now)
    secret = key.key.private_numbers().private_value.to_bytes(32, "big")

    kept = session.scalars(select(Passkey)).one()

    assert secret not in kept.public_key
    assert set(Passkey.__table__.columns.keys()) == {
        *("id", "person_id", "credential", "public_key", "counter", "device", "added_at", "last_used_at")
    }
