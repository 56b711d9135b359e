"""Every act of the product, each in a scene in which it has much to do."""

from tests.crashes.deeds import (
    answering,
    appealing,
    applying,
    at_the_desk,
    clearing,
    deciding,
    drawing,
    for_groups,
    on_the_day,
    passkeys,
    second_factor,
    settling,
    signing_in,
    staffing,
    stopping,
    telling,
)
from tests.crashes.deeds.registry import DEEDS, Deed, Doing

__all__ = [
    "DEEDS",
    "Deed",
    "Doing",
    "answering",
    "appealing",
    "applying",
    "at_the_desk",
    "clearing",
    "deciding",
    "drawing",
    "for_groups",
    "on_the_day",
    "passkeys",
    "second_factor",
    "settling",
    "signing_in",
    "staffing",
    "stopping",
    "telling",
]
