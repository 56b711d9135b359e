"""Those who work here, as pages show them: a row each, and everything that became of somebody's roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tourbook.accounts import Organisation
from tourbook.accounts.roles import Held
from tourbook.accounts.staff import Member
from tourbook.web import present
from tourbook.web.admin.people_forms import ROLE_WORDS
from tourbook.web.admin.trail import people_named
from tourbook.web.admin.trail_words import actor_words

Organisations = Mapping[UUID, Organisation]


@dataclass(frozen=True)
class PersonRow:
    """Somebody in the list: the role in force, else the next one, else the last one."""

    id: UUID
    name: str
    mail: str
    role: str
    organisation: str
    days: str
    state: str


@dataclass(frozen=True)
class RoleRow:
    """A role that somebody was given: what, from when until when, by whom and why, and how it ended."""

    id: UUID
    role: str
    organisation: str
    begins: str
    ends: str
    given: str
    given_because: str
    ended: str
    ended_because: str
    state: str
    may_end: bool


def person_row(one: Member, of: Organisations, now: datetime) -> PersonRow:
    """Somebody in the list."""
    role = one.role_at(now) or next(iter(one.roles), None)
    return PersonRow(
        id=one.person.id,
        name=present.person_name(one.person.name),
        mail=one.person.mail,
        role=str(ROLE_WORDS[role.grant.role]) if role else "–",
        organisation=_organisation(role, of) if role else "–",
        days=_days(role) if role else "–",
        state=one.standing(now).value,
    )


def role_rows(roles: Iterable[Held], of: Organisations, now: datetime) -> list[RoleRow]:
    """All roles of somebody; one statement for the names of those who decided about them."""
    found = list(roles)
    labels = {one.grant.given_by for one in found} | {end.decided_by for one in found for end in one.ends}
    people = people_named(sorted(labels))
    return [_role_row(one, of, people, now) for one in found]


def _role_row(one: Held, of: Organisations, people: Mapping[str, str], now: datetime) -> RoleRow:
    grant, end = one.grant, one.end
    over = one.span.is_over_at(now)
    return RoleRow(
        id=grant.id,
        role=str(ROLE_WORDS[grant.role]),
        organisation=_organisation(one, of),
        begins=present.instant(grant.begins_at),
        ends=present.deadline(one.span.ends_at) if one.span.ends_at else "–",
        given=f"{actor_words(grant.given_by, people)}, {present.instant(grant.given_at)}",
        given_because=grant.reason or "–",
        ended=f"{actor_words(end.decided_by, people)}, {present.instant(end.decided_at)}" if end else "–",
        ended_because=(end.reason if end else "") or "–",
        state="ended" if over else "working" if one.span.holds_at(now) else "coming",
        may_end=not over,
    )


def _organisation(role: Held, of: Organisations) -> str:
    found = of.get(role.grant.organisation_id) if role.grant.organisation_id else None
    return present.in_lang(found, "name") if found else "–"


def _days(role: Held) -> str:
    begins = present.instant(role.span.begins_at)
    return f"{begins} – {present.deadline(role.span.ends_at)}" if role.span.ends_at else f"{begins} –"
