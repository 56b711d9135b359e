"""The short dose: whoever dies in the middle of an act leaves nothing half done; whoever asks again gets it done."""

from collections.abc import Callable

import pytest

from tests.crashes.deeds import DEEDS
from tests.crashes.dose import tried
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.ground.tables import table

pytestmark = pytest.mark.network

HEADING = "Crash points: act, database, points, died at once, died at twice"


@pytest.mark.parametrize("name", DEEDS)
def test_whoever_dies_in_the_middle_leaves_nothing_half_done(
    database: Ground, clock: StandingClock, name: str, record_property: Callable[[str, object], None]
) -> None:
    verdict = tried(DEEDS[name], database)

    record_property(table(HEADING), [name, database.dialect, verdict.points, verdict.once, verdict.twice])
    assert verdict.once >= 2
    assert not verdict.found
