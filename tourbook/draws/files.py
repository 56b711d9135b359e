"""The file in which a draw is published: JSON, an entry a line, without a name. `faults` says whether it is right.

{"format": "tourbook-draw-1", "round": "...", "value": "...", "places": {"code": people, ...}, "seal": "...",
 "sealed_at": "2026-06-12T18:00:02+09:00", "by_fallback": true,
 "entries": [[receipt, seats, [code, ...], tickets], ...], "drawn": [[receipt, code or null], ...]}

It is UTF-8, with or without a mark at its beginning, and no name stands twice in it: else one reader could take the
first for what the file says, and another the last. Files that were published before `sealed_at` was told are without
it; `by_fallback` stands only where it is true.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Never

from tourbook.draws.rules import FORMAT, Drawn, Entry, Published
from tourbook.errors import Refused


def written(published: Published) -> Iterator[str]:
    """The lines of the file: the same draw gives the same bytes."""
    yield "{" + f'"format": {json.dumps(FORMAT)},\n'
    for name, value in (
        ("round", published.round),
        ("value", published.value),
        ("places", dict(sorted(published.places.items()))),
        ("seal", published.seal),
        *([("sealed_at", published.sealed_at)] if published.sealed_at is not None else []),
        *([("by_fallback", True)] if published.by_fallback else []),
    ):
        yield f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n"
    yield from _list("entries", published.entries)
    yield ",\n"
    yield from _list("drawn", published.drawn)
    yield "}\n"


def _list(name: str, rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield f"{json.dumps(name)}: ["
    between = "\n"
    for row in rows:
        yield between + json.dumps(row)
        between = ",\n"
    yield "\n]"


def read(text: str | bytes) -> Published:
    """What the file says, right or not. Refuses `not_a_draw` where it is no such file."""
    hooks: Any = {"parse_float": _no_number, "parse_constant": _no_number, "object_pairs_hook": _named_once}
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text  # json would take UTF-16 as well
        return _published(json.loads(plain, **hooks))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise Refused("not_a_draw", expected=FORMAT) from fault


def _no_number(written: str) -> Never:
    """There is nothing but whole numbers in a draw; 2.0 is one for some readers and none for others."""
    raise ValueError(written)


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        raise ValueError("a name stands twice")
    return said


def _published(said: Any) -> Published:
    if said["format"] != FORMAT:
        raise ValueError(said["format"])
    return Published(
        round=_text(said["round"]),
        value=_text(said["value"]),
        places={_text(code): _number(people) for code, people in said["places"].items()},
        seal=_text(said["seal"]),
        entries=tuple(_entry(*_rows(row)) for row in _rows(said["entries"])),
        drawn=tuple(_drawn(*_rows(row)) for row in _rows(said["drawn"])),
        sealed_at=_text(said["sealed_at"]) if "sealed_at" in said else None,
        by_fallback=_yes_or_no(said.get("by_fallback", False)),
    )


def _entry(receipt: Any, seats: Any, choices: Any, tickets: Any) -> Entry:
    return Entry(_text(receipt), _number(seats), tuple(map(_text, _rows(choices))), _number(tickets))


def _drawn(receipt: Any, departure: Any) -> Drawn:
    return Drawn(_text(receipt), None if departure is None else _text(departure))


def _rows(value: Any) -> list[Any]:
    """A list, and nothing else that Python could walk through like one."""
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # half of a surrogate pair has no bytes: there is nothing to compute from it
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value
