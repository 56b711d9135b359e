"""Handing names over, the first list and its amendments; who reads a file is written down."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, refusal, state
from tests.clearance.office import (
    AFTER_THE_FREEZE,
    BEFORE_ANYTHING_IS_DUE,
    BEFORE_THE_FREEZE,
    NIS,
    UNC,
    Office,
    person,
    trail,
)
from tests.operations.test_taking_back import GRACE, close, undo
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST, Actor, Role
from tourbook.applications import cancel, cancel_visitor, transfer
from tourbook.applications.models import State
from tourbook.clearance import Listed, Standing
from tourbook.clearance.listed import known_to
from tourbook.clearance.models import Submission
from tourbook.db import db, new_id
from tourbook.errors import Conflict, NotFound, Refused


def upcoming(office: Office) -> clearance.NextList:
    """What would be handed over to the NIS now."""
    shown = clearance.read_clearance(office.departure_id, actor=office.operator, now=office.scene.now)
    return shown.upcoming[NIS]


def test_whoever_is_handed_over_stands_as_submitted(office: Office) -> None:
    party = office.apply(2)

    number = office.submit()

    assert number == 1
    assert office.standings(party) == [Standing.READY, Standing.READY]  # UN Command was not told yet
    office.submit(UNC)
    assert office.standings(party) == [Standing.SUBMITTED, Standing.SUBMITTED]


def test_whoever_lacks_a_passport_number_is_not_handed_over(office: Office) -> None:
    party = office.apply(2, foreign=True)

    office.submit()

    assert office.standings(party) == [Standing.MISSING, Standing.READY]
    assert upcoming(office).has_news is False


def test_the_first_list_counts_as_the_names_that_were_sent(office: Office) -> None:
    office.apply(2)

    office.submit()

    assert departure(office.departure_id).roster_sent_at == office.scene.now


def test_a_party_that_goes_on_another_date_is_gone_from_this_list_and_stands_on_the_other(office: Office) -> None:
    party = office.apply(2)
    other_day = office.scene.add_departure("2026-05-27T10:00")
    office.submit()

    moved = transfer(party, other_day, form_id="another date", actor=GUEST, now=office.scene.now)

    assert {upcoming(office).listed[one.id] for one in visitors(party)} == {Listed.WENT}
    there = clearance.read_clearance(other_day, actor=office.operator, now=office.scene.now).upcoming[NIS]
    assert {there.listed[one.id] for one in visitors(moved)} == {Listed.CAME}


def test_an_amendment_names_who_came_and_who_went(office: Office) -> None:
    staying, leaving = office.apply(2), office.apply(1)
    office.submit()
    cancel(leaving, actor=GUEST, now=office.scene.now)
    joining = office.apply(1)

    amendment = upcoming(office)

    assert amendment.number == 2
    assert {
        visitors(party)[0].id: amendment.listed[visitors(party)[0].id] for party in (staying, leaving, joining)
    } == {
        visitors(staying)[0].id: Listed.STAYS,
        visitors(leaving)[0].id: Listed.WENT,
        visitors(joining)[0].id: Listed.CAME,
    }
    assert office.submit() == 2
    assert not upcoming(office).has_news


def test_the_file_of_an_amendment_holds_only_the_news(office: Office) -> None:
    office.apply(2)
    office.submit()
    office.apply(1)

    file = clearance.read_submission(office.departure_id, NIS, actor=office.operator, now=office.scene.now)

    assert [one.listed for one in file.people] == [Listed.CAME]


def test_reading_a_file_is_written_down_with_authority_and_people(office: Office, session: Session) -> None:
    office.apply(3)

    clearance.read_submission(office.departure_id, NIS, actor=office.operator, now=office.scene.now)

    assert trail(session, "roster_read") == [
        {"purpose": "clearance_file", "authority": "nis", "number": 1, "people": 3}
    ]


def test_reading_the_page_is_written_down(office: Office, session: Session) -> None:
    office.apply(3)

    clearance.read_clearance(office.departure_id, actor=office.operator, now=office.scene.now)

    assert trail(session, "roster_read") == [{"purpose": "clearance", "people": 3}]


def test_twice_the_same_list_is_one_submission(office: Office, session: Session) -> None:
    office.apply(2)
    mark = upcoming(office).mark
    told = {"mark": mark, "actor": office.operator, "now": office.scene.now}

    numbers = [clearance.record_submission(office.departure_id, NIS, **told) for _ in range(2)]

    assert numbers == [1, 1]
    assert len(session.scalars(select(Submission)).all()) == 1


def test_a_list_that_has_changed_since_it_was_shown_is_not_written_down(office: Office) -> None:
    office.apply(2)
    mark = upcoming(office).mark
    office.apply(1)

    with pytest.raises(Conflict) as error:
        clearance.record_submission(office.departure_id, NIS, mark=mark, actor=office.operator, now=office.scene.now)

    assert refusal(error) == "names_changed"


def test_somebody_exchanged_since_it_was_shown_is_not_handed_over(office: Office) -> None:
    party = office.at(BEFORE_ANYTHING_IS_DUE).apply(2)
    mark = upcoming(office).mark
    clearance.exchange_visitor(visitors(party)[1].id, person(), actor=GUEST, now=office.scene.now)

    with pytest.raises(Conflict) as error:
        clearance.record_submission(office.departure_id, NIS, mark=mark, actor=office.operator, now=office.scene.now)

    assert refusal(error) == "names_changed"


def test_nobody_is_added_after_the_freeze_line(office: Office) -> None:
    office.apply(2)
    late = office.apply(1, foreign=True)
    office.submit()
    office.at("2026-05-18T23:00")
    clearance.complete_visitor(visitors(late)[0].id, "C01X00T47", actor=GUEST, now=office.scene.now)
    office.at(AFTER_THE_FREEZE)

    with pytest.raises(Conflict) as error:
        office.submit()

    assert refusal(error) == "names_frozen"


def test_who_went_is_told_also_after_the_freeze_line(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.at(AFTER_THE_FREEZE)
    cancel_visitor(visitors(party)[1].id, actor=GUEST, now=office.scene.now)

    assert office.submit() == 2


def test_nobody_to_hand_over_is_refused(office: Office) -> None:
    with pytest.raises(Refused) as error:
        clearance.read_submission(office.departure_id, NIS, actor=office.operator, now=office.scene.now)

    assert refusal(error) == "nothing_to_submit"


def test_another_organisation_sees_nothing(office: Office) -> None:
    stranger = Actor("person", person_id=new_id(), role=Role.OPERATOR, organisation_id=new_id())

    with pytest.raises(NotFound):
        clearance.read_clearance(office.departure_id, actor=stranger, now=office.scene.now)


def test_what_is_stored_of_a_list_opens_nothing(office: Office, session: Session) -> None:
    party = office.apply(1)
    office.submit()

    stored = session.scalars(select(Submission)).one()

    assert len(stored.mark) == 64
    assert visitors(party)[0].name not in repr(vars(stored))
    assert_sound(office.scene, db.session())


def test_whom_a_change_has_moved_that_can_be_taken_back_is_not_taken_off_the_list(
    office: Office, session: Session
) -> None:
    """After the freeze line nobody could be put on it again, who has places again and was told nothing."""
    party = office.apply(3)
    office.at(BEFORE_THE_FREEZE).submit()
    office.at(AFTER_THE_FREEZE)
    mistake = close(office.scene)
    office.scene.now += timedelta(minutes=1)

    with pytest.raises(Refused) as error:
        office.submit()
    undo(office.scene, mistake)

    assert refusal(error) == "nothing_to_submit"
    assert state(party) is State.CONFIRMED
    assert len(known_to(session, office.departure_id, NIS)) == 3


def test_as_soon_as_it_can_not_be_taken_back_they_are_taken_off(office: Office) -> None:
    office.apply(3)
    office.at(BEFORE_THE_FREEZE).submit()
    office.at(AFTER_THE_FREEZE)
    close(office.scene)

    office.scene.now += GRACE

    assert upcoming(office).count(Listed.WENT) == 3
    assert office.submit() == 2
