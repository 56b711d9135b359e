"""The checker knows places set aside for groups: it finds each promise about them that a day breaks."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.checker import violations
from tests.chaos.checker.evidence import Evidence
from tests.chaos.made_up_day import SECOND, MadeUp, changed, good_day

GROUP = "a" * 32


def day_of_a_group() -> Evidence:
    """On the second departure, of 2 seats, E holds one; the other is a group's, whose F holds it until its time is over
    and G after it, then the group ends, and H holds what is free.
    """
    day = MadeUp(good_day())
    row = next(one for one in day.evidence.rows("departure") if one["id"] == SECOND)
    day.lengths[SECOND] = row["trail_length"]
    day.entry(SECOND, 71, "allotment_made", SECOND, allotment=GROUP, seats=1, until="…")
    member(day, "f", 72, "cancelled")
    day.deed("give_up", 74, "page", application="f")
    day.entry(SECOND, 74, "application_cancelled", "f", seats=1, **{"from": "held"})
    member(day, "g", 75, "cancelled")
    day.deed("give_up", 76, "page", application="g")
    day.entry(SECOND, 76, "application_cancelled", "g", seats=1, **{"from": "held"})
    day.entry(SECOND, 80, "allotment_released", SECOND, "timetable", allotment=GROUP, seats=1, lost=0)
    day.entry(SECOND, 81, "application_held", "h", seats=1)
    day.application("h", SECOND, "held", 1, contact_way=None, confirmed_at=None, typing_until=141.0)
    day.deed("hold", 81, "onward", made="h", departure=SECOND, seats=1, wait=False, form="form h")
    day.row("allotment", id=GROUP, departure_id=SECOND, seats=1, yielded=0, released_at=80.0)
    row.update(trail_length=day.lengths[SECOND], seats_taken=2, public_free=0)
    return day.evidence


def member(day: MadeUp, who: str, at: float, state: str) -> None:
    day.entry(SECOND, at, "application_held", who, seats=1, allotment=GROUP)
    of_group: dict[str, Any] = {"contact_way": None, "confirmed_at": None, "allotment_id": GROUP}
    day.application(who, SECOND, state, 1, **of_group)
    day.deed("hold", at, "onward", made=who, departure=SECOND, seats=1, wait=False, form=f"form {who}")


def test_nothing_is_found_against_a_good_day_of_a_group() -> None:
    assert {name: found for name, found in violations(day_of_a_group()).items() if found} == {}


def entry_of(day: Evidence, act: str) -> Any:
    return next(one for one in day.rows("trail_entry") if one["act"] == act)


def more_is_set_aside_than_there_is(day: Evidence) -> None:
    entry_of(day, "allotment_made")["facts"]["seats"] = 2


def one_of_the_group_has_a_place_beside_those_set_aside(day: Evidence) -> None:
    held = next(one for one in day.rows("trail_entry") if one["subject_id"] == "f")
    del held["facts"]["allotment"]


def it_never_ended(day: Evidence) -> None:
    """Somebody else has the place that is still set aside."""
    entry_of(day, "allotment_released")["act"] = "something_else"


def the_tables_still_set_it_aside(day: Evidence) -> None:
    changed(day.rows("allotment"), {"id": GROUP}, released_at=None)


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        (more_is_set_aside_than_there_is, {"I1"}),
        (one_of_the_group_has_a_place_beside_those_set_aside, {"I1"}),
        (it_never_ended, {"I1", "I10"}),
        (the_tables_still_set_it_aside, {"I2"}),
    ],
)
def test_each_broken_promise_is_found(spoil: Callable[[Evidence], None], names: set[str]) -> None:
    day = day_of_a_group()
    spoil(day)

    assert {name for name, found in violations(day).items() if found} == names
