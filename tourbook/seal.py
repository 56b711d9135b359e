"""Sealed attributes: personal data that only the application can read, and only in its own place.

A sealed value is AES-256-GCM over the text, bound to its table, row and column, with the id of its key inside:
copied to another row or column it cannot be opened. Its key is that of the month of the tour that it is about
(keyring.py). For finding, and for "the same person", a blind index (a keyed hash of the normalised text) stands
beside it; see docs/decisions/0004-sealed-attributes.md.
"""

import base64
import hashlib
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, overload
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, current_app

from config import INSTANCE, Config, SettingsRefused
from tourbook.fingerprint import in_letters
from tourbook.keyring import KEY_BYTES, NO_MONTH, Keyring
from tourbook.keystore import KeyStore

FORGOTTEN = b""
"""What stands in a column whose text was forgotten; it reads as an empty text."""

_EVERY: list[tuple[type, str]] = []


class Sealed:
    """An attribute of a model that is kept sealed in the column `<name>_sealed`. None stays None; what was forgotten
    is an empty text.

    `month` says of a row whose tour is in which month (2026-11), which is the month of the key that seals; without it
    the attribute belongs to no tour.
    """

    def __init__(self, month: Callable[[Any], str] | None = None) -> None:
        self._month = month

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self._column = f"{name}_sealed"
        self._table: str = owner.__tablename__  # type: ignore[attr-defined]  # every model has one
        _EVERY.append((owner, name))

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed": ...
    @overload
    def __get__(self, row: object, owner: type) -> Any: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        return self.open(row.id, getattr(row, self._column))

    def __set__(self, row: Any, text: str | None) -> None:
        month = self._month(row) if self._month and text is not None else NO_MONTH
        setattr(row, self._column, self.seal(row.id, text, month))

    def open(self, row: UUID, sealed: bytes | None) -> str | None:
        """What the column holds for the row of that id."""
        return self.open_all([(row, sealed)])[0]

    def seal(self, row: UUID, text: str | None, month: str) -> bytes | None:
        """What to write into the column for the row of that id."""
        return self.seal_all([(row, text, month)])[0]

    def open_all(self, sealed: Iterable[tuple[UUID, bytes | None]]) -> list[str | None]:
        """What the column holds for these rows, where many are read without their objects."""
        ring, where = keyring(), {"table": self._table, "column": self._name}
        return [one if one is None else ring.open(one, row=row, **where) if one else "" for row, one in sealed]

    def seal_all(self, texts: Iterable[tuple[UUID, str | None, str]]) -> list[bytes | None]:
        """What to write into the column for these rows, each with its month, where many are written without their
        objects.
        """
        ring, where = keyring(), {"table": self._table, "column": self._name}
        return [None if one is None else ring.seal(one, row=row, month=month, **where) for row, one, month in texts]


def every_sealed() -> list[tuple[type, str]]:
    """Every sealed attribute that there is: its model, and its name."""
    return list(_EVERY)


def init_app(app: Flask) -> None:
    """Give the application its keys; refuses master keys that are none (config.SettingsRefused says why)."""
    config: Config = app.config["TOURBOOK"]
    secret = config.data_secret or app.config["SECRET_KEY"]
    path = _store_of(config, app.config.get("SQLALCHEMY_DATABASE_URI", ""))
    store = KeyStore(path) if path else None
    app.extensions["tourbook.keyring"] = Keyring(config.sealing_keys(), secret, store, _master_keys(config))


def _store_of(config: Config, uri: str) -> Path | None:
    """Where the data keys of that database lie; None where it is in memory only, or there is none."""
    if config.keys:
        return Path(config.keys)
    if uri.startswith("sqlite"):
        file = uri.partition(":///")[2].partition("?")[0]
        return Path(f"{file}-keys") if file and file != ":memory:" else None
    name = Path(urlsplit(uri).path).name
    return INSTANCE / f"keys-{name}" if name else None


def _master_keys(config: Config) -> list[bytes]:
    """The master keys that were set, newest first."""
    if config.master_key and config.master_key_file:
        raise SettingsRefused(
            "tourbook does not start: TOURBOOK_MASTER_KEY and TOURBOOK_MASTER_KEY_FILE are both set; keep one of them."
        )
    try:
        said = Path(config.master_key_file).read_text() if config.master_key_file else config.master_key
        found = [base64.b64decode(one, validate=True) for one in said.replace(",", "\n").split()]
    except (OSError, ValueError) as wrong:
        raise _unreadable_master_keys(str(wrong)) from wrong
    if any(len(one) != KEY_BYTES for one in found):
        raise _unreadable_master_keys(f"one is not of {KEY_BYTES} bytes")
    if config.master_key_file and not found:
        raise _unreadable_master_keys("the file is empty")
    return found


def _unreadable_master_keys(why: str) -> SettingsRefused:
    return SettingsRefused(
        f"tourbook does not start: the master keys cannot be read ({why}); write each as base64 of {KEY_BYTES} random "
        "bytes, e.g. from `flask --app wsgi tourbook keys master` (docs/keys.md)."
    )


def keyring() -> Keyring:
    """The keys of the running application."""
    found: Keyring = current_app.extensions["tourbook.keyring"]
    return found


def keyed_fingerprint(purpose: str, content: str) -> str:
    """32 letters that tell this content from any other within one purpose, and nothing of it without the key: what a
    page carries of people, to find out whether they still stand as they were shown.
    """
    return in_letters(keyring().blind_index(purpose, content))


def normalised(value: str) -> str:
    """The form in which two spellings of one value are equal: NFKC, upper case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", value).upper()
    return "".join(letter for letter in folded if letter.isalnum())


def token() -> str:
    """A fresh secret of 128 bits for a link or a sign-in, safe in a URL."""
    return secrets.token_urlsafe(16)


def token_hash(secret: str) -> str:
    """What is stored of a token: enough to recognise it, useless to a thief."""
    return hashlib.sha256(secret.encode()).hexdigest()
