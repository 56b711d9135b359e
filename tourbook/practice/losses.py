"""What was done in a rehearsal since it began, and is lost when it begins again. Queries alone."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application
from tourbook.distancing.models import Change
from tourbook.notices.models import Notice
from tourbook.practice.models import Rehearsal


@dataclass(frozen=True)
class Losses:
    """Applications and changes of rules made since the rehearsal began, and letters written since."""

    applications: int
    changes: int
    letters: int


def losses(session: Session, found: Rehearsal) -> Losses:
    """Count them."""
    counts = (
        select(func.count()).select_from(model).where(moment >= found.began_at)
        for model, moment in (
            (Application, Application.created_at),
            (Change, Change.made_at),
            (Notice, Notice.created_at),
        )
    )
    return Losses(*(session.scalar(one) or 0 for one in counts))
