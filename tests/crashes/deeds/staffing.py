"""People who work here: roles given and ended, accounts closed, invitations."""

from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import select

from tests.accounts.people import PASSWORD, actor_of, somebody
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tests.operations.staff import grant_of
from tourbook import accounts
from tourbook.accounts.link_models import LinkKind
from tourbook.accounts.password_links import choose_password
from tourbook.accounts.roles import RoleTerms
from tourbook.actor import COMMAND, Role
from tourbook.db import db, new_id
from tourbook.errors import NotFound
from tourbook.kst import parse_moment
from tourbook.notices import Notice
from tourbook.operations import (
    Invitee,
    disable_account,
    enable_account,
    end_all_sign_ins,
    end_role,
    grant_role,
    invite,
    invite_again,
)

NOW = parse_moment(MONDAY_MORNING)
BY = {"actor": COMMAND, "now": NOW}
SEASON = RoleTerms(Role.OPERATOR, "paju", date(2030, 6, 1), date(2030, 8, 31), "성수기")
INVITEE = Invitee("이바다", "bada@example.kr", "ko", SEASON)


def citizen(ground: Ground) -> UUID:
    somebody(ground.app, Role.OPERATOR)  # so that there is Paju
    return actor_of(somebody(ground.app)).person_id or new_id()


def operator(ground: Ground) -> UUID:
    return actor_of(somebody(ground.app, Role.OPERATOR)).person_id or new_id()


@deed()
def gives_a_role(ground: Ground) -> Doing:
    whom = citizen(ground)
    return Doing(lambda: grant_role(whom, SEASON, form_id="a role", **BY) is None, NOW)


@deed()
def ends_a_role(ground: Ground) -> Doing:
    grant = grant_of(operator(ground))
    return Doing(lambda: end_role(grant, last_day=None, reason="이동", **BY) is None, NOW)


@deed()
def disables_an_account(ground: Ground) -> Doing:
    whom = operator(ground)
    accounts.sign_in(mail="operator@example.kr", password=PASSWORD, address="192.0.2.9", now=NOW)
    return Doing(lambda: disable_account(whom, reason="이동", **BY) is None, NOW)


@deed()
def opens_an_account_again(ground: Ground) -> Doing:
    whom = operator(ground)
    disable_account(whom, reason="이동", **BY)
    return Doing(lambda: enable_account(whom, reason="복귀", **BY) is None, NOW)


@deed()
def ends_all_sign_ins_of_somebody(ground: Ground) -> Doing:
    whom = operator(ground)
    accounts.sign_in(mail="operator@example.kr", password=PASSWORD, address="192.0.2.9", now=NOW)
    return Doing(lambda: end_all_sign_ins(whom, **BY) is None, NOW)


@deed()
def invites_somebody(ground: Ground) -> Doing:
    citizen(ground)
    return Doing(lambda: invite(INVITEE, form_id="an invitation", **BY) is None, NOW)


@deed(invitation=1, notice=1, trail_entry=1)  # asked for again, another link is sent, which takes its place
def invites_somebody_again(ground: Ground) -> Doing:
    citizen(ground)
    whom = invite(INVITEE, form_id="an invitation", **BY)
    return Doing(partial(invite_again, whom, **BY), NOW)


@deed()
def accepts_an_invitation(ground: Ground) -> Doing:
    citizen(ground)
    invite(INVITEE, form_id="an invitation", **BY)
    link = next(one.link for one in db.session.scalars(select(Notice)) if one.link)
    db.session.rollback()

    def act() -> None:
        try:
            choose_password(str(link), PASSWORD, LinkKind.INVITED, address="192.0.2.9", now=NOW)
        except NotFound:
            return  # it was accepted before

    return Doing(act, NOW)
