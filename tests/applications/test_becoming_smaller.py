"""Who is asked to become smaller, by when, and of how many it is told, where the party limit changes meanwhile."""

from datetime import datetime, timedelta

import pytest

from tests.applications.test_plan import DAY, HOUR, NOW, party, situation
from tests.applications.test_putting_back import told
from tourbook.applications.deadlines import shrink_by
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import foresee
from tourbook.applications.parties import Party
from tourbook.applications.plan import plan
from tourbook.applications.queue import Queue

ANEW = shrink_by(NOW, DAY, situation().starts_at)


def has_time(until: timedelta, *, to: int | None, **changed: object) -> Party:
    """A party of four that was told how many of it may go, and until when it has time."""
    return party(1, "must_shrink", 4, shrink_until=NOW + until, shrink_to=to, **changed)


def asked(of: Party, limit: Limit) -> list[tuple[str, datetime | None, datetime | None, int | None]]:
    """What it is told, if anything, with the deadline; until when it has time after that, and for how many."""
    done = foresee(situation(of, offers_from=NOW + DAY), limit, NOW, Queue())
    (after,) = done.after.parties
    return [(move.kind, move.until, after.shrink_until, after.shrink_to) for move in done.plan.moves]


def test_whoever_is_asked_has_its_whole_time_whatever_it_had_once() -> None:
    assert asked(party(1, "confirmed", 4), Limit(20, 3)) == [("ask_to_shrink", ANEW, ANEW, 3)]
    once = party(1, "confirmed", 4, shrink_until=NOW + HOUR, shrink_to=2)
    assert asked(once, Limit(20, 3)) == [("ask_to_shrink", ANEW, ANEW, 3)]


@pytest.mark.parametrize(
    ("had", "to", "limit", "until"),
    [(HOUR, 3, 2, ANEW), (3 * DAY, 3, 2, NOW + 3 * DAY), (HOUR, 2, 3, NOW + HOUR), (3 * DAY, 2, 3, NOW + 3 * DAY)],
    ids=["smaller", "smaller, and had longer", "larger", "larger, and had longer"],
)
def test_of_a_smaller_number_it_has_its_time_anew_and_never_less_than_it_had_and_of_a_larger_one_what_it_had(
    had: timedelta, to: int, limit: int, until: datetime
) -> None:
    assert asked(has_time(had, to=to), Limit(20, limit)) == [("ask_anew", until, until, limit)]


@pytest.mark.parametrize("to", [3, None])
def test_whoever_was_told_of_the_same_number_or_of_none_is_not_told_again(to: int | None) -> None:
    assert asked(has_time(HOUR, to=to), Limit(20, 3)) == []


@pytest.mark.parametrize(("limit", "kinds"), [(3, ["displace_large"]), (4, ["restore"]), (None, ["restore"])])
def test_whoever_is_late_loses_its_places_only_where_it_is_too_large_still(limit: int | None, kinds: list[str]) -> None:
    decided = plan(situation(has_time(timedelta(), to=3), offers_from=NOW + DAY), Limit(20, limit), NOW)

    assert [move.kind for move in decided.moves] == kinds


def test_nobody_is_late_a_moment_before() -> None:
    assert asked(has_time(timedelta(microseconds=1), to=3), Limit(20, 3)) == []


def test_who_stays_by_exception_is_bound_by_no_party_limit() -> None:
    of = situation(party(1, "confirmed", 4, exempt=True), party(2, "confirmed", 4))

    assert told(plan(of, Limit(20, 3), NOW)) == [("ask_to_shrink", "R002")]
    assert asked(has_time(HOUR, to=3, exempt=True), Limit(20, 3)) == [("restore", None, None, None)]
    assert asked(has_time(timedelta(), to=3, exempt=True), Limit(20, 3)) == [("restore", None, None, None)]
