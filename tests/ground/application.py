"""The application on a database of its own, built once per worker and emptied between tests."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import Engine

from config import Config
from tests.ground.compiled import CompiledOnce
from tests.ground.databases import KeptState, Rows, kept_rows, postgres_database, restore, sqlite_file
from tests.ground.pages import CheckedClient
from tests.ground.server import TEST_SECRET
from tourbook.app import create_app
from tourbook.db import db

UNHURRIED = 60
"""Seconds: PostgreSQL ends a transaction in which it hears nothing for a while, and a machine that is busy may be
silent for longer than a page may in earnest. Tests of deadlines set their own.
"""
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def config_for(url: str, **settings: Any) -> Config:
    """Settings for tests on that database, with `settings` changed; a page is made anew, so that it shows every act."""
    safe = {"environment": "test", "database_url": url, "secret_key": TEST_SECRET, "keep_pages": False}
    return Config(**{**safe, **settings})


def build_app(url: str, **settings: Any) -> Flask:
    """The application as tests use it: errors come out instead of turning into a page, pages are checked."""
    config = config_for(url, **settings)
    app = create_app(config)
    app.jinja_env.bytecode_cache = CompiledOnce(app, config)
    app.config["TESTING"] = True
    app.test_client_class = CheckedClient
    return app


class Ground:
    """One database with the application on it.

    `reset` puts it into a kept state: "empty" (what the migrations leave), or "seeded" (with regions, scales, courses
    and the table).
    """

    def __init__(self, dialect: str, url: str) -> None:
        self.dialect = dialect
        self.url = url
        self.app = build_app(url, database_deadline=UNHURRIED)

    @cached_property
    def engine(self) -> Engine:
        """The application's own engine on this database."""
        with self.app.app_context():
            return db.engine

    @cached_property
    def _empty(self) -> Rows:
        with self.app.app_context():
            _build_schema()
        return kept_rows(self.engine)

    def reset(self, state: str = "empty") -> None:
        """Make the database hold exactly that state."""
        (self._kept_empty if state == "empty" else self._kept_seeded).restore()

    @cached_property
    def _kept_empty(self) -> KeptState:
        return KeptState(self.engine, self._empty)

    @cached_property
    def _kept_seeded(self) -> KeptState:
        restore(self.engine, self._empty)
        self.command("tourbook", "seed")
        return KeptState(self.engine, kept_rows(self.engine))

    def command(self, *words: str) -> str:
        """Run `flask --app wsgi WORDS` inside this process, and return what it printed; fails loudly."""
        done = self.app.test_cli_runner().invoke(args=words, catch_exceptions=False)
        assert done.exit_code == 0, f"flask {' '.join(words)} ended with {done.exit_code}:\n{done.output}"
        return done.output


def _build_schema() -> None:
    flask_migrate.upgrade(directory=str(MIGRATIONS))


class Grounds:
    """The grounds of one worker, made when first asked for, closed with the stack."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._made: dict[str, Ground] = {}

    def on(self, dialect: str) -> Ground:
        """The ground on "sqlite" or "postgresql"."""
        if dialect not in self._made:
            ground = Ground(dialect, self._stack.enter_context(_DATABASES[dialect]()))
            self._stack.callback(ground.engine.dispose)
            self._made[dialect] = ground
        return self._made[dialect]


_DATABASES: dict[str, Callable[[], Any]] = {"sqlite": sqlite_file, "postgresql": postgres_database}
