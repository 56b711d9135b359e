"""The minute at which something opens, for a calendar: as long as it is still to come."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.draws.lottery import TERMS, Lottery, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.draws import DRAW
from tests.web.citizen.people import Citizen
from tourbook.kst import KST, parse_moment

STARTS, OPENS = "2026-06-20T10:00", "2026-05-23T10:00"


@pytest.fixture
def lottery(session: Session) -> Lottery:
    return build_lottery()


def event_of(citizen: Citizen, path: str) -> Any:
    answer = citizen.client.get(f"/{citizen.lang}{path}")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert b"TZID=Asia/Seoul" in answer.data
    assert f"PRODID:-//tourbook//notices//{citizen.lang.upper()}".encode() in answer.data
    return icalendar.Calendar.from_ical(answer.data).walk("VEVENT")[0]


@pytest.mark.parametrize(("lang", "summary"), [("ko", "신청 시작: "), ("en", "Applications open: ")])
def test_before_it_opens_a_departure_gives_its_minute_to_a_calendar(
    scene: Scene, somebody: Any, lang: str, summary: str
) -> None:
    walk = scene.add_departure(STARTS)
    citizen = somebody(lang)

    page = citizen.open(f"/departures/{walk}")
    event = event_of(citizen, f"/departures/{walk}/opens.ics")

    assert page.mark("opens-calendar").get("href") == f"/{lang}/departures/{walk}/opens.ics"
    assert not page.has("hold")
    assert "10:00" in words(page.mark("window"))
    assert event.start == parse_moment(OPENS).astimezone(KST)
    assert event["SUMMARY"].startswith(summary)
    assert f"/{lang}/departures/{walk}" in event["DESCRIPTION"]
    assert [one["TRIGGER"].dt for one in event.walk("VALARM")] == [timedelta(minutes=-10)]


@pytest.mark.parametrize("moment", [OPENS, "2026-06-19T12:00"])
def test_from_that_minute_on_there_is_none(scene: Scene, citizen: Citizen, clock: StandingClock, moment: str) -> None:
    walk = scene.add_departure(STARTS)
    clock.stand_at(moment)

    assert not citizen.open(f"/departures/{walk}").has("opens-calendar")
    assert citizen.open(f"/departures/{walk}/opens.ics").status == 404


def test_before_it_opens_a_draw_gives_its_minute_to_a_calendar(
    lottery: Lottery, citizen: Citizen, clock: StandingClock
) -> None:
    clock.stand_at((TERMS.opens_at - timedelta(minutes=1)).isoformat())

    page, event = citizen.open(DRAW), event_of(citizen, f"{DRAW}/opens.ics")
    clock.stand_at(TERMS.opens_at.isoformat())

    assert page.has("opens-calendar")
    assert event.start == TERMS.opens_at.astimezone(KST)
    assert citizen.open(f"{DRAW}/opens.ics").status == 404
