"""After the freeze line nobody is promoted, however a place becomes free; what was offered before cannot be taken."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, refusal, settle_all, state, told
from tests.clearance.office import AFTER_THE_FREEZE, BEFORE_THE_FREEZE, Office, choice_about, trail
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, cancel, cancel_visitor
from tourbook.applications.models import State
from tourbook.clearance import Answer
from tourbook.errors import Conflict


def refused_one_goes(office: Office, party: object) -> None:
    visitor = office.refuse(party, 3)
    clearance.choose(visitor.id, Answer.GO_WITHOUT, actor=GUEST, now=office.scene.now)


def refused_party_cancels(office: Office, party: object) -> None:
    visitor = office.refuse(party, 3)
    clearance.choose(visitor.id, Answer.CANCELLED, actor=GUEST, now=office.scene.now)


def nobody_answers(office: Office, party: object) -> None:
    office.scene.now = choice_about(office.refuse(party, 3)).deadline
    while clearance.close_due(now=office.scene.now):
        pass


def party_cancels(office: Office, party: object) -> None:
    cancel(party, actor=GUEST, now=office.scene.now)


def one_cancels(office: Office, party: object) -> None:
    cancel_visitor(visitors(party)[0].id, actor=GUEST, now=office.scene.now)


WAYS = [refused_one_goes, refused_party_cancels, nobody_answers, party_cancels, one_cancels]


@pytest.mark.parametrize("becomes_free", WAYS)
def test_nobody_is_promoted_after_the_freeze_line(office: Office, session: Session, becomes_free) -> None:
    office.apply(5)
    office.apply(2)
    party = office.apply(3)
    waiting = [office.apply(seats, wait=True) for seats in (1, 2, 3)]
    office.submit()
    office.at(AFTER_THE_FREEZE)

    becomes_free(office, party)
    settle_all(office.scene)

    assert departure(office.departure_id).seats_taken < 10
    assert trail(session, "offer_made") == []
    assert [state(one) for one in waiting] == [State.EXPIRED] * 3
    assert "offer" not in {kind for one in waiting for kind in told(session, one)}
    assert_sound(office.scene, session)


def test_an_offer_that_was_made_before_cannot_be_accepted_after(office: Office) -> None:
    office.apply(5)
    office.apply(4)
    leaving, waiting = office.apply(1), office.apply(1, wait=True)
    office.at(BEFORE_THE_FREEZE)
    cancel(leaving, actor=GUEST, now=office.scene.now)
    offer = open_offer(waiting)
    assert offer is not None

    with pytest.raises(Conflict) as error:
        accept_offer(offer.id, actor=GUEST, now=office.at(AFTER_THE_FREEZE).scene.now)

    assert refusal(error) == "offer_lapsed"
    assert state(waiting) is not State.CONFIRMED


def test_until_the_last_hour_of_the_day_before_it_a_place_is_still_offered(office: Office) -> None:
    office.apply(5)
    office.apply(4)
    leaving, waiting = office.apply(1), office.apply(1, wait=True)
    office.at("2026-05-18T19:59")  # names freeze at 24:00; nobody has to answer after 21:00, or within an hour

    cancel(leaving, actor=GUEST, now=office.scene.now)

    assert open_offer(waiting) is not None
