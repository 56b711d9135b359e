"""SQLite's log beside the database: it grows while somebody always reads, and does not stay so."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.ground.application import Ground
from tourbook.db import LOG_STAYS


@pytest.mark.sqlite_only("only SQLite keeps such a log")
def test_the_log_of_a_rush_shrinks_when_it_is_over(database: Ground) -> None:
    log = Path(f"{database.engine.url.database}-wal")
    with database.engine.connect() as writer:
        writer.execute(text("CREATE TABLE rush (what BLOB)"))
        writer.commit()
        with database.engine.connect() as reader:
            reader.execute(text("SELECT count(*) FROM rush"))
            for _ in range(3):
                writer.execute(text("INSERT INTO rush VALUES (zeroblob(:size))"), {"size": LOG_STAYS})
                writer.commit()
        grown = log.stat().st_size

        for _ in range(3):  # copied into the database, begun anew, cut off
            writer.execute(text("INSERT INTO rush VALUES (NULL)"))
            writer.commit()
        left = log.stat().st_size
        writer.execute(text("DROP TABLE rush"))
        writer.commit()

    assert grown > 2 * LOG_STAYS
    assert left <= LOG_STAYS
