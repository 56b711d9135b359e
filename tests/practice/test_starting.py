"""A rehearsal starts on no database but its own, and nothing in earnest on that one."""

import pytest

from config import Config, SettingsRefused
from tests.ground.application import Ground, build_app
from tests.ground.moments import MONDAY_MORNING
from tests.practice.conftest import Practice
from tourbook import clock
from tourbook.app import create_app
from tourbook.kst import parse_moment

SAFE = {"environment": "production", "secret_key": "s" * 40, "public_url": "https://tours.example.kr"}


def rules(config: Config) -> set[str]:
    return {rule.endpoint for rule in create_app(config).url_map.iter_rules() if rule.endpoint.startswith("rehearsal.")}


def test_a_rehearsal_refuses_a_database_that_none_has_made(seeded: Ground) -> None:
    with pytest.raises(SettingsRefused, match="was not made by a rehearsal, so it may be the real one"):
        build_app(seeded.url, environment="rehearsal")
    clock.show(None)


def test_production_refuses_the_database_of_a_rehearsal(rehearsal: Practice) -> None:
    with pytest.raises(SettingsRefused, match="is that of a rehearsal, whose people and applications are made up"):
        create_app(Config(**SAFE, database_url=rehearsal.url))


def test_a_demonstration_refuses_the_database_of_a_rehearsal(rehearsal: Practice) -> None:
    with pytest.raises(SettingsRefused, match=r"is that of a rehearsal.*TOURBOOK_ENV is demo"):
        build_app(rehearsal.url, environment="demo")


@pytest.mark.parametrize("command", ["jobs", "check", "seed"])
def test_no_command_of_a_demonstration_works_on_the_database_of_a_rehearsal(rehearsal: Practice, command: str) -> None:
    own = rehearsal.app.config["TOURBOOK"]
    rehearsal.app.config["TOURBOOK"] = Config(environment="demo", database_url=rehearsal.url)
    try:
        done = rehearsal.app.test_cli_runner().invoke(args=["tourbook", command], catch_exceptions=False)
    finally:
        rehearsal.app.config["TOURBOOK"] = own

    assert done.exit_code == 1
    assert "is that of a rehearsal" in done.stderr


def test_production_starts_on_its_own_and_has_no_such_pages(database: Ground) -> None:
    assert rules(Config(**SAFE, database_url=database.url)) == set()


def test_only_a_rehearsal_has_such_pages(rehearsal: Practice, database: Ground) -> None:
    there = {rule.endpoint for rule in rehearsal.app.url_map.iter_rules()}
    others = {rule.endpoint for rule in database.app.url_map.iter_rules()}

    assert there - others == {"rehearsal.show", "rehearsal.move", "rehearsal.reset"}


def test_the_standing_clock_of_tests_needs_no_mark_and_has_no_such_pages(database: Ground) -> None:
    standing = build_app(database.url, environment="rehearsal", now=parse_moment(MONDAY_MORNING))

    assert clock.now() == parse_moment(MONDAY_MORNING)
    clock.stop_at(None)
    assert "rehearsal.show" not in standing.view_functions


@pytest.mark.parametrize("command", ["jobs", "check", "seed"])
def test_no_command_of_a_rehearsal_works_on_what_is_not_its_own(seeded: Ground, command: str) -> None:
    own = seeded.app.config["TOURBOOK"]
    seeded.app.config["TOURBOOK"] = Config(environment="rehearsal", database_url=seeded.url)
    try:
        done = seeded.app.test_cli_runner().invoke(args=["tourbook", command], catch_exceptions=False)
    finally:
        seeded.app.config["TOURBOOK"] = own

    assert done.exit_code == 1
    assert "was not made by a rehearsal" in done.stderr


def test_preparing_refuses_data_that_no_rehearsal_made(seeded: Ground) -> None:
    own = seeded.app.config["TOURBOOK"]
    seeded.app.config["TOURBOOK"] = Config(environment="rehearsal", database_url=seeded.url)
    try:
        done = seeded.app.test_cli_runner().invoke(args=["tourbook", "rehearsal", "prepare", "--anew"])
    finally:
        seeded.app.config["TOURBOOK"] = own

    assert done.exit_code == 1
    assert "no rehearsal made, so it may be the real one" in done.stderr
    assert "something" not in seeded.command("tourbook", "check")


def test_nothing_but_a_rehearsal_can_be_prepared(seeded: Ground) -> None:
    done = seeded.app.test_cli_runner().invoke(args=["tourbook", "rehearsal", "prepare"])

    assert done.exit_code == 1
    assert "set TOURBOOK_ENV=rehearsal" in done.stderr


@pytest.mark.sqlite_only("settings ask no database")
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"TOURBOOK_ENV": "rehearsal", "TOURBOOK_MAIL_SERVER": "mail:25"}, "A rehearsal writes to nobody"),
        ({"TOURBOOK_ENV": "rehearsal", "TOURBOOK_SMS_URL": "https://sms.example"}, "A rehearsal writes to nobody"),
        ({"TOURBOOK_REHEARSAL_URL": "javascript:alert(1)"}, "TOURBOOK_REHEARSAL_URL is no address of a site"),
        ({"TOURBOOK_REHEARSAL_URL": "rehearsal"}, "TOURBOOK_REHEARSAL_URL is no address of a site"),
    ],
)
def test_settings_that_would_write_to_people_or_lead_nowhere_are_refused(settings, sentence) -> None:
    with pytest.raises(SettingsRefused, match=sentence):
        Config.from_env(settings)


@pytest.mark.sqlite_only("settings ask no database")
def test_a_rehearsal_has_a_file_and_a_cookie_of_its_own() -> None:
    own = Config(environment="rehearsal").flask_settings()
    demo = Config().flask_settings()

    assert own["SQLALCHEMY_DATABASE_URI"].endswith("/rehearsal.sqlite")
    assert demo["SQLALCHEMY_DATABASE_URI"].endswith("/tourbook.sqlite")
    assert own["SESSION_COOKIE_NAME"] != demo["SESSION_COOKIE_NAME"]
