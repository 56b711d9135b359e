"""A timetable that stood still seals too late: no value decides that may have been known by then."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, refusal, state, told
from tests.draws.lottery import TERMS, VALUE, Lottery, application, build_lottery
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.courses.models import Round
from tourbook.db import transaction
from tourbook.draws import (
    Stage,
    announce_round,
    draw_due,
    give_value,
    published,
    read,
    seal_due,
    stage_of,
    tell_withdrawn_due,
    waiting_for_value,
    withdraw_round,
    written,
)
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.operations.recount_draws import draw_findings

FALLBACK_AT = TERMS.value_at + timedelta(days=3)
WITH_A_MOMENT = replace(TERMS, fallback_at=FALLBACK_AT)


def sealed_at(moment: datetime, lottery: Lottery) -> None:
    lottery.now = moment
    while seal_due(now=moment):
        pass


def refused(lottery: Lottery, *, fallback: bool, now: datetime) -> str:
    with pytest.raises(Refused) as error:
        give_value(lottery.round_id, VALUE, fallback=fallback, actor=COMMAND, now=now)
    return refusal(error)


def test_after_a_late_seal_only_the_fallback_decides_and_from_its_own_moment(session: Session) -> None:
    lottery = build_lottery(terms=WITH_A_MOMENT)
    drew = lottery.enter(lottery.departures[0])
    sealed_at(TERMS.value_at, lottery)

    assert refused(lottery, fallback=False, now=FALLBACK_AT) == "draw_sealed_late"
    assert stage_of(lottery.round, TERMS.value_at) is Stage.SEALED
    assert refused(lottery, fallback=True, now=FALLBACK_AT - timedelta(seconds=1)) == "draw_value_early"
    assert stage_of(lottery.round, FALLBACK_AT) is Stage.VALUE_DUE
    lottery.now = FALLBACK_AT
    give_value(lottery.round_id, VALUE, fallback=True, actor=COMMAND, now=lottery.now)
    draw_due(now=lottery.now)
    lottery.give()

    assert state(drew) is State.CONFIRMED
    assert lottery.round.by_fallback
    assert_sound(lottery, session)


@pytest.mark.parametrize(
    ("terms", "late"), [(TERMS, TERMS.value_at), (WITH_A_MOMENT, FALLBACK_AT)], ids=["no moment", "too late for it"]
)
def test_where_neither_value_may_decide_the_draw_is_withdrawn_and_everybody_is_told(
    session: Session, terms: object, late: datetime
) -> None:
    lottery = build_lottery(terms=terms)  # type: ignore[arg-type]  # from the parameters
    morning = lottery.departures[0]
    entries = [lottery.enter(morning), lottery.enter(lottery.departures[1])]
    sealed_at(late, lottery)

    assert {refused(lottery, fallback=which, now=late + timedelta(days=9)) for which in (False, True)} == {
        "draw_sealed_too_late"
    }
    assert stage_of(lottery.round, late) is Stage.LOST
    assert [one.id for one in waiting_for_value(session, late)] == [lottery.round_id]
    withdraw_round(lottery.round_id, actor=COMMAND, now=late)
    while tell_withdrawn_due(now=late):
        pass
    lottery.settle()

    assert [state(one) for one in entries] == [State.NOT_DRAWN] * 2
    assert [told(session, one)[-1] for one in entries] == ["draw_withdrawn"] * 2
    assert "sealed only after" in (application(entries[0]).cause_en or "")
    assert (departure(morning).round_id, departure(morning).places_to_draw) == (None, None)
    assert not waiting_for_value(session, late)
    with pytest.raises(NotFound):
        give_value(lottery.round_id, VALUE, actor=COMMAND, now=late)
    assert_sound(lottery, session)


def test_after_the_withdrawal_the_same_people_enter_the_draw_that_is_announced_anew(session: Session) -> None:
    lottery = build_lottery()
    names = ["김하나", "김둘"]
    lottery.enter(lottery.departures[0], names=names)
    sealed_at(TERMS.value_at, lottery)
    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)
    while tell_withdrawn_due(now=lottery.now):
        pass
    later = {name: getattr(TERMS, name) + timedelta(days=2) for name in ("closes_at", "value_at")}
    terms = replace(TERMS, left_overs_at=TERMS.value_at + timedelta(days=3), opens_at=lottery.now, **later)

    with pytest.raises(Conflict) as error:
        lottery.hold(lottery.departures[0])
    assert refusal(error) == "by_draw"
    lottery.round_id = announce_round(lottery.course_id, terms, form_id="anew", actor=COMMAND, now=lottery.now)

    assert state(lottery.enter(lottery.departures[0], names=names)) is State.ENTERED
    assert_sound(lottery, session)


def test_a_seal_in_time_leaves_the_value_and_once_it_is_given_no_other(session: Session) -> None:
    lottery = build_lottery(terms=WITH_A_MOMENT)
    lottery.close()

    assert refused(lottery, fallback=True, now=TERMS.value_at) == "draw_fallback_not_due"
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=TERMS.value_at)
    assert refused(lottery, fallback=True, now=FALLBACK_AT) == "draw_value_given"


def test_a_seal_in_time_cannot_be_withdrawn(lottery: Lottery) -> None:
    lottery.enter(lottery.departures[0])
    lottery.close()

    with pytest.raises(Conflict) as error:
        withdraw_round(lottery.round_id, actor=COMMAND, now=TERMS.left_overs_at)

    assert refusal(error) == "draw_entered"


def test_a_fallback_that_is_known_no_later_than_the_value_is_refused(lottery: Lottery) -> None:
    terms = replace(TERMS, code="other", fallback_at=TERMS.value_at)
    with pytest.raises(Refused) as error:
        announce_round(lottery.course_id, terms, form_id="early", actor=COMMAND, now=lottery.now)

    assert (refusal(error), error.value.field) == ("draw_fallback_too_early", "fallback_at")


def test_a_value_that_may_have_been_known_at_the_sealing_is_found(lottery: Lottery, session: Session) -> None:
    lottery.enter(lottery.departures[0])
    lottery.close()
    lottery.draw()
    assert not list(draw_findings(session))

    with transaction() as spoiling:
        spoiling.execute(update(Round).values(sealed_at=TERMS.value_at))
    session.expire_all()

    assert "has a value that may have been known before its entries were sealed" in [
        what for _, what in draw_findings(session)
    ]


def test_the_published_file_says_when_it_was_sealed(lottery: Lottery, session: Session) -> None:
    lottery.enter(lottery.departures[0])
    lottery.close()
    lottery.draw()
    found = published(session, lottery.round)
    assert found is not None

    said = read("".join(written(found)))

    assert said.sealed_at == "2026-06-12T18:00:00+09:00"
    assert read("".join(written(replace(said, sealed_at=None)))).sealed_at is None
