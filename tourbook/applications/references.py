"""References: what an application is called over the telephone, drawn by lot and never given twice."""

import secrets
from collections.abc import Callable

from sqlalchemy.orm import Session

from tourbook import seal
from tourbook.applications.models import Application
from tourbook.db import add_unless_there, as_written

REFERENCE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUP = 4
MOST_DRAWS = 10


def new_reference() -> str:
    """A reference that can be read out over the telephone: two groups of four, no 0, O, 1, I or L."""
    letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(8))
    return plain_reference(letters)


def plain_reference(typed: str) -> str:
    """A reference as it is stored, whatever spaces, hyphens, small or full-width letters it was typed with."""
    letters = seal.normalised(typed)
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def add_under_new_reference(
    session: Session, made: Callable[[str], Application], *, before_another: Callable[[], None] = lambda: None
) -> Application:
    """Step: write at once the application that `made` makes of a reference; of another one where somebody has that.

    The unique indexes decide, also between acts at the same time; `before_another` draw may refuse, where something
    else than the reference stands in the way. After MOST_DRAWS it is not chance but a fault.
    """
    for _ in range(MOST_DRAWS):
        application = made(new_reference())
        if add_unless_there(session, application):
            return as_written(session, application)
        before_another()
    raise RuntimeError(f"no reference that is free was drawn in {MOST_DRAWS} draws")
