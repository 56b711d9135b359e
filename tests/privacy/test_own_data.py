"""Own data: its shape stands in the paper, its days are those on which people are forgotten, and it costs a fixed
number of statements.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.draws.lottery import build_lottery
from tests.ground.application import Ground
from tests.house.sources import REPOSITORY
from tests.rosters.gate import Gate, build_gate
from tourbook.accounts import person_by_mail
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application
from tourbook.db import db, transaction
from tourbook.kst import end_of_day
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import forget_due
from tourbook.privacy import FORMAT, OwnData, own_data_of_account, own_data_of_application
from tourbook.records import ACCOUNT, record_reading
from tourbook.rosters import Purpose, read_roster

PAPER = REPOSITORY / "docs" / "own-data.md"


@pytest.fixture
def gate(session: Session) -> Gate:
    return build_gate()


def keys_of(shape: Any) -> Iterator[tuple[str, str]]:
    """Every class of the shape with its keys, walking into tuples and what may be missing."""
    for one in fields(shape):
        yield shape.__name__, one.name
        for inner in _classes_in(get_type_hints(shape)[one.name]):
            yield from keys_of(inner)


def _classes_in(hint: Any) -> Iterator[Any]:
    if is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _classes_in(inner)


def test_the_paper_names_every_key_and_no_other() -> None:
    text = PAPER.read_text(encoding="utf-8")
    told = re.findall(r"(?m)^\| `(\w+)` \|", text)

    assert FORMAT in text
    assert sorted(set(told)) == sorted({key for _, key in keys_of(OwnData)})


def everything_left() -> None:
    with transaction() as act:
        act.execute(update(Notice).values(state=NoticeState.SENT))


def told_until(party: UUID, gate: Gate) -> Any:
    db.session.rollback()
    return own_data_of_application(db.session(), party, now=gate.now).applications[0]


@pytest.mark.parametrize("how", ["went", "cancelled"])
def test_people_are_readable_until_the_end_of_the_day_that_was_told_and_not_after(gate: Gate, how: str) -> None:
    party = gate.apply(2)
    if how == "cancelled":
        cancel(party, actor=GUEST, now=gate.now - timedelta(days=3))
    everything_left()
    told = told_until(party, gate)
    last = end_of_day(told.kept_until)

    assert not told.longer
    assert forget_due(now=last - timedelta(seconds=1)) == 0
    assert forget_due(now=last) == 1
    gone = told_until(party, gate)
    assert (gone.forgotten_at, gone.kept_until, gone.contact) == (last, None, None)


def test_to_whom_something_is_owed_it_is_told_that_it_may_be_later(gate: Gate) -> None:
    party = gate.apply(1)  # its notices have not left

    assert told_until(party, gate).longer


def test_many_applications_cost_no_more_statements_than_one(gate: Gate, database: Ground) -> None:
    parties = [gate.apply(1) for _ in range(5)]
    me = somebody(database.app)
    person = person_by_mail(db.session(), me.mail)
    assert person
    counted = []
    for own in (parties[:1], parties):
        with transaction() as act:
            act.execute(update(Application).where(Application.id.in_(own)).values(person_id=person.id))
        counted.append(_statements(lambda: own_data_of_account(db.session(), person.id, now=gate.now)))

    assert len(set(counted)) == 1
    assert counted[0] <= 20


def _statements(act: Any) -> int:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        db.session.rollback()
        assert act().applications
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(one.startswith("SELECT") and "set_config" not in one for one in sent)


def test_of_several_parties_each_reading_names_its_own(gate: Gate) -> None:
    own, other = gate.apply(2), gate.apply(1)
    read_roster(gate.departure_id, Purpose.GATE, actor=gate.operator, now=gate.now)

    found = own_data_of_application(db.session(), own, now=gate.now)

    references = {one.application for one in found.readings}
    assert (len(found.readings), references) == (2, {found.applications[0].reference})
    assert len(own_data_of_application(db.session(), other, now=gate.now).readings) == 1


def test_an_entry_for_a_draw_tells_its_choices_and_its_turn(session: Session) -> None:
    lottery = build_lottery()
    party = lottery.enter(*lottery.departures[:2])
    before = own_data_of_application(session, party, now=lottery.now).applications[0].draw
    lottery.close()
    lottery.draw()
    session.rollback()

    after = own_data_of_application(session, party, now=lottery.now).applications[0].draw

    assert before
    assert after
    assert (len(before.choices), before.turn, before.drawn) == (2, None, False)
    assert (after.code, after.choices, after.turn, after.drawn) == (before.code, before.choices, 1, True)


def test_whoever_opened_the_account_is_told_of_too(gate: Gate, database: Ground) -> None:
    me = somebody(database.app)
    person = person_by_mail(db.session(), me.mail)
    assert person
    with transaction() as act:
        record_reading(
            act, [person.id], "name", "mail", task="account_read", kind=ACCOUNT, actor=gate.operator, now=gate.now
        )

    (found,) = own_data_of_account(db.session(), person.id, now=gate.now).readings

    assert (found.task, found.details, found.application, found.person) == (
        "account_read",
        ("name", "mail"),
        None,
        None,
    )
