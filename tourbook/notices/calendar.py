"""The departure as an entry for people's own calendars (RFC 5545)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from icalendar import Alarm, Calendar, Event, Timezone

from tourbook.kst import KST, in_seoul
from tourbook.notices import wording
from tourbook.notices.kinds import Kind

FILE_NAME = "tourbook.ics"
ENTERS = frozenset({Kind.CONFIRMED, Kind.MOVED, Kind.TRANSFERRED, Kind.DRAWN})
STRIKES = frozenset({Kind.DISPLACED, Kind.SHRINK_LAPSED, Kind.CALLED_OFF, Kind.CANCELLED, Kind.CLEARANCE_CANCELLED})

OPENING_LASTS = timedelta(minutes=15)
WARNED_BEFORE = timedelta(minutes=10)

_SUMMER_TIME_IS_HISTORY = date(1990, 1, 1)  # Korea last changed its clocks in 1988

_LABELS = {
    "ko": {"reference": "신청번호", "people": "인원", "bring": "준비물"},
    "en": {"reference": "Reference", "people": "Party", "bring": "Bring"},
}


def calendar_entry(
    facts: Mapping[str, Any], language: str, *, subject_id: UUID, stamped_at: datetime, cancelled: bool = False
) -> bytes:
    """An .ics file with one event, known by the application's id: a later file strikes what an earlier one entered.

    `facts` are those of an application's notice. The application's own link stays out, since calendars are shared.
    """
    event = Event()
    event.add("uid", f"{subject_id}@tourbook")
    event.add("dtstamp", stamped_at)
    event.add("sequence", 1 if cancelled else 0)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    _describe(event, facts, language)
    return _file_of(event, language)


def opening_entry(
    name: str, opens_at: datetime, language: str, *, uid: str, warning: str, address: str, stamped_at: datetime
) -> bytes:
    """An .ics file with the minute at which something opens; ten minutes before it a calendar says the `warning`. All
    its words are of that language.
    """
    event, alarm = Event(), Alarm()
    event.add("uid", f"{uid}-opens@tourbook")
    event.add("dtstamp", stamped_at)
    event.add("dtstart", in_seoul(opens_at))
    event.add("dtend", in_seoul(opens_at) + OPENING_LASTS)
    event.add("summary", name)
    event.add("description", f"{warning}\n{address}")
    event.add("url", address)
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -WARNED_BEFORE)
    alarm.add("description", warning)
    event.add_component(alarm)
    return _file_of(event, language)


def _describe(event: Event, facts: Mapping[str, Any], language: str) -> None:
    start = in_seoul(datetime.fromisoformat(facts["starts_at"]))
    labels = _LABELS[language]
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=facts["minutes"]))
    event.add("summary", facts[f"course_{language}"])
    event.add("location", facts[f"meeting_place_{language}"])
    lines = [
        f"{labels['reference']}: {facts['reference']}",
        f"{labels['people']}: {wording.people_in_words(facts['seats'], language)}",
        f"{labels['bring']}: {facts[f'id_rule_{language}']}",
    ]
    meeting = facts.get(f"meeting_{language}")
    event.add("description", "\n".join([*lines, meeting] if meeting else lines))


def _file_of(event: Event, language: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//tourbook//notices//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add_component(_korean_time())
    calendar.add_component(event)
    return bytes(calendar.to_ical())


@cache
def _korean_time() -> Timezone:
    """What TZID=Asia/Seoul means, for programs that do not know it. Working it out takes longer than the whole rest."""
    return Timezone.from_tzid(KST.key, first_date=_SUMMER_TIME_IS_HISTORY)
