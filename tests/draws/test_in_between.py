"""What comes in between an entry and what the draw gives: a call-off, names that are final before the value came."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, state, told
from tests.draws.lottery import TERMS, Lottery, last_facts
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.courses import amend_until, course_by_id
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.operations import call_off_departure


def test_entrants_are_told_once_that_a_choice_was_called_off_and_what_is_left(
    lottery: Lottery, session: Session
) -> None:
    morning, noon, evening = lottery.departures
    both, alone, other = lottery.enter(noon, morning), lottery.enter(morning), lottery.enter(evening)

    for _ in range(2):
        call_off_departure(morning, reason_ko="날씨", reason_en="the weather", actor=COMMAND, now=lottery.now)

    assert told(session, both) == told(session, alone) == ["entered", "choice_called_off"]
    assert told(session, other) == ["entered"]
    assert [last_facts(session, one)["choices_left"] for one in (both, alone)] == [1, 0]
    assert last_facts(session, alone)["closes_at"] == TERMS.closes_at.isoformat()
    assert last_facts(session, alone)["starts_at"] == departure(morning).starts_at.isoformat()


def test_after_the_sealing_nobody_is_told_to_enter_anew(lottery: Lottery, session: Session) -> None:
    entered = lottery.enter(lottery.departures[0])
    lottery.close()

    call_off_departure(lottery.departures[0], reason_ko="날씨", reason_en="the weather", actor=COMMAND, now=lottery.now)

    assert "closes_at" not in last_facts(session, entered)


@pytest.mark.parametrize("sent", [True, False], ids=["names were sent", "names are final"])
def test_a_departure_whose_names_are_final_is_not_written_over_by_a_late_draw(
    lottery: Lottery, session: Session, sent: bool
) -> None:
    morning, noon, evening = lottery.departures
    late, in_time = lottery.enter(morning), lottery.enter(evening)
    waits = [lottery.enter(noon, seats=5) for _ in range(5)]
    lottery.close()
    lottery.draw()
    if sent:
        with transaction() as sending:
            sending.get_one(Departure, morning).roster_sent_at = lottery.now
    else:
        lottery.now = amend_until(course_by_id(session, lottery.course_id), departure(morning).starts_at)
    lottery.give()

    assert state(late) is State.NOT_DRAWN
    assert departure(morning).seats_taken == 0
    facts = last_facts(session, late)
    assert facts["drew"]
    assert "names for that departure were final" in facts["cause_en"]
    assert state(in_time) is State.CONFIRMED
    assert {state(one) for one in waits} <= {State.CONFIRMED, State.WAITING, State.NOT_DRAWN}
    assert_sound(lottery, session)
