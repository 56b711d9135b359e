"""Namesakes: two people of the same name, birth date and nationality on one departure, on the word of staff."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.actor import Actor
from tourbook.applications import VisitorDetails
from tourbook.applications.models import Visitor
from tourbook.applications.moves import there_or_offered


class Apart(StrEnum):
    """How somebody knows that it is another person. A choice, so that nothing personal is typed into the trail."""

    BOTH_HERE = "both_here"
    OTHER_DOCUMENT = "other_document"
    ASKED = "asked"


def told_apart(
    session: Session, departure_id: UUID, visitors: list[VisitorDetails], reasons: Mapping[int, Apart]
) -> list[VisitorDetails]:
    """The visitors, those with a reason (by their place) numbered so that they are not who is there already.

    A step, under the departure's lock. A reason for somebody whom nobody resembles changes nothing.
    """
    return [
        replace(one, namesake=_free_number(session, departure_id, one)) if place in reasons else one
        for place, one in enumerate(visitors)
    ]


def record_apart(
    session: Session, visitors: list[Visitor], reasons: Mapping[int, Apart], *, actor: Actor, now: datetime
) -> None:
    """Step: write down who was told apart from a namesake, and how."""
    for visitor in visitors:
        if visitor.namesake:
            facts = {"departure": str(visitor.departure_id), "application": str(visitor.application_id)}
            facts["reason"] = reasons[visitor.place].value
            audit.record(session, "namesake_told_apart", subject=visitor, actor=actor, now=now, facts=facts)


def _free_number(session: Session, departure_id: UUID, visitor: VisitorDetails) -> int:
    """0 where nobody like that is on the departure or is offered seats of it; else one more than anybody like that ever
    had there.
    """
    index = seal.keyring().blind_index("person", *visitor.identity)
    present = there_or_offered(departure_id)
    rows = session.execute(
        select(Visitor.namesake, present.label("present")).where(
            present | (Visitor.departure_id == departure_id), Visitor.person_index == index
        )
    ).all()
    return 1 + max(row.namesake for row in rows) if any(row.present for row in rows) else 0
