"""Companions that an account keeps: its own alone, twenty at most, and not for ever."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.ground.moments import StandingClock
from tests.notices.outbox import settings
from tourbook import accounts
from tourbook.accounts import CompanionDetails, Keeping
from tourbook.accounts.models import Companion, Person
from tourbook.actor import GUEST, Actor, Role
from tourbook.audit import TrailEntry
from tourbook.db import db, new_id, transaction
from tourbook.errors import NotFound, Refused
from tourbook.kst import parse_moment

MINSU = CompanionDetails("이민수", date(1988, 2, 29), "KR")
ANNA = CompanionDetails("Anna Maria Schmidt", date(1991, 7, 3), "DE")


@pytest.fixture
def me(app: Flask, session: Session) -> Actor:
    return account(app, "me@example.kr")


@pytest.fixture
def other(app: Flask, session: Session) -> Actor:
    return account(app, "other@example.kr")


def account(app: Flask, mail: str) -> Actor:
    somebody(app, mail=mail)
    with app.app_context():
        person = accounts.person_by_mail(db.session(), mail)
        return Actor("person", person_id=person.id, role=Role.CITIZEN)


def many(number: int, *, first: int = 0) -> list[CompanionDetails]:
    return [CompanionDetails(f"동행 {one}", date(1990, 1, 1), "KR") for one in range(first, first + number)]


def kept(session: Session, actor: Actor) -> list[CompanionDetails]:
    session.rollback()
    return [one.details for one in accounts.companions_of(session, actor.person_id)]


def only(session: Session, actor: Actor) -> UUID:
    session.rollback()
    (one,) = accounts.companions_of(session, actor.person_id)
    return one.id


def test_companions_are_kept_once_however_often_and_however_spaced(session: Session, clock: StandingClock, me: Actor):
    first = accounts.keep_companions([MINSU, ANNA], actor=me, now=clock.now)
    spaced = CompanionDetails("이 민 수", MINSU.birth_date, "KR")
    again = accounts.keep_companions([spaced, MINSU], actor=me, now=clock.now)

    assert (first, again) == (Keeping(2, 0), Keeping(1, 0))
    assert kept(session, me) == [ANNA, MINSU]


def test_nothing_readable_is_stored_and_no_number_of_a_document(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([ANNA], actor=me, now=clock.now)

    row = session.scalars(select(Companion)).one()
    stored = " ".join(str(vars(row)[column.name]) for column in Companion.__table__.columns)
    assert "Anna" not in stored
    assert "1991" not in stored
    assert not {column.name for column in Companion.__table__.columns if "document" in column.name}


def test_the_same_person_kept_by_two_accounts_has_nothing_in_common(
    session: Session, clock: StandingClock, me: Actor, other: Actor
):
    for actor in (me, other):
        accounts.keep_companions([MINSU], actor=actor, now=clock.now)

    indices = session.scalars(select(Companion.kept_index)).all()
    assert len(set(indices)) == 2


def test_twenty_are_kept_at_most_and_nobody_makes_room_unasked(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions(many(19), actor=me, now=clock.now)
    full = accounts.keep_companions([*many(1, first=5), *many(3, first=100)], actor=me, now=clock.now)

    assert full == Keeping(kept=2, left_out=2)
    assert len(kept(session, me)) == 20
    assert set(many(19)) < set(kept(session, me))


def test_the_companions_of_one_account_are_nothing_to_another(
    session: Session, clock: StandingClock, me: Actor, other: Actor
):
    accounts.keep_companions([MINSU], actor=other, now=clock.now)
    theirs, told = only(session, other), {"actor": me, "now": clock.now}

    assert kept(session, me) == []
    assert not accounts.are_kept(session, me.person_id, [MINSU])
    with pytest.raises(NotFound):
        accounts.companion_of(session, me.person_id, theirs)
    with pytest.raises(NotFound):
        accounts.change_companion(theirs, ANNA, **told)
    with pytest.raises(Refused, match="companion_gone"):
        accounts.bring_companions([theirs], **told)
    assert not accounts.forget_companion(theirs, **told)
    assert kept(session, other) == [MINSU]


def test_a_guest_keeps_and_brings_nobody(session: Session, clock: StandingClock, other: Actor):
    accounts.keep_companions([MINSU], actor=other, now=clock.now)
    told = {"actor": GUEST, "now": clock.now}

    with pytest.raises(NotFound):
        accounts.keep_companions([MINSU], **told)
    with pytest.raises(Refused, match="companion_gone"):
        accounts.bring_companions([only(session, other)], **told)


def test_who_is_brought_counts_as_used(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU, ANNA], actor=me, now=clock.now)
    minsu = next(one.id for one in accounts.companions_of(session, me.person_id) if one.details == MINSU)
    session.rollback()
    later = clock.now + timedelta(days=40)

    assert accounts.bring_companions([minsu], actor=me, now=later) == [MINSU]
    used = {row.name: row.used_at for row in session.scalars(select(Companion))}
    assert used == {"이민수": later, "Anna Maria Schmidt": clock.now}


def test_none_is_brought_where_one_of_them_is_gone(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU], actor=me, now=clock.now)

    with pytest.raises(Refused, match="companion_gone"):
        accounts.bring_companions([only(session, me), new_id()], actor=me, now=clock.now + timedelta(days=1))
    assert session.scalars(select(Companion.used_at)).one() == clock.now


def test_a_companion_is_corrected(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU], actor=me, now=clock.now)
    accounts.change_companion(only(session, me), ANNA, actor=me, now=clock.now)

    assert kept(session, me) == [ANNA]
    assert accounts.are_kept(session, me.person_id, [ANNA])


def test_a_companion_cannot_become_one_that_is_kept_already(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU, ANNA], actor=me, now=clock.now)
    anna, _minsu = (one.id for one in accounts.companions_of(session, me.person_id))
    session.rollback()

    with pytest.raises(Refused, match="companion_twice"):
        accounts.change_companion(anna, MINSU, actor=me, now=clock.now)


@pytest.mark.parametrize("born", [date(2026, 5, 5), date(1905, 12, 31)])
def test_nobodys_birth_date_is_refused(session: Session, clock: StandingClock, me: Actor, born: date):
    accounts.keep_companions([MINSU], actor=me, now=clock.now)

    with pytest.raises(Refused, match="birth_date_unlikely"):
        accounts.change_companion(only(session, me), CompanionDetails("이민수", born, "KR"), actor=me, now=clock.now)


def test_deleting_twice_does_no_harm(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU], actor=me, now=clock.now)
    found = only(session, me)

    assert [accounts.forget_companion(found, actor=me, now=clock.now) for _ in range(2)] == [True, False]
    assert kept(session, me) == []


def test_who_was_not_used_for_twelve_months_is_forgotten(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU], actor=me, now=parse_moment("2026-05-04T09:00"))
    accounts.keep_companions([ANNA], actor=me, now=parse_moment("2026-05-05T00:00"))
    (anna, minsu) = accounts.companions_of(session, me.person_id)
    session.rollback()

    assert (minsu.kept_until, anna.kept_until) == (date(2027, 5, 4), date(2027, 5, 5))
    assert accounts.forget_companions(now=parse_moment("2027-05-04T23:59")) == 0
    assert accounts.forget_companions(now=parse_moment("2027-05-05T00:00")) == 1
    assert kept(session, me) == [ANNA]


def test_an_installation_may_forget_sooner(app: Flask, session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU], actor=me, now=parse_moment("2026-05-04T09:00"))

    with settings(app, companion_months=1):
        assert accounts.forget_companions(now=parse_moment("2026-06-05T00:00")) == 1


def test_the_end_of_an_account_is_the_end_of_its_companions(
    session: Session, clock: StandingClock, me: Actor, other: Actor
):
    for actor in (me, other):
        accounts.keep_companions([MINSU], actor=actor, now=clock.now)
    with transaction() as writing:
        writing.execute(update(Person).where(Person.id == me.person_id).values(disabled_at=clock.now))

    assert accounts.forget_companions(now=clock.now) == 1
    assert (kept(session, me), kept(session, other)) == ([], [MINSU])


def test_the_trail_counts_and_names_nobody(session: Session, clock: StandingClock, me: Actor):
    accounts.keep_companions([MINSU, ANNA], actor=me, now=clock.now)
    anna, _ = (one.id for one in accounts.companions_of(session, me.person_id))
    session.rollback()
    accounts.change_companion(anna, CompanionDetails("Anna Schmidt", date(1991, 7, 3), "DE"), actor=me, now=clock.now)
    accounts.forget_companion(anna, actor=me, now=clock.now)

    told = session.scalars(select(TrailEntry).where(TrailEntry.subject_id == me.person_id).order_by(TrailEntry.id))
    acts = [(entry.act, entry.facts) for entry in told if entry.act.startswith("companion")]
    assert acts == [("companions_kept", {"people": 2}), ("companion_changed", {}), ("companion_forgotten", {})]
