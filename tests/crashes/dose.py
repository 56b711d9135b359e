"""Trying one deed on one database, as both doses do it."""

from contextlib import ExitStack

from tests.crashes.deeds import Deed
from tests.crashes.judge import Court, Verdict
from tests.crashes.sinks import sinks
from tests.ground.application import Ground
from tourbook.db import db


def tried(deed: Deed, ground: Ground, *, thorough: bool = False) -> Verdict:
    """Let the deed die at its points on this database; with servers to send to where it is about sending."""
    with ground.app.app_context(), ExitStack() as stack:
        there = stack.enter_context(sinks(ground.app)) if deed.sends else None
        try:
            return Court(deed, ground, there, thorough=thorough).try_all()
        finally:
            db.session.remove()
