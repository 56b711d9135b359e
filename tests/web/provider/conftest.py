"""A site with a provider, and somebody whose account is linked."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.accounts.people import Somebody, somebody
from tests.ground.sign_in_provider import SignInProvider, providing
from tests.web.conftest import Build
from tests.web.provider.coming import link
from tourbook.db import db


@pytest.fixture
def there() -> Iterator[SignInProvider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def app(build: Build, there: SignInProvider) -> Flask:
    """The application with a provider."""
    return build(public_url="http://localhost", oidc_name_ko="사무실", oidc_name_en="the office", **there.settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def linked(app: Flask, there: SignInProvider) -> Somebody:
    """Somebody whose account is linked."""
    person = somebody(app)
    assert link(app.test_client(), there, person).has("linked")
    return person
