"""The ground itself: tests reach nobody outside, start from the same state, and see faulty pages."""

import gc
import os
import shutil
import smtplib
import socket
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from jinja2 import Environment
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Map, Rule, UnicodeConverter

from tests.ground import compiled as compiled_once
from tests.ground import markup, memory
from tests.ground.application import Ground, build_app
from tests.ground.compiled import RememberingHasher
from tests.ground.databases import kept_rows
from tests.ground.found_out import FOUND_OUT, FoundOut
from tests.ground.loopback import TalkedToStrangers
from tests.ground.moments import StandingClock
from tests.ground.once_per_run import OncePerRun
from tests.ground.pages import faults_of
from tests.ground.required import missing
from tourbook import clock as application_clock
from tourbook.accounts.models import Organisation
from tourbook.courses.models import Holiday
from tourbook.db import db

GOOD = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="utf-8"><title>신청</title></head>
<body><h1>신청</h1><form method="post" action="/x"><input type="hidden" name="csrf_token" value="1">
<label for="a">이름</label><input id="a" name="a"><button>신청하기</button></form></body></html>"""


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.com", 443)])
def test_a_test_cannot_reach_another_machine(address):
    with pytest.raises(TalkedToStrangers):
        socket.create_connection(address, timeout=1)


def test_a_test_cannot_reach_a_mail_server_that_sends():
    with pytest.raises(TalkedToStrangers):
        smtplib.SMTP("localhost", 25)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_finds_the_database_as_it_was(session: Session, turn: str):
    before = session.scalar(select(func.count()).select_from(Organisation))
    session.add(Organisation(code="PAJU", name_ko="파주시", name_en="Paju"))
    session.commit()

    assert before == 0, turn


def test_a_kept_state_is_put_back_in_every_row_whatever_became_of_it(seeded: Ground, session: Session):
    before = kept_rows(seeded.engine)
    session.execute(delete(Holiday))
    session.execute(update(Organisation).values(name_en="somewhere"))
    session.add(Organisation(code="ELSEWHERE", name_ko="다른 곳", name_en="Elsewhere"))
    session.commit()
    assert kept_rows(seeded.engine) != before

    seeded.reset("seeded")

    assert sum(map(bool, before.values())) > 5
    assert kept_rows(seeded.engine) == before


def test_the_collector_of_garbage_passes_by_what_was_collected() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000


def test_the_clock_stands_and_moves_when_told(clock: StandingClock):
    assert clock.stand_at("2021-11-22T10:00").isoformat() == "2021-11-22T01:00:00+00:00"
    assert clock.move(hours=1, minutes=30) == application_clock.now()
    assert application_clock.now().isoformat() == "2021-11-22T02:30:00+00:00"


def test_a_good_page_has_no_faults():
    assert faults_of(GOOD) == ()


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("<h1>신청</h1>", "", "0 first headings"),
        ("<h1>신청</h1>", "<h1>신청</h1><h3>더</h3>", "a level is skipped"),
        ("<title>신청</title>", "<title></title>", "no title"),
        ('lang="ko"', "", "language"),
        ('<label for="a">이름</label>', "", "has no label"),
        ('name="csrf_token"', 'name="token"', "forged requests"),
        ("<button>", '<button onclick="go()">', "security policy"),
        ("<button>", '<button style="color:red">', "security policy"),
        ("<h1>", "<script>go()</script><h1>", "security policy"),
        ('id="a"', 'id="a" aria-describedby="b"', "points to nothing"),
        ("</form>", '</form><p id="a">x</p>', "is there 2 times"),
        ("</form>", "</form><table><tr><td>1</table>", "no caption"),
        ("</form>", '</form><img src="/x.png">', "no alt"),
        ("</form>", "</form></div>", "invalid HTML"),
        ("</form>", '</form><a href="#nowhere">x</a>', "leads nowhere"),
        ("신청하기", "", "says nothing"),
    ],
)
def test_a_faulty_page_is_caught(before: str, after: str, fault: str):
    faults = faults_of(GOOD.replace(before, after))

    assert any(fault in found for found in faults), faults


def test_a_refused_page_says_so_in_its_title():
    assert "begins with" in faults_of(GOOD, 422)[0]
    assert faults_of(GOOD.replace("<title>신청", "<title>오류: 신청"), 422) == ()


def test_what_a_machine_lacks_is_left_out_with_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TOURBOOK_REQUIRE", raising=False)

    with pytest.raises(pytest.skip.Exception, match="browser: there is none"):
        missing("browser", "there is none")


def test_what_is_required_fails_where_it_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOURBOOK_REQUIRE", "browser,postgres")

    with pytest.raises(pytest.fail.Exception, match="TOURBOOK_REQUIRE names postgres, but there is none"):
        missing("postgres", "there is none")


@pytest.fixture
def found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FoundOut:
    """What the workers of a run have found out, in which there is nothing yet."""
    monkeypatch.setattr(FOUND_OUT, "folder", tmp_path)
    return FOUND_OUT


def test_templates_that_are_compiled_already_are_those_of_the_same_settings(
    database: Ground, found_out: FoundOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str | None] = []
    usual = Environment.compile

    def noting(environment: Environment, source: str, name: str | None = None, *more: object) -> object:
        compiled.append(name)
        return usual(environment, source, name, *more)

    monkeypatch.setattr(Environment, "compile", noting)
    monkeypatch.setattr(compiled_once, "_codes", {})

    def opened(phone: str) -> str:
        app = build_app(database.url, contact_phone=phone)
        said = app.test_client().get("/ko/accessibility").text
        with app.app_context():
            db.engine.dispose()
        return said

    first, number_of_first = opened("02-000-1234"), len(compiled)
    again = opened("02-000-1234")
    other = opened("02-000-5678")
    monkeypatch.setattr(compiled_once, "_codes", {})  # as in another worker
    elsewhere = opened("02-000-5678")

    assert number_of_first > 1
    assert again.count("02-000-1234") == first.count("02-000-1234") > 0
    assert elsewhere.count("02-000-5678") == other.count("02-000-5678") > 0
    assert len(compiled) == 2 * number_of_first


def test_whether_a_shape_is_valid_is_asked_once_by_all_workers(
    found_out: FoundOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    usual = markup._errors_of
    monkeypatch.setattr(markup, "_errors_of", lambda html: asked.append(html) or usual(html))

    def wrong(html: str) -> bool:
        markup._is_wrong.cache_clear()  # as in another worker
        return bool(markup.errors_of(html))

    right, broken = GOOD, GOOD.replace("</form>", "</form></div>")
    assert [wrong(right), wrong(broken)] == [False, True]
    assert len(asked) == 3  # of what is wrong the page itself is read too

    assert [wrong(right), wrong(broken)] == [False, True]
    assert len(asked) == 4


def test_what_was_found_out_answers_nothing_else(found_out: FoundOut) -> None:
    found_out.note("shape", b"one", b"right")

    assert found_out.known("shape", b"one") == b"right"
    assert found_out.known("shape", b"another") is None
    assert found_out.known("template", b"one") is None


def test_addresses_of_another_application_are_put_together_by_the_same_code_with_its_own_converters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Shouted(UnicodeConverter):
        def to_url(self, value: str) -> str:
            return value.upper()

    monkeypatch.setattr(compiled_once, "_builders", {})

    def built(said: type[UnicodeConverter] = UnicodeConverter, **more: Any) -> str:
        rule = Rule("/<lang>/<said:word>", endpoint="x", **more)
        urls = Map([rule], converters={"said": said}).bind("localhost")
        return str(urls.build("x", {"lang": "ko", "word": "a b", "n": 1}))

    written: list[Any] = []
    usual = Rule._get_func_code

    def noting(*code: Any) -> Any:
        written.append(code)
        return usual(*code)

    monkeypatch.setattr(Rule, "_get_func_code", staticmethod(noting))
    compiled_once.remember_addresses(monkeypatch)

    assert [built(), built(), built(Shouted), built(defaults={"lang": "ko"})] == [
        "/ko/a%20b?n=1",
        "/ko/a%20b?n=1",
        "/ko/A B?n=1",
        "/ko/a%20b?n=1",
    ]
    assert len(written) == 3 * len((True, False))


def test_a_password_that_was_computed_already_fits_no_other_hash_and_no_other_word() -> None:
    hasher = RememberingHasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    kept = hasher.hash("four words in a row")

    for _ in range(2):
        assert hasher.verify(kept, "four words in a row")
        with pytest.raises(VerifyMismatchError):
            hasher.verify(kept, "four words in a raw")
        with pytest.raises(VerifyMismatchError):
            hasher.verify(hasher.hash("another one"), "four words in a row")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A place for temporary files that nobody has chosen yet."""
    monkeypatch.setenv("TMPDIR", "what it was is put back")
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setattr(tempfile, "tempdir", "the usual place")
    monkeypatch.setattr(memory, "MEMORY", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("free", "chosen"), [(memory.ROOM, True), (memory.ROOM - 1, False)])
def test_files_lie_in_memory_where_there_is_room(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, free: int, chosen: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    memory.keep_files_in_memory()

    assert (tempfile.gettempdir() == str(elsewhere)) is chosen
    assert (os.environ.get("TMPDIR") == str(elsewhere)) is chosen


def test_who_has_said_where_files_lie_keeps_it(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/mine")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=memory.ROOM))

    memory.keep_files_in_memory()

    assert (os.environ["TMPDIR"], tempfile.gettempdir()) == ("/mine", "the usual place")


def test_what_is_made_once_per_run_is_read_by_all_who_come_later(tmp_path: Path) -> None:
    made = []

    def make() -> list[str]:
        made.append("made")
        return [*made]

    assert [OncePerRun(tmp_path).made("site", make) for _ in range(3)] == [["made"]] * 3
    assert OncePerRun(tmp_path).made("another", make) == ["made", "made"]


def test_what_could_not_be_made_is_tried_again_by_the_next(tmp_path: Path) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        OncePerRun(tmp_path).made("site", fail)

    assert OncePerRun(tmp_path).made("site", lambda: "made") == "made"
