"""SECRET_KEY is changed: who was signed in stays so, an account is found, a square code on paper counts."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config, SettingsRefused
from tests.accounts.people import Somebody, somebody
from tests.applications.scene import build_scene
from tests.ground.application import Ground, build_app
from tests.ground.pages import visit
from tests.ground.server import TEST_SECRET
from tests.web.signing import sign_in, signed_in
from tourbook import clock
from tourbook.actor import Role
from tourbook.applications.models import Application, Visitor
from tourbook.db import db
from tourbook.rosters import pass_of, read_pass

NEW = "quite another secret than the one before"
KEPT = {"old_secret_keys": f"older than any of these, and never seen, {TEST_SECRET}", "data_secret": TEST_SECRET}


@pytest.fixture
def after_the_change(database: Ground) -> Iterator[Callable[..., Flask]]:
    """A function: the same installation, started with another SECRET_KEY."""
    started: list[Flask] = []

    def start(**settings: str) -> Flask:
        started.append(build_app(database.url, secret_key=NEW, now=clock.now(), **settings))
        return started[-1]

    yield start
    for app in started:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def is_signed_in(later: Flask, cookie: str) -> bool:
    client = later.test_client()
    client.set_cookie("sid", cookie)
    return visit(client, "/ko/help").has("sign-out")


@pytest.mark.parametrize(("settings", "stays"), [(KEPT, True), ({}, False), ({"data_secret": TEST_SECRET}, False)])
@pytest.mark.usefixtures("session")
def test_a_cookie_that_an_earlier_key_signed_is_read_while_that_is_kept(
    app: Flask, after_the_change: Callable[..., Flask], settings: dict[str, str], stays: bool
) -> None:
    kept = signed_in(app, Role.CITIZEN).get_cookie("sid")

    assert kept is not None
    assert is_signed_in(after_the_change(**settings), kept.value) is stays


@pytest.mark.usefixtures("session")
def test_a_cookie_that_is_written_anew_is_signed_by_the_new_key(
    app: Flask, after_the_change: Callable[..., Flask]
) -> None:
    person = somebody(app, Role.CITIZEN)
    later = after_the_change(**KEPT)
    client = later.test_client()
    assert sign_in(client, person).status == 302
    kept = client.get_cookie("sid")

    assert kept is not None
    assert is_signed_in(later, kept.value)
    assert not is_signed_in(app, kept.value)


@pytest.mark.usefixtures("session")
def test_who_has_an_account_signs_in_while_the_secret_of_the_data_is_kept(
    app: Flask, after_the_change: Callable[..., Flask]
) -> None:
    person = somebody(app, Role.CITIZEN)

    assert [signs_in(after_the_change(**one), person) for one in (KEPT, {})] == [True, False]


def signs_in(later: Flask, person: Somebody) -> bool:
    return sign_in(later.test_client(), person).status == 302


@pytest.mark.usefixtures("app")
def test_a_pass_on_paper_and_names_are_read_while_the_secret_of_the_data_is_kept(
    session: Session, after_the_change: Callable[..., Flask]
) -> None:
    scene = build_scene()
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 1, names=["강하늘"])
    paper = pass_of(session.get_one(Application, party))

    with after_the_change(**KEPT).app_context():
        assert read_pass(paper) is not None
        assert [one.name for one in db.session.scalars(select(Visitor))] == ["강하늘"]
    with after_the_change().app_context():
        assert read_pass(paper) is None


@pytest.mark.parametrize(
    ("name", "long", "short", "sentence"),
    [
        (
            "TOURBOOK_SECRET_KEY_FALLBACKS",
            f"{'o' * 32}, {'p' * 32}",
            f"{'o' * 32},short",
            "holds a key shorter than 32",
        ),
        ("TOURBOOK_DATA_SECRET", "d" * 32, "d" * 31, "is shorter than 32"),
    ],
)
def test_production_takes_no_short_key_for_reading_either(name: str, long: str, short: str, sentence: str) -> None:
    safe = {
        "TOURBOOK_ENV": "production",
        "SECRET_KEY": "s" * 40,
        "TOURBOOK_PUBLIC_URL": "https://tours.example.kr",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
        "TOURBOOK_KEYS": "/srv/tourbook-keys/keys",
    }
    Config.from_env({**safe, name: long})

    with pytest.raises(SettingsRefused, match=f"{name} {sentence}"):
        Config.from_env({**safe, name: short})
