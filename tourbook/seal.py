"""Sealed attributes: personal data that only the application can read, and only in its own place.

A sealed value is AES-256-GCM over the text, bound to its table, row and column, with the id of its key inside:
copied to another row or column it cannot be opened. For finding, and for "the same person", a blind index (a keyed
hash of the normalised text) stands beside it; see docs/decisions/0004-sealed-attributes.md.
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from typing import Any, overload
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

VERSION = 1
NONCE_BYTES = 12
HEADER_BYTES = 2
INDEX_BYTES = 16


class Keyring:
    """The keys of one installation: the newest seals, every one it knows opens."""

    def __init__(self, keys: dict[int, bytes | None], secret: str) -> None:
        derived = _derive(secret, b"tourbook seal")
        self._keys = {key_id: AESGCM(key or derived) for key_id, key in keys.items()}
        self._newest = next(iter(keys))
        self._index_key = _derive(secret, b"tourbook blind index")

    def seal(self, text: str, *, table: str, row: UUID, column: str) -> bytes:
        """Seal a text for one place: version, key id, nonce, ciphertext with tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, text.encode(), _place(table, row, column))
        return bytes([VERSION, self._newest]) + nonce + sealed

    def open(self, sealed: bytes, *, table: str, row: UUID, column: str) -> str:
        """Open what was sealed for this place; raises cryptography's InvalidTag for any other."""
        nonce = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
        text = self._keys[sealed[1]].decrypt(nonce, sealed[HEADER_BYTES + NONCE_BYTES :], _place(table, row, column))
        return text.decode()

    def blind_index(self, purpose: str, *values: str) -> str:
        """A keyed hash (32 hex digits); equal values give equal hashes within one purpose.

        Whoever asks brings the values into one spelling first: `normalised` for names, nothing for an address, where
        every dot counts.
        """
        message = "\x1f".join([purpose, *values])
        return hmac.digest(self._index_key, message.encode(), "sha256")[:INDEX_BYTES].hex()


class Sealed:
    """An attribute of a model that is kept sealed in the column `<name>_sealed`. None stays None."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self._column = f"{name}_sealed"
        self._table: str = owner.__tablename__  # type: ignore[attr-defined]  # every model has one

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed": ...
    @overload
    def __get__(self, row: object, owner: type) -> Any: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        return self.open(row.id, getattr(row, self._column))

    def __set__(self, row: Any, text: str | None) -> None:
        setattr(row, self._column, self.seal(row.id, text))

    def open(self, row: UUID, sealed: bytes | None) -> str | None:
        """What the column holds for the row of that id."""
        return self.open_all([(row, sealed)])[0]

    def seal(self, row: UUID, text: str | None) -> bytes | None:
        """What to write into the column for the row of that id."""
        return self.seal_all([(row, text)])[0]

    def open_all(self, sealed: Iterable[tuple[UUID, bytes | None]]) -> list[str | None]:
        """What the column holds for these rows, where many are read without their objects."""
        ring, where = keyring(), {"table": self._table, "column": self._name}
        return [None if one is None else ring.open(one, row=row, **where) for row, one in sealed]

    def seal_all(self, texts: Iterable[tuple[UUID, str | None]]) -> list[bytes | None]:
        """What to write into the column for these rows, where many are written without their objects."""
        ring, where = keyring(), {"table": self._table, "column": self._name}
        return [None if one is None else ring.seal(one, row=row, **where) for row, one in texts]


def init_app(app: Flask) -> None:
    """Give the application its keys."""
    config, secret = app.config["TOURBOOK"], app.config["SECRET_KEY"]
    app.extensions["tourbook.keyring"] = Keyring(config.sealing_keys(secret), secret)


def keyring() -> Keyring:
    """The keys of the running application."""
    found: Keyring = current_app.extensions["tourbook.keyring"]
    return found


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


def _place(table: str, row: UUID, column: str) -> bytes:
    return f"v{VERSION}/{table}/{row}/{column}".encode()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
