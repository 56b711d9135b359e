"""What settings say of accounts: how long a sign-in lasts, less for those who can do more, and how many letters may be
asked for from one place.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app

from config import Config
from tourbook.accounts.rules import Allowance
from tourbook.actor import Role

ORDER = (Role.CITIZEN, Role.OPERATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Limits:
    """A sign-in ends after so long without use, and after so long in all."""

    idle: timedelta
    longest: timedelta


def of(role: Role) -> Limits:
    """How long somebody of that role stays signed in here."""
    settings: Config = current_app.config["TOURBOOK"]
    minutes, hours = settings.sign_in_limits.split(",")[ORDER.index(role)].split(":")
    return Limits(timedelta(minutes=int(minutes)), timedelta(hours=int(hours)))


def letters_from_one_network() -> Allowance:
    """How many letters may be asked for from one network address here."""
    settings: Config = current_app.config["TOURBOOK"]
    return Allowance(settings.letters_per_network, timedelta(hours=1))
