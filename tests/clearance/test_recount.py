"""The recount finds what must never be so of clearance."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.clearance.office import AFTER_THE_FREEZE, Office, person
from tests.clearance.test_named_again import close_the_day, open_it_again
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.clearance.models import ClearanceChoice, Exchange, Listed, Listing, Submission, VisitorClearance
from tourbook.db import db
from tourbook.kst import parse_moment
from tourbook.operations import check


def found(office: Office, session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return [one.sentence for one in check(session, now=office.scene.now).findings if one.invariant == 19]


def test_all_is_well_after_a_usual_course_of_events(office: Office, session: Session) -> None:
    party = office.apply(3)
    clearance.exchange_visitor(visitors(party)[0].id, person(), actor=GUEST, now=office.scene.now)
    office.submit()
    office.refuse(party, 2)

    assert found(office, session) == []


def test_an_exchange_after_the_freeze_line_is_found(office: Office, session: Session) -> None:
    party = office.apply(3)
    clearance.exchange_visitor(visitors(party)[0].id, person(), actor=GUEST, now=office.scene.now)
    db.session.execute(update(Exchange).values(at=parse_moment(AFTER_THE_FREEZE)))
    db.session.commit()

    assert [sentence.split(" after")[0] for sentence in found(office, session)] == ["somebody was exchanged"]


def test_a_name_added_after_the_freeze_line_is_found(office: Office, session: Session) -> None:
    office.apply(2)
    office.submit()
    office.apply(1)
    office.submit()
    late = parse_moment(AFTER_THE_FREEZE) + timedelta(hours=1)
    db.session.execute(update(Submission).where(Submission.number == 2).values(submitted_at=late))
    db.session.commit()

    assert [sentence.split(" after")[0] for sentence in found(office, session)] == ["somebody was added to a list"]


def test_a_gap_between_lists_is_found(office: Office, session: Session) -> None:
    office.apply(2)
    office.submit()
    db.session.execute(update(Submission).values(number=3))
    db.session.commit()

    assert found(office, session) == ["has lists for nis numbered [3]"]


def test_a_refusal_that_nobody_was_asked_about_is_found(office: Office, session: Session) -> None:
    party = office.apply(3)
    office.submit()
    office.refuse(party, 2)
    assert session.scalars(select(ClearanceChoice)).all()
    db.session.execute(delete(ClearanceChoice))
    db.session.commit()

    assert found(office, session) == ["was never asked about visitor 2, who was refused"]


def test_a_party_that_has_its_places_again_is_asked_within_minutes_and_found_after_them(
    office: Office, session: Session
) -> None:
    party = office.at("2026-05-13T10:00").apply(2)
    office.submit()
    measure = close_the_day(office)
    office.refuse(party)
    open_it_again(office.at("2026-05-14T10:00"), measure, party)

    before = found(office, session)
    office.at("2026-05-14T10:02")

    assert before == []
    assert found(office, session) == ["was never asked about visitor 1, who was refused"]


def test_somebody_who_came_into_a_list_twice_is_found(office: Office, session: Session) -> None:
    party = office.apply(1)
    office.submit()
    office.apply(1)
    office.submit()
    again = Listing.visitor_id == visitors(party)[0].id
    db.session.execute(update(Listing).where(again).values(listed=Listed.CAME))
    db.session.commit()

    assert found(office, session) == ["stands in the lists for nis as ['came', 'came']"]


def test_somebody_of_whom_an_authority_was_told_and_nothing_is_known_is_found(office: Office, session: Session) -> None:
    office.apply(1)
    office.submit()
    db.session.execute(delete(VisitorClearance))
    db.session.commit()

    assert found(office, session) == ["was handed over to nis or has its answer, but not both"]
