"""A disk that remembers what was synced, and of everything else as much as chance will have it.

What is modelled. Each sector is, after a cut, as it was at some moment since its file was last synced: the last one,
the first one, or any between; each by itself, so writes are torn and come out of order. In some cuts the unit is a page
of 4,096 bytes, in others a sector of 512. A file's size comes back from such a moment too. A name (created, renamed,
taken away) likewise, until its folder is synced: syncing a file does not keep its name, though many file systems are so
kind. What was read before a cut may be what is forgotten in it.

What is not. A sector is never half written, and none goes bad. A disk that says that it has synced has done so. There
is one folder; owners and times are made up. Names, sizes and contents are forgotten independently of one another, which
is harsher than the journal of a file system allows.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Generic, TypeVar

SECTOR = 512
SECTORS_OF_A_PAGE = 8

T = TypeVar("T", bound=Hashable)
BEFORE = 0  # the moment of what was there when it was last synced


@dataclass
class History(Generic[T]):
    """What something was since it was last synced, each with the moment from which it was so; begins with BEFORE."""

    entries: list[tuple[int, T]]

    def as_of(self, moment: int) -> T:
        """What it was at a moment."""
        return next(what for since, what in reversed(self.entries) if since <= moment)

    @property
    def moments(self) -> list[int]:
        """When it changed."""
        return [since for since, _ in self.entries]


@dataclass
class Mood:
    """How forgetful the disk is in one cut, and in which unit."""

    chance: Random
    keeps: float
    sectors: int

    @classmethod
    def of(cls, chance: Random) -> "Mood":
        """One cut forgets everything, another nothing, most of them some."""
        return cls(chance, chance.choice((0.0, chance.random(), chance.random(), 1.0)), chance.choice((1, 8)))

    def moment(self, moments: Iterable[int]) -> int:
        """One of these: the last, or else any of those before it."""
        *earlier, last = sorted(set(moments))
        return last if not earlier or self.chance.random() < self.keeps else self.chance.choice(earlier)


class Content:
    """The bytes of one file, and what its sectors and its size were since it was last synced."""

    def __init__(self, content: bytes = b"") -> None:
        self.now = bytearray(content)
        self.changes = 0
        self.sectors: dict[int, History[bytes]] = {}
        self._sizes = History([(BEFORE, len(content))])

    def write(self, offset: int, data: bytes, moment: int) -> None:
        """Write somewhere, if need be behind the end."""
        touched = range(offset // SECTOR, -(-(offset + len(data)) // SECTOR))
        self._remember(touched)
        if offset + len(data) > len(self.now):
            self._set_size(offset + len(data), moment)
        self.now[offset : offset + len(data)] = data
        self._note(touched, moment)

    def resize(self, size: int, moment: int) -> None:
        """Cut it short, or lengthen it by zeros."""
        touched = range(size // SECTOR, -(-len(self.now) // SECTOR))
        self._remember(touched)
        self._set_size(size, moment)
        self._note(touched, moment)

    def sync(self) -> None:
        """What it is now will be there after a cut."""
        self.sectors.clear()
        self._sizes = History([(BEFORE, len(self.now))])

    def after_a_cut(self, mood: Mood) -> bytes:
        """What is there when the power is back."""
        left = bytearray(self.now)
        for unit in sorted({sector // mood.sectors for sector in self.sectors}):
            there = range(unit * mood.sectors, (unit + 1) * mood.sectors)
            known = [(sector, self.sectors[sector]) for sector in there if sector in self.sectors]
            moment = mood.moment(moment for _, history in known for moment in history.moments)
            for sector, history in known:
                _put(left, sector, history.as_of(moment))
        size = self._sizes.as_of(mood.moment(self._sizes.moments))
        return bytes(left[:size].ljust(size, b"\0"))

    def _remember(self, touched: range) -> None:
        for sector in touched:
            if sector not in self.sectors:
                self.sectors[sector] = History([(BEFORE, self._sector(sector))])

    def _note(self, touched: range, moment: int) -> None:
        for sector in touched:
            self.sectors[sector].entries.append((moment, self._sector(sector)))

    def _set_size(self, size: int, moment: int) -> None:
        del self.now[size:]
        self.now.extend(bytes(size - len(self.now)))
        self._sizes.entries.append((moment, size))

    def _sector(self, sector: int) -> bytes:
        return bytes(self.now[sector * SECTOR : (sector + 1) * SECTOR]).ljust(SECTOR, b"\0")


def _put(left: bytearray, sector: int, content: bytes) -> None:
    begin = sector * SECTOR
    left.extend(bytes(max(0, begin - len(left))))
    left[begin : begin + SECTOR] = content


@dataclass
class Disk:
    """One folder of files. Files have numbers, names lead to numbers; moments count the changes."""

    contents: dict[int, Content] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    moment: int = BEFORE
    _names: dict[str, History[int | None]] = field(default_factory=dict)
    _numbers: int = 1

    def create(self, name: str) -> int:
        """A new, empty file; gives its number."""
        self._numbers += 1
        self.contents[self._numbers] = Content()
        self._name(name, self._numbers)
        return self._numbers

    def unlink(self, name: str) -> None:
        """Take a name away. Whoever has the file open goes on with it."""
        self._name(name, None)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, over whatever had it."""
        number = self.names[old]
        self._name(old, None)
        self._name(new, number)

    def write(self, number: int, offset: int, data: bytes) -> None:
        """Write into a file."""
        self.contents[number].write(offset, data, self._next(number))

    def resize(self, number: int, size: int) -> None:
        """Give a file another size."""
        self.contents[number].resize(size, self._next(number))

    def sync(self, number: int) -> None:
        """Keep a file, though not its name."""
        self._next(number)
        self.contents[number].sync()

    def sync_names(self) -> None:
        """Keep the names."""
        self._next()
        self._names.clear()

    def changes(self, name: str) -> int:
        """How many changes a file has taken, or with "" the whole disk."""
        if not name:
            return self.moment
        return self.contents[self.names[name]].changes if name in self.names else 0

    def unsynced(self, name: str) -> int:
        """How many sectors of a file would be at the mercy of a cut now."""
        return len(self.contents[self.names[name]].sectors) if name in self.names else 0

    def after_a_cut(self, chance: Random) -> "Disk":
        """The disk as it is when the power is back."""
        mood = Mood.of(chance)
        names = {**self.names, **{name: there.as_of(mood.moment(there.moments)) for name, there in self._names.items()}}
        kept = {name: number for name, number in sorted(names.items()) if number is not None}
        left = Disk(_numbers=self._numbers, names=kept)
        left.contents = {
            number: Content(self.contents[number].after_a_cut(mood)) for number in sorted(set(kept.values()))
        }
        return left

    def _name(self, name: str, number: int | None) -> None:
        moment = self._next()
        history = self._names.setdefault(name, History([(BEFORE, self.names.get(name))]))
        history.entries.append((moment, number))
        if number is None:
            del self.names[name]
        else:
            self.names[name] = number

    def _next(self, number: int | None = None) -> int:
        self.moment += 1
        if number is not None:
            self.contents[number].changes += 1
        return self.moment
