"""What people are told when something cannot be done.

A refusal carries a code, the facts of the case and, where it has one, the field it is about. The words are
made at the rim (web/refusals.py, cli.py), in the reader's language. Anything else that is raised is a bug.
"""

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """The act was not done, nothing was changed, and the code says why; `others` are further reasons, if there are."""

    status = 422
    others: "tuple[Refused, ...]" = ()

    def __init__(self, code: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(Refused):
    """There is no such thing, or not for this person; both are answered alike."""

    status = 404


class NotAllowed(Refused):
    """This person may not do that."""

    status = 403


class Conflict(Refused):
    """Somebody else was first: the seats, the state or the version has changed meanwhile."""

    status = 409


class Unavailable(Refused):
    """Somebody who is asked for it does not answer; later it may go through."""

    status = 503


class TooMany(Refused):
    """Asked too often; later it may go through."""

    status = 429


def refuse_all(flaws: Sequence[Refused]) -> None:
    """Refuse with the first of these, which carries the others so that all can be said at once; without any, do not."""
    if flaws:
        first, *others = flaws
        first.others = tuple(others)
        raise first
