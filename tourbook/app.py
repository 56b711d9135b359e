"""The application factory: it builds and connects, and decides nothing."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from config import Config
from tourbook import cli, clock, jobs, notices, seal, web
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
    db.init_app(app)
    migrate.init_app(app, db)
    seal.init_app(app)
    notices.init_app(app, address_of)
    web.init_app(app)
    cli.init_app(app)
    app.extensions["tourbook.jobs"] = jobs
    if config.production:
        with app.app_context():
            refuse_forgetful_database()
    if config.timetable and not cli.is_running():
        jobs.start_in_background(app)
    return app
