"""The keys of one installation: which of them seals, and which opens what was sealed.

Data keys are made when a month is first sealed for, lie in the store wrapped by a master key (keystore.py), and are
unwrapped once by each process. Decision 58 says why by months.
"""

import base64
import hmac
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import monotonic
from uuid import UUID

import uuid_utils.compat
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tourbook.keystore import Keys, KeyState, KeyStore, Stamp, StoredKey, StoreUnusable

DERIVED, BY_MONTH = 1, 2
"""The versions of what is sealed: by one key that is derived or set, as at first, and by the key of a month."""
NONCE_BYTES = 12
ID_BYTES = 16
INDEX_BYTES = 16
KEY_BYTES = 32
LOOK_AGAIN = 1.0
"""Seconds until a process sees what another one has done to the store."""
VISIT, ACCOUNT = "visit", "account"
NO_MONTH = ""


@dataclass(frozen=True)
class _View:
    """The store as it was read last."""

    stamp: Stamp | None
    keys: Keys

    @cached_property
    def by_id(self) -> dict[bytes, StoredKey]:
        return {one.id.bytes: one for one in self.keys}

    @cached_property
    def active(self) -> dict[str, StoredKey]:
        return {one.month: one for one in self.keys if one.state is KeyState.ACTIVE}

    @cached_property
    def months(self) -> frozenset[str]:
        return frozenset(one.month for one in self.keys)


class Keyring:
    """The keys of one installation: the active key of a month seals for it, every one it knows opens."""

    def __init__(
        self,
        keys: Mapping[int, bytes | None],
        secret: str,
        store: KeyStore | None = None,
        masters: Sequence[bytes] = (),
    ) -> None:
        derived = _derive(secret, b"tourbook seal")
        self._first = {key_id: AESGCM(key or derived) for key_id, key in keys.items()}
        self._index_key = _derive(secret, b"tourbook blind index")
        self._masters = [AESGCM(one) for one in (*masters, _derive(secret, b"tourbook master key"))]
        self._given = store
        self._seen, self._looked_at = _View(None, ()), 0.0
        self._ciphers: dict[bytes, AESGCM] = {}
        self.used: set[UUID] = set()
        """Every key by which this process has sealed: the record of keys is to hold them."""
        self.before_making: Callable[[str, str], None] = lambda _purpose, _month: None
        """Refuses to make a key in place of one that the database knows and the store has lost."""

    @cached_property
    def store(self) -> KeyStore:
        """Where the data keys lie; without a database, in a folder that ends with this ring."""
        if self._given:
            return self._given
        folder = tempfile.mkdtemp(prefix="tourbook-keys-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return KeyStore(Path(folder) / "keys")

    def seal(self, text: str, *, table: str, row: UUID, column: str, month: str = NO_MONTH) -> bytes:
        """Seal a text for one place: version, key id, nonce, ciphertext with tag. The month (2026-11) is that of the
        tour, empty for what belongs to none; where its key has gone already, the next that is there seals.
        """
        key = self._active(month)
        self.used.add(key.id)
        return self.seal_by(key, text, table=table, row=row, column=column)

    def seal_by(self, key: StoredKey, text: str, *, table: str, row: UUID, column: str) -> bytes:
        """The same by one key that is given."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher(key).encrypt(nonce, text.encode(), _place(BY_MONTH, f"{key.id.hex}/{table}", row, column))
        return header_of(key.id) + nonce + sealed

    def open(self, sealed: bytes, *, table: str, row: UUID, column: str) -> str:
        """Open what was sealed for this place; raises cryptography's InvalidTag for any other, and where the key was
        destroyed.
        """
        if sealed[0] == DERIVED:
            cipher, place, head = self._first[sealed[1]], _place(DERIVED, table, row, column), 2
        else:
            key, head = self._known(sealed[1 : 1 + ID_BYTES]), 1 + ID_BYTES
            cipher, place = self._cipher(key), _place(BY_MONTH, f"{key.id.hex}/{table}", row, column)
        return cipher.decrypt(sealed[head : head + NONCE_BYTES], sealed[head + NONCE_BYTES :], place).decode()

    def blind_index(self, purpose: str, *values: str) -> str:
        """A keyed hash (32 hex digits); equal values give equal hashes within one purpose.

        Whoever asks brings the values into one spelling first: `normalised` for names, nothing for an address, where
        every dot counts.
        """
        message = "\x1f".join([purpose, *values])
        return hmac.digest(self._index_key, message.encode(), "sha256")[:INDEX_BYTES].hex()

    def stored(self) -> Keys:
        """All data keys, as the store has them now."""
        return self._look().keys

    def headers(self) -> list[bytes]:
        """How everything begins that is sealed as it would be today."""
        return [header_of(one.id) for one in self.stored() if one.state is KeyState.ACTIVE]

    def opens(self, key: StoredKey) -> bool:
        """Can one of the master keys unwrap it?"""
        try:
            self._unwrapped(key)
        except StoreUnusable:
            return False
        return True

    def retire(self, ids: set[UUID]) -> None:
        """Let these keys seal no more; what they sealed is still opened."""
        self._change(lambda keys: tuple(_retired(one) if one.id in ids else one for one in keys))

    def renew(self, ids: set[UUID]) -> None:
        """Retire these keys, each with a new one for its month beside it."""

        def renewed(keys: Keys) -> Keys:
            old = [one for one in keys if one.id in ids and one.state is KeyState.ACTIVE]
            kept = tuple(_retired(one) if one in old else one for one in keys)
            return kept + tuple(self._fresh(one.purpose, one.month, one.number + 1) for one in old)

        self._change(renewed)

    def destroy(self, ids: set[UUID]) -> None:
        """Overwrite these keys: nothing that they sealed can be read any more, in whatever copy."""

        def gone(keys: Keys) -> Keys:
            return tuple(replace(one, state=KeyState.DESTROYED, wrapped=b"") if one.id in ids else one for one in keys)

        self._change(gone)

    def wrap_anew(self) -> int:
        """Wrap every key by the newest master key; says how many were not."""
        stale = {one.id for one in self.stored() if one.wrapped and not self._is_wrapped_by_newest(one)}

        def wrapped(keys: Keys) -> Keys:
            return tuple(self._wrap(one, self._unwrapped(one)) if one.id in stale else one for one in keys)

        self._change(wrapped)
        return len(stale)

    def _active(self, month: str) -> StoredKey:
        view = self._look_soon()
        while True:
            found = view.active.get(month)
            if found:
                return found
            if month == NO_MONTH or month not in view.months:
                view = self._make(month)
            else:
                month = month_after(month)

    def _make(self, month: str) -> _View:
        purpose = VISIT if month else ACCOUNT
        if month in self._look().months:
            return self._seen
        self.before_making(purpose, month)

        def added(keys: Keys) -> Keys:
            if any(one.month == month for one in keys):
                return keys  # another process was first
            return (*keys, self._fresh(purpose, month, 1))

        return self._change(added)

    def _fresh(self, purpose: str, month: str, number: int) -> StoredKey:
        bare = StoredKey(uuid_utils.compat.uuid7(), purpose, month, number, KeyState.ACTIVE, b"")
        return self._wrap(bare, secrets.token_bytes(KEY_BYTES))

    def _wrap(self, key: StoredKey, data_key: bytes) -> StoredKey:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return replace(key, wrapped=nonce + self._masters[0].encrypt(nonce, data_key, key.place))

    def _is_wrapped_by_newest(self, key: StoredKey) -> bool:
        try:
            _unwrap(self._masters[0], key)
        except InvalidTag:
            return False
        return True

    def _unwrapped(self, key: StoredKey) -> bytes:
        for master in self._masters:
            try:
                return _unwrap(master, key)
            except InvalidTag:
                continue
        raise StoreUnusable(
            f"no master key opens the data key {key.id} of the store {self.store.path}; set the one that it was "
            "wrapped by, as TOURBOOK_MASTER_KEY_FILE, TOURBOOK_MASTER_KEY or TOURBOOK_DATA_SECRET."
        )

    def _cipher(self, key: StoredKey) -> AESGCM:
        found = self._ciphers.get(key.id.bytes)
        if found is None:
            found = self._ciphers[key.id.bytes] = AESGCM(self._unwrapped(key))
        return found

    def _known(self, name: bytes) -> StoredKey:
        key = self._look_soon().by_id.get(name) or self._look().by_id.get(name)
        if key is None:
            raise StoreUnusable(
                f"a value was sealed by the data key {name.hex()}, which is not in the store {self.store.path}; put "
                "the store's newest mirror back (docs/keys.md)."
            )
        if key.state is KeyState.DESTROYED:
            raise InvalidTag
        return key

    def _look_soon(self) -> _View:
        return self._seen if monotonic() - self._looked_at < LOOK_AGAIN else self._look()

    def _look(self) -> _View:
        stamp = self.store.stamp()
        if stamp is None or stamp != self._seen.stamp:
            self._see(_View(stamp, self.store.read()))
        self._looked_at = monotonic()
        return self._seen

    def _change(self, how: Callable[[Keys], Keys]) -> _View:
        self._see(_View(None, self.store.change(how)))
        return self._seen

    def _see(self, view: _View) -> None:
        gone = {one.id.bytes for one in view.keys if one.state is KeyState.DESTROYED}
        self._seen = view
        self._ciphers = {name: cipher for name, cipher in self._ciphers.items() if name not in gone}


def fresh_master_key() -> str:
    """A new master key, as the settings take it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def header_of(key_id: UUID) -> bytes:
    """How everything begins that this key sealed."""
    return bytes([BY_MONTH]) + key_id.bytes


def month_after(month: str) -> str:
    """2026-12 → 2027-01"""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _retired(key: StoredKey) -> StoredKey:
    return replace(key, state=KeyState.RETIRED) if key.state is KeyState.ACTIVE else key


def _unwrap(master: AESGCM, key: StoredKey) -> bytes:
    return master.decrypt(key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:], key.place)


def _place(version: int, table: str, row: UUID, column: str) -> bytes:
    return f"v{version}/{table}/{row}/{column}".encode()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret.encode())
