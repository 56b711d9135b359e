"""Looking for a date: true figures, the state of every day in words, and why a departure is smaller."""

from datetime import date

import pytest

from tests.applications.scene import Scene, departure
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.people import Citizen
from tourbook.actor import COMMAND
from tourbook.courses import add_break
from tourbook.courses.models import Course, Departure, Schedule
from tourbook.db import transaction
from tourbook.kst import parse_moment


def test_a_cut_shows_before_anybody_has_settled_the_departure(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 2)
    scene.add_order("half", "2026-05-10")
    clock.stand_at(scene.now)

    page = citizen.open(f"/departures/{walk}")

    assert departure(walk).allowed == 20
    assert "8자리 남음" in words(page.mark("places"))
    assert "단계 half" in page.text


def test_places_of_a_hold_that_ran_out_are_free_again(scene: Scene, citizen: Citizen, clock: StandingClock) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=4)
    scene.hold(walk, 4)
    before = citizen.open(f"/departures/{walk}")
    clock.move(minutes=16)

    after = citizen.open(f"/departures/{walk}")

    assert before.has("waiting-list")
    assert "4자리 남음" in words(after.mark("places"))
    assert departure(walk).seats_taken == 4


def test_free_seats_that_are_kept_for_the_waiting_list_are_not_promised(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    scene.apply(walk, 2)
    scene.apply(walk, 4, wait=True)
    for _ in range(2):
        scene.apply(walk, 1)
    clock.stand_at(scene.now)
    before = citizen.open(f"/departures/{walk}")
    with transaction() as session:
        session.get_one(Course, scene.course_id).skip_bound = 2
        session.get_one(Departure, walk).next_due_at = scene.now

    after = citizen.open(f"/departures/{walk}")

    assert "1자리 남음" in words(before.mark("places"))
    assert after.has("waiting-list")


def test_every_state_of_a_day_stands_on_the_calendar_in_words(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    scene.add_departure("2026-05-05T10:00")
    scene.add_departure("2026-05-19T10:00")
    few = scene.add_departure("2026-05-20T10:00", capacity=3)
    full = scene.add_departure("2026-05-21T10:00", capacity=2)
    scene.apply(full, 2)
    off = scene.add_departure("2026-05-22T10:00")
    scene.add_measure("2026-05-23", "2026-05-23")
    scene.add_departure("2026-05-23T10:00")
    with transaction() as session:
        session.get_one(Departure, off).called_off_at = scene.now
    for time in ("10:00", "14:00"):
        scene.add_departure(f"2026-05-24T{time}")
    clock.stand_at(scene.now)

    may = citizen.open("/courses/walk?month=2026-05")
    june = citizen.open("/courses/walk?month=2026-06")

    calendar = words(may.mark("calendar"))
    for said in ("5 신청 끝", "19 20자리", "20 자리 적음 3자리", "21 대기", "22", "취소", "23 운영 중단", "24 20자리"):
        assert said in calendar, calendar
    assert may.mark("day-2026-05-20").get("href", "").endswith(str(few))
    assert "day=2026-05-24" in may.mark("day-2026-05-24").get("href", "")
    assert june.heading == "걷기"


def test_what_is_full_in_the_last_hour_offers_no_waiting_list_that_nobody_is_asked_from(
    scene: Scene, citizen: Citizen, somebody, clock: StandingClock
) -> None:
    walk, nearly = scene.add_departure("2026-05-20T10:00", capacity=2), scene.add_departure("2026-05-20T14:00")
    scene.apply(walk, 2)
    for seats in (5, 5, 5, 4):
        scene.apply(nearly, seats)
    clock.stand_at(parse_moment("2026-05-18T19:59"))
    before = citizen.open(f"/departures/{walk}")
    clock.stand_at(
        parse_moment("2026-05-18T20:00")
    )  # amended until 24:00; nobody has to answer after 21:00, or within an hour
    scene.now = clock.now

    page = citizen.open(f"/departures/{walk}")
    month = citizen.open("/courses/walk?month=2026-05&day=2026-05-20")
    refused = somebody().ask(nearly, 2)

    assert words(before.mark("state")) == "대기 신청"
    assert (words(page.mark("state")), page.has("party"), page.has("waiting-list")) == ("마감", False, False)
    assert "대기 접수도 끝났습니다" in words(page.mark("window"))
    assert "마감" in words(month.mark(f"departure-{walk}"))
    assert (refused.status, refused.has("wait"), "대기" in words(refused.mark("refused"))) == (409, False, False)


def test_a_day_with_several_times_lists_them(scene: Scene, citizen: Citizen) -> None:
    found = [scene.add_departure(f"2026-05-24T{time}") for time in ("10:00", "14:00")]

    page = citizen.open("/courses/walk?day=2026-05-24")

    assert page.has("day-times")
    for departure_id in found:
        assert page.has(f"departure-{departure_id}")


def test_days_that_are_not_open_yet_say_their_minute(scene: Scene, citizen: Citizen) -> None:
    scene.add_departure("2026-06-03T10:00")

    calendar = citizen.open("/courses/walk?month=2026-06")
    listed = citizen.open("/courses/walk?month=2026-06&view=list")

    assert "신청 5/6 10:00" in words(calendar.mark("calendar"))
    assert "신청 5/6 10:00" in words(listed.mark("day-list"))


def test_strange_months_show_the_next_departure(scene: Scene, citizen: Citizen) -> None:
    scene.add_departure("2026-05-20T10:00")

    for query in ("month=9999-12", "month=x", "day=0001-01-01", "month=2026-13"):
        assert "2026년 5월" in citizen.open(f"/courses/walk?{query}").text


def test_why_names_the_order_that_makes_parties_as_small_as_they_are(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01", party_max=2)
    scene.add_order("open", "2026-05-15", party_max=4)  # announced after it, and applied later

    page = citizen.open(f"/departures/{walk}/why")

    assert "parties of up to 2" in words(page.mark("why-party"))
    assert "parties of up to 4" not in words(page.mark("why-party"))


@pytest.mark.parametrize(("lang", "result"), [("ko", "결과10명"), ("en", "Result10 places")])
def test_why_says_its_result_as_people_say_it(scene: Scene, citizen: Citizen, lang: str, result: str) -> None:
    citizen.lang = lang
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01")

    assert words(citizen.open(f"/departures/{walk}/why").mark("why")).endswith(result)


def test_why_says_no_limit_of_an_order_that_the_course_does_not_reach(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01", party_max=8)

    page = citizen.open(f"/departures/{walk}/why")

    assert "parties of up to 8" not in page.text
    assert "Result5 people" in words(page.mark("why-party"))


def test_why_names_first_the_announced_order_that_closes_a_departure(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01")
    scene.add_order("closed", "2026-05-20")

    page = citizen.open(f"/departures/{walk}/why")

    assert "From Wed 20 May 2026" in words(page.mark("deciding"))
    assert "Level closed" in words(page.mark("deciding"))
    assert "half" not in words(page.mark("deciding"))


def test_why_is_it_ten(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-10", party_max=3, condition_ko="백신", condition_en="vaccinated")

    departure_page = citizen.open(f"/departures/{walk}")
    page = citizen.open(departure_page.mark("why-link").get("href", "").removeprefix("/en"))

    assert page.heading == "Why is it 10?"
    assert "Result10 places" in words(page.mark("why"))
    assert "Result3 people" in words(page.mark("why-party"))
    assert "vaccinated" in page.text
    assert "vaccinated" in departure_page.text


def test_a_size_that_may_still_change_says_so(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01", "2026-05-15")

    page = citizen.open(f"/departures/{walk}")

    assert "The size may still change." in page.text


def test_a_suspended_course_says_why_on_the_home_page(scene: Scene, citizen: Citizen) -> None:
    scene.add_departure("2026-05-20T10:00")
    scene.add_measure("2026-05-01", reason_ko="아프리카돼지열병", reason_en="swine fever")

    page = citizen.open("/")

    assert "아프리카돼지열병" in words(page.mark("course-walk"))


def test_home_says_when_applications_open_where_there_are_no_places(scene: Scene, citizen: Citizen) -> None:
    scene.add_departure("2026-06-03T10:00")

    page = citizen.open("/")

    assert "5월 6일(수) 10:00" in words(page.mark("course-walk"))


def rest(scene: Scene, first: date, last: date, reason: str) -> None:
    """The course rests on these days."""
    add_break(scene.course_id, first, last, reason_ko=reason, reason_en="A rest", actor=COMMAND, now=scene.now)


@pytest.mark.parametrize("later", [True, False])
def test_a_card_of_a_course_that_is_stopped_for_long_names_what_opens_after_it_or_that_it_is_stopped(
    scene: Scene, citizen: Citizen, later: bool
) -> None:
    citizen.lang = "en"
    scene.add_departure("2026-05-20T10:00")
    scene.add_measure("2026-05-01", "2026-06-20", reason_en="swine fever")
    if later:
        scene.add_departure("2026-06-25T10:00")

    page = citizen.open("/")
    card, on_map = words(page.mark("course-walk")), words(page.mark("map"))

    assert ("OpensThu 28 May, 10:00, for Thu 25 Jun, 10:00" in card.replace("Opens ", "Opens")) is later
    assert ("Not open yet" in card, "No visits" in card.split("Walk")[1][:12]) == (later, not later)
    assert ("Applications open on Thu 28 May" in on_map, "No visits at present" in on_map) == (later, not later)
    assert "swine fever" in card


def test_a_course_tells_its_weekdays_and_the_breaks_that_lie_ahead(scene: Scene, citizen: Citizen) -> None:
    with transaction() as session:
        session.add(Schedule(course_id=scene.course_id, weekdays=[1, 5], times=["10:00"]))
    rest(scene, date(2026, 4, 1), date(2026, 4, 30), "지난 휴무")
    rest(scene, date(2026, 5, 1), date(2026, 5, 4), "오늘까지 휴무")
    rest(scene, date(2026, 7, 1), date(2026, 8, 31), "혹서기 휴무")
    rest(scene, date(2026, 9, 3), date(2026, 9, 3), "시설 점검")

    page = citizen.open("/courses/walk")

    season = words(page.mark("season"))  # terms and descriptions follow each other without a blank
    assert "운영 요일화, 토" in season
    assert "휴무 요일월, 수, 목, 금, 일" in season
    assert [words(one) for one in page.marked("break")] == [
        "2026년 5월 1일(금) – 2026년 5월 4일(월): 오늘까지 휴무",
        "2026년 7월 1일(수) – 2026년 8월 31일(월): 혹서기 휴무",
        "2026년 9월 3일(목): 시설 점검",
    ]


def test_a_season_that_begins_and_ends_is_told_with_its_days(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    with transaction() as session:
        for first, last in ((date(2026, 4, 18), date(2026, 6, 30)), (date(2026, 9, 1), date(2026, 11, 30))):
            values = {"weekdays": [0], "times": ["10:00"], "runs_from": first, "runs_until": last}
            session.add(Schedule(course_id=scene.course_id, **values))

    season = words(citizen.open("/courses/walk").mark("season"))

    assert "SeasonSat 18 Apr 2026 – Mon 30 Nov 2026" in season


def test_without_a_plan_nothing_is_said_of_seasons(scene: Scene, citizen: Citizen) -> None:
    assert not citizen.open("/courses/walk").has("season")


def test_nobody_is_told_to_stay_away_from_a_course_for_everybody(scene: Scene, citizen: Citizen) -> None:
    kept_out = "그 밖의 분은 동행으로도 참가할 수 없습니다."
    from_ten = citizen.open("/courses/walk").text
    with transaction() as session:
        session.get_one(Course, scene.course_id).min_age = 0

    assert kept_out in from_ten
    assert kept_out not in citizen.open("/courses/walk").text


@pytest.mark.parametrize(
    ("first", "level", "said"),
    [
        ("2026-05-19", "open", "A milder order is announced that covers this day. It applies from Tue 19 May 2026"),
        ("2026-05-19", "closed", "An order is announced that covers this day. It applies from Tue 19 May 2026, and"),
        (None, None, "No order covers this day yet, so we count on the present one going on."),
    ],
)
def test_why_says_what_holds_until_an_announced_order_begins(
    scene: Scene, citizen: Citizen, first: str | None, level: str, said: str
) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01", "2026-05-18")
    if first:
        scene.add_order(level, first)

    page = citizen.open(f"/departures/{walk}/why")

    assert said in words(page.mark("basis"))
    assert ("no later order yet" in page.text) == (first is None)
    assert ("kept until the order that is announced begins" in page.text) == (first is not None)


def test_why_says_that_an_announced_order_is_counted_on_that_ends_before_the_day(
    scene: Scene, citizen: Citizen
) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01", "2026-05-10")
    scene.add_order("open", "2026-05-11", "2026-05-15", applies_at=parse_moment("2026-05-10T14:00"))

    page = citizen.open(f"/departures/{walk}/why")

    assert "we count on the one that is announced going on. It applies from Sun 10 May 2026, 14:00 KST" in page.text


def test_what_was_under_embargo_reads_as_announced_at_the_minute_at_which_it_became_public(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    citizen.lang = "en"
    walk = scene.add_departure("2026-05-20T10:00")
    public = parse_moment("2026-05-04T18:00")
    scene.add_order("half", "2026-05-01", known_at=public)
    scene.add_measure("2026-05-20", kind="override", capacity=5, known_at=public)
    clock.stand_at("2026-05-04T18:00")

    page = citizen.open(f"/departures/{walk}/why")

    assert page.text.count("announced Mon 4 May 2026, 18:00 KST") == 2
    assert "09:00" not in words(page.mark("why"))
