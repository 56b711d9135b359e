"""Closures: whoever stayed away without a word cannot apply for a while, where an installation has a ladder for it.

Nothing is written down about anybody: a closure is reckoned from the marks at the gate whenever somebody applies, for
the persons' blind indexes. So it ends by itself, and a mark that is taken back takes it with it. An appeal is the only
row; it is forgotten when it can matter no more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tourbook import audit, seal
from tourbook.actor import Actor
from tourbook.applications.ladder import Ladder, closed_until
from tourbook.applications.models import Application, Attendance, Channel, State, Visitor
from tourbook.applications.rules import VisitorDetails, VisitorSoFar
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure
from tourbook.courses.months import month_of_departure
from tourbook.db import Row, db, find, lock, transaction
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.instants import Instant
from tourbook.records import APPLICATION, record_reading
from tourbook.seal import Sealed

LONGEST_APPEAL = 1000


class Appeal(Row):
    """What a party says against its no-show, sealed, and what was decided: at most one for each application."""

    __tablename__ = "appeal"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    text_sealed: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    granted: Mapped[bool | None]
    reason_ko: Mapped[str | None]
    reason_en: Mapped[str | None]

    text = Sealed(lambda row: _month(row.application_id))


def _month(application_id: UUID) -> str:
    found = find(db.session(), Application, application_id)
    if found is None:
        raise LookupError(f"there is no application {application_id} whose appeal could be sealed")
    return month_of_departure(found.departure_id)


def ladder() -> Ladder:
    """This installation's ladder; without steps nobody is ever closed out."""
    config = current_app.config["TOURBOOK"]
    return Ladder.read(config.closure_steps, config.closure_within_months)


def closed_flaws(
    session: Session, visitors: Sequence[VisitorDetails | VisitorSoFar], *, now: datetime
) -> Iterator[Refused]:
    """What to say at each of these people who cannot apply at present: `person_closed`, with the end. A query."""
    steps = ladder()
    if not steps:
        return
    who = {place: (_index(one), one.namesake) for place, one in enumerate(visitors) if one.identity}
    stayed_away = _absences(session, {index for index, _ in who.values()}, steps, now)
    for place, person in who.items():
        until = closed_until(stayed_away.get(person, ()), steps)
        if until and now < until:
            yield Refused("person_closed", field=f"visitors-{place}-name", closes_at=until)


def closure_of(session: Session, application_id: UUID, *, now: datetime) -> datetime | None:
    """Until when a party is closed out because nobody of this application came; None where nothing follows from it. A
    query.
    """
    steps = ladder()
    if not steps or not _stayed_away(session, application_id, now):
        return None
    people = session.scalars(select(Visitor).where(Visitor.application_id == application_id)).all()
    found = _absences(session, {one.person_index for one in people}, steps, now)
    ends = [closed_until(found.get((one.person_index, one.namesake), ()), steps) for one in people]
    until = max((end for end in ends if end), default=None)
    return until if until and now < until else None


def appeal(application_id: UUID, text: str, *, actor: Actor, now: datetime) -> UUID:
    """Act: say why a party stayed away, or that it did not; once for each application, what comes later is passed over.

    Refuses `nothing_to_appeal` where no closure follows from the application, and words that are missing or too long.
    """
    if not text.strip() or len(text) > LONGEST_APPEAL:
        raise Refused("appeal_words", field="text", longest=LONGEST_APPEAL)
    with transaction() as session:
        application = _locked(session, application_id)
        earlier = appeal_of(session, application.id)
        if earlier:
            return earlier.id
        if closure_of(session, application.id, now=now) is None:
            raise Conflict("nothing_to_appeal")
        made = Appeal(application_id=application.id, text=text, made_at=now)
        session.add(made)
        session.flush()  # the trail names it
        audit.record(session, "appeal_made", subject=made, actor=actor, now=now, facts=_about(application))
        return made.id


def read_appeal(appeal_id: UUID, *, actor: Actor, now: datetime) -> Appeal:
    """Act: open what a party says against its no-show, and write down that it was read. NotFound for none."""
    with transaction() as session:
        found = session.get(Appeal, appeal_id)
        if found is None:
            raise NotFound("appeal_unknown")
        application = session.get_one(Application, found.application_id)
        audit.record(session, "appeal_read", subject=found, actor=actor, now=now, facts=_about(application))
        who = [application.id]
        record_reading(session, who, "appeal", task="appeal_read", kind=APPLICATION, actor=actor, now=now)
        return found


def decide_appeal(
    appeal_id: UUID, *, granted: bool, reason_ko: str, reason_en: str, actor: Actor, now: datetime
) -> None:
    """Act: grant or reject an appeal, with the reason in both languages, and tell the party. Twice does no harm.

    Refuses `appeal_decided` where it was decided otherwise, and reasons that are missing.
    """
    if not (reason_ko.strip() and reason_en.strip()):
        raise Refused("appeal_reason_missing", field="reason_ko" if not reason_ko.strip() else "reason_en")
    with transaction() as session:
        made = _locked_appeal(session, appeal_id)
        if made.decided_at:
            if made.granted == granted:
                return
            raise Conflict("appeal_decided")
        made.decided_at, made.granted, made.reason_ko, made.reason_en = now, granted, reason_ko, reason_en
        application = session.get_one(Application, made.application_id)
        act = "appeal_granted" if granted else "appeal_rejected"
        audit.record(session, act, subject=made, actor=actor, now=now, facts=_about(application))
        departure = session.get_one(Departure, application.departure_id)
        course = session.get_one(Course, application.course_id)
        cause = {"cause_ko": reason_ko, "cause_en": reason_en}
        tell(session, act, application, course=course, departure=departure, now=now, **cause)


def appeal_of(session: Session, application_id: UUID) -> Appeal | None:
    """The appeal of an application, where there is one. A query."""
    return session.scalar(select(Appeal).where(Appeal.application_id == application_id))


def forget_appeals(*, now: datetime) -> int:
    """Act of the timetable: delete appeals against no-shows of so long ago that nothing follows from them; says how
    many.
    """
    oldest = ladder().reaches_back_to(now)
    with transaction() as session:
        left = select(Application.id).join(Departure, Departure.id == Application.departure_id)
        gone = delete(Appeal).where(Appeal.application_id.in_(left.where(Departure.starts_at < oldest)))
        return len(session.connection().execute(gone.returning(Appeal.id)).all())


def _locked(session: Session, application_id: UUID) -> Application:
    """The application under the lock of its row, so that one appeal is made of it."""
    found = lock(session, Application, [application_id])
    if not found:
        raise NotFound("application_unknown")
    return found[0]


def _locked_appeal(session: Session, appeal_id: UUID) -> Appeal:
    found = lock(session, Appeal, [appeal_id])
    if not found:
        raise NotFound("appeal_unknown")
    return found[0]


def _about(application: Application) -> dict[str, Any]:
    return {"application": str(application.id), "departure": str(application.departure_id)}


def _index(person: VisitorDetails | VisitorSoFar) -> str:
    return seal.keyring().blind_index("person", *(person.identity or ()))


Person = tuple[str, int]
_other = aliased(Visitor)
_SOMEBODY_ELSE = (
    select(_other.id)
    .where(
        _other.application_id == Visitor.application_id,
        _other.cancelled_at.is_(None),
        _other.attendance != Attendance.NO_SHOW,
    )
    .exists()
)
_EXCUSED = select(Appeal.id).where(Appeal.application_id == Visitor.application_id, Appeal.granted.is_(True)).exists()
_ABSENT = (
    select(Visitor.person_index, Visitor.namesake, Departure.starts_at)
    .join(Application, Application.id == Visitor.application_id)
    .join(Departure, Departure.id == Visitor.departure_id)
    .where(
        Visitor.attendance == Attendance.NO_SHOW,
        ~Visitor.kept_out,
        Visitor.cancelled_at.is_(None),
        Application.state.in_((State.CONFIRMED, State.MUST_SHRINK)),
        Application.channel.in_((Channel.WEB, Channel.TELEPHONE)),
        Departure.called_off_at.is_(None),
        ~_SOMEBODY_ELSE,
        ~_EXCUSED,
    )
)
"""Those of whose party nobody came: who gave places back, was displaced or called off is in another state. Whoever was
not let in by an authority could not come.
"""


def _absences(
    session: Session, persons: Iterable[str], steps: Ladder, now: datetime
) -> Mapping[Person, Sequence[datetime]]:
    """When each of these people stayed away, as far back as it can matter."""
    wanted = _ABSENT.where(
        Visitor.person_index.in_(list(persons)),
        Departure.starts_at <= now,
        Departure.starts_at >= steps.reaches_back_to(now),
    )
    found: dict[Person, list[datetime]] = defaultdict(list)
    for index, namesake, starts_at in session.execute(wanted):
        found[index, namesake].append(starts_at)
    return found


def stayed_away_between(session: Session, since: datetime, until: datetime) -> list[UUID]:
    """The applications for departures of that time of which nobody came. A query."""
    here = _ABSENT.add_columns(Application.id).where(Departure.starts_at >= since, Departure.starts_at < until)
    return sorted({application_id for *_, application_id in session.execute(here)})


def _stayed_away(session: Session, application_id: UUID, now: datetime) -> bool:
    wanted = _ABSENT.where(Visitor.application_id == application_id, Departure.starts_at <= now)
    return session.execute(wanted.limit(1)).first() is not None
