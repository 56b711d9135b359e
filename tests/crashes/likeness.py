"""What a database says, however its ids, references and secrets were drawn: two that went the same way are equal.

Whatever was there before keeps its id. What is new is named by its table and its turn in it ("notice 2"), wherever it
is mentioned. Sealed values are opened, tokens are only there or not.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from tests.ground.databases import Rows
from tourbook import seal

Likeness = dict[str, list[dict[str, Any]]]

SECRET = ("token_sealed", "link_sealed", "token_hash", "password_hash", "proof", "secret_sealed")
KEYED = {
    "access_record": ("mark",),
    "record_link": ("digest", "hash"),
    "record_anchor": ("hash", "mark"),
    "recovery_code": ("hash",),
    "sign_in": ("challenge",),
}
"""What is reckoned over ids or chance, so that it differs; `tourbook records verify` tells whether it is right."""
OF_TRIES = {"notice": ("due_at", "tries", "sent_at")}
"""What tells only how often something was tried: a crash may cost a try."""


def likeness(rows: Rows, before: Rows) -> Likeness:
    """These rows, told so that they can be compared with those of another course of events from `before`."""
    names = _names(rows, before)
    return {table: [_told(table, row, names) for row in _in_turn(found)] for table, found in rows.items()}


def in_words(answer: Any, rows: Rows, before: Rows) -> str:
    """What an act answered, with what is new named alike."""
    return _renamed(repr(answer), _names(rows, before))


def differences(one: Likeness, other: Likeness, *, more: Mapping[str, int] | None = None) -> list[str]:
    """Where two databases differ, a sentence for each row; `more` rows of a table may be there beyond."""
    allowed = more or {}
    return [told for table in one for told in _differences(table, one[table], other[table], allowed.get(table, 0))]


def _differences(table: str, one: list[Any], other: list[Any], more: int) -> Iterator[str]:
    if not len(other) <= len(one) <= len(other) + more:
        yield f"{table}: {len(one)} rows and not {len(other)}"
    for mine, yours in zip(one, other, strict=False):
        differing = {name: (mine[name], yours[name]) for name in mine if mine[name] != yours[name]}
        if differing:
            yield f"{table} {mine.get('id')}: {differing}"


def _names(rows: Rows, before: Rows) -> dict[str, str]:
    """What new things are called: their ids in both spellings, and the references of applications."""
    names: dict[str, str] = {}
    for table, found in rows.items():
        known = {row.get("id") for row in before.get(table, [])}
        new = [row for row in _in_turn(found) if isinstance(row.get("id"), UUID) and row["id"] not in known]
        for turn, row in enumerate(new, 1):
            names[str(row["id"])] = names[repr(row["id"])] = f"{table} {turn}"
            if "reference" in row:
                names[row["reference"]] = f"reference {turn}"
            if table == "access_record":
                names.setdefault(str(row["set_id"]), f"reading {turn}")
    return names


def _in_turn(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By id, which ascends in time; tables without one by all that they say."""
    return sorted(rows, key=lambda row: str(row.get("id") or sorted(row.items(), key=str)))


def _told(table: str, row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {name: _told_value(table, row, name, names) for name in row if name not in OF_TRIES.get(table, ())}


def _told_value(table: str, row: dict[str, Any], name: str, names: dict[str, str]) -> Any:
    value = row[name]
    if name in SECRET or name in KEYED.get(table, ()):
        return value is not None
    if name.endswith("_sealed") and value not in {None, seal.FORGOTTEN}:
        return seal.keyring().open(value, table=table, row=row["id"], column=name.removesuffix("_sealed"))
    if isinstance(value, dict | list):
        value = json.dumps(value, sort_keys=True, default=str)
    return _renamed(str(value), names) if isinstance(value, str | UUID) else value


def _renamed(text: str, names: dict[str, str]) -> str:
    for known, name in names.items():
        text = text.replace(known, name)
    return text
