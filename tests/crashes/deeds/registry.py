"""What a deed is, and the list of all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.ground.application import Ground


@dataclass(frozen=True)
class Doing:
    """Something about to be done in a scene: the act, as the same form would ask for it again, and the moment."""

    act: Callable[[], Any]
    now: datetime


Build = Callable[[Ground], Doing]


@dataclass(frozen=True)
class Deed:
    """An act of the product in its scene.

    It is made of so many `transactions`, no more, and between two of them everything holds. One that `sends` needs
    servers to send to. `again` names tables to which doing it again adds a row, for a reason that stands beside it.
    """

    name: str
    build: Build
    transactions: int = 1
    sends: bool = False
    again: dict[str, int] = field(default_factory=dict)


DEEDS: dict[str, Deed] = {}


def deed(*, transactions: int = 1, sends: bool = False, **again: int) -> Callable[[Build], Build]:
    """Enter the decorated scene into the list, under its own name."""

    def enter(build: Build) -> Build:
        name = build.__name__
        DEEDS[name] = Deed(name, build, transactions, sends, again)
        return build

    return enter
