"""A launch day with power cuts, as `make test` lives through it. Its control is among the sabotages."""

from collections.abc import Callable

import pytest

from tests.chaos.stage import Dose
from tests.cuts import day
from tests.cuts.day import Report
from tests.cuts.mounting import NoSuchDisk
from tests.ground.required import missing
from tests.ground.tables import table

pytestmark = pytest.mark.network

CUTS = 20
A_FEW = 4
FORGETS_ALL = "5"  # with this seed the first cut leaves nothing that was not synced
HEADING = "Power cuts: how many, within a commit, within a checkpoint; acknowledged, lost"


def lived_through(dose: Dose) -> Report:
    try:
        report = day.live_through(dose)
    except NoSuchDisk as reason:
        missing("fuse", str(reason))
    print(*report.lines(), sep="\n")
    return report


@pytest.mark.long
def test_what_was_acknowledged_outlives_power_cuts(record_property: Callable[[str, object], None]) -> None:
    report = lived_through(day.dose_of(CUTS, seed="1"))

    figures = [report.cuts, report.in_a_commit, report.in_a_checkpoint, report.acknowledged, len(report.lost)]
    record_property(table(HEADING), figures)
    assert not report.lost
    assert not report.broken
    assert report.cuts == CUTS
    assert report.in_a_commit > CUTS / 4
    assert report.in_a_checkpoint
    assert report.acknowledged > 4 * CUTS


def what_was_acknowledged_outlives_a_few_power_cuts() -> None:
    """The same, shorter: the sabotages ask whether it notices."""
    report = lived_through(day.dose_of(A_FEW, seed=FORGETS_ALL))

    assert not report.lost
