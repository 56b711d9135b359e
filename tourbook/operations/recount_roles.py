"""Recounting who has which role; each finding names its row and what is wrong."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from tourbook.accounts.models import Organisation, Person
from tourbook.accounts.roles import Held, held
from tourbook.accounts.spans import is_held_for_good
from tourbook.actor import Role

Fault = tuple[str, str]


def role_findings(session: Session, now: datetime) -> Iterator[Fault]:
    """What stands against the roles as they are: two at the same moment, those that cannot be open any more, and that
    nobody is left who gives them. A query.
    """
    roles = held(session, true())
    closed = _closed(session, now)
    yield from _two_at_once(roles)
    yield from _without_their_organisation(roles)
    yield from _still_open(session, roles, closed, now)
    yield from _nobody_left(roles, closed, now)


def _closed(session: Session, now: datetime) -> frozenset[UUID]:
    return frozenset(session.scalars(select(Person.id).where(Person.disabled_at <= now)))


def _two_at_once(roles: Sequence[Held]) -> Iterator[Fault]:
    """Nobody has two roles at the same moment: pages and permissions know one."""
    by_person: dict[UUID, list[Held]] = defaultdict(list)
    for one in roles:
        by_person[one.grant.person_id].append(one)
    for person_id, theirs in by_person.items():
        for later, earlier in combinations(theirs, 2):
            if later.span.meets(earlier.span):
                both = f"{later.grant.role.value} ({later.grant.id}) and {earlier.grant.role.value}"
                yield str(person_id), f"is {both} ({earlier.grant.id}) at the same moment"


def _without_their_organisation(roles: Sequence[Held]) -> Iterator[Fault]:
    for one in roles:
        if (one.grant.role is Role.OPERATOR) != (one.grant.organisation_id is not None):
            has = "no organisation" if one.grant.organisation_id is None else "an organisation"
            yield str(one.grant.id), f"is a role of {one.grant.role.value} with {has}"


def _still_open(session: Session, roles: Sequence[Held], closed: frozenset[UUID], now: datetime) -> Iterator[Fault]:
    """An organisation is retired when nobody works for it or will, and closing an account ends its roles."""
    retired = select(Organisation.id, Organisation.code).where(Organisation.retired_at <= now)
    codes = {row.id: row.code for row in session.execute(retired)}
    for one in roles:
        if one.span.is_over_at(now):
            continue
        if one.grant.organisation_id in codes:
            yield str(one.grant.id), f"is open, and its organisation {codes[one.grant.organisation_id]} is retired"
        if one.grant.person_id in closed:
            yield str(one.grant.id), f"is open, and the account {one.grant.person_id} is closed"


def _nobody_left(roles: Sequence[Held], closed: frozenset[UUID], now: datetime) -> Iterator[Fault]:
    """Since there has been an administrator there always is one whose account is open, and at last one without an
    end.
    """
    given = [one for one in roles if one.grant.role is Role.ADMINISTRATOR]
    able = [one.span for one in given if one.grant.person_id not in closed]
    first = min((one.grant.begins_at for one in given), default=None)
    if first and first <= now and not is_held_for_good(able, now):
        yield "administrators", "none is left whose account is open and whose role has no end"
