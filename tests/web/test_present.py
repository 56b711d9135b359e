from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask_babel import force_locale

from tourbook.web import present

pytestmark = pytest.mark.sqlite_only("words do not come from a database")

NIGHT = datetime(2026, 12, 16, 15, 30, tzinfo=UTC)  # half past midnight in Korea, a day later


@pytest.fixture
def _in_korean(app: Flask):
    with app.app_context(), force_locale("ko"):
        yield


@pytest.fixture
def _in_english(app: Flask):
    with app.app_context(), force_locale("en"):
        yield


@pytest.mark.usefixtures("_in_korean")
@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (lambda: present.instant(NIGHT), "2026년 12월 17일(목) 00:30"),
        (lambda: present.instant(datetime(2026, 12, 17, 13, 5, tzinfo=UTC)), "2026년 12월 17일(목) 22:05"),
        (lambda: present.day(NIGHT), "2026년 12월 17일(목)"),
        (lambda: present.day(date(2026, 2, 1)), "2026년 2월 1일(일)"),
        (lambda: present.month(date(2026, 2, 1)), "2026년 2월"),
        (lambda: present.clock_time(NIGHT), "00:30"),
        (lambda: present.clock_time(time(9, 5)), "09:05"),
        (lambda: present.number(12345), "12,345"),
        (lambda: present.won(10000), "10,000원"),
        (lambda: present.duration(150), "2시간 30분"),
        (lambda: present.duration(60), "1시간"),
        (lambda: present.duration(0), "0분"),
    ],
)
def test_korean_words(shown, words: str):
    assert shown() == words


@pytest.mark.usefixtures("_in_english")
@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (lambda: present.instant(NIGHT), "Thu 17 Dec 2026, 00:30 KST"),
        (lambda: present.day(NIGHT), "Thu 17 Dec 2026"),
        (lambda: present.month(date(2026, 2, 1)), "February 2026"),
        (lambda: present.clock_time(NIGHT), "00:30"),
        (lambda: present.number(12345), "12,345"),
        (lambda: present.won(10000), "KRW 10,000"),
        (lambda: present.duration(150), "2 h 30 min"),
        (lambda: present.duration(45), "45 min"),
    ],
)
def test_english_words(shown, words: str):
    assert shown() == words


@pytest.mark.parametrize(
    ("word", "kind", "joined"),
    [
        ("파주", "을를", "파주를"),
        ("철원", "을를", "철원을"),
        ("서울", "으로", "서울로"),
        ("고성", "으로", "고성으로"),
        ("파주", "으로", "파주로"),
        ("판문점(JSA)", "은는", "판문점(JSA)은"),
        ("판문점 (JSA)", "은는", "판문점 (JSA)은"),
        ("“철원”", "이가", "“철원”이"),
        ("3", "이가", "3이"),
        ("2", "이가", "2가"),
        ("7", "으로", "7로"),
        ("DMZ", "을를", "DMZ를"),
        ("Kim", "이가", "Kim이"),
        ("김하늘", "이가", "김하늘이"),
        ("김하늘", "이라", "김하늘이라"),
        ("…", "을를", "…을(를)"),
        ("", "을를", "을(를)"),
        (12, "과와", "12와"),
    ],
)
def test_particles_fit_how_a_word_ends(word: object, kind: str, joined: str):
    assert present.josa(word, kind) == joined
