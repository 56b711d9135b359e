"""Roles: who has which from when until when, given and ended by administrators, and never overwritten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accounts.factors import add_factor, half_sign_in
from tests.accounts.people import actor_of, somebody
from tests.ground.moments import StandingClock
from tests.notices.outbox import settings
from tests.operations.staff import SEASON, Staff, administrator, build_staff, grant_of, role_at, told_to
from tourbook import accounts
from tourbook.accounts import person_by_mail
from tourbook.accounts.closing import open_sign_ins
from tourbook.accounts.models import Organisation, SignIn
from tourbook.accounts.role_models import RoleEnd, RoleGrant
from tourbook.accounts.roles import RoleTerms, roles_of
from tourbook.actor import COMMAND, Role
from tourbook.audit import TrailEntry
from tourbook.db import new_id
from tourbook.errors import NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.operations import (
    check,
    disable_account,
    enable_account,
    end_all_sign_ins,
    end_role,
    grant_role,
    retire_organisation,
)

AT_ONCE = RoleTerms(Role.OPERATOR, "paju", reason="새 담당자")
BOSS = RoleTerms(Role.ADMINISTRATOR, reason="후임")
WHY = "이동"


@pytest.fixture
def staff(app: Flask, session: Session) -> Iterator[Staff]:
    yield build_staff(app)
    session.rollback()


def end(staff: Staff, grant: UUID, clock: StandingClock, last_day: date | None = None) -> bool:
    return end_role(grant, last_day=last_day, reason=WHY, actor=staff.admin, now=clock.now)


def refusal(code: str) -> object:
    return pytest.raises(Refused, match=f"^{code}( |$)")


def test_a_role_counts_from_the_next_request_of_a_browser_that_is_open(staff: Staff, clock: StandingClock):
    token = staff.sign_in(clock.now)
    before = role_at(token, clock.now)

    staff.give(AT_ONCE, clock.now)

    assert (before, role_at(token, clock.now)) == (Role.CITIZEN, Role.OPERATOR)


def test_an_operator_sees_the_organisation_that_the_role_is_for(staff: Staff, session: Session, clock: StandingClock):
    token = staff.sign_in(clock.now)
    staff.give(AT_ONCE, clock.now)

    found = accounts.person_of_sign_in(session, token, now=clock.now)
    paju = session.scalars(select(Organisation.id).where(Organisation.code == "paju")).one()

    assert found is not None
    assert (found.organisation_id, found.actor.organisation_id) == (paju, paju)


def test_a_role_of_a_season_begins_and_ends_by_itself_at_midnight_in_korea(staff: Staff, clock: StandingClock):
    staff.give(SEASON, clock.now)
    moments = ("2026-05-31T23:59", "2026-06-01T00:00", "2026-08-31T23:59", "2026-09-01T00:00")

    found = [role_at(staff.sign_in(parse_moment(one)), parse_moment(one)) for one in moments]

    assert found == [Role.CITIZEN, Role.OPERATOR, Role.OPERATOR, Role.CITIZEN]


def test_an_ended_role_counts_no_longer_and_stays_known(staff: Staff, session: Session, clock: StandingClock):
    token, grant = staff.sign_in(clock.now), staff.give(AT_ONCE, clock.now)
    given = clock.now
    clock.move(minutes=5)

    assert end(staff, grant, clock)

    assert role_at(token, clock.now) is Role.CITIZEN
    (kept,) = roles_of(session, staff.person_id)
    assert (kept.span.begins_at, kept.span.ends_at) == (given, clock.now)
    assert kept.grant.given_by == kept.end.decided_by == staff.admin.label
    assert (kept.grant.reason, kept.end.reason) == ("새 담당자", WHY)


def test_a_role_may_end_on_a_day_to_come_and_then_sooner_but_not_later(
    staff: Staff, session: Session, clock: StandingClock
):
    grant = staff.give(AT_ONCE, clock.now)

    assert end(staff, grant, clock, date(2026, 5, 31))
    with refusal("role_ends_sooner"):
        end(staff, grant, clock, date(2026, 6, 30))
    assert end(staff, grant, clock, date(2026, 5, 10))

    (kept,) = roles_of(session, staff.person_id)
    assert kept.span.ends_at == parse_moment("2026-05-11T00:00")
    assert len(kept.ends) == 2  # what was decided first is still there


def test_ending_twice_is_done_once(staff: Staff, session: Session, clock: StandingClock):
    grant = staff.give(AT_ONCE, clock.now)

    first = end(staff, grant, clock)
    clock.move(seconds=1)

    assert (first, end(staff, grant, clock)) == (True, False)
    assert session.scalar(select(func.count()).select_from(RoleEnd)) == 1
    assert told_to("citizen@example.kr") == ["role_given", "role_ended"]


def test_the_same_form_gives_one_role(staff: Staff, session: Session, clock: StandingClock):
    given = [grant_role(staff.person_id, AT_ONCE, form_id="f", actor=staff.admin, now=clock.now) for _ in range(2)]

    assert given[0] == given[1]
    assert session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == staff.person_id)).all() == given[:1]
    with refusal("form_reused"):
        grant_role(staff.person_id, BOSS, form_id="f", actor=staff.admin, now=clock.now)


def test_nobody_has_two_roles_at_once_but_one_after_the_other(staff: Staff, clock: StandingClock):
    staff.give(SEASON, clock.now)

    with refusal("role_beside_another"):
        staff.give(BOSS, clock.now)
    staff.give(replace(BOSS, last_day=date(2026, 5, 31)), clock.now)
    staff.give(replace(BOSS, first_day=date(2026, 9, 1)), clock.now)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (replace(AT_ONCE, organisation=None), "operator_needs_organisation"),
        (replace(BOSS, organisation="paju"), "operator_needs_organisation"),
        (replace(AT_ONCE, organisation="nowhere"), "organisation_unknown"),
        (replace(AT_ONCE, first_day=date(2026, 5, 3)), "role_begins_in_past"),
        (replace(AT_ONCE, last_day=date(2026, 5, 3)), "role_ends_before_it_begins"),
        (replace(AT_ONCE, reason=" "), "role_reason_missing"),
        (RoleTerms(Role.CITIZEN, reason="x"), "role_of_everybody"),
    ],
)
def test_what_is_no_role_is_not_given(
    staff: Staff, session: Session, clock: StandingClock, terms: RoleTerms, code: str
):
    with refusal(code):
        staff.give(terms, clock.now)

    assert roles_of(session, staff.person_id) == []
    assert told_to("citizen@example.kr") == []


def test_nobody_decides_about_the_own_account(staff: Staff, clock: StandingClock):
    administrator(staff.app, "other@example.kr")
    me = staff.admin.person_id
    assert me

    with refusal("own_role"):
        staff.give(AT_ONCE, clock.now, to=me)
    with refusal("own_role"):
        end(staff, grant_of(me), clock)
    with refusal("own_role"):
        disable_account(me, reason=WHY, actor=staff.admin, now=clock.now)


def test_the_last_administrator_stays_whoever_asks(staff: Staff, session: Session, clock: StandingClock):
    me = staff.admin.person_id
    assert me
    grant = grant_of(me)

    for day in (None, date(2026, 12, 31)):
        with refusal("last_administrator"):
            end_role(grant, last_day=day, reason=WHY, actor=COMMAND, now=clock.now)
    with refusal("last_administrator"):
        disable_account(me, reason=WHY, actor=COMMAND, now=clock.now)

    assert session.scalars(select(RoleEnd)).all() == []


def test_an_administrator_may_go_when_another_has_come_for_good(staff: Staff, clock: StandingClock):
    me, follower = staff.admin.person_id, staff.person_id
    assert me
    staff.give(replace(BOSS, first_day=date(2026, 6, 1)), clock.now, to=follower)

    with refusal("last_administrator"):  # May would have nobody
        end_role(grant_of(me), last_day=date(2026, 5, 20), reason=WHY, actor=COMMAND, now=clock.now)
    assert end_role(grant_of(me), last_day=date(2026, 5, 31), reason=WHY, actor=COMMAND, now=clock.now)
    with refusal("last_administrator"):  # and from June on the follower is the last one
        end(staff, grant_of(follower), clock)


def test_the_first_administrator_is_one_for_good(app: Flask, session: Session, clock: StandingClock):
    person = actor_of(somebody(app)).person_id
    assert person

    def give(**days: date) -> UUID:
        form = {"form_id": str(new_id()), "actor": COMMAND}
        return grant_role(person, replace(BOSS, **days), **form, now=clock.now)

    with refusal("administrator_with_end"):
        give(last_day=date(2026, 12, 31))
    assert session.scalars(select(RoleGrant)).all() == []
    assert give()


def test_an_administrator_with_an_end_is_made_where_another_follows_without_a_gap(
    staff: Staff, session: Session, clock: StandingClock
):
    me, follower = staff.admin.person_id, staff.person_id
    third = actor_of(somebody(staff.app, mail="third@example.kr")).person_id
    assert me
    assert third
    staff.give(replace(BOSS, first_day=date(2026, 6, 1)), clock.now, to=follower)
    end_role(grant_of(me), last_day=date(2026, 5, 31), reason=WHY, actor=COMMAND, now=clock.now)

    assert staff.give(replace(BOSS, last_day=date(2026, 5, 20)), clock.now, to=third)
    assert [one for one in check(session, now=clock.now).findings if one.invariant == 28] == []


def test_an_administrator_whose_account_is_closed_is_nobody_who_is_left(staff: Staff, clock: StandingClock):
    other = administrator(staff.app, "other@example.kr").person_id
    assert other
    disable_account(other, reason=WHY, actor=staff.admin, now=clock.now)
    enable_account(other, reason=WHY, actor=staff.admin, now=clock.now)
    assert staff.admin.person_id

    with refusal("last_administrator"):
        disable_account(staff.admin.person_id, reason=WHY, actor=COMMAND, now=clock.now)


def test_a_closed_account_has_no_role_and_no_sign_in_from_that_moment(
    staff: Staff, session: Session, clock: StandingClock
):
    staff.give(AT_ONCE, clock.now)
    tokens = [staff.sign_in(clock.now) for _ in range(2)]

    assert disable_account(staff.person_id, reason=WHY, actor=staff.admin, now=clock.now)
    assert not disable_account(staff.person_id, reason=WHY, actor=staff.admin, now=clock.now)

    assert [role_at(token, clock.now) for token in tokens] == [None, None]
    assert all(one.span.is_over_at(clock.now) for one in roles_of(session, staff.person_id))
    with refusal("sign_in_failed"):
        staff.sign_in(clock.now)
    with refusal("account_disabled"):
        staff.give(AT_ONCE, clock.now)


def test_an_account_that_is_open_again_has_no_role_until_it_is_given_anew(staff: Staff, clock: StandingClock):
    staff.give(AT_ONCE, clock.now)
    disable_account(staff.person_id, reason=WHY, actor=staff.admin, now=clock.now)
    clock.move(minutes=1)

    assert enable_account(staff.person_id, reason=WHY, actor=staff.admin, now=clock.now)

    assert role_at(staff.sign_in(clock.now), clock.now) is Role.CITIZEN
    staff.give(AT_ONCE, clock.now)
    assert told_to("citizen@example.kr") == ["role_given", "account_disabled", "account_enabled", "role_given"]


def test_all_sign_ins_of_somebody_end_at_once_and_others_stay(staff: Staff, session: Session, clock: StandingClock):
    tokens = [staff.sign_in(clock.now) for _ in range(3)]
    other = accounts.sign_in(
        mail="administrator@example.kr", password=staff.citizen.password, address="x", now=clock.now
    )

    open_before = open_sign_ins(session, staff.person_id, now=clock.now)
    ended = end_all_sign_ins(staff.person_id, actor=staff.admin, now=clock.now)

    assert (open_before, ended) == (3, 3)
    assert [role_at(token, clock.now) for token in tokens] == [None] * 3
    assert role_at(other.token, clock.now) is Role.ADMINISTRATOR
    assert end_all_sign_ins(staff.person_id, actor=staff.admin, now=clock.now) == 0
    assert told_to("citizen@example.kr") == ["signed_out"]


def test_no_sign_in_outlasts_what_the_role_allows(staff: Staff, session: Session, clock: StandingClock):
    staff.sign_in(clock.now)
    staff.give(replace(BOSS, last_day=date(2026, 5, 5)), clock.now)
    staff.sign_in(clock.now)

    ends = session.scalars(select(SignIn.ends_at)).all()

    assert {one - clock.now for one in ends} == {timedelta(hours=8)}


def test_everything_stands_in_the_trail_without_a_name(staff: Staff, session: Session, clock: StandingClock):
    grant = staff.give(AT_ONCE, clock.now)
    end(staff, grant, clock)
    disable_account(staff.person_id, reason=WHY, actor=staff.admin, now=clock.now)

    told = session.scalars(
        select(TrailEntry).where(TrailEntry.actor == staff.admin.label).order_by(TrailEntry.id)
    ).all()

    assert [one.act for one in told] == ["role_given", "role_ended", "account_disabled"]
    assert {one.subject_id for one in told} == {staff.person_id}
    assert told[0].facts == {
        "role": "operator",
        "organisation": "paju",
        "begins_at": clock.now.isoformat(),
        "reason_given": "새 담당자",
    }


def test_an_organisation_with_operators_is_not_retired_and_a_retired_one_gets_none(
    staff: Staff, session: Session, clock: StandingClock
):
    grant = staff.give(SEASON, clock.now)
    paju = session.scalars(select(Organisation.id).where(Organisation.code == "paju")).one()

    with refusal("organisation_has_operators"):
        retire_organisation(paju, retired=True, actor=staff.admin, now=clock.now)
    end(staff, grant, clock)
    assert retire_organisation(paju, retired=True, actor=staff.admin, now=clock.now)
    with refusal("organisation_retired"):
        staff.give(AT_ONCE, clock.now)
    assert retire_organisation(paju, retired=False, actor=staff.admin, now=clock.now)
    staff.give(AT_ONCE, clock.now)


def test_what_is_not_there_is_not_found(staff: Staff, clock: StandingClock):
    nobody = grant_of(staff.admin.person_id)  # the id of a role is nobody's account

    for act in (
        lambda: staff.give(AT_ONCE, clock.now, to=nobody),
        lambda: end(staff, staff.person_id, clock),
        lambda: disable_account(nobody, reason=WHY, actor=staff.admin, now=clock.now),
        lambda: end_all_sign_ins(nobody, actor=staff.admin, now=clock.now),
        lambda: retire_organisation(nobody, retired=True, actor=staff.admin, now=clock.now),
    ):
        with pytest.raises(NotFound):
            act()


def test_processes_of_the_release_before_still_find_the_role(staff: Staff, session: Session, clock: StandingClock):
    """While an upgrade runs (docs/operating.md) they read the columns of before."""
    grant = staff.give(AT_ONCE, clock.now)
    given = person_by_mail(session, staff.citizen.mail)
    assert given is not None
    assert (given.role_before, given.organisation_before is None) == (Role.OPERATOR, False)

    end(staff, grant, clock)

    session.expire_all()
    assert (given.role_before, given.organisation_before) == (Role.CITIZEN, None)


def test_whoever_becomes_staff_in_an_open_sign_in_adds_the_second_factor_first(
    app: Flask, staff: Staff, clock: StandingClock
):
    """The password alone opened it, as for every citizen; where staff need more, it counts no longer than that."""
    token = staff.sign_in(clock.now)
    with settings(app, second_factor="required"):
        before = role_at(token, clock.now)
        staff.give(BOSS, clock.now)

        assert (before, role_at(token, clock.now)) == (Role.CITIZEN, None)
        again = accounts.sign_in(
            mail=staff.citizen.mail, password=staff.citizen.password, address="192.0.2.1", now=clock.now
        )
        assert again.awaits is accounts.Awaits.SET_UP


def test_a_sign_in_that_awaits_the_code_is_nobodys_and_ends_uncounted(
    staff: Staff, session: Session, clock: StandingClock
):
    add_factor(staff.citizen, clock.now)
    before = open_sign_ins(session, staff.person_id, now=clock.now)
    half_sign_in(staff.citizen, clock.now)
    session.rollback()

    assert open_sign_ins(session, staff.person_id, now=clock.now) == before
    assert end_all_sign_ins(staff.person_id, actor=staff.admin, now=clock.now) == before
    session.rollback()
    assert all(one.ended_at for one in session.scalars(select(SignIn).where(SignIn.person_id == staff.person_id)))
