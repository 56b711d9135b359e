"""Parties of whom something is missing are asked for it, three days before and on the last day, never at night."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import told
from tests.clearance.office import Office
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.operations import call_off_departure


def chase(office: Office, moment: str) -> None:
    """Let the timetable look at that moment."""
    office.at(moment)
    while clearance.chase_due(now=office.scene.now):
        pass


def asked(session: Session, party: object) -> int:
    """How often a party was asked."""
    return told(session, party).count("details_missing")


@pytest.mark.parametrize(
    ("moments", "times"),
    [
        (["2026-05-10T23:59"], 0),
        (["2026-05-11T09:00"], 1),
        (["2026-05-11T09:00", "2026-05-12T12:00"], 1),
        (["2026-05-11T09:00", "2026-05-13T12:00"], 2),
        (["2026-05-13T12:00"], 1),
        (["2026-05-11T03:00", "2026-05-11T20:00"], 0),
        (["2026-05-11T09:00", "2026-05-13T12:00", "2026-05-15T12:00", "2026-05-17T12:00"], 4),
    ],
    ids=["too early", "three days", "once", "last day", "late", "at night", "for each authority"],
)
def test_who_lacks_something_is_asked(office: Office, session: Session, moments: list[str], times: int) -> None:
    party = office.apply(2, foreign=True)

    for moment in moments:
        chase(office, moment)

    assert asked(session, party) == times


def test_whoever_lacks_nothing_is_never_asked(office: Office, session: Session) -> None:
    party = office.apply(2)

    chase(office, "2026-05-13T12:00")

    assert asked(session, party) == 0


def test_whoever_has_completed_the_details_is_not_asked_again(office: Office, session: Session) -> None:
    party = office.apply(2, foreign=True)
    chase(office, "2026-05-11T09:00")
    clearance.complete_visitor(visitors(party)[0].id, "C01X00T47", actor=GUEST, now=office.scene.now)

    chase(office, "2026-05-13T12:00")

    assert asked(session, party) == 1


def test_whoever_has_cancelled_is_not_asked(office: Office, session: Session) -> None:
    party = office.apply(2, foreign=True)
    cancel(party, actor=GUEST, now=office.scene.now)

    chase(office, "2026-05-13T12:00")

    assert asked(session, party) == 0


def test_a_departure_that_was_called_off_is_passed_over(office: Office, session: Session) -> None:
    party = office.apply(2, foreign=True)
    told_why = {"reason_ko": "비", "reason_en": "rain", "actor": office.operator, "now": office.scene.now}
    call_off_departure(office.departure_id, **told_why)

    chase(office, "2026-05-13T12:00")

    assert asked(session, party) == 0
