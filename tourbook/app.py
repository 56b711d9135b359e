"""The application factory: it builds and connects, and decides nothing."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from config import Config
from tourbook import cli, clock, jobs, keys, notices, practice, seal, web
from tourbook.applications import address_of
from tourbook.db import db, engine_options
from tourbook.durability import refuse_forgetful_database

PROJECT = Path(__file__).resolve().parent.parent

migrate = Migrate(directory=str(PROJECT / "migrations"), render_as_batch=True)


def create_app(config: Config) -> Flask:
    """Build the application; refuses to start with unsafe settings (config.SettingsRefused says why)."""
    app = Flask("tourbook", root_path=str(PROJECT), template_folder="templates", static_folder="static")
    app.config.update(config.flask_settings())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(
        config, app.config["SQLALCHEMY_DATABASE_URI"], serving=not cli.is_running()
    )
    clock.stop_at(config.now)
    clock.show(practice.RehearsalClock(app) if config.rehearses else None)
    db.init_app(app)
    migrate.init_app(app, db)
    seal.init_app(app)
    keys.init_app(app)
    notices.init_app(app, address_of)
    web.init_app(app)
    cli.init_app(app)
    app.extensions["tourbook.jobs"] = jobs
    if config.production:
        with app.app_context():
            refuse_forgetful_database()
    if config.production or (config.minds_whose_database and not cli.is_running()):  # else the group of commands looks
        with app.app_context():
            practice.refuse_database(config)
    if config.environment != "test" and not cli.is_running():  # commands mend what is missing
        with app.app_context():
            keys.refuse_without_keys()
    if config.timetable and not cli.is_running():
        jobs.start_in_background(app)
    return app
