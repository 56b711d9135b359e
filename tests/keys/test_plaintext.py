"""Canaries: people whose passports, telephones, names and birth dates are known apply through the pages, and a group of
them has places set aside; nothing that is left behind on a disk or in a log holds any of it in plain writing, in
whatever encoding.
"""

import base64
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tests.applications.scene import build_scene
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.web.citizen.people import Citizen
from tourbook.actor import Actor, Role
from tourbook.applications.models import Application, Visitor
from tourbook.db import new_id, transaction
from tourbook.kst import parse_moment
from tourbook.notices import Way, deliver_due
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import forget_due
from tourbook.rosters import GroupPlaces, change_allotment, set_aside

PEOPLE = ("M98765432", "+821087654321", "01087654321", "남궁카나리아", "Quixotina Canary", "1987-03-14")
GROUP, ITS_ADDRESS = "카나리아특수학교", "canary-school@example.kr"
CANARIES = (*PEOPLE, GROUP, ITS_ADDRESS)
UNTIL = parse_moment("2026-05-16T18:00")
ADMIN = Actor("person", new_id(), Role.ADMINISTRATOR)
AFTER = parse_moment("2026-05-26T00:00")


def spellings(canary: str) -> Iterator[tuple[str, bytes]]:
    """A text as it could lie somewhere; base64 from each of the places where it may begin."""
    plain = canary.encode()
    yield "UTF-8", plain
    yield "UTF-16 LE", canary.encode("utf-16-le")
    yield "UTF-16 BE", canary.encode("utf-16-be")
    yield "escaped", canary.encode("unicode_escape")
    yield "hex", plain.hex().encode()
    yield "HEX", plain.hex().upper().encode()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + plain)
        yield f"base64 from {before}", encoded[(0, 2, 3)[before] : -4]


def found_in(name: str, content: bytes) -> list[str]:
    return [f"{name}: {how}" for one in CANARIES for how, bits in spellings(one) if bits in content]


def found(database: Ground, log: str, *folders: Path) -> list[str]:
    """Where a canary lies: in the files of the database with its log, in these folders, in what was logged."""
    contents = [one for folder in (_folder_of(database), *folders) for one in _contents(folder)]
    assert len(contents) > 1
    return found_in("log", log.encode()) + [hit for name, content in contents for hit in found_in(name, content)]


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files below a folder. The server goes on working: what it removes meanwhile lies nowhere any more."""
    for below, _, names in os.walk(folder):
        for file in (Path(below) / name for name in names):
            if file.is_file():
                with suppress(FileNotFoundError):
                    yield file.name, file.read_bytes()


def _folder_of(database: Ground) -> Path:
    if database.dialect == "sqlite":
        return Path(str(database.engine.url.database)).parent
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        folder = Path(str(connection.scalar(text("SHOW data_directory"))))
        connection.execute(text("CHECKPOINT"))
    if not (folder / "base").exists():
        pytest.skip("the files of this server cannot be read from here")
    return folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Python puts files that it means to delete; here nobody deletes the folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def applied(app: Flask, session: Session, clock: StandingClock, caplog: pytest.LogCaptureFixture) -> str:
    """Two people have applied through the pages, given a passport, and been written to, and so has a group; gives what
    was logged.
    """
    caplog.set_level(logging.DEBUG)
    walk = build_scene(clock.now.isoformat()).add_departure("2026-05-20T10:00")
    citizen = Citizen(app.test_client())
    born = {f"visitors-{place}-birth_date": "1987-03-14" for place in range(2)}
    page = citizen.name_visitors(citizen.ask(walk, 2), "남궁카나리아", "Quixotina Canary", **born)
    page = citizen.give_contact(page, "010-8765-4321")
    assert citizen.send(page).has("state")
    with transaction() as act:
        for one in act.scalars(select(Visitor)):
            one.document = "M98765432"
    group = GroupPlaces(GROUP, 2, UNTIL, (Way.MAIL, ITS_ADDRESS))
    allotment = set_aside(walk, group, form_id="group", actor=ADMIN, now=clock.now)
    more = replace(group, seats=3)
    change_allotment(allotment, more, form_id="more", actor=ADMIN, now=clock.now)
    for way in Way:
        deliver_due(way=way, now=clock.now)
    return caplog.text


def test_nothing_lies_in_plain_writing(database: Ground, applied: str, temporary: Path, session: Session) -> None:
    session.rollback()

    assert found(database, applied, temporary) == []


def test_nothing_does_after_people_were_forgotten_either(
    database: Ground, applied: str, temporary: Path, session: Session
) -> None:
    with transaction() as act:
        act.execute(update(Notice).values(state=NoticeState.SENT))
    assert forget_due(now=AFTER + timedelta(days=1)) > 0
    session.rollback()

    assert found(database, applied, temporary) == []


@pytest.mark.parametrize("canary", CANARIES)
def test_control_what_is_planted_in_a_table_is_found(
    database: Ground, applied: str, temporary: Path, session: Session, canary: str
) -> None:
    with transaction() as act:
        act.execute(update(Application).values(cause_ko=f"x {canary} y"))
    session.rollback()

    assert found(database, applied, temporary) != []


@pytest.mark.parametrize("canary", CANARIES)
def test_control_every_spelling_is_found_in_a_file(canary: str) -> None:
    for how, bits in spellings(canary):
        assert f"a file: {how}" in found_in("a file", b"before " + bits + b" after")
    for before in ("", "a", "ab", "abc"):
        assert any("base64" in hit for hit in found_in("a file", base64.b64encode(f"{before}{canary} and".encode())))
