"""The judge knows what was acknowledged, and notices when it is gone."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos.checker.evidence import Ask, Deed, Evidence
from tests.chaos.made_up_day import good_day
from tests.cuts.judge import Judge, acknowledged, lost

WHOLE_PAGE = 4096


def told(day: Evidence, act: str, outcome: str, status: int, **facts: object) -> None:
    day.deeds.append(Deed(act, 50, dict(facts), [Ask(50, 51, status, outcome)], outcome, 51))


def test_on_a_good_day_nothing_is_lost() -> None:
    assert list(lost(good_day())) == []


def test_what_was_refused_or_never_answered_was_not_acknowledged() -> None:
    day = good_day()
    before = len(acknowledged(day))
    told(day, "hold", "full", 409)
    told(day, "change", "page", 200, typed="8")
    told(day, "confirm", "", 0)

    assert before > 0
    assert len(acknowledged(day)) == before


def an_application(day: Evidence) -> None:
    day.tables["application"] = [row for row in day.rows("application") if row["id"] != "b"]


def a_form(day: Evidence) -> None:
    day.tables["form_use"] = [row for row in day.rows("form_use") if row["result_id"] != "b"]


def a_cancellation(day: Evidence) -> None:
    (row,) = [row for row in day.rows("application") if row["id"] == "a"]
    row["state"] = "confirmed"


def a_smaller_size(day: Evidence) -> None:
    told(day, "change", "page", 302, typed="8")


def the_end_of_a_smaller_size(day: Evidence) -> None:
    told(day, "change", "page", 302, typed="until")


@pytest.mark.parametrize("forget", [an_application, a_form, a_cancellation, a_smaller_size, the_end_of_a_smaller_size])
def test_what_was_acknowledged_and_is_gone_is_lost(forget: Callable[[Evidence], None]) -> None:
    day = good_day()
    forget(day)

    assert list(lost(day))


@pytest.mark.parametrize("torn", [0, WHOLE_PAGE], ids=["the first page", "another page"])
def test_a_file_that_is_not_whole_is_broken(tmp_path: Path, torn: int) -> None:
    file = tmp_path / "crowd.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE told AS SELECT 1")
    with file.open("r+b") as half_written:
        half_written.seek(torn)
        half_written.write(os.urandom(WHOLE_PAGE))

    verdict = Judge(tmp_path).look([], hold_seconds=60, ended=0)

    (sentence,) = verdict.broken
    assert sentence.startswith("integrity_check: ")
