import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from tests.accounts.factors import HERE, add_factor, give, give_recovery, half_sign_in, is_open, owner_of, trail
from tests.accounts.passkeys import (
    PLACE,
    add_passkey,
    bring,
    bring_new,
    device,
    passkeys,
    sign_in_with,
    to_add,
    to_use,
    whole_sign_in,
)
from tests.accounts.people import PASSWORD, Somebody, somebody
from tests.ground.moments import StandingClock
from tourbook import accounts
from tourbook.accounts import Awaits, Place, place_of, totp
from tourbook.accounts.models import Passkey
from tourbook.actor import Role
from tourbook.errors import Refused, TooMany


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://tours.example.kr", Place("tours.example.kr", "https://tours.example.kr")),
        ("https://tours.example.kr:443/", Place("tours.example.kr", "https://tours.example.kr")),
        ("https://Tours.Example.kr:8443/ko", Place("tours.example.kr", "https://tours.example.kr:8443")),
        ("https://평화의길.kr", Place("xn--wk0bl09b8yioqc.kr", "https://xn--wk0bl09b8yioqc.kr")),
        ("http://localhost:8000", Place("localhost", "http://localhost:8000")),
        ("http://tours.example.kr", None),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]/", None),
        ("https://192.0.2.1", None),
        ("ftp://localhost", None),
        ("https://" + "x" * 64 + ".kr", None),
        ("https://tours.example.kr:port", None),
        ("", None),
    ],
)
def test_passkeys_hold_for_a_name_over_https_and_at_localhost(address: str, place: Place | None):
    assert place_of(address) == place


def test_with_a_passkey_the_password_opens_nothing_before_it(
    operator: Somebody, session: Session, clock: StandingClock
):
    key = device()
    added = add_passkey(operator, key, clock.now)
    half = half_sign_in(operator, clock.now)

    assert half.has_passkey
    assert not is_open(session, half.token, clock.now)
    whole = bring(half, key.sign(to_use(half, clock.now)), clock.now)

    assert len(set(added.recovery_codes)) == 10
    assert is_open(session, whole.token, clock.now)
    assert not is_open(session, half.token, clock.now)
    assert [(one.device, one.last_used_at) for one in passkeys(session, operator)] == [("Safari · iPhone", clock.now)]


def test_beside_the_app_each_factor_opens_alone_and_recovery_codes_stay(
    operator: Somebody, session: Session, clock: StandingClock
):
    secret, first = add_factor(operator, clock.now)
    key, other = device(1), device(2)

    assert add_passkey(operator, key, clock.now).recovery_codes == []
    assert add_passkey(operator, other, clock.now).recovery_codes == []

    for come in (
        lambda half: give(half, totp.code_at(secret, clock.now), clock.now),
        lambda half: bring(half, key.sign(to_use(half, clock.now)), clock.now),
        lambda half: bring(half, other.sign(to_use(half, clock.now)), clock.now),
        lambda half: give_recovery(half, first.recovery_codes[0], clock.now),
    ):
        assert is_open(session, come(half_sign_in(operator, clock.now)).token, clock.now)


def test_what_was_signed_counts_once(operator: Somebody, session: Session, clock: StandingClock):
    key = device()
    add_passkey(operator, key, clock.now)
    first, second = half_sign_in(operator, clock.now), half_sign_in(operator, clock.now)
    answer = key.sign(to_use(first, clock.now))
    bring(first, answer, clock.now)

    with pytest.raises(Refused, match="passkey_wrong"):
        bring(second, answer, clock.now)
    with pytest.raises(Refused, match="sign_in_again"):
        bring(first, answer, clock.now)


def test_after_a_wrong_answer_there_is_something_else_to_sign(
    operator: Somebody, session: Session, clock: StandingClock
):
    key = device()
    add_passkey(operator, key, clock.now)
    half = half_sign_in(operator, clock.now)
    answer = key.sign(to_use(half, clock.now))
    with pytest.raises(Refused, match="passkey_wrong"):
        bring(half, "{}", clock.now)

    with pytest.raises(Refused, match="passkey_wrong"):
        bring(half, answer, clock.now)
    assert is_open(session, bring(half, key.sign(to_use(half, clock.now)), clock.now).token, clock.now)


def test_what_is_to_be_signed_is_over_after_five_minutes_and_asked_for_again(
    operator: Somebody, session: Session, clock: StandingClock
):
    key = device()
    add_passkey(operator, key, clock.now)
    half = half_sign_in(operator, clock.now)
    answer = key.sign(to_use(half, clock.now))
    clock.move(minutes=5)

    assert accounts.passkey_to_use(session, half.token, place=PLACE, now=clock.now) is None
    for _ in range(6):  # none of them is a guess
        with pytest.raises(Refused, match="passkey_too_late"):
            bring(half, answer, clock.now)
        clock.move(seconds=1)
        accounts.ask_again(half.token, now=clock.now - timedelta(minutes=5))
    accounts.ask_again(half.token, now=clock.now)
    assert is_open(session, bring(half, key.sign(to_use(half, clock.now)), clock.now).token, clock.now)


def test_asking_again_gives_no_more_than_the_ten_minutes(operator: Somebody, session: Session, clock: StandingClock):
    add_passkey(operator, device(), clock.now)
    half = half_sign_in(operator, clock.now)
    clock.move(minutes=10)

    with pytest.raises(Refused, match="sign_in_again"):
        accounts.ask_again(half.token, now=clock.now)


def test_after_five_wrong_ones_the_right_one_waits_as_a_code_does(
    operator: Somebody, session: Session, clock: StandingClock
):
    key, stranger = device(), device()
    secret, _ = add_factor(operator, clock.now)
    add_passkey(operator, key, clock.now)
    for _ in range(5):
        half = half_sign_in(operator, clock.now)
        with pytest.raises(Refused, match="passkey_wrong"):
            bring(half, stranger.sign(to_use(half, clock.now)), clock.now)

    half = half_sign_in(operator, clock.now)
    with pytest.raises(TooMany, match="sign_in_slow_down"):
        bring(half, key.sign(to_use(half, clock.now)), clock.now)
    with pytest.raises(TooMany, match="sign_in_slow_down"):
        give(half, totp.code_at(secret, clock.now), clock.now)


@pytest.mark.parametrize("place", [Place("localhost", "http://localhost:81"), Place("example.kr", "http://localhost")])
def test_a_signature_for_another_site_opens_nothing(operator: Somebody, clock: StandingClock, place: Place):
    key = device()
    add_passkey(operator, key, clock.now)
    half = half_sign_in(operator, clock.now)

    with pytest.raises(Refused, match="passkey_wrong"):
        bring(half, replace(key, origin=place.origin).sign(to_use(half, clock.now, place)), clock.now)


def test_a_passkey_of_another_account_opens_nothing(app: Flask, operator: Somebody, clock: StandingClock):
    key, of_another = device(1), device(2)
    add_passkey(operator, key, clock.now)
    add_passkey(somebody(app, Role.ADMINISTRATOR), of_another, clock.now)
    half = half_sign_in(operator, clock.now)

    with pytest.raises(Refused, match="passkey_wrong"):
        bring(half, of_another.sign(to_use(half, clock.now)), clock.now)


def test_one_that_nobody_touched_opens_nothing_and_one_without_a_finger_does(
    operator: Somebody, session: Session, clock: StandingClock
):
    key = device()
    add_passkey(operator, key, clock.now)
    half = half_sign_in(operator, clock.now)
    key.flags = 0
    with pytest.raises(Refused, match="passkey_wrong"):
        bring(half, key.sign(to_use(half, clock.now)), clock.now)

    key.flags = 1  # present, not verified: the password was the first factor
    assert is_open(session, bring(half, key.sign(to_use(half, clock.now)), clock.now).token, clock.now)


def test_a_copy_is_refused_written_down_and_told(operator: Somebody, session: Session, clock: StandingClock):
    key = device()
    add_passkey(operator, key, clock.now)
    copy = key.copy()
    sign_in_with(operator, key, clock.now)
    told: list[str] = []
    half = half_sign_in(operator, clock.now)

    answer = copy.sign(to_use(half, clock.now))
    with pytest.raises(Refused, match="passkey_copied"):
        bring(half, answer, clock.now, tell=lambda _, person: told.append(person.mail))

    assert told == [operator.mail]
    assert trail(session)[-1] == "passkey_copied"
    assert is_open(session, sign_in_with(operator, key, clock.now).token, clock.now)


def test_a_counter_is_believed_only_where_the_signature_is_right(
    operator: Somebody, session: Session, clock: StandingClock
):
    key, stranger = device(), device()
    add_passkey(operator, key, clock.now)
    sign_in_with(operator, key, clock.now)
    half = half_sign_in(operator, clock.now)

    with pytest.raises(Refused, match="passkey_wrong"):
        bring(half, stranger.sign(to_use(half, clock.now)), clock.now)

    assert "passkey_copied" not in trail(session)


def test_a_device_that_does_not_count_comes_in_each_time(operator: Somebody, session: Session, clock: StandingClock):
    key = replace(device(), counts=False)
    add_passkey(operator, key, clock.now)

    assert all(is_open(session, sign_in_with(operator, key, clock.now).token, clock.now) for _ in range(2))


@pytest.mark.usefixtures("required")
def test_where_a_factor_is_required_a_passkey_is_one(operator: Somebody, session: Session, clock: StandingClock):
    half = accounts.sign_in(mail=operator.mail, password=PASSWORD, address=HERE, now=clock.now)
    key = device()
    assert half.awaits is Awaits.SET_UP

    done = bring_new(half.token, key.make(to_add(half.token, clock.now)), operator, clock.now)

    assert len(done.recovery_codes) == 10
    assert is_open(session, done.sign_in.token, clock.now)
    assert accounts.half_signed_in(session, half.token, now=clock.now) is None
    assert is_open(session, sign_in_with(operator, key, clock.now).token, clock.now)


def test_a_disabled_account_signs_in_with_no_passkey(
    app: Flask, operator: Somebody, session: Session, clock: StandingClock
):
    key = device()
    add_passkey(operator, key, clock.now)
    half = half_sign_in(operator, clock.now)
    answer = key.sign(to_use(half, clock.now))
    person = accounts.person_by_mail(session, operator.mail)
    person.disabled_at = clock.now
    session.commit()

    with pytest.raises(Refused, match="sign_in_again"):
        bring(half, answer, clock.now)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "x"]), inner, max_size=5
        )
    ),
    max_leaves=8,
)
SPOILT = st.tuples(
    st.sampled_from(["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]),
    st.integers(0, 999),
    st.binary(max_size=4),
)
ANSWERS = st.one_of(JSON.map(json.dumps), st.text(max_size=30), st.sampled_from(["[" * 15_000, "0" * 25_000]), SPOILT)


def spoilt(good: str, how: str | tuple[str, int, bytes]) -> str:
    """What is sent instead of what is right: something else, or the same with some bytes of a part replaced."""
    if isinstance(how, str):
        return how
    part, at, put = how
    sent = json.loads(good)
    kept = base64url_to_bytes(sent["response"].get(part, ""))
    at %= len(kept) + 1
    sent["response"][part] = bytes_to_base64url(kept[:at] + put + kept[at + max(1, len(put)) :])
    return json.dumps(sent)


def signed_parts(signed: str) -> list[str]:
    response = json.loads(signed)["response"]
    return [response[name] for name in ("clientDataJSON", "authenticatorData", "signature")]


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(how=ANSWERS)
def test_whatever_is_sent_is_taken_or_refused_in_a_sentence(
    operator: Somebody, session: Session, clock: StandingClock, how: str | tuple[str, int, bytes]
):
    clock.move(hours=2)  # no failure of before counts
    session.execute(delete(Passkey))
    session.commit()
    key = device()
    add_passkey(operator, key, clock.now)
    half, here = half_sign_in(operator, clock.now), whole_sign_in(operator, clock.now).token
    accounts.begin_passkey(owner_of(operator), token=here, now=clock.now)
    signed, made = key.sign(to_use(half, clock.now)), key.make(to_add(here, clock.now))

    sent = spoilt(signed, how)
    with suppress(Refused):
        bring(half, sent, clock.now)
        assert all(part in sent for part in signed_parts(signed)), "what was signed was changed"
    with suppress(Refused):  # another name, for one, is as good as that which the device gave
        bring_new(here, spoilt(made, how), operator, clock.now)
