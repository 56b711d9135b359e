"""The log in production: one line a record whatever is in it, and nothing of a person."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, Text, create_engine
from sqlalchemy.exc import IntegrityError

from tests.ground.server import child_environment
from tourbook import logs

CANARIES = (
    *("홍길동", "010-1234-5678", "+82 10 1234 5678", "M12345678", "900101-1234567", "hong@example.kr"),
    "1990-01-01",  # any day, since a day of birth looks no different
)


def line_of(message: str, *args: object, fault: BaseException | None = None, **extra: object) -> str:
    record = logging.LogRecord("tourbook.test", logging.ERROR, __file__, 1, message, args, None)
    record.exc_info = (type(fault), fault, fault.__traceback__) if fault else None
    record.__dict__.update(extra)
    return logs.JsonLines(build="b1").format(record)


@given(st.text(), st.text())
def test_nothing_that_is_logged_begins_a_line_of_its_own(message: str, said: str) -> None:
    line = line_of("%s", message, fault=ValueError(said), route=said)

    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert json.loads(line)["level"] == "error"


def test_a_line_tells_when_in_utc_and_by_which_build() -> None:
    told = json.loads(line_of("hello"))

    assert datetime.fromisoformat(told["time"]).tzinfo == UTC
    assert (told["logger"], told["message"], told["build"]) == ("tourbook.test", "hello", "b1")


@pytest.mark.parametrize("canary", CANARIES[1:])
def test_what_looks_personal_is_blotted_out_of_messages(canary: str) -> None:
    line = line_of("the server refused <%s> with 550", canary)

    assert canary not in line
    assert logs.BLOT in line
    assert "550" in line


@pytest.mark.parametrize("plain", ["0192f0c1-7b1e-7c3a-9a55-0123456789ab", "13.2", "ABC", "1234567"])
def test_ids_and_figures_stay(plain: str) -> None:
    assert json.loads(line_of("notice %s", plain))["message"] == f"notice {plain}"


def test_only_fields_with_a_name_of_their_own_are_told() -> None:
    told = json.loads(line_of("hello", name="홍길동", role="operator", organisation=None))

    assert told["role"] == "operator"
    assert not {"name", "organisation"} & set(told)


def test_what_an_exception_says_stays_out_and_its_way_is_told() -> None:
    def read(name: str) -> None:
        raise ValueError(f"not a number: {name}")

    try:
        try:
            read("홍길동")
        except ValueError as inner:
            raise KeyError("홍길동 M12345678") from inner
    except KeyError as outer:
        line = line_of("failed", fault=outer)

    told = json.loads(line)["exception"]
    assert [one["kind"] for one in told] == ["builtins.KeyError", "builtins.ValueError"]
    assert told[1]["at"][-1].startswith("tests/test_logs.py:")
    assert told[1]["at"][-1].endswith(" read")
    assert not [canary for canary in CANARIES if canary in line or json.dumps(canary)[1:-1] in line]


def test_a_statement_is_told_without_its_values() -> None:
    engine = create_engine("sqlite://", hide_parameters=True)
    table = Table("visitor", MetaData(), Column("name", Text, unique=True))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"name": "홍길동"})
        with pytest.raises(IntegrityError) as failure:
            connection.execute(table.insert(), {"name": "홍길동"})

    line = line_of("failed", fault=failure.value)

    assert "INSERT INTO visitor (name) VALUES (?)" in line
    assert "SQLITE_CONSTRAINT_UNIQUE" in line
    assert json.dumps("홍길동")[1:-1] not in line


def test_a_line_tells_of_the_work_under_way_and_of_none_after_it() -> None:
    with logs.telling(job="draw"), logs.telling(request="r1"):
        told = json.loads(line_of("hello"))
    after = json.loads(line_of("hello"))

    assert (told["job"], told["request"]) == ("draw", "r1")
    assert not {"job", "request"} & set(after)


def test_what_nobody_catches_is_a_line_too(tmp_path: Path) -> None:
    script = tmp_path / "falls.py"
    script.write_text(
        "import threading, warnings\nfrom tourbook import logs\nlogs.write_json(build='b2')\n"
        "warnings.warn('old\\nway')\n"
        "def fall(): raise ValueError('홍길동')\n"
        "t = threading.Thread(target=fall); t.start(); t.join()\nfall()\n"
    )
    settings = child_environment({"PYTHONPATH": str(Path(__file__).resolve().parents[1])})

    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, env=settings)

    told = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [one["level"] for one in told] == ["warning", "critical", "critical"]
    assert all(one["exception"][0]["kind"] == "builtins.ValueError" for one in told[1:])
    assert ended.returncode == 1
