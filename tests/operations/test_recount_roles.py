"""The recount sees roles that cannot be, whoever wrote them past the acts."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.ground.moments import StandingClock
from tests.operations.staff import SEASON, Staff, administrator, build_staff, grant_of
from tourbook.accounts.models import Organisation, Person
from tourbook.accounts.role_models import RoleEnd, RoleGrant
from tourbook.accounts.roles import RoleTerms
from tourbook.actor import Role
from tourbook.db import transaction
from tourbook.operations import check, disable_account, end_role, retire_organisation

OPERATOR = RoleTerms(Role.OPERATOR, "paju", reason="새 담당자")
DAY = timedelta(days=1)


@pytest.fixture
def staff(app: Flask, session: Session) -> Iterator[Staff]:
    """An administrator, a citizen, and the organisation of an operator."""
    yield build_staff(app)
    session.rollback()


@pytest.fixture
def organisation(staff: Staff, session: Session) -> UUID:
    found = session.scalars(select(Organisation.id)).one()
    session.rollback()
    return found


def found(session: Session, now: datetime) -> list[str]:
    session.rollback()
    session.expire_all()
    findings = check(session, now=now).findings
    session.rollback()
    return [one.sentence for one in findings if one.invariant == 28]


def second_role(staff: Staff, begins_at: datetime, until: datetime | None = None) -> None:
    """A role that was written past the acts."""
    with transaction() as act:
        told = {"given_by": "command", "given_at": begins_at, "reason": ""}
        act.add(RoleGrant(person_id=staff.person_id, role=Role.ADMINISTRATOR, begins_at=begins_at, until=until, **told))


def test_where_nobody_works_yet_nothing_is_found(session: Session, clock: StandingClock) -> None:
    assert found(session, clock.now) == []


def test_all_is_well_after_a_usual_course_of_events(
    staff: Staff, session: Session, clock: StandingClock, organisation: UUID
) -> None:
    clock.stand_at("2026-05-04T09:00")
    first = staff.give(OPERATOR, clock.now)
    told = {"reason": "이동", "actor": staff.admin}
    end_role(first, last_day=date(2026, 5, 31), **told, now=clock.now)
    season = staff.give(SEASON, clock.now)
    clock.stand_at("2026-06-01T00:00")
    assert found(session, clock.now) == []

    end_role(season, last_day=None, **told, now=clock.now)
    retire_organisation(organisation, retired=True, actor=staff.admin, now=clock.now)
    gone = administrator(staff.app, "gone@example.kr").person_id
    assert gone
    disable_account(gone, **told, now=clock.now)

    assert found(session, clock.now) == []
    assert found(session, clock.now + 400 * DAY) == []


@pytest.mark.parametrize(("begins_in", "lasts", "is_found"), [(0, None, True), (9, 1, True), (10, None, False)])
def test_two_roles_at_the_same_moment(
    staff: Staff, session: Session, clock: StandingClock, begins_in: int, lasts: int | None, *, is_found: bool
) -> None:
    staff.give(RoleTerms(Role.OPERATOR, "paju", reason="성수기"), clock.now)
    begins_at = clock.now + begins_in * DAY
    with transaction() as act:
        act.execute(update(RoleGrant).where(RoleGrant.role == Role.OPERATOR).values(until=clock.now + 10 * DAY))
    second_role(staff, begins_at, begins_at + lasts * DAY if lasts else None)

    both = [one for one in found(session, clock.now) if one.endswith("at the same moment")]

    assert (len(both), bool(both)) == (int(is_found), is_found)


def test_a_role_that_ended_before_its_time_meets_no_later_one(
    staff: Staff, session: Session, clock: StandingClock
) -> None:
    grant = staff.give(OPERATOR, clock.now)
    end_role(grant, last_day=None, reason="이동", actor=staff.admin, now=clock.now + DAY)
    second_role(staff, clock.now + DAY)
    assert found(session, clock.now + 2 * DAY) == []

    with transaction() as act:
        act.execute(update(RoleEnd).values(ends_at=clock.now + 2 * DAY))
    assert len(found(session, clock.now + 2 * DAY)) == 1


def test_a_retired_organisation_that_has_an_operator(
    staff: Staff, session: Session, clock: StandingClock, organisation: UUID
) -> None:
    staff.give(OPERATOR, clock.now)
    with transaction() as act:
        act.get_one(Organisation, organisation).retired_at = clock.now

    assert found(session, clock.now) == ["is open, and its organisation paju is retired"]
    assert found(session, clock.now - DAY) == []


def test_an_open_role_of_an_account_that_is_closed(staff: Staff, session: Session, clock: StandingClock) -> None:
    staff.give(OPERATOR, clock.now)
    with transaction() as act:
        act.get_one(Person, staff.person_id).disabled_at = clock.now

    assert found(session, clock.now) == [f"is open, and the account {staff.person_id} is closed"]


def test_roles_whose_organisation_is_missing_or_too_much(
    staff: Staff, session: Session, clock: StandingClock, organisation: UUID
) -> None:
    operator, boss = staff.give(OPERATOR, clock.now), grant_of(staff.admin.person_id)
    with transaction() as act:
        act.get_one(RoleGrant, operator).organisation_id = None
        act.get_one(RoleGrant, boss).organisation_id = organisation

    assert set(found(session, clock.now)) == {
        "is a role of operator with no organisation",
        "is a role of administrator with an organisation",
    }


NOBODY = "none is left whose account is open and whose role has no end"


@pytest.mark.parametrize("how", ["given until a day", "ended", "account closed"])
def test_nobody_is_left_who_gives_roles(staff: Staff, session: Session, clock: StandingClock, how: str) -> None:
    grant = grant_of(staff.admin.person_id)
    later = clock.now + 30 * DAY
    with transaction() as act:
        if how == "given until a day":
            act.get_one(RoleGrant, grant).until = later
        elif how == "ended":
            told = {"decided_by": "command", "decided_at": clock.now, "reason": ""}
            act.add(RoleEnd(grant_id=grant, ends_at=later, **told))
        else:
            act.get_one(Person, staff.admin.person_id).disabled_at = clock.now

    assert NOBODY in found(session, clock.now)
    administrator(staff.app, "another@example.kr")
    assert NOBODY not in found(session, clock.now)
