import pytest
from sqlalchemy.orm import Session

from tests.rosters.gate import Gate, build_gate


@pytest.fixture
def gate(session: Session) -> Gate:
    """Ten seats, nobody on them yet, half an hour before the departure leaves."""
    return build_gate()
