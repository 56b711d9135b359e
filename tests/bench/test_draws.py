"""The benchmark of a draw, in small: what it builds is what the product draws, so that it runs when it is asked."""

import json
import sys
from pathlib import Path

import pytest

from tests.bench import draws


@pytest.mark.network
def test_a_small_draw_is_built_drawn_and_right(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["draws", "--entries", "60", "--departures", "3", "--database", "sqlite"])
    monkeypatch.setattr(draws, "RESULTS", tmp_path / "results" / "draws.json")

    draws.main()

    assert json.loads(draws.RESULTS.read_text()).keys() == draws.STAGES.keys()
    assert "[bench] verify" in capsys.readouterr().out
