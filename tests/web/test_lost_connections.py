"""The database goes away while somebody is answered: what was done stays done, and the answer is given."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.ground.application import Ground
from tourbook.courses.models import Region
from tourbook.db import db, transaction

pytestmark = pytest.mark.postgres_only("an SQLite file has no server that could go away")


def end_the_servers_side(ground: Ground, backend: int) -> None:
    with ground.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:backend)"), {"backend": backend})


def backend_of(session: Session) -> int:
    return session.scalar(text("SELECT pg_backend_pid()")) or 0


def test_a_connection_that_was_lost_after_the_act_does_not_spoil_its_answer(database: Ground, app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.add(Region(code="99", name_ko="어딘가", name_en="somewhere"))
        end_the_servers_side(database, backend_of(db.session()))  # the page is being made from what it reads

    with app.app_context():
        assert db.session.scalar(select(Region.name_en).where(Region.code == "99")) == "somewhere"
