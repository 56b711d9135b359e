"""The act that adds a level. No departure is touched by it: an order must name the level first, and has its preview."""

from datetime import datetime
from uuid import UUID

from tourbook import once
from tourbook.actor import Actor
from tourbook.db import transaction
from tourbook.distancing.drafts import LevelDraft
from tourbook.distancing.service import lock_facts
from tourbook.distancing.steps import enter_level


def add_level(draft: LevelDraft, *, form_id: str, actor: Actor, now: datetime) -> UUID:
    """Add a level to a scale, or begin a scale with it; the same form adds it once. Refuses like the step."""
    with transaction() as session:
        lock_facts(session)  # two levels of one scale are entered in turn
        earlier = once.earlier_result(session, form_id, vars(draft))
        if earlier:
            return earlier
        level = enter_level(session, draft, actor=actor, now=now)
        once.remember(session, form_id, vars(draft), result_id=level.id, now=now)
        return level.id
