"""Passwords as they are kept: argon2id, 19 MiB, two passes, one lane (OWASP's second choice; about 45 ms here).

At most two are computed at the same time in one process, so that a flood of attempts cannot take its memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from tourbook.accounts.rules import plain_password
from tourbook.errors import TooMany

AT_ONCE = 2
LONGEST_WAIT_SECONDS = 10
# The hash of a random text that nobody knows: with it, an unknown address costs as much time as a wrong password.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$u49S/6/HGgh7f/cZYd+lUA$DP0ay47U4KorIz+eHYzpkCW7OiSTKRP2Ch/wAX5Tr50"

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_places = BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """What is stored of a password."""
    with _one_of_few():
        return _hasher.hash(plain_password(password))


def fits(password: str, stored: str | None) -> bool:
    """Is this the password? Takes as long where there is none (`stored` is None), and says no."""
    with _one_of_few():
        try:
            _hasher.verify(stored or NOBODY, plain_password(password))
        except VerificationError:
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Was this hash made with other figures than today's?"""
    return _hasher.check_needs_rehash(stored)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _places.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise TooMany("sign_in_busy", seconds=LONGEST_WAIT_SECONDS)
    try:
        yield
    finally:
        _places.release()
