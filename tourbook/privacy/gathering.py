"""Own data of an account or of one application, with who has read it. Reads only; to read oneself is no access."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.accounts import Organisation, Person, link_of
from tourbook.accounts.companions import kept_until_of
from tourbook.accounts.models import Companion, Passkey, SecondFactor, SignIn
from tourbook.accounts.roles import actor_of
from tourbook.accounts.service import SIGN_INS_KEPT
from tourbook.applications.models import Application
from tourbook.errors import NotFound
from tourbook.kst import civil_day
from tourbook.privacy.own import FORMAT, OwnAccount, OwnCompanion, OwnData, OwnLink, OwnPasskey, OwnSignIn, Reading
from tourbook.privacy.parties import Grouped, history_of, parties_of, people_of, role_in, told_of
from tourbook.records import RECORDS_KEPT
from tourbook.records.models import AccessRecord

Named = Mapping[UUID, tuple[str | None, int | None]]


def own_data_of_account(session: Session, person_id: UUID, *, now: datetime) -> OwnData:
    """Everything that is kept about an account, its companions and its applications. A query."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("application_unknown")
    wanted = session.scalars(select(Application.id).where(Application.person_id == person_id)).all()
    return _told(session, wanted, _account(session, person, now), now, of_account=person.id)


def own_data_of_application(session: Session, application_id: UUID, *, now: datetime) -> OwnData:
    """Everything that is kept about one application. A query."""
    return _told(session, [application_id], None, now)


def _told(
    session: Session,
    wanted: Sequence[UUID],
    account: OwnAccount | None,
    now: datetime,
    *,
    of_account: UUID | None = None,
) -> OwnData:
    parties, people = parties_of(session, wanted), people_of(session, wanted)
    named: dict[UUID, tuple[str | None, int | None]] = {of_account: (None, None)} if of_account else {}
    for one in parties:
        reference = one.application.reference
        named[one.application.id] = reference, None
        named |= {visitor.id: (reference, visitor.place + 1) for visitor in people[one.application.id]}
    applications = told_of(session, parties, people, now=now)
    return OwnData(FORMAT, now, account, applications, _readings(session, named))


def _readings(session: Session, named: Named) -> tuple[Reading, ...]:
    """Who has read these, the latest first."""
    rows = (
        select(AccessRecord, Organisation.name_ko, Organisation.name_en)
        .outerjoin(Organisation, Organisation.id == AccessRecord.organisation_id)
        .where(AccessRecord.subject_id.in_(list(named)))
        .order_by(AccessRecord.at.desc(), AccessRecord.set_id.desc(), AccessRecord.place)
    )
    return tuple(
        Reading(
            at=one.at,
            by=role_in(one.reader),
            organisation_ko=ko,
            organisation_en=en,
            task=one.task,
            purpose=one.purpose,
            details=tuple(one.fields.split(",")),
            application=named[one.subject_id][0],
            person=named[one.subject_id][1],
            kept_until=civil_day(one.at + RECORDS_KEPT),
        )
        for one, ko, en in session.execute(rows)
    )


def _account(session: Session, person: Person, now: datetime) -> OwnAccount:
    acting = actor_of(session, person.id, now=now)
    works_for = session.get(Organisation, acting.organisation_id) if acting.organisation_id else None
    factor = session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.person_id == person.id))
    keys = select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.added_at, Passkey.id)
    passkeys = tuple(OwnPasskey(one.device, one.added_at, one.last_used_at) for one in session.scalars(keys))
    link = link_of(session, person.id)
    sign_ins = select(SignIn).where(SignIn.person_id == person.id).order_by(SignIn.created_at.desc(), SignIn.id)
    companions = select(Companion).where(Companion.person_id == person.id).order_by(Companion.kept_at, Companion.id)
    history: Grouped = history_of(session, Person.__tablename__, [person.id])
    return OwnAccount(
        name=person.name,
        mail=person.mail,
        role=str(acting.role),
        organisation_ko=works_for.name_ko if works_for else None,
        organisation_en=works_for.name_en if works_for else None,
        language=person.language,
        made_at=person.created_at,
        second_factor_since=min([one.added_at for one in passkeys] + ([factor] if factor else []), default=None),
        passkeys=passkeys,
        linked_sign_in=OwnLink(link.linked_at, link.last_used_at) if link else None,
        sign_ins=tuple(map(_sign_in, session.scalars(sign_ins))),
        companions=tuple(map(_companion, session.scalars(companions))),
        history=tuple(history[person.id]),
    )


def _sign_in(one: SignIn) -> OwnSignIn:
    kept = civil_day(one.ends_at + SIGN_INS_KEPT)
    return OwnSignIn(one.device, one.created_at, one.seen_at, one.ends_at, one.ended_at, kept)


def _companion(one: Companion) -> OwnCompanion:
    who = (one.name, one.birth_date, one.nationality)
    return OwnCompanion(*who, one.text_version, one.kept_at, kept_until_of(one))
