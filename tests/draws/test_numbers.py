"""What anybody looks up of a round of many entries is read from few rows, whatever their number."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from tests.draws.lottery import Lottery, application
from tourbook.draws import count_entries, outcome, tallies

OF_MANY_ROWS = ("sealed_entry", "drawn_entry")
"""Tables of a row for each entry."""


@contextmanager
def noting() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent meanwhile, with their parameters."""
    noted: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        noted.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def reads_whole_rounds(session: Session, noted: list[tuple[str, Any]]) -> list[str]:
    """The steps of these statements that go through all rows of a table, or all of a round, by SQLite's own word."""
    connection = session.connection()
    steps = [
        step.detail
        for statement, parameters in noted
        if statement.startswith("SELECT")
        for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    ]
    return [
        step
        for step in steps
        if any(table in step for table in OF_MANY_ROWS) and ("SCAN" in step or step.endswith("(round_id=?)"))
    ]


@pytest.mark.sqlite_only("SQLite says of each step which part of which table it goes through")
def test_neither_a_receipt_nor_the_page_of_a_result_is_looked_up_in_all_entries(
    lottery: Lottery, session: Session
) -> None:
    entries = [lottery.enter(*lottery.departures, seats=4) for _ in range(4)]
    lottery.close()
    lottery.draw()
    receipts = [application(one).reference for one in entries]
    round_ = lottery.round

    with noting() as noted:
        found = [outcome(session, round_, one) for one in receipts]
        numbers = tallies(session, round_.id)
        counted = count_entries(session, round_)

    assert reads_whole_rounds(session, noted) == []
    assert {one.entries for one in found if one} == {4}
    assert sorted(one.turn for one in found if one) == [1, 2, 3, 4]
    assert (counted.parties, counted.people) == (4, 16)
    morning = numbers["20260711-1000"]
    assert (morning.places, morning.parties, morning.people) == (20, 4, 16)
    assert (morning.drawn_parties, morning.drawn_people) == (4, 16)


@pytest.mark.sqlite_only("likewise")
def test_the_measure_sees_a_count_of_all_entries(lottery: Lottery, session: Session) -> None:
    with noting() as noted:
        session.execute(text("SELECT count(*) FROM drawn_entry WHERE round_id = 'x'"))

    assert reads_whole_rounds(session, noted) != []
