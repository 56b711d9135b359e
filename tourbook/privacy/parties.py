"""Everything that is kept about some applications and their people, read in a fixed number of statements, and one more
for each party of which somebody stayed away.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tourbook.applications import Appeal, closure_of
from tourbook.applications.models import Application, Attendance, Consent, Offer, PriorityRight, Visitor
from tourbook.audit import TrailEntry
from tourbook.clearance.models import Listing, Submission, VisitorClearance
from tourbook.courses.models import Course, Departure, Round
from tourbook.draws.models import DrawnEntry
from tourbook.notices.models import Notice
from tourbook.operations.forgetting import kept_until, owed_among
from tourbook.privacy.own import (
    Checked,
    Happened,
    OwnAppeal,
    OwnApplication,
    OwnConsent,
    OwnDraw,
    OwnNotice,
    OwnOffer,
    OwnPerson,
    OwnRight,
)

Grouped = Mapping[UUID, Sequence[Any]]
ONLY_HASHED = {"browser": "browser_hash", "network address": "address_hash", "contact": "contact_index"}


class _Party(NamedTuple):
    application: Application
    departure: Departure
    course: Course


def parties_of(session: Session, wanted: Sequence[UUID]) -> list[_Party]:
    """These applications with what they are for, the latest departure first. A query."""
    rows = (
        select(Application, Departure, Course)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Course, Course.id == Application.course_id)
        .where(Application.id.in_(wanted))
        .order_by(Departure.starts_at.desc(), Application.id.desc())
    )
    return [_Party(*row) for row in session.execute(rows)]


def people_of(session: Session, wanted: Sequence[UUID]) -> Grouped:
    """The people of each of these applications, in their order. A query."""
    return _grouped(session, select(Visitor).order_by(Visitor.place), Visitor.application_id, wanted)


def told_of(
    session: Session, parties: Sequence[_Party], people: Grouped, *, now: datetime
) -> tuple[OwnApplication, ...]:
    """Everything about these applications. A query."""
    wanted = [one.application.id for one in parties]
    of = {
        "consents": _grouped(session, select(Consent).order_by(Consent.at), Consent.application_id, wanted),
        "notices": _grouped(session, select(Notice).order_by(Notice.created_at), Notice.subject_id, wanted),
        "rights": _grouped(
            session,
            select(PriorityRight).order_by(PriorityRight.granted_at),
            PriorityRight.application_id,
            wanted,
        ),
        "appeals": _grouped(session, select(Appeal), Appeal.application_id, wanted),
        "offers": _offers(session, wanted),
        "history": history_of(session, Application.__tablename__, wanted),
    }
    checks = _checks(session, [one.id for some in people.values() for one in some])
    owed, draws = owed_among(session, wanted), _draws(session, parties)
    return tuple(
        _application(
            one,
            {name: groups.get(one.application.id, ()) for name, groups in of.items()},
            people=tuple(_person(visitor, checks) for visitor in people.get(one.application.id, ())),
            draw=draws.get(one.application.id),
            longer=one.application.id in owed,
            closed_until=_closed_until(session, one.application.id, people.get(one.application.id, ()), now),
        )
        for one in parties
    )


def history_of(session: Session, kind: str, wanted: Sequence[UUID]) -> dict[UUID, list[Happened]]:
    """What the trail tells of each of these rows of that table, without its facts. A query."""
    entries = select(TrailEntry).where(TrailEntry.subject_kind == kind).order_by(TrailEntry.at, TrailEntry.id)
    found = _grouped(session, entries, TrailEntry.subject_id, wanted)
    return {one: [Happened(row.at, row.act, role_in(row.actor)) for row in found[one]] for one in wanted}


def role_in(label: str) -> str:
    """The role of whom the trail or a record names; never who it was."""
    return label.partition(":")[0]


def _grouped(session: Session, rows: Select[Any], by: Any, wanted: Sequence[UUID]) -> Grouped:
    """By what `by` says, and what is of one moment in the order in which it was written."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in session.scalars(rows.where(by.in_(wanted)).order_by(by.class_.id)):
        found[getattr(row, by.key)].append(row)
    return found


def _offers(session: Session, wanted: Sequence[UUID]) -> Grouped:
    rows = select(Offer, Departure.starts_at).join(Departure, Departure.id == Offer.departure_id)
    found: dict[UUID, list[OwnOffer]] = defaultdict(list)
    rows = rows.where(Offer.application_id.in_(wanted)).order_by(Offer.made_at, Offer.id)
    for one, starts_at in session.execute(rows):
        told = OwnOffer(starts_at, one.seats, one.state.value, one.made_at, one.deadline, one.answered_at)
        found[one.application_id].append(told)
    return found


def _draws(session: Session, parties: Iterable[_Party]) -> dict[UUID, OwnDraw]:
    """Of those that entered for a draw."""
    entered = [one for one in parties if one.application.choices and one.departure.round_id]
    if not entered:
        return {}
    rounds = {one.departure.round_id for one in entered}
    references = [one.application.reference for one in entered]
    drawn = select(DrawnEntry).where(DrawnEntry.round_id.in_(rounds), DrawnEntry.receipt.in_(references))
    turns = {one.receipt: one for one in session.scalars(drawn)}
    codes = {one.id: one.code for one in session.execute(select(Round.id, Round.code).where(Round.id.in_(rounds)))}
    chosen = [UUID(choice) for one in entered for choice in one.application.choices or ()]
    leaving = select(Departure.id, Departure.starts_at).where(Departure.id.in_(chosen))
    starts = {one.id: one.starts_at for one in session.execute(leaving)}
    found = {}
    for application, departure, _course in entered:
        turn = turns.get(application.reference)
        choices = tuple(starts[UUID(one)] for one in application.choices or () if UUID(one) in starts)
        code = codes[departure.round_id] if departure.round_id else ""
        drawn_it = turn is not None and turn.departure is not None
        found[application.id] = OwnDraw(code, choices, turn.turn if turn else None, drawn_it)
    return found


def _checks(session: Session, people: Sequence[UUID]) -> dict[UUID, tuple[Checked, ...]]:
    """How each of these stands with those who check names."""
    handed: dict[tuple[UUID, str], list[datetime]] = defaultdict(list)
    listed = select(Listing.visitor_id, Submission.authority, Submission.submitted_at)
    lists = listed.join(Submission, Submission.id == Listing.submission_id).order_by(Submission.submitted_at)
    for visitor_id, authority, submitted_at in session.execute(lists.where(Listing.visitor_id.in_(people))):
        handed[visitor_id, authority].append(submitted_at)
    found: dict[UUID, tuple[Checked, ...]] = defaultdict(tuple)
    answers = select(VisitorClearance).where(VisitorClearance.visitor_id.in_(people))
    for one in session.scalars(answers.order_by(VisitorClearance.authority)):
        times = tuple(handed[one.visitor_id, one.authority])
        told = Checked(one.authority.value, one.standing.value, times, one.answered_at, one.note)
        found[one.visitor_id] += (told,)
    return found


def _closed_until(session: Session, party: UUID, people: Iterable[Visitor], now: datetime) -> datetime | None:
    if not any(one.attendance is Attendance.NO_SHOW for one in people):
        return None
    return closure_of(session, party, now=now)


def _person(one: Visitor, checks: Mapping[UUID, tuple[Checked, ...]]) -> OwnPerson:
    return OwnPerson(
        number=one.place + 1,
        name=one.name or None,
        birth_date=one.birth_date or None,
        nationality=one.nationality,
        document=one.document or None,
        cancelled_at=one.cancelled_at,
        attendance=one.attendance.value,
        attendance_at=one.attendance_at,
        checks=checks.get(one.id, ()),
    )


def _application(
    party: _Party,
    rows: Mapping[str, Sequence[Any]],
    *,
    people: tuple[OwnPerson, ...],
    draw: OwnDraw | None,
    longer: bool,
    closed_until: datetime | None,
) -> OwnApplication:
    one, departure, course = party
    return OwnApplication(
        reference=one.reference,
        course_ko=course.name_ko,
        course_en=course.name_en,
        starts_at=departure.starts_at,
        state=one.state.value,
        channel=one.channel.value,
        seats=one.seats,
        language=one.language,
        contact=one.contact or None,
        contact_way=one.contact_way,
        made_at=one.created_at,
        confirmed_at=one.confirmed_at,
        closed_at=one.closed_at,
        fee=one.fee.value,
        fee_krw=one.fee_krw,
        with_account=one.person_id is not None,
        of_group=one.allotment_id is not None,
        fingerprints=tuple(name for name, column in ONLY_HASHED.items() if getattr(one, column)),
        kept_until=None if one.forgotten_at else kept_until(one.state, departure.starts_at, one.closed_at),
        longer=longer,
        forgotten_at=one.forgotten_at,
        closed_until=closed_until,
        people=people,
        draw=draw,
        **_lists(rows),
    )


def _lists(rows: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {
        "consents": tuple(OwnConsent(row.item, row.text_version, row.given, row.at) for row in rows["consents"]),
        "notices": tuple(_notice(row) for row in rows["notices"]),
        "offers": tuple(rows["offers"]),
        "rights": tuple(OwnRight(row.granted_at, row.lasts_until, row.used_at, row.ended_at) for row in rows["rights"]),
        "appeal": next(
            (OwnAppeal(row.text, row.made_at, row.decided_at, row.granted) for row in rows["appeals"]), None
        ),
        "history": tuple(rows["history"]),
    }


def _notice(row: Notice) -> OwnNotice:
    told = (row.kind.value, row.way.value, row.language, row.state.value)
    return OwnNotice(*told, row.created_at, row.sent_at)
