import pytest

from tourbook.kst import parse_moment
from tourbook.notices.wording import deadline_in_words, duration_in_words, moment_in_words, people_in_words


@pytest.mark.parametrize(
    ("language", "briefly", "said"),
    [
        ("ko", False, "2026년 12월 17일(목) 00:00"),
        ("ko", True, "12월 17일(목) 00:00"),
        ("en", False, "Thu 17 Dec 2026, 00:00 KST"),
        ("en", True, "Thu 17 Dec, 00:00"),
    ],
)
def test_a_moment_is_said_in_korean_time(language: str, briefly: bool, said: str):
    assert moment_in_words(parse_moment("2026-12-17"), language, briefly=briefly) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-12-18", "2026년 12월 17일(목) 24:00"),
        ("2027-01-01", "2026년 12월 31일(목) 24:00"),
        ("2026-12-17T00:01", "2026년 12월 17일(목) 00:01"),
        ("2026-12-17T12:00", "2026년 12월 17일(목) 12:00"),
    ],
)
def test_a_deadline_at_midnight_is_the_end_of_the_day_before(moment: str, said: str):
    assert deadline_in_words(parse_moment(moment), "ko") == said


@pytest.mark.parametrize(
    ("minutes", "ko", "en"), [(45, "45분", "45 min"), (60, "1시간", "1 h"), (150, "2시간 30분", "2 h 30 min")]
)
def test_a_duration_leaves_out_what_is_nothing(minutes: int, ko: str, en: str):
    assert duration_in_words(minutes, "ko") == ko
    assert duration_in_words(minutes, "en") == en


def test_one_is_a_person_and_two_are_people():
    assert people_in_words(1, "en") == "1 person"
    assert people_in_words(2, "en") == "2 people"
    assert people_in_words(2, "ko") == "2명"
