from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.factors import (
    HERE,
    WRONG,
    add_factor,
    give,
    give_recovery,
    half_sign_in,
    is_open,
    owner_of,
    secret_of,
    trail,
    untold,
)
from tests.accounts.people import PASSWORD, Somebody, actor_of, somebody
from tests.ground.moments import StandingClock
from tourbook import accounts
from tourbook.accounts import Awaits, PasswordChange, totp
from tourbook.accounts.models import Person, RecoveryCode, SecondFactor
from tourbook.actor import COMMAND, Role
from tourbook.audit import TrailEntry
from tourbook.errors import Refused, TooMany

ANOTHER = "five other words in a row"


def sign_in(person: Somebody, clock: StandingClock) -> accounts.NewSignIn:
    return accounts.sign_in(mail=person.mail, password=PASSWORD, address=HERE, now=clock.now)


def test_without_a_factor_the_password_is_enough(operator: Somebody, session: Session, clock: StandingClock):
    opened = sign_in(operator, clock)

    assert opened.awaits is None
    assert is_open(session, opened.token, clock.now)


def test_with_a_factor_the_password_opens_nothing_before_the_code(
    operator: Somebody, session: Session, clock: StandingClock
):
    secret, _ = add_factor(operator, clock.now)
    half = half_sign_in(operator, clock.now)

    assert not is_open(session, half.token, clock.now)
    whole = give(half, totp.code_at(secret, clock.now), clock.now)

    assert whole.token != half.token
    assert is_open(session, whole.token, clock.now)
    assert not is_open(session, half.token, clock.now)


def test_a_code_counts_once(operator: Somebody, session: Session, clock: StandingClock):
    secret, _ = add_factor(operator, clock.now)
    code = totp.code_at(secret, clock.now)
    first, second = half_sign_in(operator, clock.now), half_sign_in(operator, clock.now)
    give(first, code, clock.now)

    with pytest.raises(Refused, match="factor_code_wrong"):
        give(second, code, clock.now)
    with pytest.raises(Refused, match="sign_in_again"):
        give(first, totp.code_at(secret, clock.now + timedelta(seconds=30)), clock.now)


def test_half_a_sign_in_is_over_after_ten_minutes(operator: Somebody, session: Session, clock: StandingClock):
    secret, _ = add_factor(operator, clock.now)
    half = half_sign_in(operator, clock.now)
    clock.move(minutes=10)

    assert accounts.half_signed_in(session, half.token, now=clock.now) is None
    with pytest.raises(Refused, match="sign_in_again"):
        give(half, totp.code_at(secret, clock.now), clock.now)


def test_after_five_wrong_codes_the_right_one_waits_from_anywhere_and_a_password_does_not_help(
    operator: Somebody, session: Session, clock: StandingClock
):
    secret, _ = add_factor(operator, clock.now)
    for _ in range(5):
        with pytest.raises(Refused, match="factor_code_wrong"):
            give(half_sign_in(operator, clock.now), WRONG, clock.now)

    half = half_sign_in(operator, clock.now)
    with pytest.raises(TooMany, match="sign_in_slow_down") as refused:
        give(half, totp.code_at(secret, clock.now), clock.now, address="198.51.100.7")
    clock.move(seconds=refused.value.facts["seconds"])
    assert is_open(session, give(half, totp.code_at(secret, clock.now), clock.now).token, clock.now)


def test_a_recovery_code_opens_once_and_is_told(operator: Somebody, session: Session, clock: StandingClock):
    _, added = add_factor(operator, clock.now)
    code = added.recovery_codes[3]

    opened = give_recovery(half_sign_in(operator, clock.now), code.lower().replace("-", " "), clock.now)
    with pytest.raises(Refused, match="recovery_code_wrong"):
        give_recovery(half_sign_in(operator, clock.now), code, clock.now)

    assert is_open(session, opened.token, clock.now)
    left = accounts.factor_of(session, opened.person_id)
    assert left is not None
    assert left.codes_left == 9
    assert "recovery_code_used" in trail(session)


def test_a_recovery_code_of_another_account_opens_nothing(app: Flask, operator: Somebody, clock: StandingClock):
    other = somebody(app, Role.ADMINISTRATOR)
    _, added = add_factor(other, clock.now)
    add_factor(operator, clock.now)

    with pytest.raises(Refused, match="recovery_code_wrong"):
        give_recovery(half_sign_in(operator, clock.now), added.recovery_codes[0], clock.now)


def test_new_recovery_codes_take_the_place_of_the_old(operator: Somebody, session: Session, clock: StandingClock):
    _, added = add_factor(operator, clock.now)

    codes = accounts.new_recovery_codes(owner_of(operator), now=clock.now)

    assert len(set(codes)) == 10
    assert not set(codes) & set(added.recovery_codes)
    with pytest.raises(Refused, match="recovery_code_wrong"):
        give_recovery(half_sign_in(operator, clock.now), added.recovery_codes[0], clock.now)
    assert is_open(session, give_recovery(half_sign_in(operator, clock.now), codes[0], clock.now).token, clock.now)


def test_nothing_of_it_is_kept_readable(operator: Somebody, session: Session, clock: StandingClock):
    secret, added = add_factor(operator, clock.now)

    kept = " ".join(
        str(vars(row)) for model in (SecondFactor, RecoveryCode) for row in session.scalars(select(model)).all()
    )
    assert secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in added.recovery_codes)


def test_adding_a_factor_ends_every_other_sign_in(operator: Somebody, session: Session, clock: StandingClock):
    before = sign_in(operator, clock)

    _, added = add_factor(operator, clock.now)

    assert not is_open(session, before.token, clock.now)
    assert is_open(session, added.sign_in.token, clock.now)
    assert trail(session)[-1] == "factor_added"


def test_removing_it_asks_for_the_password_and_ends_the_others(
    operator: Somebody, session: Session, clock: StandingClock
):
    secret, added = add_factor(operator, clock.now)
    other = give(half_sign_in(operator, clock.now), totp.code_at(secret, clock.now), clock.now)
    this = accounts.person_of_sign_in(session, added.sign_in.token, now=clock.now)
    assert this is not None
    told = {"token": added.sign_in.token, "tell": untold, "now": clock.now}

    with pytest.raises(Refused, match="password_wrong"):
        accounts.remove_factor(replace(owner_of(operator), password="another one"), **told)
    assert accounts.factor_of(session, this.person_id)
    assert accounts.remove_factor(owner_of(operator), **told)
    assert not accounts.remove_factor(owner_of(operator), **told)

    assert is_open(session, added.sign_in.token, clock.now)
    assert not is_open(session, other.token, clock.now)
    assert sign_in(operator, clock).awaits is None


def test_passwords_said_again_are_counted_like_those_at_the_door(
    operator: Somebody, session: Session, clock: StandingClock
):
    wrong = replace(owner_of(operator), password="another one")
    for _ in range(5):
        with pytest.raises(Refused, match="password_wrong"):
            accounts.begin_factor(wrong, now=clock.now)

    with pytest.raises(TooMany, match="sign_in_slow_down"):
        accounts.begin_factor(owner_of(operator), now=clock.now)


@pytest.mark.usefixtures("required")
def test_where_it_is_required_staff_set_it_up_and_reach_nothing_before(
    operator: Somebody, session: Session, clock: StandingClock
):
    half = sign_in(operator, clock)

    assert half.awaits is Awaits.SET_UP
    assert not is_open(session, half.token, clock.now)
    with pytest.raises(Refused, match="sign_in_again"):
        give(half, WRONG, clock.now)
    code = totp.code_at(secret_of(operator), clock.now)
    done = accounts.confirm_factor(code, device="", tell=untold, actor=actor_of(operator), now=clock.now)
    assert is_open(session, done.sign_in.token, clock.now)


@pytest.mark.usefixtures("required")
def test_each_setting_up_has_a_secret_of_its_own(operator: Somebody, session: Session, clock: StandingClock):
    sign_in(operator, clock)
    first = secret_of(operator)
    sign_in(operator, clock)

    assert secret_of(operator) != first


@pytest.mark.usefixtures("required")
def test_citizens_never_need_one(app: Flask, session: Session, clock: StandingClock):
    assert sign_in(somebody(app), clock).awaits is None


@pytest.mark.usefixtures("required")
def test_where_it_is_required_removing_it_ends_this_sign_in_too(
    operator: Somebody, session: Session, clock: StandingClock
):
    _, added = add_factor(operator, clock.now)

    accounts.remove_factor(owner_of(operator), token=added.sign_in.token, tell=untold, now=clock.now)

    assert not is_open(session, added.sign_in.token, clock.now)


def test_a_lost_factor_is_forgotten_with_all_sign_ins(operator: Somebody, session: Session, clock: StandingClock):
    _, added = add_factor(operator, clock.now)
    half = half_sign_in(operator, clock.now)
    told: list[str] = []

    def tell(_: Session, person: Person) -> None:
        told.append(person.mail)

    wanted = {"reason": "phone lost", "tell": tell, "actor": COMMAND, "now": clock.now}
    accounts.forget_factor(operator.mail.upper(), **wanted)

    assert told == [operator.mail]
    assert not is_open(session, added.sign_in.token, clock.now)
    assert accounts.half_signed_in(session, half.token, now=clock.now) is None
    assert session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc())).first().facts == {"reason": "phone lost"}
    for mail, code in ((operator.mail, "factor_gone"), ("nobody@example.kr", "person_unknown")):
        with pytest.raises(Refused, match=code):
            accounts.forget_factor(mail, **wanted)


def test_a_half_sign_in_is_not_listed_and_ends_with_the_others(
    operator: Somebody, session: Session, clock: StandingClock
):
    _, added = add_factor(operator, clock.now)
    half, me, here = half_sign_in(operator, clock.now), actor_of(operator), added.sign_in.token

    assert [one.here for one in accounts.sign_ins_of(session, me, here, now=clock.now)] == [True]
    assert accounts.end_other_sign_ins(here, actor=me, now=clock.now) == 0

    assert accounts.half_signed_in(session, half.token, now=clock.now) is None
    assert is_open(session, here, clock.now)
    assert trail(session)[-1] == "factor_added"


def change_password(person: Somebody, token: str, clock: StandingClock) -> None:
    told = {"token": token, "address": HERE, "tell": untold, "actor": actor_of(person), "now": clock.now}
    accounts.change_password(PasswordChange(PASSWORD, ANOTHER), **told)


def test_another_password_ends_a_half_sign_in(operator: Somebody, session: Session, clock: StandingClock):
    _, added = add_factor(operator, clock.now)
    half = half_sign_in(operator, clock.now)

    change_password(operator, added.sign_in.token, clock)

    assert accounts.half_signed_in(session, half.token, now=clock.now) is None


def test_another_password_keeps_the_factor(operator: Somebody, session: Session, clock: StandingClock):
    secret, added = add_factor(operator, clock.now)

    change_password(operator, added.sign_in.token, clock)
    half = accounts.sign_in(mail=operator.mail, password=ANOTHER, address=HERE, now=clock.now)

    assert half.awaits is Awaits.CODE
    assert is_open(session, give(half, totp.code_at(secret, clock.now), clock.now).token, clock.now)
