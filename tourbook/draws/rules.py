"""The draw of a round: whose turn it is, and who gets which departure. Pure; the same entries and value give the same.

Whoever enters has a receipt, which names nobody. When the round closes its entries are sealed, and the seal is
published; the value that decides is named beforehand and becomes known afterwards. So nobody can choose who wins: not
the office, which knows no value when it seals, nor whoever gives the value, who can no longer change an entry.

Anybody can compute it again: order is by SHA-256 over value and receipt, and nothing else is drawn by chance.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

FORMAT = "tourbook-draw-1"
MOST_CHOICES = 3
LARGEST = 2**53 - 1  # what JSON's readers agree on (RFC 8259, section 6): a browser would count further otherwise
MOST_TICKETS = 1_000  # each is hashed: a file must not keep whoever checks it busy for ever
_PLAIN = re.compile(r"[0-9A-Za-z-]+")

Places = Mapping[str, int]
"""How many people each departure of the round takes, by its code."""


class Entry(NamedTuple):
    """One party's entry: its receipt, its seats, and the departures that it wants, the most wanted first.

    `tickets` is one; the format knows more, but nothing here gives them (decision 73).
    """

    receipt: str
    seats: int
    choices: tuple[str, ...]
    tickets: int = 1


class Drawn(NamedTuple):
    """What came of an entry: the departure that it got; None keeps its turn in reserve."""

    receipt: str
    departure: str | None


@dataclass(frozen=True)
class Published:
    """A round that was drawn, as anybody may read it. `drawn` is in order of turn. `sealed_at`, where it is told, is to
    be compared with the moment of the value; `by_fallback` says that the value is what was announced in case that the
    other did not come. Nothing is computed from either.
    """

    round: str
    value: str
    places: Places
    seal: str
    entries: tuple[Entry, ...]
    drawn: tuple[Drawn, ...]
    sealed_at: str | None = None
    by_fallback: bool = False


def publish(code: str, value: str, places: Places, entries: Iterable[Entry]) -> Published:
    """Draw a round: all of it follows from these four, in whatever order the entries come."""
    canonical = tuple(sorted(entries))
    return Published(
        code, value, places, seal(code, places, canonical), canonical, tuple(draw(value, places, canonical))
    )


def seal(code: str, places: Places, entries: Iterable[Entry]) -> str:
    """SHA-256 in hexadecimal over the round, its departures and its entries: one a line, sorted by code and receipt."""
    digest = hashlib.sha256(f"{FORMAT}\n{code}\n".encode())
    for departure in sorted(places):
        digest.update(f"{departure} {places[departure]}\n".encode())
    for receipt, seats, choices, tickets in sorted(entries):
        digest.update(f"{receipt} {seats} {','.join(choices)} {tickets}\n".encode())
    return digest.hexdigest()


def draw(value: str, places: Places, entries: Iterable[Entry]) -> Iterator[Drawn]:
    """In order of turn, each entry gets the first of its choices that still has places for the whole party.

    A party that does not fit is passed by whoever does; its turn stays as it is, for places that come free.
    """
    left = dict(places)
    for entry in in_turn(value, entries):
        departure = next((one for one in entry.choices if left[one] >= entry.seats), None)
        if departure is not None:
            left[departure] -= entry.seats
        yield Drawn(entry.receipt, departure)


def in_turn(value: str, entries: Iterable[Entry]) -> list[Entry]:
    """The entries in the order in which the value puts them."""
    begun = hashlib.sha256(f"{value}\n".encode())

    def turn(entry: Entry) -> tuple[bytes, str]:
        first = begun.copy()
        first.update(entry.receipt.encode())
        if entry.tickets == 1:
            return first.digest(), entry.receipt
        return min(first.digest(), *_further(begun, entry)), entry.receipt

    return sorted(entries, key=turn)


def _further(begun: "hashlib._Hash", entry: Entry) -> Iterator[bytes]:
    """The digests of an entry's other tickets; the lowest of all is its turn."""
    for ticket in range(2, entry.tickets + 1):
        digest = begun.copy()
        digest.update(f"{entry.receipt}\n{ticket}".encode())
        yield digest.digest()


def faults(published: Published) -> list[str]:
    """What does not hold of a published draw, as codes; none where all is right.

    `spelling`: a receipt or a code of something else than letters, digits and hyphens could make two lists look alike;
    `twice`: a receipt stands twice; `numbers`: an entry is for nobody, places are fewer than none, or a number is so
    large that not everybody computes with it alike (of tickets MOST_TICKETS); `choices`: there are none, one
    stands twice, or a departure is not of the round; `seal`: these are not the entries that were sealed; `result`:
    something else comes of them.
    """
    entries = published.entries
    if not all(map(_PLAIN.fullmatch, (published.round, *published.places, *(entry.receipt for entry in entries)))):
        return ["spelling"]
    if len({entry.receipt for entry in entries}) < len(entries):
        return ["twice"]
    if not all(map(_is_countable, entries)) or any(not 0 <= people <= LARGEST for people in published.places.values()):
        return ["numbers"]
    if not all(_has_choices(entry, published.places) for entry in entries):
        return ["choices"]
    again = publish(published.round, published.value, published.places, entries)
    found = {"seal": again.seal == published.seal, "result": again.drawn == published.drawn}
    return [code for code, holds in found.items() if not holds]


def _is_countable(entry: Entry) -> bool:
    return 1 <= entry.seats <= LARGEST and 1 <= entry.tickets <= MOST_TICKETS


def _has_choices(entry: Entry, places: Places) -> bool:
    return bool(entry.choices) and len(set(entry.choices)) == len(entry.choices) and places.keys() >= set(entry.choices)
