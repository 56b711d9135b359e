from datetime import UTC, datetime, timedelta

import pytest

from tourbook.accounts import passwords
from tourbook.accounts.rules import (
    ANY_ACCOUNT_FROM_ONE_ADDRESS,
    GUESSING_ONE_ACCOUNT,
    ONE_ACCOUNT_FROM_ANYWHERE,
    Brake,
    password_fault,
)

NOON = datetime(2026, 5, 4, 3, tzinfo=UTC)
MAIL = "haneul@example.kr"


@pytest.mark.parametrize(
    "password", ["correct staple battery", "임진강 건너 철새 마흔 마리", "kW7!vQ2pLm", "x7 y" * 32, "1 2 3 dmz walk"]
)
def test_a_long_password_of_any_characters_will_do(password: str):
    assert password_fault(password, mail=MAIL) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "password_short"),
        ("nine char", "password_short"),
        ("ab" * 65, "password_long"),
        ("1234567890", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("Password123!", "password_common"),
        ("QWERTYUIOP", "password_common"),
        ("dkssudgktpdy", "password_common"),
        ("tourbook2026", "password_common"),
        (MAIL, "password_common"),
    ],
)
def test_a_short_long_or_usual_password_is_refused(password: str, fault: str):
    assert password_fault(password, mail=MAIL) == fault


@pytest.mark.parametrize(
    "password",
    ["haneul@example.kr!", "김하늘-김하늘 1990", "Haneul.DMZ.2026", "panmunjeom-paju", "파주 철원 고성 2026!"],
)
def test_a_password_made_of_its_owner_and_this_site_alone_is_refused(password: str):
    assert password_fault(password, mail=MAIL, name="김하늘") == "password_common"
    assert password_fault(f"{password} kestrel", mail=MAIL, name="김하늘") is None


def failures(number: int) -> list[datetime]:
    return [NOON + timedelta(seconds=second) for second in range(number)]


def test_a_few_slips_cost_nothing():
    assert Brake(3, timedelta(seconds=5), timedelta(minutes=1)).opens_at(failures(2)) is None


def test_each_further_failure_doubles_the_wait_up_to_the_longest():
    brake = Brake(3, timedelta(seconds=5), timedelta(minutes=1))

    waits = [brake.opens_at(failures(number)) - failures(number)[-1] for number in (3, 4, 5, 6, 7, 500)]

    assert waits == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 60, 60)]


def test_an_owner_never_waits_longer_than_a_minute_for_what_strangers_do():
    many = failures(5000)

    assert ONE_ACCOUNT_FROM_ANYWHERE.opens_at(many) - many[-1] <= timedelta(minutes=1)
    assert ANY_ACCOUNT_FROM_ONE_ADDRESS.opens_at(many) - many[-1] <= timedelta(minutes=1)


def test_guessing_one_password_from_one_place_is_hopeless():
    moment, guesses = NOON, []
    while moment < NOON + timedelta(hours=1):
        guesses.append(moment)
        moment = max(moment, GUESSING_ONE_ACCOUNT.opens_at(guesses) or moment) + timedelta(seconds=1)

    assert len(guesses) < 20


def test_passwords_are_kept_as_argon2id_of_today():
    kept = passwords.hashed("four words in a row")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits("four words in a row", kept)
    assert not passwords.fits("four words in a raw", kept)
    assert not passwords.is_outdated(kept)


def test_nobody_has_a_password():
    assert not passwords.fits("four words in a row", None)
    assert not passwords.is_outdated(passwords.NOBODY), "an unknown address would cost another time than a known one"


def test_hangul_is_the_same_however_it_was_composed():
    composed, decomposed = (
        "\uc784\uc9c4\uac15 건너 철새",
        "\u110b\u1175\u11b7\u110c\u1175\u11ab\u1100\u1161\u11bc 건너 철새",
    )

    assert passwords.fits(decomposed, passwords.hashed(composed))
