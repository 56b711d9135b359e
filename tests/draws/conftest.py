"""The scene that these tests play on, and a round that draws some of its departures."""

import pytest
from sqlalchemy.orm import Session

from tests.draws.lottery import Lottery, build_lottery


@pytest.fixture
def lottery(session: Session) -> Lottery:
    """Entries for three departures of 20 are taken."""
    return build_lottery()
