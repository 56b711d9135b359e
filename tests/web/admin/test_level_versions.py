"""Versions of the level table stay readable, with their source; levels are added to scales."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.courses import course_by_code
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.distancing import allowance, facts_of, slot_of, take_fact_back, versions_of
from tourbook.distancing.models import Level, TableCell
from tourbook.kst import parse_moment

CELL = {"level": "s/half", "whose": "kind:trail", "measure": "people", "amount": "8"}
HERE = "/table/versions?scale=s&level=half&whose=kind:trail"
LEVEL = {"scale": "s", "level": "quarter", "name_ko": "단계 ¼", "name_en": "Level quarter", "place": "2"}


def enter(admin: Administrator, **typed: str) -> None:
    admin.apply(admin.fill_in("/table/cell", "cell-form", **{**CELL, **typed}))


def test_a_new_version_says_from_when_by_whom_and_why_and_the_old_one_stays(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    enter(admin, source="Headquarters, 3 May")
    enter(admin, amount="6", announced_at="2026-06-01 00:00")

    found = rows(admin.open(HERE), "versions")

    now = "Mon 4 May 2026, 09:00 KST"
    assert [row[:4] for row in found] == [
        ["6 people", "Mon 1 Jun 2026, 00:00 KST", "–", "to come"],
        ["8 people", now, "Mon 1 Jun 2026, 00:00 KST", "counts now"],
        ["50 %", "from ever", now, "replaced"],
    ]
    assert found[1][4].startswith(f"{now}, Administrator")
    assert [row[5] for row in found] == ["–", "Headquarters, 3 May", "–"]
    assert found[2][4] == "with the installation"


def test_the_table_shows_the_version_that_the_rule_goes_by(
    admin: Administrator, another: Callable[..., Administrator], scene: Scene, session: Session, clock: StandingClock
) -> None:
    scene.add_order("half", "2026-05-04")
    departure = scene.add_departure("2026-06-20T10:00")
    enter(admin, amount="6", announced_at="2026-06-01 00:00")
    enter(admin, amount="9")  # entered later, but it counts before
    clock.stand_at("2026-06-02T09:00")
    admin = another(mail="later@example.kr")  # whoever does nothing for long is signed out

    facts, slot = facts_of(session, scene.course_id), slot_of(session.get_one(Departure, departure))
    assert allowance(slot, facts, parse_moment("2026-06-02T09:00")).capacity == 6
    assert rows(admin.open("/table"), "scale")[1][1].startswith("6 people")
    assert [row[3] for row in rows(admin.open(HERE), "versions")] == ["counts now", "replaced", "replaced"]


def test_a_version_that_was_taken_back_stays_on_record_and_the_one_before_counts_again(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    enter(admin)
    cell = session.scalars(select(TableCell).order_by(TableCell.entry.desc()).limit(1)).one()
    later = scene.now + timedelta(hours=1)
    with transaction() as act:
        take_fact_back(act, "cell_entered", cell.id, made_at=scene.now, actor=COMMAND, now=later)

    latest, before = versions_of(session, "s", "half", kind="trail")

    assert (latest.until, latest.counts(later), latest.counts(scene.now)) == (later, False, True)
    assert before.until is None
    assert rows(admin.open(HERE), "versions")[0][3] == "taken back"


@pytest.mark.parametrize("query", ["", "?scale=s&level=half", "?scale=s&level=no&whose=kind:trail", "?whose=kind:tram"])
def test_versions_of_nothing_are_not_found(admin: Administrator, scene: Scene, query: str) -> None:
    assert admin.open(f"/table/versions{query}").status == 404


def test_a_level_comes_into_its_place_and_lets_nobody_go_yet(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    page = admin.fill_in("/table/levels/new", "level-form", **LEVEL)

    assert "it lets nobody go" in page.text
    assert page.form(mark="cell-form").values["level"] == "s/quarter"
    found = session.scalars(select(Level).where(Level.scale == "s").order_by(Level.place)).all()
    assert [(one.level, one.place) for one in found] == [("open", 1), ("quarter", 2), ("half", 3), ("closed", 4)]
    scene.add_order("quarter", "2026-05-04")
    walk = session.get_one(Departure, scene.add_departure("2026-05-20T10:00"))
    facts = facts_of(session, course_by_code(session, "walk").id)
    assert allowance(slot_of(walk), facts, scene.now).capacity == 0
    assert session.scalars(select(TrailEntry.act).where(TrailEntry.subject_kind == "level")).all() == ["level_added"]


def test_a_scale_is_begun_with_its_first_level(admin: Administrator, scene: Scene, session: Session) -> None:
    admin.fill_in("/table/levels/new", "level-form", **{**LEVEL, "scale": "+", "new_scale": "2027-plan", "place": "9"})

    level = session.scalars(select(Level).where(Level.scale == "2027-plan")).one()
    assert (level.level, level.place) == ("quarter", 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"level": "half"}, "has a level “half” already"),
        ({"level": "Half!"}, "cannot be a code"),
        ({"scale": "+", "new_scale": ""}, "cannot be a code"),
        ({"place": "0"}, "enter a number"),
        ({"name_ko": ""}, "Fill this in"),
    ],
)
def test_a_level_that_cannot_be_is_refused_at_its_field(
    admin: Administrator, scene: Scene, session: Session, typed: dict[str, Any], said: str
) -> None:
    page = admin.fill_in("/table/levels/new", "level-form", **{**LEVEL, **typed})

    assert page.status == 422
    assert said in errors(page)
    assert str(page.mark("error-summary").find(".//a").get("href")).startswith("#")
    assert len(session.scalars(select(Level)).all()) == 3
