"""Clearance at the command line: who checks names, and answers that are tried before they are entered."""

from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from tests.applications.scene import build_scene
from tests.clearance.office import NIS, Office, build_office, reference
from tests.commands import run
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook import clearance
from tourbook.clearance import Standing
from tourbook.db import db


@pytest.fixture
def office(session: Session, clock: StandingClock) -> Office:
    clock.stand_at("2026-05-04T09:00")
    return build_office()


def demands(office: Office) -> dict[str, tuple[int, bool]]:
    db.session.rollback()
    found = clearance.demands_on(db.session(), office.scene.course_id)
    return {one.authority.value: (one.due_days, one.asks_passport) for one in found}


def enter(database: Ground, office: Office, file: Path, *options: str) -> Result:
    return run(database, "clearance", "import", str(office.departure_id), "nis", str(file), *options)


def test_an_authority_is_named_and_changed(database: Ground, office: Office) -> None:
    for days in ("14", "10"):
        assert run(database, "clearance", "require", "walk", "army", "--days", days).exit_code == 0

    assert demands(office)["army"] == (10, False)
    again = run(database, "clearance", "require", "walk", "army", "--days", "10")
    assert "already" in again.output


def test_names_cannot_be_due_after_the_freeze_line(database: Ground, office: Office) -> None:
    ended = run(database, "clearance", "require", "walk", "army", "--days", "1")

    assert ended.exit_code == 1
    assert "from 2 to 28 days before" in ended.stderr
    assert "army" not in demands(office)


@pytest.mark.parametrize(("days", "warned"), [("2", True), ("5", False)])
def test_days_that_leave_no_exchange_are_warned_of(database: Ground, days: str, warned: bool) -> None:
    with database.app.app_context():
        build_scene()

    ended = run(database, "clearance", "require", "walk", "army", "--days", days)

    assert ended.exit_code == 0
    assert ("nobody could go in place" in ended.stderr) is warned


def test_answers_are_tried_and_then_entered(database: Ground, office: Office, tmp_path: Path) -> None:
    party = office.apply(2)
    office.submit()
    file = tmp_path / "answers.csv"
    file.write_text(f"reference,visitor,answer\n{reference(party)},1,cleared\n", encoding="utf-8")

    tried = enter(database, office, file, "--dry-run")

    assert "1 would change" in tried.output
    assert answers(office, party) == [Standing.SUBMITTED] * 2
    assert "1 changed" in enter(database, office, file).output
    assert answers(office, party) == [Standing.CLEARED, Standing.SUBMITTED]


def test_bad_lines_are_named_and_nothing_is_entered(database: Ground, office: Office, tmp_path: Path) -> None:
    party = office.apply(2)
    office.submit()
    file = tmp_path / "answers.csv"
    lines = ["reference,visitor,answer", f"{reference(party)},1,cleared", "ZZZZ-9999,1,cleared"]
    file.write_text("\n".join(lines), encoding="utf-8")

    ended = enter(database, office, file)

    assert ended.exit_code == 1
    assert "line 3: there is no application ZZZZ-9999 on this departure." in ended.stderr
    assert answers(office, party) == [Standing.SUBMITTED] * 2


def answers(office: Office, party: object) -> list[Standing]:
    """What the NIS has said of a party."""
    session = db.session()
    session.rollback()
    session.expire_all()
    known = clearance.checked(
        session, [office.departure_id], clearance.demands_on(session, office.scene.course_id), party=party
    )
    return [one.by[NIS] for one in known]
