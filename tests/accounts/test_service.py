from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accounts.people import PASSWORD, somebody
from tests.ground.moments import StandingClock
from tourbook import accounts
from tourbook.accounts import Newcomer
from tourbook.accounts.models import FailedSignIn, Person, SignIn
from tourbook.actor import COMMAND, Role
from tourbook.db import transaction
from tourbook.errors import Refused, TooMany

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
WRONG = "four words in a raw"


def sign_in(mail: str, password: str, clock: StandingClock, *, address: str = HERE) -> accounts.NewSignIn:
    return accounts.sign_in(mail=mail, password=password, address=address, now=clock.now)


def fail(mail: str, clock: StandingClock, *, address: str = HERE) -> Refused:
    with pytest.raises(Refused) as refused:
        sign_in(mail, WRONG, clock, address=address)
    return refused.value


def fail_as_often_as_allowed(mail: str, clock: StandingClock, *, times: int, address: str = HERE) -> None:
    for _ in range(times):
        refused = fail(mail, clock, address=address)
        if refused.code == "sign_in_slow_down":
            clock.move(seconds=refused.facts["seconds"])


@pytest.mark.parametrize("mail", ["citizen@example.kr", "nobody@example.kr"])
@pytest.mark.usefixtures("session")
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(app: Flask, clock: StandingClock, mail: str):
    somebody(app)

    refused = fail(mail, clock)

    assert (refused.code, refused.field, refused.facts, refused.status) == ("sign_in_failed", None, {}, 422)


def test_a_disabled_person_is_out_at_once_and_cannot_come_back(app: Flask, session: Session, clock: StandingClock):
    somebody(app)
    opened = sign_in("citizen@example.kr", PASSWORD, clock)

    with transaction() as writing:
        writing.scalars(select(Person)).one().disabled_at = clock.now

    assert accounts.person_of_sign_in(session, opened.token, now=clock.now) is None
    with pytest.raises(Refused, match="sign_in_failed"):
        sign_in("citizen@example.kr", PASSWORD, clock)


def test_signing_out_ends_the_sign_in_and_no_other(app: Flask, session: Session, clock: StandingClock):
    somebody(app)
    here, there = sign_in("citizen@example.kr", PASSWORD, clock), sign_in("citizen@example.kr", PASSWORD, clock)

    accounts.sign_out(here.token, now=clock.now)

    assert accounts.person_of_sign_in(session, here.token, now=clock.now) is None
    assert accounts.person_of_sign_in(session, there.token, now=clock.now) is not None


def test_only_the_hash_of_a_token_is_kept(app: Flask, session: Session, clock: StandingClock):
    somebody(app)

    opened = sign_in("citizen@example.kr", PASSWORD, clock)

    assert session.scalars(select(SignIn.token_hash)).one() != opened.token


@pytest.mark.parametrize(("role", "hours"), [(Role.CITIZEN, 24), (Role.OPERATOR, 12), (Role.ADMINISTRATOR, 8)])
def test_a_sign_in_ends_after_its_hours_however_busy(
    app: Flask, session: Session, clock: StandingClock, role: Role, hours: int
):
    opened = sign_in(somebody(app, role).mail, PASSWORD, clock)
    for _ in range(hours * 12 - 1):
        clock.move(minutes=5)
        assert accounts.person_of_sign_in(session, opened.token, now=clock.now)
        accounts.keep_awake(opened.token, now=clock.now)

    clock.move(minutes=5)
    assert accounts.person_of_sign_in(session, opened.token, now=clock.now) is None


@pytest.mark.parametrize(("role", "minutes"), [(Role.CITIZEN, 60), (Role.OPERATOR, 30), (Role.ADMINISTRATOR, 10)])
def test_a_sign_in_that_nobody_uses_ends_sooner_for_those_who_can_do_more(
    app: Flask, session: Session, clock: StandingClock, role: Role, minutes: int
):
    opened = sign_in(somebody(app, role).mail, PASSWORD, clock)

    clock.move(minutes=minutes - 1)
    assert accounts.person_of_sign_in(session, opened.token, now=clock.now)
    clock.move(minutes=1)
    assert accounts.person_of_sign_in(session, opened.token, now=clock.now) is None


@pytest.mark.usefixtures("session")
def test_guessing_slows_down_whether_or_not_the_address_has_an_account(app: Flask, clock: StandingClock):
    somebody(app)

    told = {
        mail: [str(fail(mail, clock, address=address)) for _ in range(6)]
        for mail, address in (("citizen@example.kr", HERE), ("nobody@example.kr", ELSEWHERE))
    }

    assert told["citizen@example.kr"] == told["nobody@example.kr"]
    assert told["citizen@example.kr"][-1].startswith("sign_in_slow_down")


@pytest.mark.usefixtures("session")
def test_while_it_is_slow_even_the_right_password_waits(app: Flask, clock: StandingClock):
    somebody(app)
    fail_as_often_as_allowed("citizen@example.kr", clock, times=5)

    with pytest.raises(TooMany) as refused:
        sign_in("citizen@example.kr", PASSWORD, clock)
    clock.move(seconds=refused.value.facts["seconds"])

    assert sign_in("citizen@example.kr", PASSWORD, clock)


@pytest.mark.usefixtures("session")
def test_the_owner_elsewhere_is_not_locked_out_by_a_stranger(app: Flask, clock: StandingClock):
    somebody(app)
    fail_as_often_as_allowed("citizen@example.kr", clock, times=12)

    assert sign_in("citizen@example.kr", PASSWORD, clock, address=ELSEWHERE)


@pytest.mark.usefixtures("session")
def test_a_stranger_who_tries_many_addresses_slows_down_too(app: Flask, clock: StandingClock):
    somebody(app)
    codes = [fail(f"person{number}@example.kr", clock).code for number in range(31)]

    assert codes == ["sign_in_failed"] * 30 + ["sign_in_slow_down"]


def test_signing_in_forgets_ones_own_slips(app: Flask, session: Session, clock: StandingClock):
    somebody(app)
    fail_as_often_as_allowed("citizen@example.kr", clock, times=4)

    sign_in("citizen@example.kr", PASSWORD, clock)

    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 0


def test_an_operator_needs_an_organisation_and_nobody_else_has_one(app: Flask, session: Session, clock: StandingClock):
    somebody(app, Role.OPERATOR)

    for role, organisation in ((Role.OPERATOR, None), (Role.CITIZEN, "paju")):
        with pytest.raises(Refused, match="operator_needs_organisation"):
            accounts.enter_person(
                session,
                Newcomer("이산", "san@example.kr", PASSWORD),
                role=role,
                organisation=organisation,
                actor=COMMAND,
                now=clock.now,
            )


def test_what_nobody_needs_any_more_is_forgotten(app: Flask, session: Session, clock: StandingClock):
    somebody(app)
    sign_in("citizen@example.kr", PASSWORD, clock)
    fail("citizen@example.kr", clock)

    assert accounts.tidy(now=clock.now + timedelta(hours=23)) == 0
    assert accounts.tidy(now=clock.now + timedelta(days=2)) == 1
    assert accounts.tidy(now=clock.now + timedelta(days=92)) == 1
    assert session.scalar(select(func.count()).select_from(Person)) == 1
