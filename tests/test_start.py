"""Production starts only where nothing that was acknowledged can be forgotten, and says why not."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from config import Config, SettingsRefused
from tests.ground.application import Ground
from tourbook.app import create_app

SAFE = {"environment": "production", "secret_key": "s" * 40, "public_url": "https://tours.example.kr"}


def production(url: str) -> None:
    create_app(Config(**SAFE, database_url=url))


def test_production_starts_on_a_safe_database(database: Ground) -> None:
    production(database.url)


def test_production_refuses_a_database_that_lives_in_memory() -> None:
    with pytest.raises(SettingsRefused, match="lives in memory only"):
        production("sqlite://")


def test_production_refuses_a_database_that_does_not_answer() -> None:
    with pytest.raises(SettingsRefused, match="does not answer"):
        production("postgresql://nobody@127.0.0.1:1/nothing")


@pytest.mark.postgres_only("SQLite's own settings are made by the application")
@pytest.mark.parametrize("where", ["DATABASE", "ROLE"])
def test_production_refuses_a_database_that_answers_before_it_has_written(database: Ground, where: str) -> None:
    with (
        synchronous_commit(database, where, "off"),
        pytest.raises(SettingsRefused, match="synchronous_commit is off"),
    ):
        production(database.url)


@pytest.mark.postgres_only("SQLite's own settings are made by the application")
@pytest.mark.parametrize("level", ["local", "remote_write", "on", "remote_apply"])
def test_production_starts_on_every_level_that_has_written_here_before_it_answers(database: Ground, level: str) -> None:
    with synchronous_commit(database, "DATABASE", level):
        production(database.url)


@contextmanager
def synchronous_commit(database: Ground, where: str, level: str) -> Iterator[None]:
    """Set it for all new sessions of this database, or of this role."""
    name = database.engine.url.database if where == "DATABASE" else database.engine.url.username
    with database.engine.begin() as connection:
        connection.execute(text(f'ALTER {where} "{name}" SET synchronous_commit = {level}'))
    try:
        yield
    finally:
        with database.engine.begin() as connection:
            connection.execute(text(f'ALTER {where} "{name}" RESET synchronous_commit'))
