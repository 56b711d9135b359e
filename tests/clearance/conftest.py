import pytest
from sqlalchemy.orm import Session

from tests.clearance.office import Office, build_office


@pytest.fixture
def office(session: Session) -> Office:
    """A departure of ten seats whose names are checked, sixteen days ahead."""
    return build_office()
