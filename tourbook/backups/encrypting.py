"""Encrypting a file of any size with a key: AES-256-GCM, piece by piece.

Each piece is bound to its place and to whether it is the last, so none can be left out, moved or put in, nor the end be
cut off. The nonce begins with chance that is new for every file.
"""

import base64
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tourbook.backups.manifest import NoBackup

MAGIC = b"tourbook backup 1\n"
PIECE = 2**20
TAG = 16
CHANCE = 7  # bytes; with 4 for the place and 1 for the last piece they are the 12 of a nonce
KEY = 32
LONGEST_KEY_FILE = 1_000  # characters; a device without an end would be read for ever


def read_key(file: Path) -> bytes:
    """The key in a file: 32 bytes in base64. Refuses a file that others of this machine may read."""
    try:
        with file.open(encoding="ascii") as opened:
            key = base64.b64decode(opened.read(LONGEST_KEY_FILE).strip(), validate=True)
        shared = file.stat().st_mode & 0o077
    except (OSError, ValueError) as wrong:
        raise NoBackup(f"{file} cannot be read as a key: write 32 random bytes in base64 into it.") from wrong
    if len(key) != KEY:
        raise NoBackup(f"{file} holds {len(key)} bytes; a key has {KEY}, in base64.")
    if shared:
        raise NoBackup(f"{file} can be read by others; run `chmod 600 {file}` first.")
    return key


def encrypt(plain: Path, sealed: Path, key: bytes) -> None:
    """Write the file anew, encrypted."""
    chance, cipher = secrets.token_bytes(CHANCE), AESGCM(key)
    with plain.open("rb") as source, sealed.open("xb") as target:
        target.write(MAGIC + chance)
        for place, piece, last in _pieces(source, PIECE):
            target.write(cipher.encrypt(_nonce(chance, place, last=last), piece, MAGIC))
        target.flush()  # what is synced next is what the system has, not what Python still holds
        os.fsync(target.fileno())


def decrypt(sealed: Path, plain: Path, key: bytes) -> None:
    """The way back; refuses another key, and a file that is not whole."""
    cipher = AESGCM(key)
    with sealed.open("rb") as source, plain.open("xb") as target:
        begin = source.read(len(MAGIC) + CHANCE)
        if len(begin) != len(MAGIC) + CHANCE or not begin.startswith(MAGIC):
            raise NoBackup("This file was not encrypted by tourbook.")
        try:
            for place, piece, last in _pieces(source, PIECE + TAG):
                target.write(cipher.decrypt(_nonce(begin[len(MAGIC) :], place, last=last), piece, MAGIC))
        except InvalidTag as wrong:
            raise NoBackup("The key is another one, or the file is not whole.") from wrong


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    place, piece = 0, source.read(size)
    while True:
        following = source.read(size)
        yield place, piece, not following
        if not following:
            return
        place, piece = place + 1, following


def _nonce(chance: bytes, place: int, *, last: bool) -> bytes:
    return chance + place.to_bytes(4, "big") + bytes([last])
