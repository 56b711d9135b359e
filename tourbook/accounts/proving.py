"""Saying the password again, before something is done that a browser left open must not be enough for."""

from datetime import datetime

from tourbook.accounts import passwords
from tourbook.accounts.haste import Attempt, refuse_haste, remember_failure
from tourbook.accounts.models import Person
from tourbook.errors import Refused


def say_password_again(person: Person, password: str, *, address: str, now: datetime) -> Attempt:
    """Refuse `password_wrong` where this is not the password of that account; gives the attempt, whose failures whoever
    goes on may forget.

    A wrong one counts like a failed sign-in, and slows down like one (`sign_in_slow_down`).
    """
    attempt = Attempt.of(person.mail, address)
    refuse_haste(attempt, now)
    if not passwords.fits(password, person.password_hash):
        remember_failure(attempt, now)
        raise Refused("password_wrong", field="password")
    return attempt
