"""Every test of keys has a store of its own, so that none that is destroyed is missed by another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.ground.server import TEST_SECRET
from tourbook import keys
from tourbook.keyring import Keyring
from tourbook.keystore import KeyStore

OpenStore = Callable[..., Keyring]


@pytest.fixture
def open_store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenStore:
    """A function: the application as a process that has just started, on the store of this test."""

    def opened(*masters: bytes) -> Keyring:
        ring = Keyring({1: None}, TEST_SECRET, KeyStore(tmp_path / "keys"), masters)
        monkeypatch.setitem(app.extensions, "tourbook.keyring", ring)
        keys.init_app(app)
        return ring

    return opened


@pytest.fixture(autouse=True)
def ring(open_store: OpenStore) -> Keyring:
    """The keys of this test."""
    return open_store()
