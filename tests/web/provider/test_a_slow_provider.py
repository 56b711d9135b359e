"""A provider that takes its time, but answers, holds up neither connections of the database nor its deadline."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from tests.accounts.people import Somebody, somebody
from tests.ground.pages import visit
from tests.ground.sign_in_provider import SignInProvider
from tests.web.conftest import Build
from tests.web.provider.coming import begin, is_signed_in
from tests.web.signing import sign_in
from tourbook.accounts import Provider
from tourbook.db import db
from tourbook.web import provider as pages

DEADLINE = 3
LONGER = 3.3
"""Seconds: longer than a page may spend on the database, shorter than the provider may take."""


@pytest.fixture
def app(build: Build, there: SignInProvider) -> Flask:
    return build(public_url="http://localhost", database_deadline=DEADLINE, **there.settings)


@pytest.fixture
def person(app: Flask) -> Somebody:
    return somebody(app)


@contextmanager
def holding() -> Iterator[Provider]:
    """The provider, asked without care for what the page holds."""
    yield current_app.extensions[pages.EXTENSION]


def links(client: FlaskClient, there: SignInProvider, person: Somebody) -> bool:
    """Link the account, by a provider that is slow with whoever comes back: is it linked?"""
    assert sign_in(client, person).status == 302
    left = client.get(begin(client, person).mark("provider-leave").get("href", ""))
    back = there.come_back(left.headers["Location"])
    client.application.extensions[pages.EXTENSION]._key_set()  # so that one answer is slow, and not two
    there.takes = LONGER
    answer = client.get(back)
    there.takes = 0
    assert is_signed_in(client)
    return answer.status_code == 302 and visit(client, answer.headers["Location"]).has("linked")


def test_who_comes_back_from_a_slow_one_is_linked(client: FlaskClient, there: SignInProvider, person: Somebody) -> None:
    assert links(client, there, person)


@pytest.mark.postgres_only("SQLite ends no transaction for its silence")
def test_control_where_its_time_counts_as_the_databases_nobody_is(
    client: FlaskClient, there: SignInProvider, person: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_asking", holding)

    assert not links(client, there, person)


def held_meanwhile(app: Flask, client: FlaskClient, person: Somebody, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many connections are in use while the provider is asked."""
    held, asked = [], Provider.way_there
    with app.app_context():
        pool: Any = db.engine.pool

    def counting(*given: Any, **named: Any) -> str:
        held.append(pool.checkedout())
        return asked(*given, **named)

    monkeypatch.setattr(Provider, "way_there", counting)
    assert sign_in(client, person).status == 302
    client.get(begin(client, person).mark("provider-leave").get("href", ""))
    return int(held[0])


@pytest.mark.postgres_only("SQLite has a connection for each thread")
def test_nothing_of_the_database_is_held_meanwhile(
    app: Flask, client: FlaskClient, person: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert held_meanwhile(app, client, person, monkeypatch) == 0


@pytest.mark.postgres_only("SQLite has a connection for each thread")
def test_control_without_care_a_connection_is(
    app: Flask, client: FlaskClient, person: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_asking", holding)

    assert held_meanwhile(app, client, person, monkeypatch) == 1
