"""What authorities answer: a file, all lines or none, after a look at what it would change."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import Application, Visitor
from tourbook.applications.settle import locked_departure
from tourbook.clearance.choices import ask, close_choice
from tourbook.clearance.files import Reply, read_replies
from tourbook.clearance.models import Answer, Authority, Standing, VisitorClearance
from tourbook.clearance.rules import Deadlines, check_step, deadlines
from tourbook.clearance.standing import answers_about, demand_of, demands_on, open_choices
from tourbook.courses.files import Problem, Sheet, enter_lines
from tourbook.courses.models import Course, Departure
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.rosters import own_departure
from tourbook.rosters.rules import TRAVELLING


@dataclass(frozen=True)
class ReplyChange:
    """What a line changes: where a visitor stood, and stands then. `gone` says that they do not travel any more, or
    have left already: nobody is asked or told anything then.
    """

    reference: str
    number: int
    was: Standing
    becomes: Standing
    gone: bool


@dataclass(frozen=True)
class Replied:
    """What a file does, or has done: its changes, the lines that said nothing new, and what is odd."""

    changes: list[ReplyChange]
    there: list[int]
    warnings: list[Problem]

    @property
    def asked(self) -> int:
        """How many parties' visitors are refused by it, so that their parties are asked what they will do."""
        return sum(one.becomes is Standing.REFUSED and not one.gone for one in self.changes)


def try_replies(
    departure_id: UUID, authority: Authority, content: bytes | str, *, actor: Actor, now: datetime
) -> Replied:
    """What a file of replies would change now. A query; it refuses what importing refuses."""
    sheet = read_replies(content)
    session = db.session()
    departure, course = own_departure(session, departure_id, actor=actor)
    demand_of(session, course.id, authority)
    entering, done = _foreseen(session, departure, authority, sheet, now)
    return Replied(entering.changes, *done)


def import_replies(
    departure_id: UUID, authority: Authority, content: bytes | str, *, actor: Actor, now: datetime
) -> Replied:
    """Act: write down what an authority answered about the visitors of a departure; a party of which somebody is
    refused is asked what it will do. The same file twice changes nothing.

    Locks the departure, so that nobody is answered about who is leaving at that moment. Refuses the whole file
    (ImportRefused) for one bad line.
    """
    sheet = read_replies(content)
    with transaction() as session:
        _, course = own_departure(session, departure_id, actor=actor)
        demand_of(session, course.id, authority)
        departure = locked_departure(session, departure_id)
        entering, done = _foreseen(session, departure, authority, sheet, now)
        when = deadlines(course, demands_on(session, course.id), departure.starts_at)
        desk = _Desk(session, departure, course, when, authority, actor, now)
        for change, known, reply in entering.to_write:
            desk.write(change, known, reply)
        if entering.changes:
            facts = {"authority": authority.value, "people": len(entering.changes)}
            audit.record(session, "replies_imported", subject=departure, actor=actor, now=now, facts=facts)
        return Replied(entering.changes, *done)


def _foreseen(
    session: Session, departure: Departure, authority: Authority, sheet: Sheet[Reply], now: datetime
) -> tuple["_Replies", tuple[list[int], list[Problem]]]:
    entering = _Replies(session, departure, authority, has_left=now >= departure.starts_at)
    done = enter_lines(sheet, entering)
    return entering, (done.there, done.warnings)


@dataclass(frozen=True)
class _Known:
    """Somebody whom the authority was told of."""

    application: Application
    visitor: Visitor
    clearance: VisitorClearance

    @property
    def gone(self) -> bool:
        return self.application.state not in TRAVELLING or self.visitor.cancelled_at is not None


@dataclass
class _Replies:
    """Replies on their way in; nothing is written while it is not known whether every line is right."""

    session: Session
    departure: Departure
    authority: Authority
    has_left: bool
    changes: list[ReplyChange] = field(default_factory=list)
    to_write: list[tuple[ReplyChange, _Known, Reply]] = field(default_factory=list)

    def __post_init__(self) -> None:
        named = _named(self.session, self.departure.id)
        answers = answers_about(self.session, [visitor.id for _, visitor in named.values()])
        self._named = named.keys()
        self._references = {reference for reference, _ in named}
        self._told = {
            key: _Known(application, visitor, answers[visitor.id][self.authority])
            for key, (application, visitor) in named.items()
            if self.authority in answers[visitor.id]
        }
        self._answered: dict[tuple[str, int], Standing] = {}

    def faults(self, draft: Reply) -> Iterator[Refused]:
        key = (draft.reference, draft.number)
        if draft.reference not in self._references:
            yield Refused("reply_of_others", field="reference", value=draft.reference)
        elif key not in self._named:
            yield Refused("reply_about_nobody", field="visitor", value=draft.number)
        elif key not in self._told:
            yield Refused("reply_not_submitted", field="visitor", value=draft.number)
        elif self._answered.setdefault(key, draft.answer) is not draft.answer:
            yield Refused("reply_twice", field="answer", value=draft.number)

    def is_there(self, draft: Reply) -> bool:
        same = (draft.reference, draft.number)
        entered = any((one.reference, one.number) == same for one in self.changes)
        return entered or self._told[same].clearance.standing is draft.answer

    def enter(self, draft: Reply) -> None:
        known = self._told[draft.reference, draft.number]
        was = known.clearance.standing
        change = ReplyChange(draft.reference, draft.number, was, draft.answer, self.has_left or known.gone)
        self.changes.append(change)
        self.to_write.append((change, known, draft))

    def oddities(self, draft: Reply) -> Iterator[Refused]:
        if self.has_left:
            yield Refused("reply_after_the_start", field="visitor", value=draft.number)
        elif self._told[draft.reference, draft.number].gone:
            yield Refused("reply_about_gone", field="visitor", value=draft.number)


class _Desk:
    """One import under its lock."""

    def __init__(
        self,
        session: Session,
        departure: Departure,
        course: Course,
        when: Deadlines,
        authority: Authority,
        actor: Actor,
        now: datetime,
    ) -> None:
        self._session, self._departure, self._course, self._when = session, departure, course, when
        self._authority, self._actor, self._now = authority, actor, now

    def write(self, change: ReplyChange, known: _Known, reply: Reply) -> None:
        clearance = known.clearance
        check_step(change.was, reply.answer)
        clearance.standing, clearance.answered_at, clearance.note = reply.answer, self._now, reply.note or None
        self._note_whether_kept_out(known.visitor)
        self._record(change, known)
        if change.gone:
            return
        if reply.answer is Standing.REFUSED:
            self._ask(known)
        else:
            self._ask_no_more(known)

    def _ask(self, known: _Known) -> None:
        if known.visitor.id in open_choices(self._session, [known.application.id]):
            return  # another authority has refused the same person: the question stands
        ask(
            self._session,
            known.application,
            known.visitor,
            self._when,
            course=self._course,
            departure=self._departure,
            now=self._now,
        )

    def _ask_no_more(self, known: _Known) -> None:
        """Whoever is let in after all goes; unless another authority still refuses them."""
        choice = open_choices(self._session, [known.application.id]).get(known.visitor.id)
        if choice and not known.visitor.kept_out:
            close_choice(choice, Answer.MOOT, self._now)

    def _note_whether_kept_out(self, visitor: Visitor) -> None:
        """For those who count no-shows, and know of no authority."""
        answers = answers_about(self._session, [visitor.id])[visitor.id]
        visitor.kept_out = any(one.standing is Standing.REFUSED for one in answers.values())

    def _record(self, change: ReplyChange, known: _Known) -> None:
        facts = {
            "authority": self._authority.value,
            "departure": str(self._departure.id),
            "application": str(known.application.id),
            "standing": [change.was.value, change.becomes.value],
        }
        audit.record(
            self._session, "clearance_answered", subject=known.visitor, actor=self._actor, now=self._now, facts=facts
        )


def _named(session: Session, departure_id: UUID) -> dict[tuple[str, int], tuple[Application, Visitor]]:
    """Everybody who was ever named on a departure, by reference and number."""
    rows = session.execute(
        select(Application, Visitor)
        .join(Visitor, Visitor.application_id == Application.id)
        .where(Application.departure_id == departure_id)
        .execution_options(populate_existing=True)
    )
    return {(application.reference, visitor.place + 1): (application, visitor) for application, visitor in rows}
