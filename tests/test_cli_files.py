"""Files at the command line: nothing is read without an end, and nothing is done for a file that cannot be written."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.commands import run
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.ground.server import child_environment
from tests.rosters.gate import Gate, build_gate
from tourbook.cli.files import LARGEST_DRAW, LARGEST_TABLE, Content, new_file
from tourbook.db import db
from tourbook.distancing.models import Order
from tourbook.draws.files import written
from tourbook.draws.rules import Drawn, Entry, Published
from tourbook.records.models import AccessRecord
from tourbook.rosters import Purpose, read_roster

READERS = {
    "regions import": ("regions", "import"),
    "courses import": ("courses", "import"),
    "orders import": ("orders", "import"),
    "measures import": ("measures", "import"),
    "clearance import": ("clearance", "import", "0190a5a0-0000-7000-8000-000000000000", "un_command"),
    "allowance --batch": ("allowance", "--batch"),
}
NOT_THERE = "Error: Invalid value for --out: "


def sparse(folder: Path, size: int) -> Path:
    """A file of that size that takes no room on the disk."""
    file = folder / "sparse"
    with file.open("wb") as opened:
        opened.truncate(size)
    return file


# Words.


@pytest.mark.parametrize("word", ["jul\udcff", "ju\0ly", "\x1b[2J"], ids=["no UTF-8", "NUL", "control characters"])
@pytest.mark.parametrize(
    "words",
    [
        ("draw", "publish", "{}"),
        ("people", "grant", "{}", "--role", "operator", "--reason", "season"),
        ("stops", "enter", "--course", "{}", "--cause", "asf", "--from", "2026-09-19"),
        ("orders", "import", "{}"),
        ("{}",),
    ],
    ids=lambda words: words[0],
)
def test_a_word_that_is_no_text_is_refused_and_not_repeated(seeded: Ground, words: tuple[str, ...], word: str) -> None:
    done = run(seeded, *(one.format(word) for one in words))

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith("Error: A word of this command is no text: not UTF-8, or with control characters.\n")
    assert word not in done.stderr


def test_a_word_with_a_resident_number_is_refused_and_not_repeated(seeded: Ground) -> None:
    done = run(seeded, "people", "disable", "somebody@example.kr", "--reason", "asked by 900101-1234568")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "this looks like a resident registration number" in done.stderr
    assert "900101" not in done.stderr


# Read.


@pytest.mark.parametrize("words", READERS.values(), ids=READERS)
def test_a_table_beyond_any_size_is_refused_in_a_sentence(
    seeded: Ground, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = run(seeded, *words, str(sparse(tmp_path, LARGEST_TABLE + 1)))

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "The file is larger than the 8 MB that such a file may have; name another, or cut it.\n"


def test_a_file_of_just_that_size_is_read(seeded: Ground, tmp_path: Path) -> None:
    done = run(seeded, "orders", "import", str(sparse(tmp_path, LARGEST_TABLE)))

    assert done.stderr.startswith("Nothing was done: 1 problem.\nline 1: the file contains NUL bytes")


@pytest.mark.parametrize("words", [*READERS.values(), ("draw", "verify")], ids=[*READERS, "draw verify"])
def test_a_device_without_an_end_is_read_up_to_there(seeded: Ground, words: tuple[str, ...]) -> None:
    done = run(seeded, *words, "/dev/zero")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("The file is larger than")


def test_a_draw_may_be_as_large_as_a_million_entries_make_it() -> None:
    choices = tuple(f"goseong-2026-10-0{day}-1000" for day in (1, 2, 3))
    entries = tuple(Entry(f"{number:016}", 4, choices, 1) for number in range(100))
    drawn = tuple(Drawn(one.receipt, choices[0]) for one in entries)
    file = "".join(written(Published("october", "4,9", dict.fromkeys(choices, 4), "0" * 64, entries, drawn)))

    assert len(file.encode()) * 1_000_000 / len(entries) < LARGEST_DRAW


def test_a_pipe_is_read_as_a_file_is(seeded: Ground, clock: StandingClock) -> None:
    out, into = os.pipe()
    os.write(into, b"course,start\npaju,2026-05-12T10:00\n")
    os.close(into)
    try:
        done = run(seeded, "allowance", "--batch", f"/dev/fd/{out}", "--json")
    finally:
        os.close(out)

    assert done.exit_code == 0, done.output


def test_standard_input_ends_there_too(seeded: Ground) -> None:
    done = run(seeded, "orders", "import", "-", stdin=b"4" * (LARGEST_TABLE + 1))

    assert done.stderr.startswith("The file is larger than the 8 MB")
    with seeded.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_an_empty_batch_is_an_empty_file_and_not_none(seeded: Ground) -> None:
    done = run(seeded, "allowance", "--batch", "-", stdin=b"")

    assert done.exit_code == 1
    assert "The file is empty" in done.stderr


@pytest.mark.parametrize(
    ("file", "why"),
    [("/nowhere.csv", "No such file or directory"), ("/", "Is a directory"), ("", "No such file or directory")],
)
def test_what_cannot_be_opened_is_told_by_its_name(seeded: Ground, file: str, why: str) -> None:
    done = run(seeded, "orders", "import", file)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: Invalid value for 'FILE': {file} cannot be read: {why}.\n")


def test_what_opens_but_cannot_be_read_is_told() -> None:
    with pytest.raises(click.BadParameter, match="cannot be read: Input/output error"):
        Content(most=10).convert("/proc/self/mem", None, None)


# Written.


@pytest.fixture
def gate(session: Session) -> Gate:
    """Somebody was read at the gate, so that there is somebody to tell of a leak."""
    gate = build_gate()
    gate.apply(2)
    read_roster(gate.departure_id, Purpose.GATE, actor=gate.operator, now=gate.now)
    session.rollback()
    return gate


def breach(ground: Ground, out: Path, *, until: str = "2026-05-20T10:00") -> tuple[int, str]:
    done = run(ground, "breach", "--from", "2026-05-20T09:00", "--to", until, "--out", str(out))
    assert done.stdout == ""
    return done.exit_code, done.stderr.splitlines()[-1]


def opened(session: Session) -> int:
    """How many contacts were opened for a leak."""
    session.rollback()
    return session.scalar(select(func.count()).where(AccessRecord.task == "breach_read")) or 0


def test_no_contact_is_opened_for_a_file_that_cannot_be_made(
    database: Ground, gate: Gate, session: Session, tmp_path: Path
) -> None:
    there = tmp_path / "there.csv"
    there.write_text("of another leak")
    dangling = tmp_path / "link.csv"
    dangling.symlink_to(tmp_path / "elsewhere.csv")

    assert breach(database, there) == (2, f"{NOT_THERE}there is such a file already; name a new one")
    assert breach(database, dangling)[0] == 2
    assert breach(database, tmp_path / "no" / "x.csv") == (2, f"{NOT_THERE}there is no such folder; make it first")
    assert breach(database, there / "x.csv") == (2, f"{NOT_THERE}no file can be made there (Not a directory)")
    assert breach(database, Path("-")) == (2, f"{NOT_THERE}name a file: this is never written to standard output")
    assert opened(session) == 0
    assert there.read_text() == "of another leak"
    assert not (tmp_path / "elsewhere.csv").exists()


def test_a_time_that_ends_before_it_begins_is_refused(
    database: Ground, gate: Gate, session: Session, tmp_path: Path
) -> None:
    told = breach(database, tmp_path / "x.csv", until="2026-05-20T09:00")

    assert told == (2, "Error: Invalid value for --to: --to must come after --from")
    assert not (tmp_path / "x.csv").exists()


def test_where_the_search_fails_no_empty_file_stays(
    database: Ground, gate: Gate, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(**_asked: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tourbook.cli.breach.find_affected", failing)

    run(database, "breach", "--from", "2026-05-20", "--to", "2026-05-21", "--out", str(tmp_path / "x.csv"))

    assert list(tmp_path.iterdir()) == []


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let this process write no file beyond that size, like a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_does_not_fit_is_taken_away(tmp_path: Path) -> None:
    out = tmp_path / "x.csv"

    too_large = pytest.raises(click.ClickException, match="could not be written, and is taken away: File too large")
    with too_large, room_for(10), new_file(out, option="--out") as write:
        write("more than that\n")

    assert not out.exists()


def test_a_folder_that_is_none_is_told_of_a_backup_too(seeded: Ground) -> None:
    done = run(seeded, "backup", "/proc/nowhere")

    assert done.exit_code == 1
    assert "/proc/nowhere" in done.stderr
    assert done.stderr.endswith("No such file or directory.\n")


@pytest.mark.sqlite_only("a backup of PostgreSQL goes into no file, which is said before")
@pytest.mark.parametrize(
    ("into", "told"),
    [
        ("sqlite:////nowhere/x.sqlite", "The database of --into does not answer: unable to open database file"),
        ("mysql://host/tours", "--into is no URL of a database."),
        ("words", "--into is no URL of a database."),
    ],
)
def test_a_backup_that_can_go_nowhere_says_so(seeded: Ground, tmp_path: Path, into: str, told: str) -> None:
    run(seeded, "backup", str(tmp_path / "backup"))

    done = run(seeded, "restore", str(tmp_path / "backup"), "--into", into)

    assert (done.exit_code, done.stderr) == (1, f"Error: {told}\n")


def test_a_key_without_an_end_is_no_key(seeded: Ground, tmp_path: Path) -> None:
    done = run(seeded, "backup", str(tmp_path / "backup"), "--key-file", "/dev/zero")

    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "/dev/zero cannot be read as a key" in done.stderr


@pytest.mark.sqlite_only("what is printed there asks no database")
def test_words_that_cannot_be_written_are_told_beside_them(seeded: Ground) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "tourbook", "privacy", "catalogue"]
    environment = child_environment({"DATABASE_URL": seeded.url})
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False)

    assert done.returncode == 1
    assert done.stderr == (
        "The system refused something: No space left on device. If that was standard output, what the command did was "
        "done all the same, and only its words are lost.\n"
    )


def test_days_of_a_report_that_end_before_they_begin_are_refused(seeded: Ground) -> None:
    for words in (("fairness",), ("replay", "paju")):
        done = run(seeded, "report", *words, "--from", "2026-05-02", "--to", "2026-05-01")

        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "The last day (2026-05-01) lies before the first (2026-05-02).\n"


def test_a_password_is_refused_in_a_sentence(seeded: Ground) -> None:
    for password, told in (
        ("short", "10 signs or more"),
        ("x" * 129, "at most 128"),
        ("password1234", "people have this password"),
    ):
        words = ("people", "add", "a@example.kr", "--name", "a", "--role", "administrator", "--password", password)
        done = run(seeded, *words)

        assert (done.exit_code, told in done.stderr) == (1, True), done.stderr
