"""A course's page: how hard the way is and who gets along it, what is not known, and why fewer people go."""

from typing import Any

import pytest
from sqlalchemy import update

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.citizen.people import Citizen
from tourbook.courses.models import Course, CourseFigures
from tourbook.db import transaction


def describe(scene: Scene, walk_km: float | None = None, **details: Any) -> None:
    with transaction() as session:
        course = session.get_one(Course, scene.course_id)
        course.walk_km, course.details = walk_km, details


def leg(**known: Any) -> dict[str, Any]:
    return {"by": "walk", "km": 1.4, "ko": "강변길", "en": "Along the river", **known}


def test_what_nobody_said_is_not_known_and_has_somebody_to_ask(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    describe(scene, legs=[leg()])

    page = citizen.open("/courses/walk")

    assert words(page.mark("walking")) == "Walkingnot knownWheelchairnot knownToiletsnot known"
    assert "Wheelchair: not known · Toilets: not known" in words(page.mark("legs"))
    assert "031-" in words(page.mark("not-known"))
    assert page.has("no-profile")
    assert not page.has("profile")


def test_what_is_known_is_said_of_the_way_and_of_each_leg(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    path = [[126.74, 37.89, 12], [126.75, 37.89, 30]]
    describe(
        scene, 1.4, legs=[leg(wheelchair=True, toilets=True, path=path), leg(wheelchair=False)], path_invented=True
    )

    page = citizen.open("/courses/walk")

    assert "Walkingeasy (1.4 km on foot)" in words(page.mark("walking"))
    assert "not all of it with a wheelchair" in words(page.mark("walking"))
    assert "Wheelchair: yes · Toilets: yes" in words(page.mark("legs"))
    assert page.has("profile")
    assert "12 m" in page.text
    assert "made up" in words(page.mark("invented"))
    assert not page.has("not-known")


def test_dress_and_conduct_are_apart_and_both_are_agreed_to(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    describe(scene, dress_ko=["슬리퍼는 안 됩니다."], conduct_ko=["뛰지 않습니다."], bring_ko=["신분증"])

    page = citizen.open("/courses/walk")
    contact = citizen.name_visitors(citizen.ask(walk, 1))

    assert "옷차림슬리퍼는 안 됩니다." in page.text.replace("옷차림 ", "옷차림")
    assert "슬리퍼는 안 됩니다." in contact.text
    assert "뛰지 않습니다." in contact.text


def test_why_fewer_people_go_is_said_in_plain_words_with_its_days(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01", "2026-05-25")

    said = words(citizen.open("/courses/walk").mark("reduced"))

    assert "Half as many people as usual" in said
    assert "On Wed 20 May 2026 10 people may go together. Usually it is 20." in said
    assert "infectious disease" in said
    assert "from Fri 1 May 2026 to Mon 25 May 2026" in said


def test_a_closed_site_says_its_own_reason_and_that_its_end_is_open(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    scene.add_departure("2026-05-20T10:00")
    scene.add_measure("2026-05-01", reason_ko="아프리카돼지열병", reason_en="swine fever")

    said = words(citizen.open("/courses/walk").mark("reduced"))

    assert "nobody may go" in said
    assert "The reason: Suspended: swine fever." in said
    assert "Nobody has decided yet when it ends." in said
    assert "infectious disease" not in said


def test_a_stop_is_not_told_as_a_matter_of_this_site_as_it_may_hold_for_many(scene: Scene, citizen: Citizen) -> None:
    asked = scene.add_departure("2026-05-20T10:00")
    scene.add_measure("2026-05-01", reason_ko="아프리카돼지열병", reason_en="swine fever")

    told = [citizen.open(path).text for path in ("/courses/walk", f"/departures/{asked}", f"/departures/{asked}/why")]

    assert all("아프리카돼지열병" in text for text in told)
    assert not [text for text in told if "이곳에만" in text]


@pytest.mark.parametrize(
    ("lang", "none", "fewer"),
    [
        ("en", "while it counts, there are no visits", "fewer go together"),
        ("ko", "이 조치가 적용되는 동안에는 탐방할 수 없습니다", "함께 가는 인원을 줄였습니다"),
    ],
)
@pytest.mark.parametrize("level", ["closed", "half"])
def test_an_order_that_closes_does_not_read_as_one_that_makes_parties_fewer(
    scene: Scene, citizen: Citizen, level: str, lang: str, none: str, fewer: str
) -> None:
    citizen.lang = lang
    scene.add_departure("2026-05-20T10:00")
    scene.add_order(level, "2026-05-01")

    said = words(citizen.open("/courses/walk").mark("reduced"))

    assert (none in said, fewer in said) == (level == "closed", level == "half")


NOT_NOW = [
    ("2026-05-18", "2026-05-21", "No visits from Mon 18 May 2026 to Thu 21 May 2026"),
    ("2026-05-20", "2026-05-20", "No visits on Wed 20 May 2026"),
    ("2026-05-18", None, "No visits from Mon 18 May 2026 until further notice"),
]
NOW = [
    ("2026-05-01", "2026-05-21", "No visits at present, up to and including Thu 21 May 2026"),
    ("2026-05-04", None, "No visits at present"),
]


def closing(scene: Scene, by: str, first: str, last: str | None) -> None:
    scene.add_measure(first, last) if by == "a stop" else scene.add_order("closed", first, last, ends_by_itself=True)


@pytest.mark.parametrize("by", ["a stop", "an order"])
@pytest.mark.parametrize(("first", "last", "said"), NOT_NOW + NOW)
def test_no_visits_are_said_for_the_days_on_which_there_are_none(
    scene: Scene, citizen: Citizen, by: str, first: str, last: str | None, said: str
) -> None:
    citizen.lang = "en"
    asked = scene.add_departure("2026-05-20T10:00")
    closing(scene, by, first, last)

    told = [
        citizen.open(path).text for path in ("/", "/courses/walk", f"/departures/{asked}", f"/departures/{asked}/why")
    ]

    assert all(said in text for text in told)
    assert all(("No visits at present" in text) == ("at present" in said) for text in told)


@pytest.fixture
def limited(scene: Scene, citizen: Citizen) -> Scene:
    """One day as usual, then a limit of five for some days, then a stop without an end; read in English."""
    citizen.lang = "en"
    for day in ("18", "20", "22", "25"):
        scene.add_departure(f"2026-05-{day}T10:00")
    limit = {"kind": "override", "capacity": 5, "reason_ko": "유엔군사령부", "reason_en": "the UN Command"}
    scene.add_measure("2026-05-20", "2026-05-23", **limit)
    scene.add_measure("2026-05-24", reason_en="swine fever")
    return scene


def test_the_days_ahead_that_are_smaller_stand_on_the_page_though_the_next_is_not(
    limited: Scene, citizen: Citizen
) -> None:
    page = citizen.open("/courses/walk")

    assert not page.has("reduced")
    assert [words(one) for one in page.mark("smaller").iter("li")] == [
        "From Wed 20 May 2026 to Sat 23 May 2026: 5 people (usually 20). Limited at this site to 5: the UN Command",
        "From Sun 24 May 2026 until further notice: nobody may go. Suspended: swine fever",
    ]


def test_the_card_of_a_course_says_the_soonest_days_ahead_that_are_smaller(limited: Scene, citizen: Citizen) -> None:
    card = words(citizen.open("/").mark("course-walk"))

    assert "From Wed 20 May 2026 to Sat 23 May 2026: 5 people (usually 20)" in card
    assert "swine fever" not in card


def test_what_is_said_of_the_next_departure_is_not_said_again_of_its_days(limited: Scene, citizen: Citizen) -> None:
    limited.add_order("half", "2026-05-01", "2026-05-21", ends_by_itself=True)

    page = citizen.open("/courses/walk")

    assert "Half as many people as usual" in words(page.mark("reduced"))
    told = [words(one) for one in page.mark("smaller").iter("li")]
    assert [one[:20] for one in told] == ["From Wed 20 May 2026", "From Sun 24 May 2026"]


def test_a_month_that_is_turned_to_has_its_smaller_days_and_days_gone_by_have_none(
    limited: Scene, citizen: Citizen
) -> None:
    limited.add_departure("2026-09-10T10:00")
    limited.add_departure("2026-05-03T10:00")
    limited.add_measure("2026-05-03", "2026-05-03", reason_en="yesterday")
    limited.add_measure("2026-09-10", "2026-09-10", kind="override", capacity=3, reason_en="a ceremony")

    may, september = (citizen.open(f"/courses/walk?month=2026-{month}") for month in ("05", "09"))

    assert "yesterday" not in may.text
    assert "a ceremony" not in may.text
    assert "swine fever" in words(september.mark("smaller"))


def test_a_smaller_party_is_told_of_days_that_are_as_large_as_ever_and_sizes_that_differ_are_all_counted(
    scene: Scene, citizen: Citizen
) -> None:
    citizen.lang = "en"
    for day, size in (("18", None), ("20", None), ("20", 10), ("25", None)):
        scene.add_departure(f"2026-05-{day}T1{0 if size else 4}:00", size)
    scene.add_order("open", "2026-05-18", "2026-05-19", party_max=2, ends_by_itself=True)
    scene.add_order("half", "2026-05-20", "2026-05-21", party_max=3, ends_by_itself=True)

    told = [words(one) for one in citizen.open("/courses/walk").mark("smaller").iter("li")]

    sizes = "5 to 10 people, depending on the departure"
    assert told == [
        "From Mon 18 May 2026 to Tue 19 May 2026: parties of up to 2 people. Region 41, Level open",
        f"From Wed 20 May 2026 to Thu 21 May 2026: {sizes}, parties of up to 3 people. Region 41, Level half",
    ]


@pytest.mark.parametrize(
    ("limit", "ordered", "said"),
    [
        (5, None, "A party may be of up to 5 people."),
        (5, 8, "A party may be of up to 5 people."),
        (5, 2, "A party may be of up to 5 people. On Wed 20 May 2026: up to 2 people."),
        (None, None, "A party may be as large as there are places."),
        (None, 4, "A party may be as large as there are places. On Wed 20 May 2026: up to 4 people."),
    ],
)
def test_how_large_a_party_may_be_stands_on_the_page(
    scene: Scene, citizen: Citizen, limit: int | None, ordered: int | None, said: str
) -> None:
    citizen.lang = "en"
    with transaction() as session:
        session.execute(update(CourseFigures).values(party_limit=limit))
    before = words(citizen.open("/courses/walk").mark("party-size"))
    scene.add_departure("2026-05-20T10:00")
    scene.add_order("open", "2026-05-01", party_max=ordered)

    page = citizen.open("/courses/walk")

    assert words(page.mark("party-size")) == said
    assert said.startswith(before)


def test_there_are_at_most_five_lines_and_it_is_said_where_there_are_more_days(scene: Scene, citizen: Citizen) -> None:
    citizen.lang = "en"
    for day in range(17, 30):
        scene.add_departure(f"2026-05-{day}T10:00")
    for day in range(18, 29, 2):
        scene.add_measure(f"2026-05-{day}", f"2026-05-{day}", reason_en=f"drill {day}")

    smaller = citizen.open("/courses/walk").mark("smaller")

    assert len(list(smaller.iter("li"))) == 5
    assert "There are more such days" in words(smaller)


def test_a_stopped_day_says_so_on_the_calendar_also_where_nobody_can_apply_any_more(
    scene: Scene, citizen: Citizen
) -> None:
    soon = scene.add_departure("2026-05-05T10:00")
    scene.add_departure("2026-05-20T10:00")
    scene.add_measure("2026-05-05", "2026-05-05")

    page = citizen.open("/courses/walk")

    assert "5 운영 중단" in words(page.mark("calendar"))
    assert page.mark("day-2026-05-05").get("href", "").endswith(str(soon))
    assert "이유" in words(page.mark("smaller"))


@pytest.mark.parametrize(
    ("taken", "filled", "said"), [(0, 0, "10 places left"), (5, 50, "5 places left"), (10, 100, "Full")]
)
def test_the_bar_of_places_is_empty_where_nobody_goes_and_full_where_nobody_else_can(
    scene: Scene, citizen: Citizen, taken: int, filled: int, said: str
) -> None:
    citizen.lang = "en"
    asked = scene.add_departure("2026-05-20T10:00")
    scene.add_order("half", "2026-05-01")
    for _ in range(taken // 5):
        scene.apply(asked, 5)

    places = citizen.open(f"/departures/{asked}").mark("places")

    drawn = [one for one in places.iter() if one.tag.endswith("rect")]
    bars = {rect.get("class"): float(rect.get("width") or 0) for rect in drawn}
    assert bars == {"is-closed": 100, "is-taken": filled}
    assert said in words(places)
    assert "usually 20" in words(places)
