"""Commands on a database that they cannot use: one sentence that says what to do, exit code 1, no traceback."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError

from config import Config, SettingsRefused
from tests.ground.application import Ground, build_app
from tourbook import jobs
from tourbook.cli import tours
from tourbook.cli.failures import unwritable
from tourbook.courses.models import Departure
from tourbook.db import db, transaction

COMMANDS = (
    ("seed",),
    ("check",),
    ("jobs", "--once"),
    ("allowance", "paju", "--start", "2026-05-12T10:00"),
    ("departures", "add", "paju", "--start", "2026-05-12T10:00"),
)
NO_TABLES = "This database has no tables yet; run `flask --app wsgi db upgrade` first.\n"


def on(url: str, *words: str) -> Result:
    """What a command says on the database at that address."""
    app = build_app(url)
    try:
        return app.test_cli_runner().invoke(args=["tourbook", *words], catch_exceptions=False)
    finally:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "own.sqlite", isolation_level=None)
    yield connection
    connection.close()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_without_tables_the_sentence_says_what_to_do(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = on(f"sqlite:///{tmp_path / 'empty.sqlite'}", *words)

    assert (done.exit_code, done.stdout, done.stderr) == (1, "", NO_TABLES)


@pytest.mark.parametrize("words", [("backup", "copy"), ("keys", "check")], ids=lambda words: words[0])
def test_a_database_that_was_not_meant_is_no_good_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)

    done = on(f"sqlite:///{tmp_path / 'empty.sqlite'}", *words)

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith("Or does DATABASE_URL name another one than was meant?\n")
    assert not (tmp_path / "copy").exists()


def test_with_the_tables_of_an_older_release_likewise(file: sqlite3.Connection, tmp_path: Path) -> None:
    file.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    file.execute("INSERT INTO alembic_version VALUES ('0000')")

    done = on(f"sqlite:///{tmp_path / 'own.sqlite'}", "check")

    assert done.exit_code == 1
    assert done.stderr == NO_TABLES.replace("no tables yet", "an older schema")


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_database_that_does_not_answer_is_told_without_a_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = on(f"sqlite:///{tmp_path / 'no such folder' / 'own.sqlite'}", *words)

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "The database of DATABASE_URL does not answer: unable to open database file\n"


@pytest.mark.sqlite_only("PostgreSQL locks rows, and waits for eight seconds")
def test_a_database_that_is_locked_for_too_long_is_told(seeded: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tourbook.db.UNBOUNDED_SECONDS", 0)
    other = sqlite3.connect(str(seeded.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        done = on(seeded.url, "departures", "add", "paju", "--start", "2026-05-12T10:00")
    finally:
        other.close()

    assert done.exit_code == 1
    assert done.stderr.startswith("The database is busy")


@pytest.mark.postgres_only("SQLite has one writer at a time: nobody waits for somebody who waits")
@pytest.mark.parametrize("code", ["40P01", "40001"], ids=["a deadlock", "no order in which both could have written"])
def test_a_command_that_the_server_ends_in_favour_of_another_is_told_to_try_again(
    seeded: Ground, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def ended(*_given: object, **_named: object) -> None:
        db.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"))

    monkeypatch.setattr(tours, "add_departure", ended)

    done = on(seeded.url, "departures", "add", "paju", "--start", "2026-05-12T10:00")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("The database is busy")
    assert "try again" in done.stderr


def test_a_database_that_takes_nothing_is_told(seeded: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def writing(*_asked: object, **_told: object) -> None:
        with transaction() as session:
            is_sqlite = seeded.engine.dialect.name == "sqlite"
            session.execute(text("PRAGMA query_only = ON" if is_sqlite else "SET TRANSACTION READ ONLY"))
            session.execute(delete(Departure))

    monkeypatch.setattr("tourbook.cli.tours.add_departure", writing)
    done = on(seeded.url, "departures", "add", "paju", "--start", "2026-05-12T10:00")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("The database of DATABASE_URL cannot be written: ")
    assert done.stderr.endswith(". What was under way was not kept.\n")


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("PRAGMA max_page_count = 2", "database or disk is full"),
        ("PRAGMA query_only = ON", "attempt to write a readonly database"),
        ("DROP TABLE one", None),
    ],
)
def test_a_full_disk_is_told_and_a_fault_of_ours_is_not(
    file: sqlite3.Connection, before: str, told: str | None
) -> None:
    file.execute("CREATE TABLE one (large BLOB)")
    file.execute(before)
    with pytest.raises(sqlite3.OperationalError) as failed:
        file.execute("INSERT INTO one VALUES (zeroblob(1000000))")

    sentence = unwritable(DBAPIError("INSERT", {}, failed.value))

    assert sentence == (
        told and f"The database of DATABASE_URL cannot be written: {told}. What was under way was not kept."
    )


def test_a_job_that_failed_makes_the_command_fail(seeded: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(**_now: object) -> bool:
        raise RuntimeError("out of order")

    monkeypatch.setattr(jobs, "JOBS", (jobs.Job("broken", jobs.every(hours=1), failing),))

    done = seeded.app.test_cli_runner().invoke(args=["tourbook", "jobs", "--once"])

    assert (done.exit_code, done.stdout) == (1, "broken: failed\n")


@pytest.mark.parametrize("url", ["mysql://host/tours", "tours.sqlite", "postgresql+psycopg2://host/tours"])
def test_an_address_of_no_such_database_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingsRefused, match="DATABASE_URL is no address"):
        Config.from_env({"DATABASE_URL": url})
