"""The tables as they are, read with plain SQL: ids without hyphens, instants in seconds since 1970."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import psycopg

from tests.chaos.checker.evidence import Row, plain

COLUMNS = {
    "allotment": "id departure_id seats yielded released_at",
    "application": (
        "id departure_id course_id reference state channel seats contact_way created_at typing_until confirmed_at "
        "waiting_since replaces_id allotment_id"
    ),
    "departure": "id course_id seats_taken allowed public_free over_capacity trail_length",
    "form_use": "form_id result_id",
    "notice": "id kind subject_id state tries due_at",
    "offer": "id application_id departure_id seats state made_at deadline",
    "measure_end": "measure_id decided_at",
    "site_measure": "id course_id capacity known_at",
    "trail_entry": "at actor act subject_kind subject_id facts departure_id number",
    "visitor": "application_id departure_id person_index namesake claims_place",
}
INSTANTS = {
    "at",
    "created_at",
    "typing_until",
    "confirmed_at",
    "waiting_since",
    "made_at",
    "deadline",
    "due_at",
    "known_at",
    "decided_at",
    "released_at",
}
IDS = {
    "allotment_id",
    "id",
    "departure_id",
    "course_id",
    "replaces_id",
    "measure_id",
    "result_id",
    "subject_id",
    "application_id",
}
FLAGS = {"over_capacity", "claims_place"}


def read(url: str) -> dict[str, list[Row]]:
    """Every row of the tables that the checker looks at."""
    with closing(_connect(url)) as connection:
        return {table: list(_rows(connection, table, names.split())) for table, names in COLUMNS.items()}


def _connect(url: str) -> Any:
    parts = urlsplit(url)
    if parts.scheme.startswith("sqlite"):
        return sqlite3.connect(
            f"file:{parts.path[1:] if parts.path.startswith('//') else parts.path}?mode=ro", uri=True
        )
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return psycopg.connect(host=host, user=parts.username or "", dbname=parts.path.lstrip("/"))


def _rows(connection: Any, table: str, names: list[str]) -> Iterator[Row]:
    found = connection.execute(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - names of our own, from above
    for values in found.fetchall():
        yield {name: _plain(name, value) for name, value in zip(names, values, strict=True)}


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in INSTANTS:
        return _seconds(value)
    if name in IDS or isinstance(value, UUID):
        return plain(value)
    if name == "facts":
        return json.loads(value) if isinstance(value, str) else value
    return bool(value) if name in FLAGS else value


def _seconds(value: Any) -> float:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
