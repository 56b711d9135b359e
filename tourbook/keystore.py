"""The store of data keys: one small file, never in the database, so that no copy of the rows holds a key to them.

Each key lies in it wrapped by the master key. A change is made under a lock, on a new file that is synced and then
takes the old one's name; what the old one held is overwritten. See docs/keys.md.
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from tourbook.disk import sync_names

FORMAT = "tourbook-keys-1"
READINGS = 5  # whoever reads just while the old file is overwritten finds nothing to read, and looks again

Stamp = tuple[int, int, int]


class KeyState(StrEnum):
    """Where a data key stands: the active one seals, a retired one only opens, of a destroyed one nothing is left."""

    ACTIVE = "active"
    RETIRED = "retired"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class StoredKey:
    """One data key as it lies in the store: `wrapped` is empty once it is destroyed. The month is that of the tour,
    or empty for what belongs to none; of one month there may be several, by number.
    """

    id: UUID
    purpose: str
    month: str
    number: int
    state: KeyState
    wrapped: bytes

    @property
    def place(self) -> bytes:
        """What the wrapped key is bound to."""
        return f"key/{self.id}/{self.purpose}/{self.month}/{self.number}".encode()


Keys = tuple[StoredKey, ...]


class StoreUnusable(Exception):
    """The store of keys cannot be used; the message says why, and what to do."""


class KeyStore:
    """The file of one installation; several processes may use it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> Stamp | None:
        """Tells whether the file is still the one that was read; None where there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def read(self) -> Keys:
        """The keys, in the order in which they were made; none where there is no file yet."""
        for _ in range(READINGS):
            with suppress(ValueError, KeyError, TypeError):
                return self._read_once()
        raise StoreUnusable(
            f"the key store {self.path} is damaged; put its mirror back in its place (docs/keys.md), and write nothing "
            "before: a new store would not open what the old one sealed."
        )

    def _read_once(self) -> Keys:
        try:
            content = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return ()
        except OSError as refused:
            raise StoreUnusable(f"the key store {self.path} cannot be read ({refused.strerror}).") from refused
        if content["format"] != FORMAT:
            raise ValueError(content["format"])
        return tuple(_key(one) for one in content["keys"])

    def change(self, how: Callable[[Keys], Keys]) -> Keys:
        """Replace the keys by what `how` makes of them, alone; says what is there afterwards, synced to the disk."""
        try:
            with self._alone():
                before = self.read()
                after = how(before)
                if after != before:
                    self._replace(after)
                return after
        except OSError as refused:
            raise StoreUnusable(
                f"the key store {self.path} cannot be written ({refused.strerror}); its folder must be there and "
                "belong to the account that the processes run under (docs/operating.md, Installing)."
            ) from refused

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(f"{self.path}-lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _replace(self, keys: Keys) -> None:
        new = Path(f"{self.path}-new")
        _write(new, os.O_CREAT | os.O_TRUNC, _written(keys))
        old = os.open(self.path, os.O_WRONLY) if self.path.exists() else None
        new.replace(self.path)
        sync_names(self.path.parent)
        if old is not None:
            os.pwrite(old, bytes(os.fstat(old).st_size), 0)  # a file that has lost its name keeps its blocks
            os.fsync(old)
            os.close(old)


def _write(path: Path, how: int, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | how, 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)


def _written(keys: Keys) -> bytes:
    rows = [
        {
            "id": str(one.id),
            "purpose": one.purpose,
            "month": one.month,
            "number": one.number,
            "state": one.state.value,
            "wrapped": b64encode(one.wrapped).decode(),
        }
        for one in keys
    ]
    return json.dumps({"format": FORMAT, "keys": rows}, indent=1).encode()


def _key(row: dict[str, Any]) -> StoredKey:
    return StoredKey(
        id=UUID(row["id"]),
        purpose=row["purpose"],
        month=row["month"],
        number=int(row["number"]),
        state=KeyState(row["state"]),
        wrapped=b64decode(row["wrapped"], validate=True),
    )
