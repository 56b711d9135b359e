"""Keys are rotated while people apply, in small; `python -m tests.keys` does it with 100,000 rows."""

import pytest

from tests.ground.application import Ground
from tests.keys.under_load import rotate_under_load

PARTIES = 400


@pytest.mark.network
@pytest.mark.long
@pytest.mark.sqlite_only("where the one writer is shared; the dose does it on both")
def test_no_request_fails_while_keys_are_rotated_and_the_rotation_is_killed(database: Ground) -> None:
    rotation = rotate_under_load(database.dialect, PARTIES, kill_after=[1], clients=3)

    assert not rotation.failed
    assert rotation.rows >= 3 * PARTIES
    assert rotation.answers >= 50
    assert rotation.left.endswith("0 values cannot be opened")
