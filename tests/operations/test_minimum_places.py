"""A minimum offers only places that there are: none of a group's, and none to people who are there already."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import open_offer, settle_all
from tests.operations.test_minimum import BEFORE, afternoon, at_the_moment, declare, ended, letters
from tests.rosters.gate import Gate, build_gate
from tourbook.actor import COMMAND
from tourbook.kst import parse_moment
from tourbook.rosters.allotments import GroupPlaces, set_aside

NEXT_DAY = "2026-05-21"
SEVERAL_PEOPLE = ["김하나", "김두리"]


@pytest.fixture
def gate(session: Session) -> Gate:
    gate = build_gate(20)
    gate.scene.now = parse_moment(BEFORE)
    declare(gate.scene.course_id)
    return gate


def set_aside_for_a_group(gate: Gate, departure_id: UUID, places: int) -> None:
    until = gate.scene.now + timedelta(days=3)
    set_aside(departure_id, GroupPlaces("학교", places, until), form_id="a group", actor=COMMAND, now=gate.scene.now)
    settle_all(gate)


def offered(session: Session, party: UUID) -> UUID | None:
    """The departure that its letter of the call-off offers it."""
    offer = open_offer(party)
    assert bool(offer) == bool(letters(session, party)[0].get("offered_starts_at"))
    return offer.departure_id if offer else None


@pytest.mark.parametrize(("places", "same_day"), [(16, False), (14, True)])
def test_places_of_a_group_are_not_free(gate: Gate, session: Session, places: int, same_day: bool) -> None:
    nearest, next_day = afternoon(gate), afternoon(gate, 10, NEXT_DAY)
    small = gate.scene.apply(gate.departure_id, 2)
    gate.scene.apply(nearest, 4), gate.scene.apply(next_day, 4)
    set_aside_for_a_group(gate, nearest, places)

    at_the_moment(gate, session)

    assert offered(session, small) == (nearest if same_day else next_day)


def test_none_is_kept_for_people_whom_it_has_no_places_for(gate: Gate, session: Session) -> None:
    stronger = afternoon(gate)
    parties = gate.scene.apply(gate.departure_id, 2), gate.scene.apply(stronger, 3)
    set_aside_for_a_group(gate, stronger, 17)

    at_the_moment(gate, session)

    assert [bool(ended(one)) for one in (gate.departure_id, stronger)] == [True, True]
    assert [offered(session, one) for one in parties] == [None, None]


@pytest.mark.parametrize("there_already", [True, False])
def test_where_its_people_are_already_a_party_is_offered_the_next(
    gate: Gate, session: Session, there_already: bool
) -> None:
    nearest, next_day = afternoon(gate), afternoon(gate, 10, NEXT_DAY)
    small = gate.scene.apply(gate.departure_id, 2, names=SEVERAL_PEOPLE)
    gate.scene.apply(nearest, 2, names=SEVERAL_PEOPLE if there_already else None)
    gate.scene.apply(nearest, 4), gate.scene.apply(next_day, 4)

    at_the_moment(gate, session)

    assert offered(session, small) == (next_day if there_already else nearest)
