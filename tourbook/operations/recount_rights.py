"""Recounting priority rights and the offers made under them; each finding names its row and says what is wrong."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tourbook.applications.models import Application, Offer, OfferState, PriorityRight, State
from tourbook.quiet import is_quiet

Fault = tuple[str, str]

_HOLDERS = (State.DISPLACED, State.CALLED_OFF)
_UNUSED = (PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))


def right_findings(session: Session) -> Iterator[Fault]:
    """What stands against the rights as they are. A query."""
    yield from _held(session)
    yield from _used(session)
    yield from _offered(session)


def deadline_findings(session: Session) -> Iterator[Fault]:
    """Offers that run out in quiet hours, of those that were made since there are any. A query."""
    offers = select(Application.reference, Offer.deadline).join(Offer, Offer.application_id == Application.id)
    for reference, deadline in session.execute(offers.where(Offer.by_day)):
        if is_quiet(deadline):
            yield reference, f"has an offer that runs out in quiet hours: {deadline.isoformat()}"


def _held(session: Session) -> Iterator[Fault]:
    """A displaced party has one unused right, or one that ran out; nobody else but one whose departure was called off
    has any.
    """
    unused = Counter(session.scalars(select(PriorityRight.application_id).where(*_UNUSED)))
    ran_out = set(
        session.scalars(select(PriorityRight.application_id).where(PriorityRight.ended_at >= PriorityRight.lasts_until))
    )
    for application in session.scalars(select(Application).where(Application.state == State.DISPLACED)):
        count = unused[application.id]
        if count != 1 and not (count == 0 and application.id in ran_out):
            yield application.reference, f"is displaced and has {count} unused rights"
    may_hold = select(Application.id).where(Application.state.in_(_HOLDERS))
    for application_id in set(unused) - set(session.scalars(may_hold)):
        yield str(application_id), "has an unused right without being displaced"


def _used(session: Session) -> Iterator[Fault]:
    """What was used was not over, and was used by accepting one offer."""
    rows = session.execute(select(PriorityRight, Application.reference).join(Application, _OF_RIGHT))
    answered = select(Offer.application_id, Offer.answered_at).where(Offer.state == OfferState.ACCEPTED)
    accepted = {(application_id, at) for application_id, at in session.execute(answered)}
    for right, reference in rows:
        if right.used_at and right.ended_at:
            yield reference, "has a right that was used and is over as well"
        elif right.used_at and (right.application_id, right.used_at) not in accepted:
            yield reference, "has used its right without accepting an offer"


def _offered(session: Session) -> Iterator[Fault]:
    """Whoever is displaced is offered seats under its right alone, and no longer than it lasts."""
    unused = aliased(PriorityRight)
    rows = session.execute(
        select(Application.reference, Offer.deadline, unused)
        .join(Offer, Offer.application_id == Application.id)
        .outerjoin(
            unused,
            (unused.application_id == Application.id) & unused.used_at.is_(None) & unused.ended_at.is_(None),
        )
        .where(Offer.state == OfferState.OPEN, Application.state.in_(_HOLDERS))
    )
    for reference, deadline, found in rows:
        right: PriorityRight | None = found  # an outer join
        if right is None:
            yield reference, "is displaced and has an open offer without a right"
        elif right.lasts_until and deadline > right.lasts_until:
            yield reference, "has an open offer that outlasts its right"


_OF_RIGHT = Application.id == PriorityRight.application_id
