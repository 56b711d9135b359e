"""What settling some departures writes: gathered move by move, then written in a few statements, however many move."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.allotments import Ending, write_ending
from tourbook.applications.models import Application, Offer, OfferState, PriorityRight, Visitor
from tourbook.applications.moves import leave_places
from tourbook.applications.parties import Party
from tourbook.applications.telling import in_vain, letter_to
from tourbook.applications.unheard import leave_offers_untold, say_anew
from tourbook.bulk import insert_rows, update_rows
from tourbook.courses import starts_of
from tourbook.courses.models import Departure
from tourbook.db import Row, new_id
from tourbook.notices import Hold, Kind, drop_untold, end_suspension, enqueue_all, made_use_of

Columns = dict[str, Any]
NOBODY: Mapping[UUID, str] = {}
"""Nobody has seats by a draw without having been told."""


@dataclass(frozen=True)
class _Telling:
    """A kind of notice, the party that is told, and what of."""

    kind: str
    party: Party
    facts: Columns
    hold: Hold | None = None


class Ledger:
    """Rows to be added and changed under the locks of their departures, in the order in which things happened.

    Nothing stands in the database before `write`. Rows that the session has loaded are read again where they are
    used afterwards.
    """

    def __init__(
        self, session: Session, *, actor: Actor, now: datetime, drew_untold: Mapping[UUID, str] = NOBODY
    ) -> None:
        self.now = now
        self._drew_untold = drew_untold
        self._session = session
        self._actor = actor
        self._applications: dict[UUID, Columns] = defaultdict(dict)
        self._claims: dict[UUID, bool] = {}
        self._sat_upon: list[UUID] = []
        self._closed: dict[OfferState, list[UUID]] = defaultdict(list)
        self._offers: list[Columns] = []
        self._rights: list[Columns] = []
        self._trail: list[Columns] = []
        self._told: list[_Telling] = []
        self._seated: list[UUID] = []
        self._suspended: dict[tuple[bool, Hold | None], list[UUID]] = defaultdict(list)
        self._untold: dict[frozenset[str], list[UUID]] = defaultdict(list)
        self._offers_untold: list[UUID] = []
        self._anew: dict[UUID, dict[str, Columns]] = {}
        self._endings: list[Ending] = []
        self._figures: list[tuple[Departure, Columns]] = []

    def change(self, application_id: UUID, **columns: object) -> None:
        """Write these columns of an application."""
        self._applications[application_id].update(columns)

    def leave(self, party: Party) -> None:
        """The party's visitors no longer count as being on the departure."""
        self._claims[party.id] = False
        if party.retaken:
            self._sat_upon.append(party.id)

    def sit_again(self, party: Party) -> None:
        """The party's visitors count as being on the departure again, and its right ends unused."""
        self._claims[party.id] = True
        self._seated.append(party.id)

    def end_suspension(self, application_id: UUID, *, tell: bool, hold: Hold | None = None) -> None:
        """What was kept back is sent now, after the end of the `hold` where there is one, or never."""
        self._suspended[tell, hold].append(application_id)

    def say_anew(self, application_id: UUID, facts: dict[str, Columns]) -> None:
        """What was kept back, and is sent now, says this, by kind of notice, instead of what it said before."""
        self._anew[application_id] = facts

    def drop_untold(self, application_id: UUID, kinds: frozenset[str]) -> None:
        """What nobody has heard of among these kinds is never sent."""
        self._untold[kinds].append(application_id)

    def leave_offer_untold(self, application_id: UUID) -> None:
        """Its offer has ended: whoever has not heard of it never does."""
        self._offers_untold.append(application_id)

    def close_offer(self, offer_id: UUID, state: OfferState) -> None:
        """An open offer has lapsed or is taken back; or one that was taken back is open again."""
        self._closed[state].append(offer_id)

    def make_offer(self, departure_id: UUID, party: Party, deadline: datetime | None) -> None:
        """Offer the party its seats of this departure."""
        offer = {"application_id": party.id, "departure_id": departure_id, "seats": party.seats}
        times = {"made_at": self.now, "deadline": deadline}
        made = {"id": new_id(), "state": OfferState.OPEN, "by_day": True, "wait_id": party.wait_id}
        self._offers.append({**made, **offer, **times})

    def grant_right(self, application_id: UUID, course_id: UUID, *, lasts_until: datetime) -> None:
        """Give the party the right to be asked first when the course has seats again, until that instant."""
        right = {"application_id": application_id, "course_id": course_id}
        self._rights.append({"id": new_id(), **right, "granted_at": self.now, "lasts_until": lasts_until})

    def record(self, act: str, subject: Departure | Party, within: Departure, facts: Columns) -> None:
        """Add an entry to the trail, with the next number of the departure."""
        kind = Application.__tablename__ if isinstance(subject, Party) else Departure.__tablename__
        entry = audit.entry(
            act,
            subject_kind=kind,
            subject_id=subject.id,
            actor=self._actor,
            now=self.now,
            facts=facts,
            within=within,
        )
        self._trail.append(entry)

    def tell(self, kind: str, party: Party, facts: Columns, hold: Hold | None = None) -> None:
        """Tell the party, if it left a contact; not before the end of the `hold`, where there is one. Who has its seats
        by a draw and was not told so hears of that by the same letter.
        """
        receipt = self._drew_untold.get(party.id)
        more = made_use_of(Kind(kind), in_vain(receipt)) if receipt else {}
        self._told.append(_Telling(kind, party, {**facts, **more}, hold))

    def free_allotment(self, ending: Ending) -> None:
        """What a group has set aside is less from now on, or has ended."""
        self._endings.append(ending)

    def set_figures(self, departure: Departure, **figures: object) -> None:
        """Write these columns of a locked departure."""
        self._figures.append((departure, figures))

    def write(self) -> None:
        """Step: write all of it. An offer that ends comes before a new one, since a party has one at a time."""
        self._change_applications()
        self._let_visitors_leave()
        self._let_visitors_return()
        self._close_offers()
        insert_rows(self._session, Offer, self._offers)
        insert_rows(self._session, PriorityRight, self._rights)
        audit.record_all(self._session, self._trail)
        for kinds, application_ids in self._untold.items():
            drop_untold(self._session, application_ids, kinds)
        leave_offers_untold(self._session, self._offers_untold)
        say_anew(self._session, self._anew)
        for (tell, hold), application_ids in self._suspended.items():
            end_suspension(self._session, application_ids, tell=tell, now=self.now, hold=hold)
        self._send_letters()
        for ending in self._endings:
            write_ending(self._session, ending, now=self.now)
        self._write_figures()

    def _change_applications(self) -> None:
        by_columns: dict[tuple[str, ...], list[Columns]] = defaultdict(list)
        for application_id, columns in self._applications.items():
            by_columns[tuple(sorted(columns))].append({"id": application_id, **columns})
        for rows in by_columns.values():
            update_rows(self._session, Application, rows)
        _read_again(self._session, Application)

    def _let_visitors_leave(self) -> None:
        gone = [one for one, claims in self._claims.items() if not claims]
        if not gone:
            return
        if self._sat_upon:
            leave_places(self._session, Visitor.application_id.in_(self._sat_upon))
            self._session.flush()  # what follows is written past the session
        leaving = [{"application_id": one, "claims_place": False} for one in gone]
        update_rows(self._session, Visitor, leaving, by="application_id")
        _read_again(self._session, Visitor)

    def _let_visitors_return(self) -> None:
        if not self._seated:
            return
        back = [one for one in self._seated if self._claims[one]]
        returning = update(Visitor).where(Visitor.application_id.in_(back), Visitor.cancelled_at.is_(None))
        self._session.connection().execute(returning.values(claims_place=True))
        unused = (PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))
        rights = update(PriorityRight).where(PriorityRight.application_id.in_(self._seated), *unused)
        self._session.connection().execute(rights.values(ended_at=self.now))
        _read_again(self._session, Visitor)
        _read_again(self._session, PriorityRight)

    def _close_offers(self) -> None:
        for state, offer_ids in self._closed.items():
            answered_at = None if state is OfferState.OPEN else self.now
            closing = update(Offer).where(Offer.id.in_(offer_ids)).values(state=state, answered_at=answered_at)
            self._session.connection().execute(closing)
        _read_again(self._session, Offer)

    def _send_letters(self) -> None:
        starts = self._own_starts()
        letters = (
            letter_to(one.party, one.kind, one.facts, own_start=starts[one.party.departure_id], hold=one.hold)
            for one in self._told
        )
        enqueue_all(self._session, filter(None, letters), now=self.now)

    def _own_starts(self) -> dict[UUID, datetime]:
        """When the departures start that those who are told applied for."""
        starts = {departure.id: departure.starts_at for departure, _ in self._figures}
        others = {one.party.departure_id for one in self._told} - starts.keys()
        return starts | starts_of(self._session, others) if others else starts

    def _write_figures(self) -> None:
        update_rows(self._session, Departure, [{"id": one.id, **figures} for one, figures in self._figures])
        for departure, figures in self._figures:
            for name, value in figures.items():
                set_committed_value(departure, name, value)


def _read_again(session: Session, model: type[Row]) -> None:
    """What the session has loaded of that table is no longer true."""
    for loaded in session.identity_map.values():
        if isinstance(loaded, model):
            session.expire(loaded)
