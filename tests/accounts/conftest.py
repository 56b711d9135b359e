"""Somebody who works here, with and without the rule that staff need a second factor."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.accounts.people import Somebody, somebody
from tests.notices.outbox import settings
from tourbook.actor import Role


@pytest.fixture
def operator(app: Flask, session: Session) -> Somebody:
    return somebody(app, Role.OPERATOR)


@pytest.fixture
def required(app: Flask) -> Iterator[None]:
    """Staff need a second factor."""
    with settings(app, second_factor="required"):
        yield
