"""How far a round has come, and what is shown of it on the way."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.draws.lottery import TERMS, VALUE, Lottery
from tourbook.actor import COMMAND
from tourbook.draws import (
    Demand,
    RoundTerms,
    Stage,
    by_departure,
    count_entries,
    covered,
    give_value,
    stage_of,
    waiting_for_value,
    withdraw_round,
)
from tourbook.errors import Refused
from tourbook.operations import call_off_departure

SECOND = timedelta(seconds=1)


def test_a_round_goes_through_its_stages(lottery: Lottery, session: Session) -> None:
    seen = [stage_of(lottery.round, moment) for moment in (TERMS.opens_at - SECOND, TERMS.opens_at, TERMS.closes_at)]
    lottery.close()
    seen += [stage_of(lottery.round, moment) for moment in (TERMS.value_at - SECOND, TERMS.value_at)]
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=TERMS.value_at)
    seen.append(stage_of(lottery.round, TERMS.value_at))
    lottery.draw()
    seen.append(stage_of(lottery.round, TERMS.value_at))
    lottery.give()
    seen.append(stage_of(lottery.round, TERMS.value_at))

    # that no value could be had in time, and that it was stopped, is in test_late_sealing and test_holding
    assert seen == [stage for stage in Stage if stage not in {Stage.LOST, Stage.ON_HOLD}]


def test_a_round_waits_for_its_value_from_the_announced_moment_until_it_is_entered(
    lottery: Lottery, session: Session
) -> None:
    open_still = waiting_for_value(session, TERMS.value_at)
    lottery.close()
    early, due = (waiting_for_value(session, moment) for moment in (TERMS.value_at - SECOND, TERMS.value_at))
    lottery.draw()

    assert (list(open_still), list(early), list(due)) == ([], [], [lottery.round])
    assert list(waiting_for_value(session, lottery.now)) == []


def test_demand_and_places_stay_as_they_were_sealed(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    for _ in range(6):
        lottery.enter(morning, noon, seats=4)
    lottery.begin(noon)
    before = by_departure(session, lottery.round)
    lottery.close()
    lottery.draw()
    lottery.give()

    after = by_departure(session, lottery.round)

    assert [(one.code, one.places, one.wanted, one.drew) for one in before] == [
        ("20260711-1000", 20, Demand(6, 24), None),
        ("20260711-1400", 20, Demand(0, 0), None),
        ("20260712-1000", 20, Demand(0, 0), None),
    ]
    assert [(one.places, one.wanted, one.drew) for one in after] == [
        (20, Demand(6, 24), 20),
        (20, Demand(0, 0), 4),
        (20, Demand(0, 0), 0),
    ]
    assert count_entries(session, lottery.round) == Demand(6, 24)


def test_what_an_announcement_covers_is_said_before_it_is_made(lottery: Lottery, session: Session) -> None:
    with pytest.raises(Refused) as taken:
        covered(session, lottery.course_id, TERMS, now=lottery.now)
    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)
    lottery.add_order("half", "2026-07-01")
    call_off_departure(lottery.departures[1], reason_ko="날씨", reason_en="weather", actor=COMMAND, now=lottery.now)

    found = covered(session, lottery.course_id, TERMS, now=lottery.now)

    assert taken.value.code == "draw_code_taken"
    assert (found.departures, found.places) == (3, 20)
    assert found.first_starts_at < found.last_starts_at


@pytest.mark.parametrize(
    ("changed", "code"), [({"code": "J"}, "draw_code_unfit"), ({"code": "other"}, "draw_has_departure")]
)
def test_what_cannot_be_announced_is_refused_beforehand(
    lottery: Lottery, session: Session, changed: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        covered(session, lottery.course_id, RoundTerms(**{**vars(TERMS), **changed}), now=lottery.now)

    assert refused.value.code == code
