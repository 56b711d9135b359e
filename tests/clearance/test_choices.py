"""What a party does of which somebody was refused, at no cost; and what happens where nobody answers."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, refusal, state, told
from tests.clearance.office import (
    Office,
    choice_about,
    person,
    trail,
)
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, Fee, State, Visitor
from tourbook.clearance import Answer
from tourbook.db import db
from tourbook.errors import Conflict


def refused(office: Office, seats: int = 3) -> tuple[UUID, Visitor]:
    """A party of which the last visitor was refused by the NIS."""
    party = office.apply(seats)
    office.submit()
    return party, office.refuse(party, seats)


def close_all(office: Office) -> None:
    while clearance.close_due(now=office.scene.now):
        pass


def test_a_party_may_go_without_the_visitor_who_was_refused(office: Office, session: Session) -> None:
    party, visitor = refused(office)

    came_of_it = clearance.choose(visitor.id, Answer.GO_WITHOUT, actor=GUEST, now=office.scene.now)

    assert came_of_it is Answer.GO_WITHOUT
    assert [one.id for one in visitors(party) if one.cancelled_at] == [visitor.id]
    assert state(party) is State.CONFIRMED
    assert departure(office.departure_id).seats_taken == 2
    assert told(session, party)[-2:] == ["clearance_refused", "gone_without"]
    assert_sound(office.scene, session)


def test_a_party_may_cancel_altogether_without_any_penalty(office: Office, session: Session) -> None:
    party, visitor = refused(office)

    clearance.choose(visitor.id, Answer.CANCELLED, actor=GUEST, now=office.scene.now)

    assert state(party) is State.CANCELLED
    assert trail(session, "application_cancelled")[-1]["without_penalty"] is True
    assert told(session, party)[-1] == "clearance_cancelled"
    assert_sound(office.scene, session)


def test_a_fee_that_was_paid_is_to_be_returned_until_somebody_has(office: Office, session: Session) -> None:
    party, visitor = refused(office)
    db.session.get_one(Application, party).fee = Fee.PAID
    db.session.commit()

    clearance.choose(visitor.id, Answer.CANCELLED, actor=GUEST, now=office.scene.now)

    assert db.session.get_one(Application, party, populate_existing=True).fee is Fee.PAID


def test_a_party_of_one_that_was_refused_is_cancelled(office: Office) -> None:
    party, visitor = refused(office, 1)

    came_of_it = clearance.choose(visitor.id, Answer.GO_WITHOUT, actor=GUEST, now=office.scene.now)

    assert came_of_it is Answer.CANCELLED
    assert state(party) is State.CANCELLED


def test_the_same_choice_twice_does_no_harm(office: Office) -> None:
    party, visitor = refused(office)

    answers = [clearance.choose(visitor.id, Answer.GO_WITHOUT, actor=GUEST, now=office.scene.now) for _ in range(2)]

    assert answers == [Answer.GO_WITHOUT] * 2
    assert departure(office.departure_id).seats_taken == 2
    assert state(party) is State.CONFIRMED


def test_another_choice_afterwards_is_refused(office: Office) -> None:
    _, visitor = refused(office)
    clearance.choose(visitor.id, Answer.GO_WITHOUT, actor=GUEST, now=office.scene.now)

    with pytest.raises(Conflict) as error:
        clearance.choose(visitor.id, Answer.CANCELLED, actor=GUEST, now=office.scene.now)

    assert refusal(error) == "choice_answered"


def test_where_nobody_answers_the_others_go(office: Office, session: Session) -> None:
    party, visitor = refused(office)
    office.scene.now = choice_about(visitor).deadline

    close_all(office)

    assert choice_about(visitor).answer is Answer.GO_WITHOUT
    assert state(party) is State.CONFIRMED
    assert departure(office.departure_id).seats_taken == 2
    assert_sound(office.scene, session)


def test_a_choice_after_its_deadline_is_refused(office: Office) -> None:
    _, visitor = refused(office)
    office.scene.now = choice_about(visitor).deadline

    with pytest.raises(Conflict) as error:
        clearance.choose(visitor.id, Answer.CANCELLED, actor=GUEST, now=office.scene.now)

    assert refusal(error) == "choice_over"


def test_before_its_deadline_nothing_is_closed(office: Office) -> None:
    _, visitor = refused(office)

    close_all(office)

    assert choice_about(visitor).answer is None


def test_a_question_to_a_party_that_has_gone_anyway_is_moot(office: Office) -> None:
    party, visitor = refused(office)
    cancel(party, actor=GUEST, now=office.scene.now)
    office.scene.now = choice_about(visitor).deadline

    close_all(office)

    assert choice_about(visitor).answer is Answer.MOOT


def test_a_party_that_cancelled_cannot_choose_any_more(office: Office) -> None:
    party, visitor = refused(office)
    cancel(party, actor=GUEST, now=office.scene.now)

    with pytest.raises(Conflict) as error:
        clearance.choose(visitor.id, Answer.GO_WITHOUT, actor=GUEST, now=office.scene.now)

    assert refusal(error) == "state_changed"


def test_the_place_is_offered_on_before_the_freeze_line(office: Office) -> None:
    office.apply(5)
    office.apply(2)
    _, visitor = refused(office)
    waiting = office.apply(1, wait=True)

    clearance.choose(visitor.id, Answer.GO_WITHOUT, actor=GUEST, now=office.scene.now)

    assert open_offer(waiting) is not None


def test_the_place_of_a_party_that_never_answers_is_offered_on_in_time(office: Office) -> None:
    office.apply(5)
    office.apply(2)
    party = office.apply(3)
    waiting = office.apply(1, wait=True)
    office.submit()
    office.at("2026-05-18T10:00")
    visitor = office.refuse(party, 3)
    office.scene.now = choice_about(visitor).deadline

    close_all(office)

    assert open_offer(waiting) is not None


def test_an_exchange_answers_the_question(office: Office) -> None:
    _, visitor = refused(office)

    clearance.exchange_visitor(visitor.id, person(), actor=GUEST, now=office.scene.now)

    assert choice_about(visitor).answer is Answer.EXCHANGED
