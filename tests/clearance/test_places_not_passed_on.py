"""Places are passed on neither by exchange and cancelling, nor is somebody who is not let in taken to another date."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, open_offer, refusal, settle_all, state
from tests.clearance.office import BEFORE_ANYTHING_IS_DUE, Office, build_office, person, visitors
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, cancel, cancel_visitor, release
from tourbook.applications.models import State
from tourbook.clearance import exchange_visitor
from tourbook.errors import Refused


@pytest.fixture
def office(session: Session) -> Office:
    return build_office()


def refused(act: Callable[[], object]) -> str:
    """The code with which an act is refused."""
    with pytest.raises(Refused) as error:
        act()
    return refusal(error)


def test_the_last_who_applied_does_not_leave_the_rest_to_others(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.at(BEFORE_ANYTHING_IS_DUE)
    first, second = visitors(party)
    came = exchange_visitor(second.id, person("새로 온 사람"), actor=GUEST, now=office.scene.now)

    for leave in (
        lambda: cancel_visitor(first.id, actor=GUEST, now=office.scene.now),
        lambda: release(party, [first.id], actor=GUEST, now=office.scene.now),
    ):
        assert refused(leave) == "nobody_stays"
    cancel_visitor(came, actor=GUEST, now=office.scene.now)
    assert [one.id for one in visitors(party) if one.cancelled_at is None] == [first.id]
    assert_sound(office.scene, session)


def test_one_of_those_who_applied_is_enough_and_all_may_leave(office: Office, session: Session) -> None:
    party = office.apply(3)
    office.at(BEFORE_ANYTHING_IS_DUE)
    first, _second, third = visitors(party)
    exchange_visitor(third.id, person("새로 온 사람"), actor=GUEST, now=office.scene.now)

    cancel_visitor(first.id, actor=GUEST, now=office.scene.now)
    cancel(party, actor=GUEST, now=office.scene.now)
    assert state(party) is State.CANCELLED


def test_a_party_of_which_nobody_came_by_exchange_becomes_smaller_as_ever(office: Office, session: Session) -> None:
    party = office.apply(2)

    cancel_visitor(visitors(party)[0].id, actor=GUEST, now=office.scene.now)
    assert state(party) is State.CONFIRMED


def test_who_is_not_let_in_goes_on_no_other_date_by_an_offer(office: Office, session: Session) -> None:
    other = office.scene.add_departure("2026-05-21T10:00", 10)
    party = office.apply(2)
    office.at(BEFORE_ANYTHING_IS_DUE)
    office.submit()
    office.at("2026-05-13T10:00")
    not_let_in = office.refuse(party, 1)
    office.scene.add_order("open", "2026-05-21")
    office.scene.add_order("closed", "2026-05-20", "2026-05-20")
    settle_all(office.scene)
    offer = open_offer(party)
    assert offer
    assert offer.departure_id == other
    offer_id = offer.id
    session.rollback()

    assert refused(lambda: accept_offer(offer_id, actor=GUEST, now=office.scene.now)) == "transfer_kept_out"
    cancel_visitor(not_let_in.id, actor=GUEST, now=office.scene.now)
    new = accept_offer(offer_id, actor=GUEST, now=office.scene.now)

    assert (state(new), len(visitors(new))) == (State.CONFIRMED, 1)
    assert_sound(office.scene, session)
