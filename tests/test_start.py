"""Production starts only where nothing that was acknowledged can be forgotten, and says why not."""

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
def test_production_refuses_a_database_that_answers_before_it_has_written(database: Ground) -> None:
    name = database.engine.url.database
    with database.engine.begin() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    try:
        with pytest.raises(SettingsRefused, match="synchronous_commit is off"):
            production(database.url)
    finally:
        with database.engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" RESET synchronous_commit'))
