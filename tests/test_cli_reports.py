"""Reports at the command line: how fair it was, and a season played again, as others rely on it."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all
from tests.commands import run
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.distancing.models import Order

IN_MAY = ("--from", "2026-05-01", "--to", "2026-05-31")


@pytest.fixture
def halved(session: Session, clock: StandingClock) -> Scene:
    """Two parties of five on twelve places; then an order leaves six: both lose theirs, one is offered others."""
    scene = build_scene(clock.now.isoformat())
    walk = scene.add_departure("2026-05-25T10:00", 12)
    scene.apply(walk, 5)
    scene.apply(walk, 5)
    scene.add_order("half", "2026-05-20")
    settle_all(scene)
    clock.stand_at(scene.now + timedelta(hours=1))
    return scene


def rows(ground: Ground, *words: str) -> list[dict[str, object]]:
    told = run(ground, "report", *words, "--format", "json")
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_the_report_is_one_object_a_line(database: Ground, halved: Scene) -> None:
    found = rows(database, "fairness", *IN_MAY, "--course", "walk")

    assert [row for row in found if row.get("by") == "size"] == [
        {
            "figure": "chance",
            "given": "in_turn",
            "by": "size",
            "class": 5,
            "asked": 2,
            "decided": 1,
            "got": 0,
            "open": 1,
            "in_reserve": 0,
            "share": 0.0,
            "low": 0.0,
            "high": 0.7935,
        }
    ]
    moved = next(row for row in found if row["figure"] == "moved")
    assert (moved["displaced"], moved["people"], moved["waiting"]) == (2, 10, 2)
    assert {row["what"] for row in found if row["figure"] == "waited"} == {"on_the_list", "after_losing"}


def test_without_days_it_is_about_the_last_year_and_the_next_two_months(database: Ground, halved: Scene) -> None:
    assert rows(database, "fairness") == rows(database, "fairness", *IN_MAY)
    assert rows(database, "fairness") == rows(database, "fairness", "--from", "2025-05-04", "--to", "2026-07-03")
    assert rows(database, "fairness") != rows(database, "fairness", "--to", "2026-05-24")


def test_the_report_is_a_table_too(database: Ground, halved: Scene) -> None:
    told = run(database, "report", "fairness", *IN_MAY, "--format", "csv").stdout

    assert {row["figure"] for row in csv.DictReader(io.StringIO(told))} == {"chance", "moved", "waited"}


def test_the_report_is_read_by_people(database: Ground, halved: Scene) -> None:
    assert "by=size class=5 asked=2" in run(database, "report", "fairness", *IN_MAY).stdout


def test_a_season_is_played_again(database: Ground, halved: Scene, session: Session) -> None:
    entry = session.scalars(select(Order.entry)).one()
    session.rollback()
    others = ("--alternative", "keep_earliest", "--alternative", f"never:{entry}")

    *played, held = rows(database, "replay", "walk", *IN_MAY, *others)

    lost = {row["alternative"]: row["people_lost"] for row in played}
    assert lost == {"as_it_was": 10, "keep_earliest": 5, f"never:{entry}": 0}
    assert held == {"figure": "held_against_the_tables", "parties": 2, "differing": 0, "lost_differing": 0}


def test_what_is_no_alternative_is_said_in_a_sentence(database: Ground, halved: Scene) -> None:
    told = run(database, "report", "replay", "walk", "--alternative", "keep_latest")

    assert told.exit_code == 1
    assert "“keep_latest” is no alternative" in told.stderr
