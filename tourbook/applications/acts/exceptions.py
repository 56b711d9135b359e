"""Exceptions: an administrator decides, for a reason, that a party keeps its places out of turn."""

from datetime import datetime
from uuid import UUID

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.models import State
from tourbook.applications.settle import settle
from tourbook.errors import Conflict, Refused

MAY_BE_KEPT = frozenset({State.CONFIRMED, State.MUST_SHRINK})


def keep_by_exception(application_id: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Act: whatever the course's policy, this party stays before all others where its departure becomes smaller.

    No party limit asks it to become smaller, and one that was asked to need not. The reason goes into the trail; how
    many parties are kept so is public, who they are is not. Twice does no harm.
    Refuses without a reason (`exception_reason_missing`), and a party that has no places (`no_places_to_keep`).
    """
    if not reason.strip():
        raise Refused("exception_reason_missing", field="reason")
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if application.exempt_since:
            return
        if application.state not in MAY_BE_KEPT or now >= departure.starts_at:
            raise Conflict("no_places_to_keep", field="reference")
        application.exempt_since = now
        facts = {"reason_given": reason.strip(), "seats": application.seats}
        audit.record(session, "exempted", subject=application, actor=actor, now=now, facts=facts, within=departure)
        settle(session, departure, actor=actor, now=now)


def end_exception(application_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: the party is treated like all others again: where it is too large it is asked to become smaller. Twice does
    no harm.
    """
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if application.exempt_since is None:
            return
        application.exempt_since = None
        audit.record(session, "exemption_ended", subject=application, actor=actor, now=now, within=departure)
        settle(session, departure, actor=actor, now=now)
