"""Parties by the thousand with sealed names, birth dates and contacts, on DATABASE_URL.

`python -m tests.keys.filling N`, a process of its own, since whoever fills a database opens its store of keys.
"""

import sys
from dataclasses import replace

from sqlalchemy import select

from config import Config
from tests.bench import world
from tests.ground.application import UNHURRIED
from tourbook.app import create_app
from tourbook.courses.models import Course
from tourbook.db import db

EACH = 100
DAYS = (20, 80)


def main() -> None:
    """Fill it, and say how many applications that are."""
    count = int(sys.argv[1])
    app = create_app(replace(Config.from_env(), database_deadline=UNHURRIED))
    with app.app_context():
        course = db.session.scalars(select(Course.code).order_by(Course.code)).first()
        assert course
        departures = world.add_departures(course, *DAYS, -(-count // EACH), EACH * 2)
        print(world.fill(departures, min(EACH, count), 2))


if __name__ == "__main__":
    main()
