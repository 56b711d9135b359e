"""An encrypted file comes back, and is refused wherever something of it was changed, moved or cut off."""

from pathlib import Path

import pytest

from tests.backups.test_backups import written_key
from tourbook.backups import NoBackup, encrypting
from tourbook.backups.encrypting import decrypt, encrypt, read_key

KEY = bytes(range(32))
HEAD = len(encrypting.MAGIC) + encrypting.CHANCE


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypting, "PIECE", 16)


def sealed(folder: Path, content: bytes) -> Path:
    (folder / "plain").write_bytes(content)
    encrypt(folder / "plain", folder / "sealed", KEY)
    return folder / "sealed"


def opened(folder: Path, content: bytes) -> bytes:
    (folder / "changed").write_bytes(content)
    (folder / "back").unlink(missing_ok=True)
    decrypt(folder / "changed", folder / "back", KEY)
    return (folder / "back").read_bytes()


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 32, 100])
def test_it_comes_back(tmp_path: Path, size: int) -> None:
    content = bytes(range(size))

    assert opened(tmp_path, sealed(tmp_path, content).read_bytes()) == content


def test_every_change_of_a_bit_is_noticed(tmp_path: Path) -> None:
    whole = sealed(tmp_path, bytes(40)).read_bytes()

    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(NoBackup):
            opened(tmp_path, bytes(changed))


def test_pieces_that_are_missing_or_moved_are_noticed(tmp_path: Path) -> None:
    whole = sealed(tmp_path, bytes(48)).read_bytes()
    head, first, second, third = whole[:HEAD], *(whole[HEAD + i * 32 : HEAD + (i + 1) * 32] for i in range(3))

    for pieces in ((first, second), (second, third), (second, first, third), (first, second, third, third), ()):
        with pytest.raises(NoBackup):
            opened(tmp_path, head + b"".join(pieces))


def test_two_files_of_the_same_are_not_alike(tmp_path: Path) -> None:
    one = sealed(tmp_path, bytes(40)).read_bytes()
    (tmp_path / "sealed").unlink()

    assert sealed(tmp_path, bytes(40)).read_bytes()[HEAD:] != one[HEAD:]


def test_a_key_is_32_bytes_that_others_cannot_read(tmp_path: Path) -> None:
    file = written_key(tmp_path / "key")
    assert len(read_key(file)) == 32

    file.chmod(0o640)
    with pytest.raises(NoBackup, match="chmod 600"):
        read_key(file)
    file.chmod(0o600)
    file.write_text("c2hvcnQ=")
    with pytest.raises(NoBackup, match="holds 5 bytes"):
        read_key(file)
    with pytest.raises(NoBackup, match="cannot be read as a key"):
        read_key(tmp_path / "none")
