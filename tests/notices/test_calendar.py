from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import icalendar
import pytest

from tests.notices.outbox import FACTS, NOW, SUBJECT, TOKEN
from tourbook.kst import KST
from tourbook.notices import calendar_entry, opening_entry


def event_of(entry: bytes) -> Any:
    calendar = icalendar.Calendar.from_ical(entry)
    assert "METHOD" not in calendar
    return calendar.walk("VEVENT")[0]


@pytest.mark.parametrize(("language", "place"), [("ko", "임진각"), ("en", "Imjingak")])
def test_an_entry_says_when_and_where(language: str, place: str):
    event = event_of(calendar_entry(FACTS, language, subject_id=SUBJECT, stamped_at=NOW))

    assert event.start == datetime(2026, 12, 17, 10, 0, tzinfo=KST)
    assert event.end - event.start == timedelta(minutes=150)
    assert event["SUMMARY"] == FACTS[f"course_{language}"]
    assert event["LOCATION"] == place
    assert FACTS["reference"] in event["DESCRIPTION"]
    assert FACTS[f"id_rule_{language}"] in event["DESCRIPTION"]
    assert FACTS[f"meeting_{language}"] in event["DESCRIPTION"]


@pytest.mark.parametrize(("language", "maker"), [("ko", "KO"), ("en", "EN")])
def test_a_file_names_the_language_that_it_is_written_in(language: str, maker: str):
    entry = calendar_entry(FACTS, language, subject_id=SUBJECT, stamped_at=NOW)
    opening = opening_entry(
        "opens", NOW, language, uid="a-draw", warning="soon", address="https://tours.example.kr", stamped_at=NOW
    )

    for file in (entry, opening):
        assert icalendar.Calendar.from_ical(file)["PRODID"] == f"-//tourbook//notices//{maker}"


def test_korean_time_travels_with_the_entry():
    entry = calendar_entry(FACTS, "ko", subject_id=SUBJECT, stamped_at=NOW).decode()

    assert "DTSTART;TZID=Asia/Seoul:20261217T100000" in entry
    assert "BEGIN:VTIMEZONE" in entry
    assert "TZID:Asia/Seoul" in entry
    assert "DAYLIGHT" not in entry


def test_a_later_file_strikes_the_same_entry():
    entered = event_of(calendar_entry(FACTS, "ko", subject_id=SUBJECT, stamped_at=NOW))
    struck = event_of(calendar_entry(FACTS, "ko", subject_id=SUBJECT, stamped_at=NOW, cancelled=True))
    another = event_of(calendar_entry(FACTS, "ko", subject_id=uuid4(), stamped_at=NOW))

    assert entered["UID"] == struck["UID"] != another["UID"]
    assert entered["SEQUENCE"] < struck["SEQUENCE"]
    assert (entered["STATUS"], struck["STATUS"]) == ("CONFIRMED", "CANCELLED")


def test_the_link_stays_out_of_calendars_which_people_share():
    assert TOKEN.encode() not in calendar_entry(FACTS, "ko", subject_id=SUBJECT, stamped_at=NOW)
