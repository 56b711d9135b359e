"""Groups on pages: places are set aside, named by the operator or by the group itself, changed and released."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.people import somebody
from tests.applications.scene import departure, state
from tests.ground.pages import Page, visit, words
from tests.web.operator.conftest import Desk
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications.models import Allotment, Application, State
from tourbook.db import db

SCHOOL = {"name": "파주초등학교", "seats": "6", "releases_at": "2026-05-16 18:00", "contact": "school@example.kr"}


@pytest.fixture(autouse=True)
def _while_applications_are_open(desk: Desk) -> None:
    desk.stand_at("2026-05-10T14:00")


def aside(desk: Desk, **changed: str) -> Page:
    form = desk.open("/groups").form(mark="group-form")
    return form.submit(desk.client, **{**SCHOOL, **changed})


def only() -> Allotment:
    db.session.rollback()
    return db.session.scalars(select(Allotment)).one()


def figures(desk: Desk) -> tuple[int, int, int | None]:
    found = departure(desk.gate.departure_id)
    return found.seats_taken, found.public_free, found.seats_allotted


def name_one(page: Page, desk: Desk) -> Page:
    return page.form(mark="walk-up").submit(
        desk.client,
        **{"visitors-0-name": "김하늘", "visitors-0-birth_date": "1990-01-01", "visitors-0-nationality": "KR"},
        contact="010-1234-5678",
        consent="y",
    )


def test_places_are_set_aside_and_everybody_reads_why_they_are_not_free(desk: Desk) -> None:
    page = aside(desk)

    assert words(page.mark("group-places")).startswith("6자리 가운데 0자리")
    assert figures(desk) == (6, 4, 6)
    assert "6자리" in words(desk.open().mark("set-aside"))
    assert "6자리" in words(desk.open("/why").mark("set-aside"))
    public = f"/ko/departures/{desk.gate.departure_id}"
    assert "6자리" in words(visit(desk.client, public).mark("set-aside"))
    assert "6자리" in words(visit(desk.client, f"{public}/why").mark("set-aside"))
    assert "파주초등학교" not in visit(desk.client, public).text


def test_the_same_form_sent_twice_sets_aside_once(desk: Desk) -> None:
    form = desk.open("/groups").form(mark="group-form")

    for _ in range(2):
        form.submit(desk.client, **SCHOOL)

    assert figures(desk) == (6, 4, 6)


def test_a_form_that_comes_again_after_the_places_were_released_is_answered_as_before(desk: Desk) -> None:
    form = desk.open("/groups").form(mark="group-form")
    first = form.submit(desk.client, **SCHOOL, follow=False)
    desk.stand_at("2026-05-16T18:00:01")

    again = form.submit(desk.client, **SCHOOL, follow=False)

    assert (again.status, again.response.location) == (303, first.response.location)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "단체를 알아볼 수 있는 이름"),
        ({"seats": "many"}, "자리 수를 숫자로"),
        ({"seats": "0"}, "한 자리 이상"),
        ({"seats": "11"}, "10자리"),
        ({"releases_at": "2026-05-19 10:00"}, "2026년 5월 18일(월) 24:00까지"),
        ({"releases_at": "2026-05-01 10:00"}, "지금보다 뒤"),
        ({"contact": "nobody"}, "010-1234-5678"),
    ],
)
def test_what_cannot_be_set_aside_is_said_at_the_field(desk: Desk, changed: dict[str, str], said: str) -> None:
    page = aside(desk, **changed)

    assert page.status == 422
    assert said in page.text
    assert page.form(mark="group-form").values["seats"] == changed.get("seats", "6")


def test_the_operator_names_people_of_the_group(desk: Desk) -> None:
    aside(desk)
    page = desk.open(f"/telephone?allotment={only().id}&seats=1")

    entered = name_one(page, desk)

    assert entered.status == 200
    party = db.session.scalars(select(Application)).one()
    assert (party.state, party.allotment_id) == (State.CONFIRMED, only().id)
    assert figures(desk) == (6, 4, 5)
    assert party.reference in visit(desk.client, f"/ko/operator/groups/{only().id}").text


def test_releasing_says_how_many_places_before_and_after(desk: Desk) -> None:
    page = aside(desk)
    assert "6자리" in words(page.mark("group-frees"))

    released = desk.press("group-release", on=page)

    assert released.has("group-over")
    assert figures(desk) == (0, 10, None)
    assert desk.press("group-release", on=page).has("group-over")


def test_it_is_changed_and_keeps_its_contact(desk: Desk) -> None:
    page = aside(desk)

    page.form(mark="group-form").submit(desk.client, seats="8", contact="")

    assert (only().seats, only().contact) == (8, "school@example.kr")
    assert figures(desk) == (8, 2, 8)
    too_many = page.form(mark="group-form").submit(desk.client, seats="11", form_id="another")
    assert too_many.status == 422


def test_another_organisations_group_does_not_exist(desk: Desk, app: Flask) -> None:
    aside(desk)
    there = f"/ko/operator/groups/{only().id}"
    client = app.test_client()
    sign_in(client, somebody(app, Role.OPERATOR, mail="other@example.kr", organisation="cheorwon"))

    assert visit(client, there).status == 404


def test_the_group_names_its_people_by_its_own_link(desk: Desk, app: Flask) -> None:
    aside(desk)
    there, client = f"/ko/groups/{only().token}", app.test_client()

    page = visit(client, there)
    typing = page.form(mark="group-party").submit(client, seats="2")
    again = visit(client, there)

    party = db.session.scalars(select(Application)).one()
    assert typing.status == 200
    assert (state(party.id), party.allotment_id) == (State.HELD, only().id)
    assert figures(desk) == (6, 4, 4)
    assert party.reference in words(again.mark("group-parties"))
    assert "아직 신청하지 않은 자리4" in words(again.mark("group-facts"))


def test_who_types_another_application_may_go_on_with_that(desk: Desk, app: Flask) -> None:
    aside(desk)
    there, client = f"/ko/groups/{only().token}", app.test_client()
    form = visit(client, there).form(mark="group-party")
    form.submit(client, seats="1")

    second = visit(client, there).form(mark="group-party").submit(client, seats="1")

    assert second.status == 422
    assert second.has("group-mine")


def test_a_link_that_has_ended_says_what_to_do_and_one_that_is_none_is_not_found(desk: Desk) -> None:
    desk.press("group-release", on=aside(desk))

    over = visit(desk.client, f"/en/groups/{only().token}")

    assert over.has("group-over")
    assert over.has("group-departure")
    assert visit(desk.client, "/en/groups/nothing").status == 404


def test_nobody_chosen_is_asked_for(desk: Desk, app: Flask) -> None:
    aside(desk)
    client = app.test_client()

    page = visit(client, f"/ko/groups/{only().token}").form(mark="group-party").submit(client)

    assert page.status == 422
