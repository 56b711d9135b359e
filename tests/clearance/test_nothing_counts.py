"""Whoever an authority does not let in has not stayed away: no closure and no rate counts it."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, state
from tests.clearance.office import NIS, STARTS, UNC, Office, reference
from tests.notices.outbox import settings
from tests.rosters.gate import visitors
from tourbook.applications import closure_of
from tourbook.applications.models import Attendance, State, Visitor
from tourbook.db import db
from tourbook.operations import check
from tourbook.rosters import look_back, mark_attendance

AFTER = "2026-05-20T13:00"


@pytest.fixture(autouse=True)
def _ladder(app: Flask) -> Iterator[None]:
    with settings(app, closure_steps="1:1,2:3"):
        yield


def refused_after_the_freeze(office: Office, seats: int = 1) -> UUID:
    """A party whose first visitor was refused the evening before, and that did not choose."""
    party = office.at("2026-05-18T10:00").apply(seats)
    office.submit()
    office.at("2026-05-19T10:00").refuse(party)
    return party


def nobody_came(office: Office, party: UUID) -> None:
    office.at(STARTS)
    for visitor in visitors(party):
        mark_attendance(visitor.id, Attendance.NO_SHOW, actor=office.operator, now=office.scene.now)
    office.at(AFTER)


def closed(office: Office, party: UUID) -> bool:
    return closure_of(db.session(), party, now=office.scene.now) is not None


def missed(office: Office) -> int:
    day = date(2026, 5, 20)
    found = look_back(db.session(), day, day, actor=office.operator, now=office.scene.now)
    return sum(party.missed for party in found.seen)


def test_whoever_was_refused_and_is_marked_as_not_come_is_not_closed_out(office: Office, session: Session) -> None:
    party = refused_after_the_freeze(office)
    nobody_came(office, party)

    assert state(party) is State.CONFIRMED
    assert not closed(office, party)
    assert missed(office) == 0
    assert_sound(office.scene, session)


def test_who_stays_away_though_not_refused_still_counts(office: Office) -> None:
    party = refused_after_the_freeze(office, 2)
    nobody_came(office, party)

    assert closed(office, party)
    assert missed(office) == 1


def test_whoever_is_let_in_after_all_counts_like_everybody(office: Office) -> None:
    party = refused_after_the_freeze(office)
    office.reply(f"{reference(party)},1,cleared,")
    nobody_came(office, party)

    assert closed(office, party)
    assert missed(office) == 1


def test_one_authority_that_refuses_is_enough(office: Office, session: Session) -> None:
    party = office.at("2026-05-18T10:00").apply(1)
    for authority in (NIS, UNC):
        office.submit(authority)
    for authority in (NIS, UNC):
        office.reply(f"{reference(party)},1,refused,", authority=authority)
    office.reply(f"{reference(party)},1,cleared,", authority=UNC)

    assert visitors(party)[0].kept_out
    assert_sound(office.scene, session)


def test_a_no_show_that_counts_against_somebody_refused_is_found(office: Office, session: Session) -> None:
    refused_after_the_freeze(office)
    db.session.execute(update(Visitor).values(kept_out=False))
    db.session.commit()
    session.expire_all()

    sentences = [one.sentence for one in check(session, now=office.scene.now).findings if one.invariant == 19]

    assert sentences == ["is refused by an authority or counts as kept out, but not both"]
