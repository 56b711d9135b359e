"""Completing a visitor and exchanging one, before the freeze line; nobody passes a party's places on altogether."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, refusal, told
from tests.clearance.office import (
    AFTER_THE_FIRST,
    AFTER_THE_FREEZE,
    BEFORE_ANYTHING_IS_DUE,
    BEFORE_THE_FREEZE,
    Office,
    person,
)
from tests.notices.outbox import settings
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.applications.acts.details import details_of
from tourbook.applications.models import Attendance, Consent
from tourbook.clearance import Standing
from tourbook.db import db
from tourbook.errors import Conflict, Refused
from tourbook.rosters import mark_attendance


def going(party: object) -> list[str]:
    """The names of those of a party who still go."""
    return [one.name for one in visitors(party) if one.cancelled_at is None]


def test_another_person_goes_in_place_of_one(office: Office, session: Session) -> None:
    party = office.apply(3)

    clearance.exchange_visitor(visitors(party)[1].id, person("새 동행"), actor=GUEST, now=office.scene.now)

    assert len(going(party)) == 3
    assert going(party)[-1] == "새 동행"
    assert departure(office.departure_id).seats_taken == 3
    assert told(session, party)[-1] == "visitor_exchanged"
    assert_sound(office.scene, session)


def test_the_new_person_is_still_to_be_handed_over(office: Office) -> None:
    party = office.apply(2)
    office.submit()

    clearance.exchange_visitor(visitors(party)[1].id, person(), actor=GUEST, now=office.scene.now)

    assert visitors(party)[-1].place == 2  # a number that nobody of the party has had
    assert office.submit() == 2


def test_twice_the_same_person_is_one_exchange(office: Office) -> None:
    party, newcomer = office.apply(2), person()
    visitor = visitors(party)[1]

    came = {clearance.exchange_visitor(visitor.id, newcomer, actor=GUEST, now=office.scene.now) for _ in range(2)}

    assert len(came) == 1
    assert len(going(party)) == 2


def test_a_second_visitor_of_ones_own_accord_is_refused(office: Office) -> None:
    party = office.apply(3)
    first, second, _ = visitors(party)
    clearance.exchange_visitor(first.id, person(), actor=GUEST, now=office.scene.now)

    with pytest.raises(Conflict) as error:
        clearance.exchange_visitor(second.id, person(), actor=GUEST, now=office.scene.now)

    assert refusal(error) == "exchanged_already"


def test_a_party_is_not_passed_on_altogether(office: Office) -> None:
    party = office.apply(1)

    with pytest.raises(Conflict) as error:
        clearance.exchange_visitor(visitors(party)[0].id, person(), actor=GUEST, now=office.scene.now)

    assert refusal(error) == "nobody_stays"


def test_not_even_by_refusal_after_refusal_is_it_passed_on(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    clearance.exchange_visitor(office.refuse(party, 2).id, person(), actor=GUEST, now=office.scene.now)

    with pytest.raises(Conflict) as error:
        clearance.exchange_visitor(office.refuse(party, 1).id, person(), actor=GUEST, now=office.scene.now)

    assert refusal(error) == "nobody_stays"


def test_once_names_are_due_nobody_is_exchanged_of_ones_own_accord(office: Office) -> None:
    party = office.apply(2)
    office.at(AFTER_THE_FIRST)

    with pytest.raises(Conflict) as error:
        clearance.exchange_visitor(visitors(party)[1].id, person(), actor=GUEST, now=office.scene.now)

    assert refusal(error) == "exchange_too_late"


def test_whoever_was_refused_is_exchanged_until_the_freeze_line(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()
    office.at(BEFORE_THE_FREEZE)
    visitor = office.refuse(party, 2)

    clearance.exchange_visitor(visitor.id, person("새 동행"), actor=GUEST, now=office.scene.now)

    assert going(party)[-1] == "새 동행"
    assert_sound(office.scene, session)


def test_nobody_is_exchanged_after_the_freeze_line(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.at(AFTER_THE_FREEZE)
    visitor = office.refuse(party, 2)

    with pytest.raises(Conflict) as error:
        clearance.exchange_visitor(visitor.id, person(), actor=GUEST, now=office.scene.now)

    assert refusal(error) == "names_frozen"
    assert len(going(party)) == 2


def test_the_new_person_must_be_one_who_may_go(office: Office) -> None:
    party = office.apply(2)
    newcomer = person()
    child = type(newcomer)(newcomer.name, newcomer.birth_date.replace(year=2020), "KR")

    with pytest.raises(Refused) as error:
        clearance.exchange_visitor(visitors(party)[1].id, child, actor=GUEST, now=office.scene.now)

    assert (refusal(error), error.value.field) == ("too_young", "visitors-0-birth_date")
    assert len(going(party)) == 2


def test_the_new_person_must_not_be_on_the_departure_already(office: Office) -> None:
    party, newcomer = office.apply(2), person()
    other = office.apply(2)
    clearance.exchange_visitor(visitors(other)[1].id, newcomer, actor=GUEST, now=office.scene.now)

    with pytest.raises(Conflict) as error:
        clearance.exchange_visitor(visitors(party)[1].id, newcomer, actor=GUEST, now=office.scene.now)

    assert (refusal(error), error.value.field) == ("person_twice", "visitors-0-name")


def test_the_new_person_must_not_be_one_of_the_party(office: Office) -> None:
    party, newcomer = office.apply(3), person()
    _, second, third = visitors(party)
    clearance.exchange_visitor(second.id, newcomer, actor=GUEST, now=office.scene.now)
    office.submit()
    office.refuse(party, 3)

    with pytest.raises(Refused) as error:
        clearance.exchange_visitor(third.id, newcomer, actor=GUEST, now=office.scene.now)

    assert refusal(error) == "person_twice_in_party"


def test_a_course_whose_names_nobody_checks_knows_no_exchange(office: Office) -> None:
    party = office.apply(2)
    for demand in clearance.demands_on(db.session(), office.scene.course_id):
        db.session.delete(demand)
    db.session.commit()  # as if the course had never had any

    with pytest.raises(Conflict) as error:
        clearance.exchange_visitor(visitors(party)[1].id, person(), actor=GUEST, now=office.scene.now)

    assert refusal(error) == "state_changed"


def test_a_passport_number_completes_a_visitor(office: Office, session: Session) -> None:
    party = office.apply(2, foreign=True)
    assert office.standings(party)[0] is Standing.MISSING

    clearance.complete_visitor(visitors(party)[0].id, "C01X00T47", actor=GUEST, now=office.scene.now)

    assert office.standings(party)[0] is Standing.READY
    assert "clearance" in session.scalars(select(Consent.item).where(Consent.application_id == party)).all()


def test_a_number_is_not_changed_once_it_is_there(office: Office) -> None:
    party = office.apply(2, foreign=True)
    visitor = visitors(party)[0]
    clearance.complete_visitor(visitor.id, "C01X00T47", actor=GUEST, now=office.scene.now)
    clearance.complete_visitor(visitor.id, "C01X00T47", actor=GUEST, now=office.scene.now)

    with pytest.raises(Conflict) as error:
        clearance.complete_visitor(visitor.id, "C99X00T47", actor=GUEST, now=office.scene.now)

    assert refusal(error) == "details_complete"


def test_details_are_completed_until_the_freeze_line(office: Office) -> None:
    party = office.apply(2, foreign=True)
    office.at(AFTER_THE_FREEZE)

    with pytest.raises(Conflict) as error:
        clearance.complete_visitor(visitors(party)[0].id, "C01X00T47", actor=GUEST, now=office.scene.now)

    assert refusal(error) == "names_frozen"


def test_whoever_lacks_something_is_exchanged_once_names_are_due(office: Office) -> None:
    party = office.apply(2, foreign=True)
    office.at(AFTER_THE_FIRST)

    clearance.exchange_visitor(visitors(party)[0].id, person("새 동행"), actor=GUEST, now=office.scene.now)

    assert office.standings(party) == [Standing.READY, Standing.READY]
    assert office.at(BEFORE_ANYTHING_IS_DUE)


def test_whoever_is_closed_out_travels_in_place_of_nobody(app: Flask, office: Office) -> None:
    earlier = office.scene.add_departure("2026-05-10T10:00", 6)
    away = office.scene.apply(earlier, 1, names=["한가람"])
    office.at("2026-05-10T10:30")
    mark_attendance(visitors(away)[0].id, Attendance.NO_SHOW, actor=office.operator, now=office.scene.now)
    party = office.apply(2)
    closed_out = details_of(visitors(away)[0])

    with settings(app, closure_steps="1:1"), pytest.raises(Refused) as error:
        clearance.exchange_visitor(visitors(party)[1].id, closed_out, actor=GUEST, now=office.scene.now)

    assert (error.value.code, error.value.field) == ("person_closed", "visitors-0-name")
