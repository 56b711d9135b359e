"""Courses are stopped on one page; draws on hold say so, and go on from a page of their own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, told
from tests.draws.lottery import TERMS, Lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.actor import COMMAND
from tourbook.courses.models import Region, Round, SiteMeasure
from tourbook.db import transaction
from tourbook.draws import announce_round, give_value, hold_due, tell_news_due
from tourbook.operations import note_stopped_choices, stops, tell_entrants_due

STOP = {"courses": ["walk"], "cause": "asf", "first_day": "2026-05-14", "last_day": "2026-07-31"}
ANEW = {
    "closes_at": "2026-06-20 18:00",
    "value_at": "2026-06-21 21:00",
    "left_overs_at": "2026-06-24 10:00",
    "source_ko": "로또 1240회",
    "source_en": "Lotto 1240",
    "fallback_ko": "다음 회차",
    "fallback_en": "the next one",
}


def preview_stop(admin: Administrator, **typed: object) -> Page:
    return admin.fill_in("/stops/new", "stop-form", **{**STOP, **typed})


def lottery_of(scene: Scene) -> Lottery:
    """A draw of three departures in July that a party has entered."""
    departures = tuple(scene.add_departure(one) for one in ("2026-07-11T10:00", "2026-07-12T10:00"))
    round_id = announce_round(scene.course_id, TERMS, form_id="july", actor=COMMAND, now=scene.now)
    lottery = Lottery(scene.now, scene.course_id, round_id, departures)
    settle_all(lottery)
    return lottery


def on_hold(scene: Scene, clock: StandingClock) -> tuple[Lottery, UUID, UUID]:
    """A draw whose departures are all stopped, with an entry of it, and the measure."""
    lottery = lottery_of(scene)
    entry = lottery.enter(lottery.departures[0])
    measure_id = scene.add_measure("2026-07-01", reason_ko="돼지열병", reason_en="Swine fever")
    hold_due(now=clock.now)
    while tell_news_due(now=clock.now):
        pass
    return lottery, entry, measure_id


def test_courses_are_stopped_and_the_preview_says_which_draw_waits(
    admin: Administrator, scene: Scene, session: Session
):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)
    lottery = lottery_of(scene)
    lottery.enter(lottery.departures[0])

    preview = preview_stop(admin)
    admin.apply(preview)

    measure = session.scalars(select(SiteMeasure)).one()
    assert "20 → 0" in [row[2] for row in rows(preview, "departures")]
    assert rows(preview, "held") == [["july", "Walk", "1", "2"]]
    assert "5 people displaced, 0 offers; 2 people in a draw put on hold" in words(preview.mark("apply"))
    assert (measure.cause, measure.reason_en) == ("asf", "Access is closed to keep African swine fever out")
    assert "African swine fever" in words(admin.open("/stops").mark("stop"))


@pytest.mark.parametrize("given", [False, True])
def test_a_draw_that_can_be_held_no_more_stands_on_the_preview_with_what_becomes_of_it(
    scene: Scene, another: Callable[..., Administrator], clock: StandingClock, given: bool
):
    lottery = lottery_of(scene)
    lottery.enter(lottery.departures[0])
    lottery.close()
    scene.now = clock.stand_at((TERMS.value_at + timedelta(hours=1)).isoformat())
    if given:
        give_value(lottery.round_id, "4,9,17", actor=COMMAND, now=clock.now)
    ahead = {"first_day": "2026-07-01", "last_day": "2026-07-31"}

    preview, elsewhere = (
        preview_stop(another(mail=f"{first}@example.kr"), **{**ahead, **changed})
        for first, changed in (("one", {}), ("two", {"first_day": "2026-07-20"}))
    )

    assert rows(preview, "drawn") == [["july", "Walk", "1", "2"]]
    assert not preview.has("held")
    assert not preview.has("nothing")
    assert not elsewhere.has("drawn")


def test_a_stop_that_moves_nobody_but_holds_a_draw_says_that_alone(admin: Administrator, scene: Scene):
    lottery = lottery_of(scene)
    lottery.enter(lottery.departures[0])

    button = words(preview_stop(admin).mark("apply"))

    assert button == "Apply: 2 people in a draw put on hold"


def figures(page: Page) -> dict[str, list[str]]:
    """The big numbers of a preview with their notes, by what they count."""
    boxes = [one for one in page.tree.iter("div") if "app-figure" in (one.get("class") or "").split()]
    return {words(next(one.iter("dt"))): [words(dd) for dd in one.iter("dd")] for one in boxes}


def tell_of_the_stop(now: datetime) -> None:
    """The timetable tells who entered."""
    while note_stopped_choices(now=now):
        pass
    while tell_entrants_due(now=now):
        pass


def test_the_preview_counts_who_in_a_draw_is_told_of_a_stopped_choice_and_the_record_is_compared(
    admin: Administrator, scene: Scene, session: Session, clock: StandingClock
):
    lottery = lottery_of(scene)
    saturday, sunday = lottery.departures
    both, stopped, other = lottery.enter(sunday, saturday), lottery.enter(saturday), lottery.enter(sunday)

    preview = preview_stop(admin, first_day="2026-07-11", last_day="2026-07-11")
    applied = admin.apply(preview)
    clock.move(minutes=45)
    lottery.now = clock.now
    lottery.settle()
    not_told = visit(admin.client, applied.address)
    tell_of_the_stop(clock.now)
    all_told = visit(admin.client, applied.address)

    assert figures(preview)["parties that entered a draw are written to"] == ["2", "july: 2"]
    assert "2 parties in a draw told" in words(preview.mark("apply"))
    assert rows(not_told, "missing") == [["Sat 11 Jul 2026, 10:00 KST", "entrants of its draw told of the stop"]]
    assert all_told.has("as-shown")
    assert [told(session, one)[1:] for one in (both, stopped, other)] == [["choice_stopped"], ["choice_stopped"], []]


def test_the_preview_counts_the_places_of_those_who_are_still_typing(admin: Administrator, scene: Scene):
    scene.hold(scene.add_departure("2026-05-16T10:00"), 3)

    preview = preview_stop(admin)

    assert figures(preview)["parties that are typing lose their places"] == ["1", "3 people"]


def test_a_draw_whose_departures_are_stopped_takes_no_entries_and_says_so_before_it_is_on_hold(
    admin: Administrator, scene: Scene
):
    lottery_of(scene)
    admin.apply(preview_stop(admin))

    page = visit(admin.client, "/ko/draws/july")

    assert "지금은 갈 수 있는 회차가 없어 응모할 수 없습니다" in words(page.mark("line"))
    assert "응모를 받고" not in words(page.mark("line"))
    assert words(page.mark("state")) == "지금은 갈 수 없음"
    assert not page.has("entry")
    assert ["운영 중단" in words(row) and "휴무" not in words(row) for row in page.marked("demand-row")] == [True] * 2


def test_all_of_a_region_is_stopped(admin: Administrator, scene: Scene, session: Session):
    admin.apply(preview_stop(admin, courses=[], region="41"))

    assert [one.code for one in stops(session)[0].courses] == ["walk"]


def test_a_region_beside_ticked_courses_is_refused(admin: Administrator, scene: Scene, session: Session):
    page = preview_stop(admin, region="41")

    assert page.status == 422
    assert "not both" in errors(page)
    assert not stops(session)


def test_each_region_can_be_chosen_once_under_its_code_of_today(admin: Administrator, scene: Scene):
    with transaction() as act:
        act.add(Region(code="51", parent="KR", name_ko="새 이름", name_en="New"))
        act.flush()  # the code of before refers to it
        act.scalars(select(Region).where(Region.code == "41")).one().successor = "51"

    offered = [option.get("value") for option in admin.open("/stops/new").mark("region").iter("option")]

    assert offered == ["", "41480", "51", "KR"]
    admin.apply(preview_stop(admin, courses=[], region="51"))


def test_what_cannot_be_stopped_is_said_at_its_field(admin: Administrator, scene: Scene):
    page = preview_stop(admin, courses=[])

    assert page.status == 422
    assert "Tick at least one course" in errors(page)


def test_the_end_of_a_stop_is_moved(admin: Administrator, scene: Scene, session: Session, clock: StandingClock):
    admin.apply(preview_stop(admin))
    (stop,) = stops(session)
    clock.move(minutes=9)
    admin.open("/stops")
    clock.move(minutes=1)

    admin.apply(admin.fill_in(f"/stops/{stop.id}/end", "stop-end-form", until="2026-05-20"))

    assert stops(session)[0].last_day.isoformat() == "2026-05-20"
    assert "20 May 2026" in words(admin.open("/stops").mark("stop"))


def test_the_end_of_a_stop_that_is_pressed_twice_is_moved_once_and_says_so_twice(
    admin: Administrator, scene: Scene, session: Session, clock: StandingClock
):
    admin.apply(preview_stop(admin))
    (stop,) = stops(session)
    clock.move(minutes=1)
    preview = admin.fill_in(f"/stops/{stop.id}/end", "stop-end-form", until="2026-05-20")

    first, second = admin.apply(preview), admin.apply(preview)

    assert (second.status, second.address) == (200, first.address)
    assert second.has("progress")


def test_a_draw_on_hold_says_so_to_everybody_and_why(admin: Administrator, scene: Scene, clock: StandingClock):
    on_hold(scene, clock)

    page = visit(admin.client, "/ko/draws/july")

    assert page.has("on-hold")
    assert "돼지열병" in words(page.mark("line"))
    assert "보류됨" in words(page.mark("state"))
    assert not page.has("enter")
    assert "july" not in visit(admin.client, "/ko/").text
    assert "Swine fever" in words(admin.open("/draws/july").mark("on-hold"))
    assert "1" in words(admin.open("/").mark("draws-on-hold"))


def test_a_draw_goes_on_once_what_is_announced_anew_was_looked_at(
    admin: Administrator, scene: Scene, session: Session, clock: StandingClock
):
    lottery, _, measure_id = on_hold(scene, clock)
    address = f"/draws/{lottery.round_id}/resume"
    still = admin.fill_in(address, "resume-form", **ANEW)
    assert still.status == 200
    assert "still stopped" in errors(still.form(mark="resume-form").submit(admin.client, button="stage"))
    admin.apply(admin.fill_in(f"/measures/{measure_id}/end", "end-form", until="2026-06-30"))

    look = admin.fill_in(address, "resume-form", **ANEW)
    done = look.form(mark="resume-form").submit(admin.client, button="stage", follow=True)

    assert "Lotto 1240" in look.text
    assert not done.has("on-hold")
    assert session.get_one(Round, lottery.round_id, populate_existing=True).held_at is None


def test_moments_that_have_come_are_refused_with_the_form(admin: Administrator, scene: Scene, clock: StandingClock):
    lottery, *_ = on_hold(scene, clock)

    page = admin.fill_in(f"/draws/{lottery.round_id}/resume", "resume-form", **{**ANEW, "value_at": "2026-05-01 10:00"})

    assert page.status == 422
    assert page.has("resume-form")
    assert "could be known already" in errors(page)
