"""Two values were announced, and one of them counts: nobody who knows both may choose."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, refusal
from tests.draws.lottery import TERMS, VALUE, Lottery, build_lottery
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.courses.models import Round
from tourbook.db import transaction
from tourbook.draws import Stage, draw_due, give_value, published, read, say_missed, stage_of, written
from tourbook.errors import Refused
from tourbook.operations.recount_draws import draw_findings

FALLBACK_AT = TERMS.value_at + timedelta(days=3)
WITH_A_MOMENT = replace(TERMS, fallback_at=FALLBACK_AT)
OTHER = "7 8 9 10 11 13"


def sealed(terms: Any = WITH_A_MOMENT) -> Lottery:
    lottery = build_lottery(capacity=4, terms=terms)
    for _ in range(3):
        lottery.enter(lottery.departures[0], seats=4)
    lottery.close()
    return lottery


def missed(lottery: Lottery, at: datetime, fallback_at: datetime | None = None) -> None:
    say_missed(lottery.round_id, fallback_at=fallback_at, actor=COMMAND, now=at)


def enters(lottery: Lottery, at: datetime, *, fallback: bool) -> None:
    give_value(lottery.round_id, OTHER if fallback else VALUE, fallback=fallback, actor=COMMAND, now=at)


def refused(act: Any, *asked: Any, **named: Any) -> str:
    with pytest.raises(Refused) as error:
        act(*asked, **named)
    return refusal(error)


@pytest.mark.parametrize("terms", [TERMS, WITH_A_MOMENT], ids=["no moment", "a moment"])
def test_the_fallback_is_not_taken_while_nobody_said_that_the_value_did_not_come(session: Session, terms: Any) -> None:
    lottery = sealed(terms)

    for at in (TERMS.value_at, FALLBACK_AT + timedelta(hours=12)):
        assert refused(enters, lottery, at, fallback=True) == "draw_fallback_not_due"
    enters(lottery, FALLBACK_AT + timedelta(hours=12), fallback=False)

    assert not lottery.round.by_fallback


def test_after_it_was_said_the_fallback_alone_decides_and_the_file_says_so(session: Session) -> None:
    lottery = sealed()
    said_at = TERMS.value_at + timedelta(hours=1)
    missed(lottery, said_at)
    missed(lottery, said_at + timedelta(hours=1))  # twice does no harm

    assert lottery.round.missed_at == said_at
    assert stage_of(lottery.round, FALLBACK_AT - timedelta(seconds=1)) is Stage.SEALED
    assert refused(enters, lottery, FALLBACK_AT, fallback=False) == "draw_value_missed"
    assert refused(enters, lottery, FALLBACK_AT - timedelta(seconds=1), fallback=True) == "draw_value_early"
    assert stage_of(lottery.round, FALLBACK_AT) is Stage.VALUE_DUE
    lottery.now = FALLBACK_AT
    enters(lottery, lottery.now, fallback=True)
    draw_due(now=lottery.now)
    lottery.give()

    found = published(session, lottery.round)
    assert found is not None
    text = "".join(written(found))
    assert '"by_fallback": true' in text
    assert read(text) == found
    assert_sound(lottery, session)


def test_the_file_of_a_draw_by_its_value_says_nothing_of_a_fallback(session: Session) -> None:
    lottery = sealed()
    lottery.draw()

    found = published(session, lottery.round)

    assert found is not None
    assert "fallback" not in "".join(written(found))


def test_it_is_said_neither_before_the_value_nor_once_the_fallback_is_known(session: Session) -> None:
    lottery = sealed()

    assert refused(missed, lottery, TERMS.value_at - timedelta(seconds=1)) == "draw_value_early"
    assert refused(missed, lottery, FALLBACK_AT) == "draw_fallback_known"
    assert refused(missed, lottery, FALLBACK_AT, FALLBACK_AT) == "draw_fallback_known"
    enters(lottery, FALLBACK_AT, fallback=False)
    assert refused(missed, lottery, FALLBACK_AT) == "draw_value_given"


def test_where_no_announced_moment_lies_ahead_whoever_says_it_names_one(session: Session) -> None:
    lottery = sealed(TERMS)
    said_at, known_at = TERMS.value_at + timedelta(hours=1), TERMS.value_at + timedelta(days=7)

    assert refused(missed, lottery, said_at) == "draw_fallback_known"
    missed(lottery, said_at, known_at)

    assert lottery.round.fallback_at == known_at
    assert refused(enters, lottery, said_at + timedelta(hours=1), fallback=True) == "draw_value_early"
    enters(lottery, known_at, fallback=True)
    assert not list(draw_findings(session))


def test_the_recount_finds_a_fallback_that_was_chosen(session: Session) -> None:
    lottery = sealed()
    missed(lottery, TERMS.value_at)
    enters(lottery, FALLBACK_AT, fallback=True)
    assert not list(draw_findings(session))

    with transaction() as other:
        other.execute(update(Round).values(missed_at=None))

    assert [what for _, what in draw_findings(session)] == [
        "was decided by the fall-back, and nobody had said that the value did not come"
    ]


def test_that_it_was_said_stands_in_the_trail(session: Session) -> None:
    lottery = sealed()
    missed(lottery, TERMS.value_at)

    facts = session.scalars(select(TrailEntry.facts).where(TrailEntry.act == "draw_value_missed")).one()

    assert facts == {"code": "july", "fallback_at": FALLBACK_AT.isoformat()}
