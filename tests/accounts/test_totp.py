import base64
from datetime import UTC, datetime, timedelta

import pytest

from tourbook.accounts import totp

RFC = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime.fromtimestamp(1111111109, UTC)


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_rfc_6238(second: int, code: str):
    assert totp.code_at(RFC, datetime.fromtimestamp(second, UTC)) == code


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_differ_by_one_step(seconds: int, taken: bool):
    code = totp.code_at(RFC, NOW + timedelta(seconds=seconds))

    assert (totp.step_of(RFC, code, after=None, now=NOW) is not None) is taken


def test_a_step_counts_once_and_none_before_it():
    before, code = totp.code_at(RFC, NOW - timedelta(seconds=30)), totp.code_at(RFC, NOW)
    step = totp.step_of(RFC, f" {code[:3]} {code[3:]} ", after=None, now=NOW)

    assert step is not None
    assert totp.step_of(RFC, code, after=step, now=NOW) is None
    assert totp.step_of(RFC, before, after=step, now=NOW) is None


@pytest.mark.parametrize("given", ["", "08180", "0818040", "０８１８０４", "é", "081 80", "x" * 9999])
def test_what_is_no_code_is_none(given: str):
    assert totp.step_of(RFC, given, after=None, now=NOW) is None


def test_a_secret_can_be_typed_and_scanned():
    secret = totp.new_secret()

    assert totp.in_groups(secret).replace(" ", "") == secret
    assert len(base64.b32decode(secret)) == 20
    assert f"secret={secret}" in totp.address_of(secret, "a@example.kr")
    assert totp.new_secret() != secret
