"""What a sender of letters promises: it returns when the letter was taken, and raises NotSent otherwise.

Reasons name codes only, since what servers say in words may repeat the address.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from tourbook.notices.letters import Letter

TIMEOUT_SECONDS = 20  # for every answer on a connection

Sender = Callable[[Letter], None]
Sending = AbstractContextManager[Sender]
"""A block in which letters are sent one after the other, over one connection where that is possible."""


class NotSent(Exception):
    """The letter was not taken this time; a later try may succeed."""

    final = False
    ends_run = False
    counts = True


class Undeliverable(NotSent):
    """This letter to this contact will never be taken."""

    final = True


class Interrupted(NotSent):
    """The server went silent over this letter; others had better not be tried right now."""

    ends_run = True


class Unreachable(Interrupted):
    """The server does not answer or does not accept us. It has not seen the letter, so this was no try of it."""

    counts = False


def keeping_in_mailbox() -> Sending:
    """Send nothing: a demonstration's outbox is its mailbox, whose page shows what would have gone out."""
    return nullcontext(lambda _letter: None)
