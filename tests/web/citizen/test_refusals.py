"""What is refused is said at its field, in both languages, and everything typed stays."""

import pytest

from config import Config
from tests.applications.scene import Scene, departure
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, page_visitors
from tourbook.courses.models import Course
from tourbook.db import transaction

TITLES = {"ko": "오류:", "en": "Error:"}


def change_course(scene: Scene, **changed: object) -> None:
    with transaction() as session:
        course = session.get_one(Course, scene.course_id)
        for name, value in changed.items():
            setattr(course, name, value)


def problem(page: Page, field: str) -> str:
    """The error that stands at a field."""
    (found,) = [element for element in page.tree.iter("p") if element.get("id") == f"{field}-error"]
    return "".join(found.itertext())


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_empty_fields_are_named_by_visitor_and_lead_to_the_field(scene: Scene, citizen: Citizen, lang: str) -> None:
    citizen.lang = lang
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 2)

    refused = page.form(mark="visitors").submit(citizen.client, **{"visitors-0-name": "김하늘"})

    assert refused.status == 422
    assert refused.title.startswith(TITLES[lang])
    targets = [link for _, link in refused.links() if "#visitors-" in link]
    assert [link.split("#")[1] for link in targets] == [
        "visitors-0-birth_date",
        "visitors-1-name",
        "visitors-1-birth_date",
    ]
    assert refused.form(mark="visitors").values["visitors-0-name"] == "김하늘"


@pytest.mark.parametrize(("lang", "words"), [("ko", "만 10세"), ("en", "at least 10 years")])
def test_a_child_that_is_too_young_on_the_day_cannot_go(scene: Scene, citizen: Citizen, lang: str, words: str) -> None:
    citizen.lang = lang
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)

    young = citizen.name_visitors(page, "김어린", **{"visitors-0-birth_date": "2016-05-21"})
    old_enough = citizen.name_visitors(young, "김어린", **{"visitors-0-birth_date": "2016-05-20"})

    assert young.status == 422
    assert words in problem(young, "visitors-0-birth_date")
    assert old_enough.has("contact-form")


def test_only_nationals_may_go_where_the_course_says_so(scene: Scene, citizen: Citizen) -> None:
    change_course(scene, who="nationals")
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)

    refused = citizen.name_visitors(page, "Anna Berg", **{"visitors-0-nationality": "SE"})

    assert problem(refused, "visitors-0-nationality")
    assert "visitors-0-document" not in page.form(mark="visitors").fields


def test_foreign_visitors_give_a_passport_number_where_it_is_needed(scene: Scene, citizen: Citizen) -> None:
    change_course(scene, needs_passport=True)
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)

    without = citizen.name_visitors(page, "Anna Berg", **{"visitors-0-nationality": "SE"})
    strange = citizen.name_visitors(without, "Anna Berg", **{"visitors-0-document": "12"})
    given = citizen.name_visitors(strange, "Anna Berg", **{"visitors-0-document": "ab 123-4567"})

    assert problem(without, "visitors-0-document")
    assert problem(strange, "visitors-0-document")
    assert "AB1234567" in citizen.give_contact(given).text


def test_a_resident_registration_number_is_neither_taken_nor_shown_again(scene: Scene, citizen: Citizen) -> None:
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)

    refused = citizen.name_visitors(page, "김하늘", **{"visitors-0-birth_date": "900101-1234567"})

    assert refused.status == 422
    assert "1234567" not in refused.html
    assert problem(refused, "visitors-0-birth_date")


def fields_with_errors(page: Page) -> list[str]:
    """The fields to which the summary of errors leads, in its order."""
    return [link.split("#")[1] for _, link in page.links() if "#visitors-" in link]


def test_all_that_is_wrong_with_a_party_is_said_at_once(scene: Scene, citizen: Citizen, somebody) -> None:
    change_course(scene, needs_passport=True)
    walk = scene.add_departure("2026-05-20T10:00")
    citizen.apply(walk, 1, "김하늘")
    other = somebody()
    typed = {
        "visitors-0-name": "박바다",
        "visitors-0-birth_date": "1990-13-40",
        "visitors-0-nationality": "SE",
        "visitors-1-name": "이어린",
        "visitors-1-birth_date": "2020-01-01",
        "visitors-2-name": "김하늘",
        "visitors-2-birth_date": "1990-01-01",
        "visitors-3-birth_date": "1990-01-01",
    }

    refused = other.ask(walk, 4).form(mark="visitors").submit(other.client, **typed)

    assert refused.status == 422
    assert fields_with_errors(refused) == [
        "visitors-0-birth_date",
        "visitors-0-document",
        "visitors-1-birth_date",
        "visitors-2-name",
        "visitors-3-name",
    ]
    kept = refused.form(mark="visitors").values
    assert {name: kept[name] for name in typed} == typed


def test_what_the_rules_refuse_is_said_of_every_visitor(scene: Scene, citizen: Citizen) -> None:
    change_course(scene, who="nationals")
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 3)
    young = {"visitors-0-birth_date": "2020-01-01", "visitors-0-nationality": "SE"}

    refused = citizen.name_visitors(page, "Anna Berg", "김하늘", "김하늘", **young)

    assert refused.status == 422
    assert fields_with_errors(refused) == ["visitors-0-birth_date", "visitors-0-nationality", "visitors-2-name"]


def test_people_whose_birth_date_cannot_be_read_are_not_taken_for_the_same(scene: Scene, citizen: Citizen) -> None:
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 2)
    unread = {"visitors-0-birth_date": "5/4/90", "visitors-1-birth_date": "5/4/91"}

    refused = citizen.name_visitors(page, "김하늘", "김하늘", **unread)

    assert fields_with_errors(refused) == ["visitors-0-birth_date", "visitors-1-birth_date"]


def test_a_party_may_correct_its_own_names(scene: Scene, citizen: Citizen) -> None:
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 2)
    citizen.name_visitors(page, "김하늘", "박바다")

    refused = citizen.name_visitors(page, "김하늘", "박바다", **{"visitors-1-birth_date": "?"})

    assert fields_with_errors(refused) == ["visitors-1-birth_date"]


def test_a_name_that_is_too_long_is_kept_whole_and_said(scene: Scene, citizen: Citizen) -> None:
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)
    name = "Wolfeschlegelsteinhausenbergerdorff " * 2

    refused = citizen.name_visitors(page, name)

    assert "maxlength" not in page.html
    assert "60자" in problem(refused, "visitors-0-name")
    assert refused.form(mark="visitors").values["visitors-0-name"] == name.strip()


@pytest.mark.parametrize("typed", ["1988년 2월 29일", "１９８８．２．２９", "19880229", " 1988/02/29 "])
def test_a_birth_date_is_read_as_koreans_write_it(scene: Scene, citizen: Citizen, typed: str) -> None:
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)

    check = citizen.give_contact(citizen.name_visitors(page, "김하늘", **{"visitors-0-birth_date": typed}))

    assert "1988-02-29" in check.text


@pytest.mark.parametrize(("lang", "words"), [("ko", "네 자리"), ("en", "with four digits")])
def test_a_birth_date_that_could_be_another_is_asked_for_again(
    scene: Scene, citizen: Citizen, lang: str, words: str
) -> None:
    citizen.lang = lang
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)

    refused = citizen.name_visitors(page, "김하늘", **{"visitors-0-birth_date": "05/04/90"})

    assert words in problem(refused, "visitors-0-birth_date")
    assert refused.form(mark="visitors").values["visitors-0-birth_date"] == "05/04/90"


def test_a_passport_number_may_be_typed_in_full_width(scene: Scene, citizen: Citizen) -> None:
    change_course(scene, needs_passport=True)
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)
    typed = {"visitors-0-nationality": "SE", "visitors-0-document": "ａｂ　１２３－４５６７"}

    check = citizen.give_contact(citizen.name_visitors(page, "Anna Berg", **typed))

    assert "AB1234567" in check.text


def test_the_same_person_cannot_go_twice(scene: Scene, citizen: Citizen, somebody) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    citizen.apply(walk, 1, "김하늘")

    twin = somebody()
    refused = twin.name_visitors(twin.ask(walk, 2), "박바다", "김 하늘")
    party = twin.name_visitors(refused, "박바다", "박바다")

    assert refused.status == 409
    assert problem(refused, "visitors-1-name")
    assert problem(party, "visitors-1-name")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_required_consents_and_the_contact_are_asked_for_all_at_once(scene: Scene, citizen: Citizen, lang: str) -> None:
    citizen.lang = lang
    page = citizen.name_visitors(citizen.ask(scene.add_departure("2026-05-20T10:00"), 1))

    refused = page.form(mark="contact-form").submit(citizen.client, contact="010-12", news="y")

    assert refused.status == 422
    for field in ("contact", "personal_data", "conduct"):
        assert problem(refused, field)
    assert refused.form(mark="contact-form").values["contact"] == "010-12"
    assert refused.form(mark="contact-form").values["news"] == "y"


def test_optional_consents_may_be_left_out(scene: Scene, citizen: Citizen) -> None:
    page = citizen.name_visitors(citizen.ask(scene.add_departure("2026-05-20T10:00"), 1))

    assert citizen.give_contact(page).has("check")


def test_where_no_number_of_people_can_be_chosen_the_summary_leads_nowhere(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    form = citizen.open(f"/departures/{walk}").form(mark="party")
    scene.add_order("closed", "2026-05-20")

    refused = form.submit(citizen.client, seats=None)

    assert refused.status == 422
    assert refused.has("error-summary")
    assert not [link for _, link in refused.links() if "#seats" in link]


def test_where_the_question_is_not_asked_any_more_the_summary_leads_nowhere(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    form = citizen.open(f"/departures/{scene.add_departure('2026-05-20T10:00')}").form(mark="party")
    clock.stand_at("2026-05-19T09:00")

    refused = form.submit(citizen.client, seats=None)

    assert refused.status == 422
    assert refused.has("error-summary")
    assert not [link for _, link in refused.links() if "#seats" in link]


def test_more_parts_than_any_party_has_are_not_laid_out(scene: Scene, citizen: Citizen) -> None:
    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 2)
    form = page.form(mark="visitors")
    sent = {**form.values, **{f"visitors-{number}-name": "x" for number in range(100)}}

    refused = citizen.open(form.action.split("/ko", 1)[1], method="POST", data=sent)

    assert refused.status == 422
    assert len(page_visitors(refused)) == 40


def test_a_party_above_the_limit_is_refused_at_its_field(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    form = citizen.open(f"/departures/{walk}").form(mark="party")

    refused = form.submit(citizen.client, seats="6")
    nobody = form.submit(citizen.client, seats=None)

    assert (refused.status, nobody.status) == (422, 422)
    assert problem(refused, "seats")
    assert problem(nobody, "seats")
    assert departure(walk).seats_taken == 0


@pytest.mark.parametrize(("lang", "words"), [("ko", "2026년 5월 6일(수) 10:00"), ("en", "Wed 6 May 2026, 10:00 KST")])
def test_before_it_opens_a_departure_says_the_minute_and_has_no_button(
    scene: Scene, citizen: Citizen, lang: str, words: str
) -> None:
    citizen.lang = lang
    walk = scene.add_departure("2026-06-03T10:00")

    page = citizen.open(f"/departures/{walk}")

    assert words in page.text
    assert not page.has("party")


def test_who_asks_too_early_is_told_and_shown_what_is_open(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk, later = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-06-20T10:00")
    form = citizen.open(f"/departures/{walk}").form(mark="party")
    form.action = form.action.replace(str(walk), str(later))

    refused = form.submit(citizen.client, seats="2")

    assert refused.status == 409
    assert "5월 23일" in refused.text
    assert refused.has(f"departure-{walk}")


def test_many_from_one_network_are_asked_to_come_again(scene: Scene, somebody) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    for _ in range(10):
        somebody().ask(walk, 1)

    page = somebody("en").ask(walk, 1)

    assert page.status == 429
    assert page.has("refused")
    assert page.form(mark="party").values["seats"] == "1"


def test_who_is_turned_away_for_many_from_one_network_reads_when_to_come_again(
    scene: Scene, somebody, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    somebody().ask(walk, 1)
    clock.move(minutes=4, seconds=30)
    for _ in range(9):
        somebody().ask(walk, 1)

    page = somebody("en").ask(walk, 1)
    wait = int(page.response.headers["Retry-After"])
    said = page.mark("refused")
    clock.move(seconds=wait)

    assert wait == Config().hold_minutes * 60 - 270
    assert "has time until" in words(said)
    assert somebody("en").ask(walk, 1).status == 200


@pytest.mark.parametrize(
    "address", ["/departures/00000000-0000-7000-8000-000000000000", "/courses/nowhere", "/a/nothing"]
)
def test_what_does_not_exist_is_said_calmly(scene: Scene, citizen: Citizen, address: str) -> None:
    assert citizen.open(address).status == 404
