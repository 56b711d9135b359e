"""What administrators decide about people: who has which role from when until when, whose account is closed, who is
invited. Each is one act: under its locks, in the trail, and told to the person by mail.

Nobody decides about the own account, and there is always an administrator whose role has no end.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook import audit, once, seal
from tourbook.accounts import Organisation, Person
from tourbook.accounts.closing import disable, enable, refuse_own_account, shorten_sign_ins, sign_out_everywhere
from tourbook.accounts.link_models import LinkKind
from tourbook.accounts.password_links import enter_invited, enter_link, newest_link
from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import (
    Held,
    RoleTerms,
    enter_end,
    enter_role,
    held,
    locked_person,
    locked_person_among_administrators,
    record_role,
)
from tourbook.accounts.shared import refuse_shared
from tourbook.accounts.staff import Member, member
from tourbook.actor import Actor, Role
from tourbook.db import add_unless_there, lock, transaction
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.notices import Kind, Way, enqueue
from tourbook.records import ACCOUNT, record_reading

ACCOUNT_READ = "account_read"
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Invitee:
    """Who is invited to work here: what the account needs, and the role that it begins with."""

    name: str
    mail: str
    language: str
    terms: RoleTerms


def grant_role(person_id: UUID, terms: RoleTerms, *, form_id: str, actor: Actor, now: datetime) -> UUID:
    """Act: give somebody a role; gives its id. The same form, sent again, gives the same role.

    Refuses the own account, an account that is unknown, disabled or shared, a citizen's role (everybody has it), a role
    without a reason, and what accounts.roles.enter_role refuses.
    """
    refuse_own_account(person_id, actor)
    _refuse_unsaid(terms)
    content = {"person": person_id, "terms": repr(terms)}
    with transaction() as session:
        person = locked_person(session, person_id)
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return earlier
        if person.disabled_at is not None:
            raise Refused("account_disabled")
        refuse_shared(session, person_id)
        grant = _give(session, person, terms, actor=actor, now=now)
        _tell(session, Kind.ROLE_GIVEN, person, _facts(session, Held(grant)), now=now)
        once.remember(session, form_id, content, result_id=grant.id, now=now)
        return grant.id


def end_role(grant_id: UUID, *, last_day: date | None, reason: str, actor: Actor, now: datetime) -> bool:
    """Act: let a role end with that day, or at once where none is said. False where it is over already.

    Refuses an unknown role, an own one, one of a shared account, an end without a reason, and what
    accounts.roles.enter_end refuses: the last administrator above all.
    """
    _refuse_without_reason(reason)
    with transaction() as session:
        row = session.get(RoleGrant, grant_id)
        if row is None:
            raise NotFound("role_unknown")
        refuse_own_account(row.person_id, actor)
        refuse_shared(session, row.person_id)
        person = locked_person_among_administrators(session, row.person_id)
        (before,) = held(session, RoleGrant.id == grant_id)
        end = enter_end(session, before, last_day=last_day, reason=reason, actor=actor, now=now)
        if end is None:
            return False
        ended = before.with_end(end)
        record_role(session, "role_ended", ended, actor=actor, now=now, reason=reason)
        _tell(session, Kind.ROLE_ENDED, person, _facts(session, ended), now=now)
        return True


def disable_account(person_id: UUID, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Act: close an account; its roles and its sign-ins end at once. False where it was closed already.

    Refuses the own account, one that is unknown or shared, a decision without a reason, and the last administrator.
    """
    refuse_own_account(person_id, actor)
    _refuse_without_reason(reason)
    with transaction() as session:
        person = locked_person_among_administrators(session, person_id)
        refuse_shared(session, person_id)
        done = disable(session, person, reason=reason, actor=actor, now=now)
        if done:
            _tell(session, Kind.ACCOUNT_DISABLED, person, {}, now=now)
        return done


def enable_account(person_id: UUID, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Act: open an account again, without the roles that it had; refuses like `disable_account`."""
    refuse_own_account(person_id, actor)
    _refuse_without_reason(reason)
    with transaction() as session:
        person = locked_person(session, person_id)
        done = enable(session, person, reason=reason, actor=actor, now=now)
        if done:
            _tell(session, Kind.ACCOUNT_ENABLED, person, {}, now=now)
        return done


def end_all_sign_ins(person_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Act: sign somebody out of every browser at once; says how many there were. Refuses an account that is unknown or
    shared.
    """
    with transaction() as session:
        person = locked_person(session, person_id)
        refuse_shared(session, person_id)
        ended = sign_out_everywhere(session, person, actor=actor, now=now)
        if ended:
            _tell(session, Kind.SIGNED_OUT, person, {}, now=now)
        return ended


def invite(invitee: Invitee, *, form_id: str, actor: Actor, now: datetime) -> UUID:
    """Act: make an account with a role for somebody, who chooses the password by a link in a mail; gives its id.

    The same form, sent again, gives the same account. Refuses an address that has an account (it can be given a role),
    and what `grant_role` refuses.
    """
    _refuse_unsaid(invitee.terms)
    whom = seal.keyring().blind_index("mail", invitee.mail)  # what a form held is kept without personal data
    content = {"whom": whom, "terms": repr(invitee.terms)}
    with transaction() as session:
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return earlier
        person = enter_invited(session, invitee.name, invitee.mail, invitee.language, now=now)
        audit.record(session, "person_invited", subject=person, actor=actor, now=now)
        grant = _give(session, person, invitee.terms, actor=actor, now=now)
        _send_link(session, person, Held(grant), actor=actor, now=now)
        once.remember(session, form_id, content, result_id=person.id, now=now)
        return person.id


def invite_again(person_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: send another link to somebody who was invited and has not chosen a password; the one before is void.

    Refuses `not_invited` for every other account, and one without a role to come or in force.
    """
    with transaction() as session:
        person = locked_person(session, person_id)
        invitation = newest_link(session, person_id, LinkKind.INVITED)
        roles = [one for one in held(session, RoleGrant.person_id == person_id) if not one.span.is_over_at(now)]
        if invitation is None or invitation.used_at or person.disabled_at or not roles:
            raise Refused("not_invited")
        audit.record(session, "person_invited", subject=person, actor=actor, now=now)
        _send_link(session, person, roles[0], actor=actor, now=now)


def read_account(person_id: UUID, *, actor: Actor, now: datetime) -> Member:
    """Act: open somebody's account with its roles; refuses an unknown one.

    The account of somebody who has never worked here is a citizen's: that its name and address were read is written
    down (decisions 59 and 65).
    """
    with transaction() as session:
        found = member(session, person_id)
        if not found.roles:
            audit.record(session, ACCOUNT_READ, subject=found.person, actor=actor, now=now)
            told = {"task": ACCOUNT_READ, "kind": ACCOUNT}
            record_reading(session, [person_id], "name", "mail", **told, actor=actor, now=now)
        return found


def add_organisation(code: str, *, name_ko: str, name_en: str, actor: Actor, now: datetime) -> UUID:
    """Act: add an organisation; gives its id. Refuses a code that is taken or cannot be one, and a missing name."""
    if not CODE.fullmatch(code):
        raise Refused("code_unusable", field="code", value=code)
    _refuse_nameless(name_ko, name_en)
    with transaction() as session:
        made = Organisation(code=code, name_ko=name_ko, name_en=name_en)
        if not add_unless_there(session, made):
            raise Conflict("organisation_code_taken", field="code")
        audit.record(session, "organisation_added", subject=made, actor=actor, now=now, facts={"code": code})
        return made.id


def rename_organisation(organisation_id: UUID, *, name_ko: str, name_en: str, actor: Actor, now: datetime) -> bool:
    """Act: give an organisation other names; its code stays. False where it has these. Refuses a missing name."""
    _refuse_nameless(name_ko, name_en)
    with transaction() as session:
        found = _locked_organisation(session, organisation_id)
        was = (found.name_ko, found.name_en)
        if was == (name_ko, name_en):
            return False
        found.name_ko, found.name_en = name_ko, name_en
        facts = {"code": found.code, "name_ko": [was[0], name_ko], "name_en": [was[1], name_en]}
        audit.record(session, "organisation_renamed", subject=found, actor=actor, now=now, facts=facts)
        return True


def _refuse_nameless(name_ko: str, name_en: str) -> None:
    for field, name in (("name_ko", name_ko), ("name_en", name_en)):
        if not name.strip():
            raise Refused("organisation_nameless", field=field)


def retire_organisation(organisation_id: UUID, *, retired: bool, actor: Actor, now: datetime) -> bool:
    """Act: let an organisation get no more operators, or get them again; False where it is so already.

    Refuses to retire one that has operators, now or to come: their roles are ended first.
    """
    with transaction() as session:
        found = _locked_organisation(session, organisation_id)
        if (found.retired_at is not None) == retired:
            return False
        here = held(session, RoleGrant.organisation_id == organisation_id)
        if retired and any(not one.span.is_over_at(now) for one in here):
            raise Refused("organisation_has_operators")
        found.retired_at = now if retired else None
        act = "organisation_retired" if retired else "organisation_reopened"
        audit.record(session, act, subject=found, actor=actor, now=now, facts={"code": found.code})
        return True


def _locked_organisation(session: Session, organisation_id: UUID) -> Organisation:
    found = lock(session, Organisation, [organisation_id])
    if not found:
        raise NotFound("organisation_gone")
    return found[0]


def _refuse_unsaid(terms: RoleTerms) -> None:
    if terms.role is Role.CITIZEN:
        raise Refused("role_of_everybody", field="role")
    _refuse_without_reason(terms.reason)


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("role_reason_missing", field="reason")


def _give(session: Session, person: Person, terms: RoleTerms, *, actor: Actor, now: datetime) -> RoleGrant:
    grant = enter_role(session, person, terms, actor=actor, now=now)
    shorten_sign_ins(session, person, grant.role, grant.begins_at)
    record_role(session, "role_given", Held(grant), actor=actor, now=now, reason=terms.reason)
    return grant


def _send_link(session: Session, person: Person, role: Held, *, actor: Actor, now: datetime) -> None:
    invitation, token = enter_link(session, person, LinkKind.INVITED, actor=actor, now=now)
    facts = {**_facts(session, role), "deadline": invitation.ends_at.isoformat()}
    _tell(session, Kind.INVITED, person, facts, now=now, link_token=token)


def _facts(session: Session, role: Held) -> dict[str, Any]:
    """What a letter says of a role."""
    row, span = role.grant, role.span
    facts: dict[str, Any] = {"role": row.role.value, "role_from": span.begins_at.isoformat()}
    if span.ends_at:
        facts["role_until"] = span.ends_at.isoformat()
    if row.organisation_id:
        works_for = session.get_one(Organisation, row.organisation_id)
        facts |= {"organisation_ko": works_for.name_ko, "organisation_en": works_for.name_en}
    return facts


def _tell(
    session: Session, kind: Kind, person: Person, facts: dict[str, Any], *, now: datetime, link_token: str | None = None
) -> None:
    where = {"contact": person.mail, "way": Way.MAIL, "language": person.language}
    enqueue(session, kind, subject_id=None, link_token=link_token, facts=facts, now=now, **where)
