"""The floor: a Flask application that does next to nothing, and one transaction that takes a seat and books it.

It is served and asked like the real one, so that whatever the machine is doing weighs on both alike.
"""

import os
from uuid import uuid4

from flask import Flask, Response
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, insert, update

from config import Config
from tourbook import db

LAST = 1_000_000_000

_metadata = MetaData()
seats = Table("bench_seats", _metadata, Column("id", Integer, primary_key=True), Column("taken", Integer))
bookings = Table("bench_booking", _metadata, Column("id", Text, primary_key=True), Column("seats", Integer))
# The real application's engine, with its pool and its way to begin as a writer (tourbook.db listens to all engines).
_config = Config(database_url=os.environ["DATABASE_URL"], secret_key=os.environ["SECRET_KEY"])
_uri = _config.flask_settings()["SQLALCHEMY_DATABASE_URI"]
engine = create_engine(_uri, **db.engine_options(_config, _uri, serving=True)).execution_options(tourbook_writes=True)
_take = update(seats).where(seats.c.id == 1, seats.c.taken < LAST).values(taken=seats.c.taken + 1)
_book = insert(bookings)

app = Flask(__name__)


@app.get("/healthz")
@app.get("/")
def hello() -> str:
    """A bare answer."""
    return "hello"


@app.post("/transaction")
def transaction() -> Response:
    """A bare answer, and one transaction: a seat taken under a condition, a row written, both committed."""
    with engine.begin() as connection:
        connection.execute(_take)
        connection.execute(_book, {"id": uuid4().hex, "seats": 1})
    return Response(status=204)


def prepare() -> None:
    """Make the two tables."""
    _metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(seats), {"id": 1, "taken": 0})


if __name__ == "__main__":
    prepare()
