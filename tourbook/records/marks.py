"""Keyed hashes over access records: who has the database alone can change a row, but not its mark."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tourbook import seal
from tourbook.instants import in_utc

BEGINNING = "beginning"
"""What the first link of all follows."""

_MARKED = (
    "id",
    "set_id",
    "place",
    "places",
    "reader",
    "organisation_id",
    "address",
    "task",
    "purpose",
    "subject_kind",
    "subject_id",
    "fields",
)


def mark_of(row: Mapping[str, Any]) -> str:
    """The mark of one access record, over every column but itself."""
    told = [None if row[name] is None else str(row[name]) for name in _MARKED]
    return _keyed("access record", in_utc(row["at"]).isoformat(), json.dumps(told))


def digest_of(marks: Iterable[str]) -> str:
    """The digest of one reading, over the marks of its rows in order."""
    return _keyed("access set", *marks)


def link_hash(number: int, before: str, set_id: object, at: Any, digest: str) -> str:
    """The hash of a link, over what it stands for and the hash of the link before."""
    return _keyed("access link", str(number), before, str(set_id), in_utc(at).isoformat(), digest)


def anchor_mark(number: int, hash_: str, until: Any) -> str:
    """The mark of an anchor, so that only a purge can make one."""
    return _keyed("access anchor", str(number), hash_, in_utc(until).isoformat())


def _keyed(purpose: str, *values: str) -> str:
    return seal.keyring().blind_index(purpose, *values)
