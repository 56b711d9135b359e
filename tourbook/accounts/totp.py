"""Codes that an app on a telephone shows: six digits, another every thirty seconds (RFC 6238, as all such apps do).

A code of the step before and of the step after is taken too, as clocks differ. A step counts once, and none before it.
"""

import base64
import secrets
from datetime import datetime
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS, SECONDS, SECRET_BYTES = 6, 30, 20
DRIFT = (0, -1, 1)
ISSUER = "DMZ Visits"


def new_secret() -> str:
    """A secret for one app, in base32 as people can type it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def in_groups(secret: str) -> str:
    """The secret in groups of four, to be typed by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def address_of(secret: str, account: str) -> str:
    """What the square code says to an app."""
    return _totp(secret).get_provisioning_uri(account, ISSUER)


def code_at(secret: str, moment: datetime) -> str:
    """The code that an app shows at that moment."""
    return _totp(secret).generate(int(moment.timestamp())).decode()


def step_of(secret: str, code: str, *, after: int | None, now: datetime) -> int | None:
    """The step whose code this is; None where it is none of now, or of a step that counted already."""
    given = "".join(code.split()).encode()
    step_now = int(now.timestamp()) // SECONDS
    for step in (step_now + drift for drift in DRIFT):
        fresh = after is None or step > after
        if compare_digest(_totp(secret).generate(step * SECONDS), given) and fresh:
            return step
    return None


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), SECONDS)  # noqa: S303 - what apps know; HMAC needs no more
