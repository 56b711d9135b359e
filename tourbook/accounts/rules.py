"""What an account asks of a password, how long a sign-in lasts, how guessing is slowed down, and how many letters may
be asked for.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
FEWEST_DIFFERENT_LETTERS = 4
MOST_COMPANIONS = 20
OLDEST_COMPANION = 120
LONGEST_HALF_SIGN_IN = timedelta(minutes=10)
LONGEST_CHALLENGE = timedelta(minutes=5)
MOST_PASSKEYS = 10
FAILURES_COUNT_FOR = timedelta(hours=1)
SITE_WORDS = frozenset(
    {"tourbook", "panmunjeom", "panmunjom", "cheorwon", "goseong", "paju", "dmz", "판문점", "철원", "고성", "파주"}
)
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


@dataclass(frozen=True)
class Allowance:
    """So many within such a time."""

    times: int
    within: timedelta

    def free_at(self, earlier: Sequence[datetime]) -> datetime | None:
        """When one more is allowed after these; None: as far as these go, at once."""
        if len(earlier) < self.times:
            return None
        return sorted(earlier)[-self.times] + self.within


# A link counts for an hour: whoever is kept waiting by a stranger has its letter in the mailbox meanwhile.
LETTERS_TO_ONE_ADDRESS = (Allowance(3, timedelta(hours=1)), Allowance(10, timedelta(days=1)))


def password_fault(password: str, *, mail: str, name: str = "") -> str | None:
    """The code of what is wrong with a new password, or None.

    Length counts, and that it is neither on a list of the usual ones nor made of its owner's name and address and the
    words of this site alone; no rules about signs and digits, and never a forced change (NIST SP 800-63B, OWASP ASVS
    5.0, 6.2).
    """
    if len(password) < SHORTEST_PASSWORD:
        return "password_short"
    if len(password) > LONGEST_PASSWORD:
        return "password_long"
    if _is_common(password.casefold()) or _is_of_here(password.casefold(), mail.casefold(), name.casefold()):
        return "password_common"
    return None


def birth_date_flaw(born: date, today: date) -> bool:
    """Is this nobody's birth date, as it lies in the future, or too far back?"""
    return born > today or today.year - born.year > OLDEST_COMPANION


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


def _is_of_here(password: str, mail: str, name: str) -> bool:
    """Is nothing left of it without its owner's name and address, the words of this site, digits and signs?"""
    own = {word for word in (mail, *re.split(r"[\W_]+", f"{mail} {name}"), name.replace(" ", "")) if len(word) > 1}
    for word in sorted(own | SITE_WORDS, key=lambda word: (-len(word), word)):
        password = password.replace(word, " ")
    return not any(sign.isalpha() for sign in password)


@cache
def _common_passwords() -> frozenset[str]:
    """The usual passwords of ten characters or more, and the usual words that people lengthen with digits."""
    listed = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in listed if line and not line.startswith("#"))
