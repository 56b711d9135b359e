"""The ground itself: tests reach nobody outside, start from the same state, and see faulty pages."""

import smtplib
import socket

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.ground.loopback import TalkedToStrangers
from tests.ground.moments import StandingClock
from tests.ground.pages import faults_of
from tests.ground.required import missing
from tourbook import clock as application_clock
from tourbook.accounts.models import Organisation

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
