"""The timeline: levels, orders, measures and departures day by day, and from there to what is to be decided."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, errors, rows
from tests.web.signing import signed_in
from tourbook.actor import Role
from tourbook.courses.models import Region
from tourbook.db import db, transaction
from tourbook.distancing.models import Order

IN_MAY = "/timeline?from=2026-05-04&weeks=4"


def lines(page: Page, where: str) -> list[list[str]]:
    """The lines of the list about one region or course."""
    return [row for row in rows(page, "list") if row[0] == where]


def parts(page: Page, tag: str) -> list[Element]:
    """The shapes of one kind in the picture."""
    return [one for one in page.mark("picture").iter() if str(one.tag).rpartition("}")[2] == tag]


def hrefs(page: Page) -> list[str]:
    """Where the links of the list lead to."""
    return [str(link.get("href")) for link in page.mark("list").iter("a")]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SELECT set_config")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_course_shows_its_levels_in_runs_of_days(admin: Administrator, scene: Scene) -> None:
    scene.add_order("half", "2026-05-04", "2026-05-10")
    scene.add_order("closed", "2026-05-18", "2026-05-31")

    found = lines(admin.open(IN_MAY), "Walk")

    assert [row[1:4] for row in found] == [
        ["Mon 4 May 2026 – Sun 10 May 2026", "Level half: 10 people, parties of up to 5", "By an order"],
        ["Mon 11 May 2026 – Sun 17 May 2026", "Level half: 10 people, parties of up to 5", "May still change"],
        ["Mon 18 May 2026 – Sun 31 May 2026", "Level closed: closed", "By an order"],
    ]


def test_a_milder_order_that_has_not_begun_says_what_counts_until_then_as_the_departures_have_it(
    another: Callable[..., Administrator], scene: Scene, clock: StandingClock
) -> None:
    admin = another()
    scene.add_order("half", "2026-05-01")
    scene.add_order("open", "2026-05-20", "2026-05-31")
    scene.add_departure("2026-05-21T10:00")
    settle_all(scene)

    before, why = lines(admin.open(IN_MAY), "Walk")[-1], admin.open("/why?course=walk&start=2026-05-21+10:00")
    clock.stand_at("2026-05-20T00:01")
    admin = another(mail="later@example.kr")
    after, why_then = lines(admin.open(IN_MAY), "Walk")[-1], admin.open("/why?course=walk&start=2026-05-21+10:00")

    ten, twenty = (f"{size} people, parties of up to 5" for size in (10, 20))
    assert (before[2], "0 of 10 places" in before[4]) == (f"Level open: {twenty} (until it begins: {ten})", True)
    assert after[2] == f"Level open: {twenty}"
    assert "until it begins the stricter one counts" in words(why.mark("ahead"))
    assert not why_then.has("ahead")


def test_a_day_that_is_over_is_shown_as_it_was_known_then(
    another: Callable[..., Administrator], scene: Scene, clock: StandingClock
) -> None:
    scene.now = clock.stand_at("2026-05-20T09:00")
    scene.add_order("closed", "2026-05-04")

    found = lines(another().open(IN_MAY), "Walk")

    assert [row[2] for row in found] == ["no order: 20 people, parties of up to 5", "Level closed: closed"]
    assert found[1][1].startswith("Wed 20 May 2026")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["Level closed", "Announced"]),
        ({"known_at": "later"}, ["Level closed", "Under embargo"]),
        ({"effective_from": date(2026, 5, 1)}, ["Level closed", "In force"]),
    ],
)
def test_what_is_announced_embargoed_and_in_force_can_be_told_apart(
    admin: Administrator, scene: Scene, changed: dict[str, object], expected: list[str]
) -> None:
    if "known_at" in changed:
        changed = {"known_at": scene.now + timedelta(hours=2)}
    scene.add_order("closed", "2026-05-14", "2026-05-20", **changed)

    page = admin.open(IN_MAY)

    assert lines(page, "Region 41")[0][2:4] == expected
    state = {"Announced": "planned", "Under embargo": "embargoed", "In force": "in_force"}[expected[1]]
    assert [box.get("class") for box in parts(page, "rect") if box.get("class") == f"is-{state}"]


def test_an_embargo_is_public_from_its_minute(admin: Administrator, scene: Scene) -> None:
    scene.add_order("closed", "2026-05-14", known_at=scene.now + timedelta(hours=2))

    assert "public from Mon 4 May 2026, 11:00 KST" in lines(admin.open(IN_MAY), "Region 41")[0][4]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CITIZEN])
def test_nobody_but_administrators_sees_it(app: Flask, scene: Scene, role: Role) -> None:
    answer = signed_in(app, role).get(f"/en/admin{IN_MAY}")

    assert answer.status_code == 403


def test_a_parent_without_an_order_has_no_row(admin: Administrator, scene: Scene) -> None:
    scene.add_order("half", "2026-05-14")

    names = [words(text) for text in parts(admin.open(IN_MAY), "text") if "is-name" in text.get("class")]

    assert names == ["Region 41", "Region 41480", "Walk"]


def test_a_measure_lies_below_its_course_with_its_reason(admin: Administrator, scene: Scene) -> None:
    scene.add_measure("2026-05-20", "2026-05-24")

    [measure] = [row for row in lines(admin.open(IN_MAY), "Walk") if row[2] == "suspended"]

    assert measure[1] == "Wed 20 May 2026 – Sun 24 May 2026"
    assert measure[4].startswith("a reason, announced Mon 4 May 2026")


def test_a_measure_that_was_taken_back_is_gone(admin: Administrator, scene: Scene) -> None:
    measure = scene.add_measure("2026-05-20", "2026-05-24")
    admin.apply(admin.fill_in(f"/measures/{measure}/end", "end-form", until="2026-05-19"))

    assert [row[2] for row in lines(admin.open(IN_MAY), "Walk")] == ["no order: 20 people, parties of up to 5"]


def test_departures_are_counted_below_their_course(admin: Administrator, scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_departure("2026-05-21T10:00")
    scene.apply(walk, 4)
    scene.apply(walk, 3)
    settle_all(scene)

    page = admin.open(IN_MAY)

    assert lines(page, "Walk")[0][4] == "2 departures, 7 of 40 places taken"
    assert {path.get("class") for path in parts(page, "path")} >= {"is-free", "is-taken"}


def test_a_withdrawn_order_is_shown_as_long_as_it_stood(
    another: Callable[..., Administrator], scene: Scene, clock: StandingClock
) -> None:
    order = scene.add_order("half", "2026-05-04", "2026-05-20")
    scene.now = clock.stand_at("2026-05-08T09:00")
    scene.withdraw(order)
    scene.withdraw(scene.add_order("closed", "2026-05-18"))

    page = another().open(IN_MAY)

    assert [row[3] for row in lines(page, "Region 41")] == ["Withdrawn"]
    [bar] = [box for box in parts(page, "rect") if box.get("class") == "is-withdrawn"]
    day = next(box for box in parts(page, "rect") if box.get("class") == "is-day")
    assert float(bar.get("width")) == pytest.approx(4 * float(day.get("width")), abs=0.5)


def test_a_day_of_a_region_leads_to_an_order_from_that_day(admin: Administrator, scene: Scene) -> None:
    links = [link.get("href") for link in parts(admin.open(IN_MAY), "a")]
    wanted = next(link for link in links if "effective_from=2026-05-14" in link)

    form = admin.open(wanted.partition("/admin")[2]).form(mark="order-form")

    assert (form.values["region_code"], form.values["effective_from"]) == ("41480", "2026-05-14")


@pytest.fixture
def renamed(scene: Scene) -> Scene:
    """The course lies where it was entered; its province and its municipality have been given other codes since."""
    with transaction() as act:
        for code, parent, before in (("51", "KR", "41"), ("51780", "51", "41480")):
            act.add(Region(code=code, parent=parent, name_ko="새 이름", name_en="New", valid_from=date(2023, 6, 11)))
            act.flush()  # the code of before refers to it
            old = act.scalars(select(Region).where(Region.code == before)).one()
            old.successor, old.valid_until = code, date(2023, 6, 10)
    return scene


def test_an_order_begins_under_the_code_of_today_of_a_region(admin: Administrator, renamed: Scene) -> None:
    page = admin.open(IN_MAY)

    links = [str(link.get("href")) for link in parts(page, "a")] + hrefs(page)
    asked = {link.partition("region_code=")[2][:5] for link in links if "/orders/new" in link}
    assert asked == {"51780"}
    assert admin.open("/orders/new?region_code=51780").form(mark="order-form").values["region_code"] == "51780"


@pytest.mark.parametrize("code", ["41480", "XX"])
def test_a_region_that_cannot_be_chosen_becomes_no_other(admin: Administrator, renamed: Scene, code: str) -> None:
    page = admin.open(f"/orders/new?region_code={code}&effective_from=2026-05-14")

    assert page.form(mark="order-form").values["region_code"] == ""
    assert f"No order can be entered for the region {code}" in errors(page)
    sent = page.form(mark="order-form").submit(admin.client, level="s/half")
    assert (sent.status, "Choose a region" in errors(sent)) == (422, True)


def test_an_order_begins_with_no_region_where_none_was_asked_for(admin: Administrator, scene: Scene) -> None:
    page = admin.open("/orders/new")

    assert page.form(mark="order-form").values["region_code"] == ""
    assert not page.has("error-summary")


def test_an_order_begins_with_no_level(admin: Administrator, scene: Scene) -> None:
    form = admin.open("/orders/new?region_code=41").form(mark="order-form")

    sent = form.submit(admin.client, effective_from="2026-05-14")

    assert form.values["level"] == ""
    assert (sent.status, "Choose a level" in errors(sent)) == (422, True)


def test_regions_of_the_same_name_are_told_apart_by_their_province(admin: Administrator, scene: Scene) -> None:
    with transaction() as session:
        session.add(Region(code="51", parent="KR", name_ko="강원특별자치도", name_en="Gangwon"))
        session.add(Region(code="48", parent="KR", name_ko="경상남도", name_en="South Gyeongsang"))
        session.add(Region(code="51820", parent="51", name_ko="고성군", name_en="Goseong"))
        session.add(Region(code="48820", parent="48", name_ko="고성군", name_en="Goseong"))
        session.add(Region(code="42820", parent="51", name_ko="고성군", name_en="Goseong", successor="51820"))
        session.add(Region(code="42780", parent="51", name_ko="파주시", name_en="Region 41480", successor="51820"))

    for path, mark in (("/orders/new", "region_code"), ("/stops/new", "region"), ("/courses/new", "region_code")):
        offered = [words(one) for one in admin.open(path).mark(mark).iter("option")]
        assert {"South Gyeongsang Goseong (48820)", "Gangwon Goseong (51820)", "Region 41480 (41480)"} <= set(offered)


def test_the_same_can_be_reached_by_a_form(admin: Administrator, scene: Scene) -> None:
    page = admin.open(IN_MAY).form(mark="cell-form").submit(admin.client, effective_from="2026-05-14")

    assert page.form(mark="order-form").values["effective_from"] == "2026-05-14"


@pytest.mark.parametrize(
    "address", ["/orders/new?region_code=XX&effective_from=soon", "/orders/new?effective_from=<b>"]
)
def test_what_an_address_says_of_no_region_and_no_day_is_left_out(
    admin: Administrator, scene: Scene, address: str
) -> None:
    assert admin.open(address).form(mark="order-form").values["effective_from"] == ""


def test_the_form_of_a_measure_begins_with_a_course_and_a_day(admin: Administrator, scene: Scene) -> None:
    form = admin.open("/measures/new?course=walk&effective_from=2026-05-14").form(mark="measure-form")

    assert (form.values["course"], form.values["effective_from"]) == ("walk", "2026-05-14")


def test_the_end_of_an_order_is_moved_from_its_bar(admin: Administrator, scene: Scene, session: Session) -> None:
    order = scene.add_order("half", "2026-05-04", "2026-05-10", party_max=4, condition_ko="접종", condition_en="jab")
    link = next(link for link in hrefs(admin.open(IN_MAY)) if link.endswith(f"/orders/{order}/end"))

    admin.apply(admin.fill_in(link.partition("/admin")[2], "order-end-form", until="2026-05-24"))

    first, second = session.scalars(select(Order).order_by(Order.entry).execution_options(populate_existing=True))
    assert first.withdrawn_at == second.known_at == scene.now
    assert second.planned_until == date(2026, 5, 24)
    same = ("region_code", "effective_from", "level", "announced_at", "applies_at", "party_max", "condition_ko")
    assert [getattr(second, name) for name in same] == [getattr(first, name) for name in same]


def test_an_order_whose_end_moves_replaces_none_that_was_announced_after_it(admin: Administrator, scene: Scene) -> None:
    order = scene.add_order("half", "2026-05-04", "2026-05-10", announced_at=scene.now - timedelta(days=2))
    scene.add_order("closed", "2026-05-08", "2026-05-09", announced_at=scene.now - timedelta(days=1))

    admin.apply(admin.fill_in(f"/orders/{order}/end", "order-end-form", until="2026-05-24"))

    levels = [row[1:3] for row in lines(admin.open(IN_MAY), "Walk")]
    assert levels[1] == ["Fri 8 May 2026 – Sat 9 May 2026", "Level closed: closed"]
    assert levels[2][0] == "Sun 10 May 2026 – Sun 24 May 2026"


def test_a_moved_end_that_is_taken_back_is_where_it_was(admin: Administrator, scene: Scene) -> None:
    order = scene.add_order("half", "2026-05-04", "2026-05-10", ends_by_itself=True)
    change = admin.apply(admin.fill_in(f"/orders/{order}/end", "order-end-form", until="2026-05-24"))
    assert lines(admin.open(IN_MAY), "Walk")[0][1] == "Mon 4 May 2026 – Sun 24 May 2026"

    change.form(mark="take-back-form").submit(admin.client, button="stage")

    assert lines(admin.open(IN_MAY), "Walk")[0][1] == "Mon 4 May 2026 – Sun 10 May 2026"


def test_an_embargo_stays_when_an_end_is_moved(admin: Administrator, scene: Scene, session: Session) -> None:
    minute = scene.now + timedelta(hours=2)
    order = scene.add_order("closed", "2026-05-14", "2026-05-20", known_at=minute)

    admin.apply(admin.fill_in(f"/orders/{order}/end", "order-end-form", until=""))

    assert session.scalars(select(Order.known_at).where(Order.planned_until.is_(None))).one() == minute


def test_an_end_before_the_first_day_is_said_at_its_field(admin: Administrator, scene: Scene) -> None:
    order = scene.add_order("half", "2026-05-14", "2026-05-20")

    page = admin.fill_in(f"/orders/{order}/end", "order-end-form", until="2026-05-13")

    assert page.status == 422
    assert page.mark("error-summary").find(".//a").get("href") == "#until"


def test_an_end_that_is_there_already_is_refused(admin: Administrator, scene: Scene) -> None:
    order = scene.add_order("half", "2026-05-04", "2026-05-10")

    page = admin.fill_in(f"/orders/{order}/end", "order-end-form", until="2026-05-10")

    assert page.status == 422
    assert "This is how it is already" in errors(page)


@pytest.mark.parametrize("asked", ["from=1500-01-01", "from=soon", "weeks=900", "from=9999-12-31&weeks=18"])
def test_days_that_nobody_plans_for_are_said_at_the_field(admin: Administrator, scene: Scene, asked: str) -> None:
    page = admin.open(f"/timeline?{asked}")

    assert page.status == 422
    assert errors(page)


def test_the_usual_days_are_two_weeks_back_and_six_ahead(admin: Administrator, scene: Scene) -> None:
    assert words(admin.open("/timeline").mark("span")) == "Mon 20 Apr 2026 – Sun 14 Jun 2026"


def test_the_days_before_and_after_are_one_step_away(admin: Administrator, scene: Scene) -> None:
    page = admin.open(IN_MAY)

    assert page.mark("later").get("href").endswith("from=2026-06-01&weeks=4")
    assert page.mark("earlier").get("href").endswith("from=2026-04-06&weeks=4")
    assert not admin.open("/timeline?from=2100-06-01").has("later")


def test_a_season_takes_as_many_statements_as_a_week(admin: Administrator, scene: Scene) -> None:
    for day in range(120):
        scene.add_departure(f"{date(2026, 5, 4) + timedelta(days=day)}T10:00")
    for week in range(10):
        scene.add_order(
            "half", f"{date(2026, 5, 4) + timedelta(weeks=week)}", f"{date(2026, 5, 9) + timedelta(weeks=week)}"
        )
    admin.open("/timeline")

    with counted() as short:
        admin.open("/timeline?from=2026-05-04&weeks=4")
    with counted() as season:
        page = admin.open("/timeline?from=2026-05-04&weeks=18")

    assert len(season) == len(short) <= 24
    assert len(lines(page, "Region 41")) == 10


def test_it_is_in_korean_too(another: Callable[..., Administrator], scene: Scene) -> None:
    scene.add_order("half", "2026-05-14")
    with transaction() as act:
        act.scalars(select(Region).where(Region.code == "41")).one().name_ko = "경기도"

    page = another("ko").open(IN_MAY)

    assert page.heading == "단계 일정"
    assert "경기도" in words(page.mark("list"))
