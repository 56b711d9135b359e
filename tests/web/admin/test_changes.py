"""From a form by its preview to a change that is applied, and watched until it is done."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, state
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, errors, rows
from tests.web.signing import signed_in
from tourbook.actor import COMMAND, Role
from tourbook.applications.models import State
from tourbook.courses.models import Course, Policy
from tourbook.db import transaction
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Change, Order
from tourbook.operations import Proposal, apply_change
from tourbook.web.admin.changes import ON_A_PAGE

PLACES = [
    "/",
    "/orders",
    "/orders/new",
    "/measures",
    "/measures/new",
    "/changes",
    "/table",
    "/courses",
    "/courses/paju/departures",
    "/holidays",
    "/trail",
    "/why",
]


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_order_is_shown_first_and_changes_nothing(admin: Administrator, scene: Scene, session: Session):
    party = scene.apply(scene.add_departure("2026-05-14T10:00"), 5)

    page = admin.preview_order(level="s/closed")

    assert words(page.mark("summary")) == "Region 41, Level closed (s), from Thu 14 May 2026 on"
    assert rows(page, "courses") == [
        ["Walk", "1 departure changes size, Thu 14 May 2026", "20 → 0", "–", "1 party, 5 people", "–", "–"]
    ]
    assert rows(page, "departures") == [
        ["Thu 14 May 2026, 10:00 KST", "Walk", "20 → 0", "–", "1 party, 5 people", "–", "–"]
    ]
    assert [row[3:5] for row in rows(page, "parties")] == [["5", "displaced"]]
    assert "5 people displaced" in words(page.mark("apply"))
    assert state(party) == State.CONFIRMED
    assert count(session, Order) == 0


@pytest.mark.parametrize(
    ("lang", "last", "days"),
    [
        ("en", "2026-05-20", "Thu 14 May 2026 – Wed 20 May 2026"),
        ("en", "2026-05-14", "Thu 14 May 2026"),
        ("en", "", "from Thu 14 May 2026 on"),
        ("ko", "2026-05-20", "2026년 5월 14일(목) – 2026년 5월 20일(수)"),
        ("ko", "", "2026년 5월 14일(목)부터"),
    ],
)
def test_a_change_is_named_with_its_first_day_and_its_last(
    another: Callable[..., Administrator], scene: Scene, lang: str, last: str, days: str
):
    admin = another(lang)

    order = words(admin.preview_order(planned_until=last).mark("summary"))
    measure = words(admin.preview_measure(effective_until=last).mark("summary"))

    assert order.endswith(f", {days}")
    assert measure.endswith(f"({days})")


def test_departures_that_only_take_in_others_are_told_apart_from_those_that_change(admin: Administrator, scene: Scene):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)
    scene.add_departure("2026-05-20T10:00")
    scene.add_departure("2026-05-27T10:00", capacity=4)

    page = admin.preview_order(level="s/closed", planned_until="2026-05-14", ends_by_itself="y")

    assert rows(page, "courses")[0][1:3] == [
        "1 departure changes size, Thu 14 May 2026; 1 departure keeps its size, only parties change, Wed 20 May 2026",
        "20 → 0",
    ]
    assert "departures change size120 seats closed" in page.text
    assert "departures keep their size, only parties change1" in page.text
    assert rows(page, "departures")[1][2:] == ["20", "5", "–", "–", "1 party, 5 people"]


def test_departures_on_which_only_the_party_limit_changes_are_told_apart_too(admin: Administrator, scene: Scene):
    scene.add_departure("2026-05-14T10:00")

    page = admin.preview_order(level="s/open", party_max="3")

    told = "1 departure changes its party limit alone, Thu 14 May 2026"
    assert rows(page, "courses")[0][1:4] == [told, "20", "5 → 3"]


def test_an_applied_order_is_watched_until_every_departure_is_settled(admin: Administrator, scene: Scene):
    party = scene.apply(scene.add_departure("2026-05-14T10:00"), 5)

    page = admin.apply(admin.preview_order(level="s/closed"))

    assert "0 of 1" in words(page.mark("progress"))
    assert not page.has("done")
    settle_all(scene)
    page = admin.open(page.address.partition("/admin")[2])
    assert "1 of 1" in words(page.mark("progress"))
    assert page.has("done")
    assert page.has("as-shown")
    assert state(party) == State.DISPLACED


def test_a_double_click_applies_once(admin: Administrator, scene: Scene, session: Session):
    preview = admin.preview_order()

    once, twice = admin.apply(preview), admin.apply(preview)

    assert once.address == twice.address
    assert count(session, Order) == count(session, Change) == 1


def test_the_same_form_with_something_else_in_it_is_refused(admin: Administrator, scene: Scene, session: Session):
    preview = admin.preview_order(party_max="4")
    admin.apply(preview)

    other = preview.form(mark="apply-form").submit(admin.client, button="stage", party_max="2")

    assert other.status == 422
    assert count(session, Order) == 1


def test_who_decides_second_sees_what_their_change_does_now(
    admin: Administrator, another: Callable[..., Administrator], scene: Scene, session: Session
):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)
    mine = admin.preview_order(level="s/closed")
    other = another(mail="other@example.kr")
    other.apply(other.preview_measure())
    settle_all(scene)

    page = admin.apply(mine)

    assert page.status == 409
    assert page.has("rules-changed")
    assert page.has("nothing")
    assert count(session, Order) == 0
    assert admin.apply(page).has("progress")
    assert count(session, Order) == 1


def test_who_decides_under_other_terms_than_were_shown_sees_what_their_change_does_now(
    admin: Administrator, scene: Scene, session: Session
):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)
    mine = admin.preview_order(level="s/closed")
    with transaction() as meanwhile:
        meanwhile.get_one(Course, scene.course_id).policy = Policy.KEEP_EARLIEST

    page = admin.apply(mine)

    assert page.status == 409
    assert page.has("rules-changed")
    assert count(session, Order) == 0
    assert admin.apply(page).has("progress")


def test_the_preview_says_that_an_earlier_change_is_still_being_applied(admin: Administrator, scene: Scene):
    scene.add_departure("2026-05-14T10:00")
    before = admin.preview_order()
    admin.apply(before)

    during = admin.preview_measure()
    settle_all(scene)
    after = admin.preview_measure()

    assert [page.has("note") for page in (before, during, after)] == [False, True, False]


def test_what_came_out_differently_is_said(admin: Administrator, scene: Scene, session: Session):
    departure = scene.add_departure("2026-05-14T10:00")
    preview = admin.preview_order(level="s/closed")
    scene.apply(departure, 2)

    page = admin.apply(preview)
    settle_all(scene)
    page = admin.open(page.address.partition("/admin")[2])

    assert [row[1] for row in rows(page, "unforeseen")] == ["displaced"]
    assert not page.has("missing")


def test_the_preview_leads_back_with_everything_that_was_typed(admin: Administrator, scene: Scene):
    preview = admin.preview_order(party_max="3", condition_ko="접종", condition_en="Vaccinated")

    form = preview.form(mark="apply-form").submit(admin.client, stage="edit").form(mark="order-form")

    kept = {name: form.values[name] for name in ("region_code", "level", "effective_from", "party_max", "condition_en")}
    assert kept == {
        "region_code": "41",
        "level": "s/half",
        "effective_from": "2026-05-14",
        "party_max": "3",
        "condition_en": "Vaccinated",
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"effective_from": ""}, "Enter the first day"),
        ({"effective_from": "14.5.2026"}, "“14.5.2026” is not a day"),
        ({"planned_until": "2026-05-01"}, "lies before the first"),
        ({"applies_at": "2026-05-15 10:00"}, "at the latest"),
        ({"party_max": "0"}, "from 1 up"),
        ({"party_max": "9999999"}, "not a whole number from 0 to 1,000,000"),
        ({"condition_ko": "접종"}, "both languages"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_refused_form_keeps_everything_typed(admin: Administrator, scene: Scene, typed: dict[str, str], said: str):
    page = admin.preview_order(**{"party_max": "4", "party_max_after_18": "2", **typed})

    assert page.status == 422
    assert said in errors(page)
    kept = page.form(mark="order-form").values
    assert {name: kept[name] for name in typed} == typed
    assert kept["party_max_after_18"] == "2"


def test_larger_parties_in_the_evening_than_by_day_are_said(admin: Administrator, scene: Scene):
    odd, usual = (admin.preview_order(party_max="4", party_max_after_18=after) for after in ("6", "2"))

    assert "larger parties may come (6) than before (4)" in words(odd.mark("note"))
    assert not usual.has("note")


def test_a_note_that_we_did_not_sign_applies_nothing(admin: Administrator, scene: Scene, session: Session):
    preview = admin.preview_order()

    page = preview.form(mark="apply-form").submit(admin.client, button="stage", shown="forged")

    assert page.status == 422
    assert "not what this form would change" in errors(page)
    assert count(session, Order) == 0


def test_nothing_else_is_applied_than_what_was_shown(admin: Administrator, scene: Scene, session: Session):
    form = admin.preview_order().form(mark="apply-form")

    page = form.submit(admin.client, button="stage", level="s/closed")

    assert page.status == 422
    assert "not what this form would change" in errors(page)
    assert page.form(mark="order-form").values["level"] == "s/closed"  # kept, so that it can be previewed
    assert count(session, Order) == 0


def test_the_latest_change_comes_first(admin: Administrator, scene: Scene):
    admin.apply(admin.preview_order())
    admin.apply(admin.preview_measure())

    changes = [words(item) for item in admin.open("/changes").marked("change")]

    assert "Swine fever" in changes[0]
    assert "Level half" in changes[1]


def test_it_does_so_also_where_an_older_one_was_entered_afterwards(admin: Administrator, scene: Scene):
    for hours, what in ((0, "newer"), (-24, "older")):
        words_of_it = Words(what, what)
        at = scene.now + timedelta(hours=hours)
        apply_change(Proposal((), words_of_it), foreseen=[], expected_version=None, actor=COMMAND, now=at)

    assert [words(item)[:5] for item in admin.open("/changes").marked("change")] == ["newer", "older"]


def test_the_list_goes_back_to_the_first_change_page_by_page(admin: Administrator, scene: Scene):
    for number in range(ON_A_PAGE + 1):
        at = scene.now + timedelta(hours=number)
        proposal = Proposal((), Words(f"{number}.", f"{number}."))
        apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=at)

    first, second, far = (admin.open(f"/changes{page}") for page in ("", "?page=2", "?page=999"))

    assert [words(item).partition(".")[0] for item in first.marked("change")] == [
        str(number) for number in range(ON_A_PAGE, 0, -1)
    ]
    assert [words(item).partition(".")[0] for page in (second, far) for item in page.marked("change")] == ["0", "0"]
    assert "page=2" in first.link("Next")


def test_the_list_says_of_which_changes_something_is_still_to_come(
    admin: Administrator, scene: Scene, clock: StandingClock
):
    scene.add_departure("2026-05-20T10:00")
    admin.apply(admin.preview_order(level="s/closed", public_from="2026-05-04 09:20"))

    before = words(admin.open("/changes").mark("change"))
    clock.move(minutes=20)

    assert "more of it counts from Mon 4 May 2026, 09:20 KST" in before
    assert "counts from" not in words(admin.open("/changes").mark("change"))


def test_a_change_that_is_not_there_is_not_found(admin: Administrator, scene: Scene):
    page = admin.open(f"/changes/{scene.course_id}")

    assert page.status == 404
    assert "no such change" in page.text


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OPERATOR])
@pytest.mark.parametrize("place", PLACES)
def test_nobody_else_may_look(app: Flask, role: Role, place: str):
    assert signed_in(app, role).get(f"/ko/admin{place}").status_code == 403


def test_nobody_else_may_change_anything(app: Flask, scene: Scene, session: Session):
    answer = signed_in(app, Role.OPERATOR).post("/ko/admin/orders/new", data={"stage": "apply"})

    assert answer.status_code in {400, 403}
    assert count(session, Order) == 0


def test_a_stage_that_is_later_says_what_happens_then(admin: Administrator, scene: Scene):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)

    page: Page = admin.preview_order(level="s/closed", announced_at="2026-05-06 10:00")

    assert page.has("nothing")
    headings = [words(heading) for heading in page.tree.iter("h2")]
    assert any("On Wed 6 May 2026, 10:00 KST" in heading for heading in headings)
    assert all(before != after for before, after in pairwise(headings))
