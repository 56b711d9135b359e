"""The store of keys: one key for a month whoever is first, nothing lost, and no key in place of another."""

import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config, SettingsRefused
from tests.applications.scene import build_scene
from tests.ground.application import Ground
from tests.ground.server import TEST_SECRET
from tests.keys.conftest import OpenStore
from tourbook import seal
from tourbook.applications.models import Application
from tourbook.db import db, new_id, transaction
from tourbook.keyring import Keyring, fresh_master_key, month_after
from tourbook.keys import DataKey, refuse_without_keys
from tourbook.keystore import Keys, KeyState, KeyStore, StoreUnusable

AT_ONCE = 8
ROW = new_id()
PLACE = {"table": "visitor", "row": ROW, "column": "name"}
OLD, NEW = b"o" * 32, b"n" * 32


def process(file: Path, *masters: bytes) -> Keyring:
    """A process that has just started on this store."""
    return Keyring({1: None}, TEST_SECRET, KeyStore(file), masters)


def seal_at_once(file: Path) -> tuple[list[bytes], Keyring]:
    """Many processes seal for the same month, each for the first time; a later one opens."""
    ready, rings = Barrier(AT_ONCE), [process(file) for _ in range(AT_ONCE)]

    def first(ring: Keyring) -> bytes:
        ready.wait()
        return ring.seal("김하늘", month="2026-11", **PLACE)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(first, rings)), process(file)


def test_first_writers_of_a_month_share_one_key(tmp_path: Path) -> None:
    for turn in range(10):
        sealed, later = seal_at_once(tmp_path / f"keys {turn}")

        assert len(later.stored()) == 1
        assert {later.open(one, **PLACE) for one in sealed} == {"김하늘"}


def test_control_without_the_lock_what_somebody_sealed_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, read = Barrier(AT_ONCE), KeyStore.read
    monkeypatch.setattr(KeyStore, "_alone", lambda _self: nullcontext())
    looked: set[int] = set()

    def read_together(store: KeyStore) -> Keys:
        found = read(store)
        if id(store) not in looked:
            looked.add(id(store))
            reading.wait()
        return found

    monkeypatch.setattr(KeyStore, "change", lambda store, how: _unguarded(store, how, read_together))
    sealed, later = seal_at_once(tmp_path / "keys")

    with pytest.raises(StoreUnusable, match="which is not in the store"):
        [later.open(one, **PLACE) for one in sealed]


def _unguarded(store: KeyStore, how: Callable[[Keys], Keys], read: Callable[[KeyStore], Keys]) -> Keys:
    after = how(read(store))
    content = {"format": "tourbook-keys-1", "keys": [_row(one) for one in after]}
    new = Path(f"{store.path}-{id(store)}")
    new.write_text(json.dumps(content))
    new.replace(store.path)
    return after


def _row(key: object) -> dict[str, object]:
    names = ("purpose", "month", "number")
    wrapped = seal.base64.b64encode(key.wrapped).decode()
    return {"id": str(key.id), "state": key.state, "wrapped": wrapped, **{name: getattr(key, name) for name in names}}


def test_a_writer_that_is_killed_leaves_the_store_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and after each step that reaches the disk."""
    ring = process(tmp_path / "keys")
    sealed = ring.seal("김하늘", month="2026-10", **PLACE)
    for place, step in enumerate(("fsync", "write", "pwrite", "replace")):
        for after in (False, True):
            if child := os.fork():
                assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
            else:
                _die_at(monkeypatch, step, after=after)
                ring.seal("Anna", month=f"2027-{1 + place + 4 * after:02}", **PLACE)
                os._exit(0)
            assert process(tmp_path / "keys").open(sealed, **PLACE) == "김하늘"


def _die_at(monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool) -> None:
    where = Path if step == "replace" else os
    usual = getattr(where, step)

    def dying(*given: object) -> None:
        if after:
            usual(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(where, step, dying)


def test_a_value_names_its_key_exactly(tmp_path: Path) -> None:
    ring = process(tmp_path / "keys")
    may, june = (ring.seal("김하늘", month=month, **PLACE) for month in ("2026-05", "2026-06"))

    assert [one[:17] for one in (may, june)] == [b"\x02" + key.id.bytes for key in ring.stored()]
    with pytest.raises(InvalidTag):
        ring.open(june[:17] + may[17:], **PLACE)


def test_what_was_sealed_by_the_first_version_is_still_read() -> None:
    """Written down from the version before keys by months."""
    ring = Keyring({1: None}, TEST_SECRET)
    row = seal.UUID("01a220e4-796e-769d-b977-235001bdb3b7")
    nonce = bytes(12)
    sealed = ring._first[1].encrypt(nonce, "김하늘".encode(), f"v1/visitor/{row}/name".encode())

    assert ring.open(b"\x01\x01" + nonce + sealed, table="visitor", row=row, column="name") == "김하늘"


@pytest.mark.parametrize(
    ("month", "following"), [("2026-11", "2026-12"), ("2026-12", "2027-01"), ("2099-12", "2100-01")]
)
def test_the_month_after(month: str, following: str) -> None:
    assert month_after(month) == following


def test_the_master_key_is_changed_by_wrapping_anew(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    sealed = process(file, OLD).seal("김하늘", month="2026-11", **PLACE)
    with pytest.raises(StoreUnusable, match="no master key opens the data key"):
        process(file, NEW).open(sealed, **PLACE)

    assert process(file, NEW, OLD).wrap_anew() == 1
    assert process(file, NEW, OLD).wrap_anew() == 0

    assert process(file, NEW).open(sealed, **PLACE) == "김하늘"
    with pytest.raises(StoreUnusable):
        process(file, OLD).open(sealed, **PLACE)


def test_a_process_sees_soon_what_another_has_destroyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tourbook.keyring.LOOK_AGAIN", 0)
    one, other = process(tmp_path / "keys"), process(tmp_path / "keys")
    sealed = one.seal("김하늘", month="2026-11", **PLACE)
    assert other.open(sealed, **PLACE) == "김하늘"

    one.destroy({key.id for key in one.stored()})

    with pytest.raises(InvalidTag):
        other.open(sealed, **PLACE)
    assert one.open(one.seal("Anna", month="2026-11", **PLACE), **PLACE) == "Anna"
    assert [(key.month, key.state) for key in one.stored()] == [
        ("2026-11", KeyState.DESTROYED),
        ("2026-12", KeyState.ACTIVE),
    ]


def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    process(tmp_path / "keys").seal("김하늘", month="2026-11", **PLACE)

    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


def party(scene_month: str = "2026-05-20T10:00") -> Application:
    scene = build_scene()
    return db.session.get_one(Application, scene.apply(scene.add_departure(scene_month), 1))


def test_what_is_about_a_tour_is_sealed_by_its_months_key_and_that_is_on_record(
    session: Session, ring: Keyring
) -> None:
    found = party()

    by_month = {one.month: one.id for one in ring.stored()}
    assert found.contact_sealed[1:17] == by_month["2026-05"].bytes
    assert {one.id for one in session.scalars(select(DataKey))} == set(by_month.values())


def test_what_is_not_kept_leaves_no_key_on_record(session: Session, ring: Keyring) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError(ring.seal("김하늘", month="2026-11", **PLACE))

    assert session.scalars(select(DataKey)).all() == []
    with transaction():
        pass
    assert [one.month for one in session.scalars(select(DataKey))] == ["2026-11"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda file: file.unlink(), "is on record and not in the store"),
        (lambda file: file.write_bytes(file.read_bytes()[:-40]), "is damaged"),
        (lambda file: file.write_bytes(b""), "is damaged"),
        (lambda file: file.write_text(file.read_text().replace('"number": 1', '"number": 2')), "no master key opens"),
    ],
)
def test_a_store_that_is_lost_or_spoilt_refuses_the_start_and_makes_no_other_key(
    session: Session, open_store: OpenStore, spoil: Callable[[Path], None], sentence: str
) -> None:
    party()
    session.rollback()
    refuse_without_keys()
    file = open_store().store.path
    spoil(file)
    left = file.read_bytes() if file.exists() else None
    open_store()

    with pytest.raises(SettingsRefused, match=sentence):
        refuse_without_keys()
    with pytest.raises(StoreUnusable):
        seal.keyring().seal("김하늘", month="2026-05", **PLACE)
    assert (file.read_bytes() if file.exists() else None) == left


def test_another_key_under_the_same_name_is_noticed_at_the_start(
    session: Session, database: Ground, open_store: OpenStore
) -> None:
    party()
    session.rollback()
    ring = open_store()
    ring.store.change(lambda keys: tuple(ring._wrap(one, bytes(32)) for one in keys))
    open_store()

    with pytest.raises(SettingsRefused, match="does not open what it sealed"):
        refuse_without_keys()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"master_key": "short"}, "master keys cannot be read"),
        ({"master_key": fresh_master_key()[:-8] + "AAAA"}, "not of 32 bytes"),
        ({"master_key_file": "/nowhere/master"}, "master keys cannot be read"),
        ({"master_key": fresh_master_key(), "master_key_file": "/nowhere/master"}, "both set"),
    ],
)
def test_master_keys_that_are_none_refuse_the_start(
    database: Ground, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], sentence: str
) -> None:
    monkeypatch.setitem(database.app.config, "TOURBOOK", Config(environment="test", **settings))

    with pytest.raises(SettingsRefused, match=sentence):
        seal.init_app(database.app)


def test_master_keys_come_from_a_file_newest_first(
    database: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "master"
    first, second = fresh_master_key(), fresh_master_key()
    file.write_text(f"{first}\n{second}\n")

    assert [seal.base64.b64encode(one).decode() for one in seal._master_keys(Config(master_key_file=str(file)))] == [
        first,
        second,
    ]
