"""How an act of an applicant begins: one transaction, with its departure under the lock and nothing of it due."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tourbook import seal
from tourbook.actor import Actor
from tourbook.applications.due import DUE
from tourbook.applications.models import Application
from tourbook.applications.settle import is_due, locked_departure, settle
from tourbook.courses.models import Departure
from tourbook.db import find_anew, transaction
from tourbook.errors import NotFound

Found = TypeVar("Found")


def caught_up(departure_id: UUID, *, actor: Actor, now: datetime) -> AbstractContextManager[tuple[Session, Departure]]:
    """The transaction of an act about a departure: under its lock, and settled as far as it is due. NotFound where
    there is no such departure.
    """

    def look(session: Session) -> tuple[Departure, Departure, bool]:
        departure = locked_departure(session, departure_id)
        return departure, departure, is_due(session, departure, now)

    return caught_up_with(look, actor=actor, now=now)


def caught_up_for(
    application_id: UUID, *, actor: Actor, now: datetime
) -> AbstractContextManager[tuple[Session, tuple[Application, Departure]]]:
    """The same for the departure of an application, with the application as it is under that lock."""

    def look(session: Session) -> tuple[tuple[Application, Departure], Departure, bool]:
        departure = _locked_departure_of(session, application_id)
        application, due = session.execute(_AS_IT_IS, {"application_id": application_id, "now": now}).one()
        return (application, departure), departure, due

    return caught_up_with(look, actor=actor, now=now)


@contextmanager
def caught_up_with(
    look: Callable[[Session], tuple[Found, Departure, bool]], *, actor: Actor, now: datetime
) -> Iterator[tuple[Session, Found]]:
    """The same for whatever `look` finds: a step that locks a departure, and gives what the act is about, the
    departure, and whether it is due.

    What is due is settled in a transaction of its own, which comes first: so the displaced are moved and told even when
    what the applicant asks for is then refused. Mostly nothing is, and there is one transaction.
    """
    with ExitStack() as acts:
        session = acts.enter_context(transaction())
        found, departure, due = look(session)
        if due:
            settle(session, departure, actor=actor, now=now)
            acts.close()  # commits: what was due is done, whatever becomes of what is asked for
            session = acts.enter_context(transaction())
            found, departure, due = look(session)
        if due:  # once more, since the lock was free in between
            settle(session, departure, actor=actor, now=now)
        yield session, found


def locked_application(session: Session, application_id: UUID) -> tuple[Application, Departure]:
    """Step: an application and its departure, both as they are now, under the departure's lock."""
    departure = _locked_departure_of(session, application_id)
    return find_anew(session, Application, application_id), departure


def application_like(
    old: Application, departure: Departure, reference: str, *, now: datetime, **columns: Any
) -> Application:
    """The same party's application for another departure of the course, not yet written; with a link of its own."""
    token = seal.token()
    return Application(
        departure_id=departure.id,
        course_id=old.course_id,
        reference=reference,
        seats=old.seats,
        language=old.language,
        person_id=old.person_id,
        token=token,
        token_hash=seal.token_hash(token),
        contact=old.contact,
        contact_index=old.contact_index,
        contact_way=old.contact_way,
        created_at=now,
        **columns,
    )


def _locked_departure_of(session: Session, application_id: UUID) -> Departure:
    """Which departure an application is for never changes, so it can be asked before anything is locked."""
    departure = session.scalars(_LOCKED, {"application_id": application_id}).first()
    if departure is None:
        raise NotFound("application_unknown")
    return departure


# Statements of every act, built once: building one costs more than its answer.
_IT = Application.id == bindparam("application_id")
_LOCKED = (
    select(Departure)
    .where(Departure.id == select(Application.departure_id).where(_IT).scalar_subquery())
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_AS_IT_IS = (
    select(Application, DUE)
    .join(Departure, Departure.id == Application.departure_id)
    .where(_IT)
    .execution_options(populate_existing=True)
)
