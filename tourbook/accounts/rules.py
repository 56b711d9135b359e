"""What an account asks of a password, how long a sign-in lasts, and how guessing is slowed down."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from tourbook.actor import Role

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
FEWEST_DIFFERENT_LETTERS = 4
LONGEST_SIGN_IN = {
    Role.CITIZEN: timedelta(hours=24),
    Role.OPERATOR: timedelta(hours=12),
    Role.ADMINISTRATOR: timedelta(hours=8),
}
LONGEST_IDLE = timedelta(minutes=60)
FAILURES_COUNT_FOR = timedelta(hours=1)
RUN = "01234567890123456789 9876543210987654321 abcdefghijklmnopqrstuvwxyz zyxwvutsrqponmlkjihgfedcba"


@dataclass(frozen=True)
class Brake:
    """So many failures are free; then each makes the next attempt wait twice as long, up to the longest wait."""

    free: int
    first: timedelta
    longest: timedelta

    def opens_at(self, failures: Sequence[datetime]) -> datetime | None:
        """The earliest moment of the next attempt after these failures; None: at once."""
        if len(failures) < self.free:
            return None
        factor = 1 << min(len(failures) - self.free, 16)
        return max(failures) + min(self.first * factor, self.longest)


# A stranger who guesses is stopped where he sits; the owner, elsewhere, never waits longer than a minute for it.
GUESSING_ONE_ACCOUNT = Brake(free=5, first=timedelta(seconds=5), longest=timedelta(minutes=15))
ONE_ACCOUNT_FROM_ANYWHERE = Brake(free=20, first=timedelta(seconds=2), longest=timedelta(minutes=1))
ANY_ACCOUNT_FROM_ONE_ADDRESS = Brake(free=30, first=timedelta(seconds=2), longest=timedelta(minutes=1))


def password_fault(password: str, *, mail: str) -> str | None:
    """The code of what is wrong with a new password, or None.

    Length counts, and that it is on no list of the usual ones; no rules about signs and digits, and never a forced
    change (NIST SP 800-63B, OWASP ASVS 5.0, 6.2).
    """
    if len(password) < SHORTEST_PASSWORD:
        return "password_short"
    if len(password) > LONGEST_PASSWORD:
        return "password_long"
    if _is_common(password.casefold()) or _names_its_owner(password.casefold(), mail.casefold()):
        return "password_common"
    return None


def plain_password(password: str) -> str:
    """One form for passwords that look the same, however the keyboard composed them."""
    return unicodedata.normalize("NFKC", password)


def _is_common(password: str) -> bool:
    return (
        len(set(password)) < FEWEST_DIFFERENT_LETTERS
        or password in RUN
        or password in _common_passwords()
        or password.rstrip("0123456789!@#$*.") in _common_passwords()
    )


def _names_its_owner(password: str, mail: str) -> bool:
    return password in {mail, mail.partition("@")[0] * 2}


@cache
def _common_passwords() -> frozenset[str]:
    """The usual passwords of ten characters or more, and the usual words that people lengthen with digits."""
    listed = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in listed if line and not line.startswith("#"))
