"""The timetable runs beside a server that asks for it, and beside no command."""

import click
import pytest
from flask.cli import ScriptInfo

from tests.ground.application import Ground, config_for
from tourbook import jobs
from tourbook.app import create_app
from tourbook.db import db


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    apps: list[object] = []
    monkeypatch.setattr(jobs, "start_in_background", apps.append)
    return apps


def build(database: Ground, **settings: object) -> None:
    app = create_app(config_for(database.url, **settings))
    with app.app_context():
        db.engine.dispose()


def test_a_server_that_asks_for_the_timetable_gets_it(database: Ground, started: list[object]) -> None:
    build(database, timetable=True)

    assert len(started) == 1


def test_a_server_that_is_a_click_program_itself_gets_it_too(database: Ground, started: list[object]) -> None:
    with click.Context(click.Command("granian")):
        build(database, timetable=True)

    assert len(started) == 1


def test_a_flask_command_keeps_no_timetable_beside_it(database: Ground, started: list[object]) -> None:
    with click.Context(click.Command("flask"), obj=ScriptInfo()):
        build(database, timetable=True)

    assert started == []
