"""A launch day in small, as `make test` lives through it: with changes of size, then with kills as well."""

import pytest

from tests.chaos.day import Report, live_through
from tests.chaos.stage import Dose

pytestmark = pytest.mark.network
DATABASES = ("sqlite", "postgresql")
CHANGES = 3


@pytest.mark.long
@pytest.mark.parametrize("kind", DATABASES)
def test_a_crowd_and_changes_of_size_break_no_promise(kind: str) -> None:
    report = live_through(
        Dose(database=kind, journeys=150, clients=24, departures=8, share_of_first=0.5, changes=CHANGES)
    )

    print(*report.lines(), sep="\n")
    assert report.own_check == ""
    assert not broken(report)
    assert report.acknowledged > 50
    assert report.changes >= CHANGES


@pytest.mark.long
@pytest.mark.parametrize("kind", DATABASES)
def test_a_crowd_keeps_all_it_was_promised_while_anything_is_killed(kind: str) -> None:
    dose = Dose(
        database=kind,
        journeys=120,
        clients=12,
        departures=8,
        kills=12,
        seconds_between_changes=3,
    )

    report = live_through(dose)

    print(*report.lines(), sep="\n")
    assert report.own_check == ""
    assert not broken(report)
    assert report.acknowledged > 40
    assert sum(report.kills.values()) >= 10


def broken(report: Report) -> dict[str, list[str]]:
    return {name: found for name, found in report.violations.items() if found}


def test_control_without_the_lock_a_crowd_oversells_or_loses_count() -> None:
    """On PostgreSQL: SQLite has one writer at a time, with or without the lock."""
    dose = Dose(
        database="postgresql",
        journeys=50,
        clients=24,
        departures=1,
        seconds_between_changes=3,
        application="tests.chaos.without_lock:app",
    )

    report = live_through(dose)

    print(*report.lines(), sep="\n")
    assert report.violations["I1"]
