"""Places are not passed on by moving either: whoever came by exchange is a newcomer on the next date too."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import open_offer, refusal, settle_all
from tests.clearance.office import Office, build_office, person, visitors
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, cancel_visitor, transfer
from tourbook.applications.models import Visitor
from tourbook.clearance import exchange_visitor
from tourbook.db import db
from tourbook.errors import Conflict, Refused


def moved_by_choice(office: Office, party: UUID) -> UUID:
    other = office.scene.add_departure("2026-05-21T10:00", 10)
    return transfer(party, other, form_id="t1", actor=GUEST, now=office.scene.now)


def moved_by_an_offer(office: Office, party: UUID) -> UUID:
    office.scene.add_departure("2026-05-21T10:00", 10)
    office.scene.add_order("open", "2026-05-21")
    office.scene.add_order("closed", "2026-05-20", "2026-05-20")
    settle_all(office.scene)
    offer_id = open_offer(party).id
    db.session.rollback()
    return accept_offer(offer_id, actor=GUEST, now=office.scene.now)


@pytest.fixture
def office(session: Session) -> Office:
    return build_office()


@pytest.fixture(params=[moved_by_choice, moved_by_an_offer])
def the_one_who_applied(request: pytest.FixtureRequest, office: Office) -> Visitor:
    """One of two has come by exchange, then both have moved to another date: who is left of those who applied."""
    move: Callable[[Office, UUID], UUID] = request.param
    party = office.apply(2)
    office.at("2026-05-10T10:00")
    settle_all(office.scene)
    stays, goes = visitors(party)
    name = stays.name
    exchange_visitor(goes.id, person("새 사람 하나"), actor=GUEST, now=office.scene.now)
    (left,) = (one for one in visitors(move(office, party)) if one.name == name)
    return left


def test_whoever_applied_is_not_exchanged_on_the_next_date_either(office: Office, the_one_who_applied: Visitor) -> None:
    with pytest.raises(Refused) as error:
        exchange_visitor(the_one_who_applied.id, person("새 사람 둘"), actor=GUEST, now=office.scene.now)

    assert refusal(error) == "exchanged_already"


def test_whoever_applied_does_not_leave_the_places_to_a_newcomer_on_the_next_date(
    office: Office, the_one_who_applied: Visitor
) -> None:
    with pytest.raises(Conflict) as error:
        cancel_visitor(the_one_who_applied.id, actor=GUEST, now=office.scene.now)

    assert refusal(error) == "nobody_stays"


def test_the_newcomer_may_leave_on_the_next_date(office: Office, the_one_who_applied: Visitor) -> None:
    (newcomer,) = (one for one in visitors(the_one_who_applied.application_id) if one.id != the_one_who_applied.id)

    cancel_visitor(newcomer.id, actor=GUEST, now=office.scene.now)

    assert [one.name for one in visitors(the_one_who_applied.application_id) if not one.cancelled_at] == [
        the_one_who_applied.name
    ]
