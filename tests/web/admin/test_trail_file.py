"""The trail further back than pages have numbers, and the trail as a file."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator
from tests.web.admin.test_timeline import counted
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry, record
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.web.admin import trail, trail_file


def edit(scene: Scene, times: int, **facts: object) -> None:
    """So many entries about the course, some in the same instant."""
    with transaction() as act:
        course = act.get_one(Course, scene.course_id)
        for number in range(times):
            now = scene.now - timedelta(seconds=number // 3)
            record(act, "course_edited", subject=course, actor=COMMAND, now=now, facts={"seats": number, **facts})


def file_of(admin: Administrator, query: str = "") -> list[dict[str, str]]:
    answer = admin.client.get(f"/en/admin/trail.csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_older_entries_follow_without_a_gap_and_none_twice(admin: Administrator, scene: Scene) -> None:
    edit(scene, 130)
    page, seen = admin.open("/trail?act=course_edited"), []
    while True:
        seen += [words(list(entry)[4]) for entry in page.marked("entry")]
        if not page.has("older"):
            break
        page = admin.open(page.mark("older").get("href").partition("/admin")[2])

    assert sorted(seen) == sorted({f"Places: {number}" for number in range(130)})
    assert admin.open(page.mark("newest").get("href").partition("/admin")[2]).has("older")


@pytest.mark.parametrize("typed", ["nonsense", "0190a5e0-0000-7000-8000-000000000000", "'; drop table"])
def test_an_entry_that_there_is_not_is_passed_over(admin: Administrator, scene: Scene, typed: str) -> None:
    edit(scene, 2)

    assert len(admin.open(f"/trail?act=course_edited&before={typed}").marked("entry")) == 2


def test_the_count_ends_where_counting_would_cost(
    admin: Administrator, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "COUNTED", 20)
    edit(scene, 30)

    assert words(admin.open("/trail?act=course_edited").mark("count")) == "more than 20 entries"


def test_a_page_however_high_costs_no_more_than_the_last_that_has_a_number(
    admin: Administrator, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "NUMBERED", 2)
    edit(scene, 130)

    page = admin.open("/trail?act=course_edited&page=999999")

    assert words(list(page.marked("entry")[0])[4]) == "Places: 48"


def test_the_file_holds_what_the_search_finds(admin: Administrator, scene: Scene) -> None:
    edit(scene, 3)
    link = admin.open("/trail?act=course_edited&subject=walk").mark("csv").get("href")

    found = file_of(admin, f"?{link.partition('?')[2]}")

    assert {row["facts"] for row in found} == {"Places: 0", "Places: 1", "Places: 2"}
    assert {(row["act"], row["about"], row["actor"]) for row in found} == {("course_edited", "Course walk", "command")}
    assert found[0]["at"] == "2026-05-04T09:00:00+09:00"


def test_taking_the_file_stands_in_the_trail_without_what_was_typed(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    file_of(admin, "?act=course_edited&first=2026-05-04&subject=somebody's name")
    file_of(admin, "?subject=walk")

    told = session.scalars(select(TrailEntry.facts).where(TrailEntry.act == "trail_exported").order_by(TrailEntry.id))
    assert list(told) == [
        {"act": "course_edited", "first_day": "2026-05-04"},
        {"about": [str(scene.course_id)]},
    ]
    assert "Audit trail taken as a file" in admin.open("/trail").text


def test_a_file_names_nobody_and_quotes_nobody(admin: Administrator, scene: Scene) -> None:
    edit(scene, 1, reason_given="Hong Gildong's mother is ill", reason="Hong Gildong")
    admin.apply(admin.preview_order())

    text = admin.client.get("/en/admin/trail.csv").get_data(as_text=True)

    assert "order_entered" in text
    assert "administrator:" in text
    assert "김하늘" not in text
    assert "Gildong" not in text


def test_no_line_of_the_file_begins_a_formula(admin: Administrator, scene: Scene) -> None:
    edit(scene, 1)
    with transaction() as act:
        course = act.get_one(Course, scene.course_id)
        record(act, "=cmd", subject=course, actor=COMMAND, now=scene.now)

    [row] = [row for row in file_of(admin) if "cmd" in row["act"]]

    assert row["act"] == row["act_in_words"] == "'=cmd"


def test_a_file_ends_at_its_bound_and_is_read_some_at_a_time(
    admin: Administrator, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(scene, 42)
    monkeypatch.setattr(trail_file, "AT_ONCE", 7)
    monkeypatch.setattr(trail_file, "MOST_IN_A_FILE", 25)

    with counted() as sent:
        found = file_of(admin, "?act=course_edited")

    assert [row["facts"] for row in found] == [f"Places: {number}" for number in _in_order(25)]
    assert sum("trail_entry" in one and "SELECT" in one for one in sent) == 4


def _in_order(count: int) -> list[int]:
    """Within one instant the entry written last comes first."""
    return sorted(range(42), key=lambda number: (number // 3, -number))[:count]


def test_days_that_cannot_be_read_make_no_file(admin: Administrator, scene: Scene, session: Session) -> None:
    assert admin.client.get("/en/admin/trail.csv?first=yesterday").status_code == 422
    assert session.scalars(select(TrailEntry.id).where(TrailEntry.act == "trail_exported")).all() == []
