"""Administrators decide about each other, and about the same person, at the same moment."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.operations.staff import Staff, administrator, build_staff, grant_of
from tests.races.test_last_seat import crowd
from tests.races.without_guards import meet_after, meeting, without_row_locks
from tourbook.accounts import roles
from tourbook.accounts.models import Organisation
from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import RoleTerms, held, roles_of
from tourbook.actor import Actor, Role
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.operations import (
    disable_account,
    end_role,
    grant_role,
    people,
    retire_organisation,
)

NOW = parse_moment(MONDAY_MORNING)


@pytest.fixture
def staff(database: Ground, clock: StandingClock) -> Iterator[Staff]:
    with database.app.app_context():
        yield build_staff(database.app)
        db.session.remove()


def two(staff: Staff) -> list[Actor]:
    return [staff.admin, administrator(staff.app, "other@example.kr")]


def each_ends_the_other(admins: list[Actor], ground: Ground) -> list[Any]:
    grants = [grant_of(one.person_id) for one in admins]

    def end(number: int) -> bool:
        return end_role(grants[1 - number], last_day=None, reason="이동", actor=admins[number], now=NOW)

    return crowd(ground, end, size=2)


def each_closes_the_other(admins: list[Actor], ground: Ground) -> list[Any]:
    people: list[UUID] = [one.person_id for one in admins if one.person_id]

    def close(number: int) -> bool:
        return disable_account(people[1 - number], reason="이동", actor=admins[number], now=NOW)

    return crowd(ground, close, size=2)


def administrators_left() -> int:
    db.session.rollback()
    db.session.expire_all()
    return sum(one.span.holds_at(NOW) for one in held(db.session(), RoleGrant.role == Role.ADMINISTRATOR))


@pytest.mark.parametrize("each", [each_ends_the_other, each_closes_the_other])
def test_of_two_administrators_who_end_each_other_at_once_one_stays(staff: Staff, database: Ground, each: Any) -> None:
    answers = each(two(staff), database)

    assert sorted(str(one) for one in answers) == ["True", "last_administrator"]
    assert administrators_left() == 1


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
@pytest.mark.parametrize("each", [each_ends_the_other, each_closes_the_other])
def test_control_without_the_lock_nobody_stays(
    staff: Staff, database: Ground, monkeypatch: pytest.MonkeyPatch, each: Any
) -> None:
    admins, meet = two(staff), meeting(2)
    usual = roles.somebody_is_left

    def when_both_have_read(*asked: Any) -> bool:
        meet()
        return usual(*asked)

    without_row_locks(monkeypatch, roles)
    monkeypatch.setattr(roles, "somebody_is_left", when_both_have_read)
    answers = each(admins, database)

    assert answers == [True, True]
    assert administrators_left() == 0


def both_give(staff: Staff, admins: list[Actor], ground: Ground) -> list[Any]:
    whom, terms = staff.person_id, RoleTerms(Role.OPERATOR, "paju", reason="새 담당자")

    def give(number: int) -> UUID:
        return grant_role(whom, terms, form_id=f"form {number}", actor=admins[number], now=NOW)

    return crowd(ground, give, size=2)


def test_a_role_that_two_give_at_once_is_given_once(staff: Staff, database: Ground) -> None:
    answers = both_give(staff, two(staff), database)

    assert sum(isinstance(one, Refused) and one.code == "role_beside_another" for one in answers) == 1
    assert len(roles_of(db.session(), staff.person_id)) == 1


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_somebody_has_two_roles_at_once(
    staff: Staff, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    admins = two(staff)
    without_row_locks(monkeypatch, roles)
    meet_after(monkeypatch, roles, "roles_of", meeting(2))
    both_give(staff, admins, database)
    db.session.rollback()

    assert len(roles_of(db.session(), staff.person_id)) == 2


def one_gives_and_one_retires(staff: Staff, admins: list[Actor], ground: Ground) -> list[Any]:
    [paju] = db.session.scalars(select(Organisation.id).where(Organisation.code == "paju"))
    whom, terms = staff.person_id, RoleTerms(Role.OPERATOR, "paju", reason="새 담당자")
    db.session.rollback()

    def act(number: int) -> object:
        told = {"actor": admins[number], "now": NOW}
        if number:
            return retire_organisation(paju, retired=True, **told)
        return bool(grant_role(whom, terms, form_id="a role", **told))

    return crowd(ground, act, size=2)


def test_an_organisation_is_not_retired_while_it_gets_an_operator(staff: Staff, database: Ground) -> None:
    answers = one_gives_and_one_retires(staff, two(staff), database)

    refused = {"organisation_retired", "organisation_has_operators"}
    assert True in answers
    assert len([one for one in answers if isinstance(one, Refused) and one.code in refused]) == 1


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_a_retired_organisation_gets_an_operator(
    staff: Staff, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    admins, meet = two(staff), meeting(2)
    without_row_locks(monkeypatch, roles)
    meet_after(monkeypatch, roles, "_organisation_of", meet)
    meet_after(monkeypatch, people, "held", meet)

    assert one_gives_and_one_retires(staff, admins, database) == [True, True]
