"""In which order the departures of a course ask: each its own, then each everybody, as the timetable settles them."""

from uuid import UUID

from tests.applications.test_foresight import CLOSED, EARLY, LATE, MIDDLE, OPEN, departing
from tests.applications.test_plan import DAY, HOUR, NOW, party
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import Foreseen, Foresight
from tourbook.applications.parties import Party

NAMES = {EARLY: "early", MIDDLE: "middle", LATE: "late"}


def lost(number: int, departure_id: UUID, seats: int = 2, **changed: object) -> Party:
    """A party that lost its places there."""
    return party(number, "displaced", seats, departure_id=departure_id, **changed)


def told(done: list[Foreseen]) -> list[tuple[str, list[str]]]:
    """Each settling: which departure, and which parties it offers seats."""
    return [
        (NAMES[one.departure_id], [move.party.reference for move in one.plan.moves if move.kind == "offer"])
        for one in done
    ]


def test_each_asks_those_who_lost_places_there_before_any_asks_others() -> None:
    course = [departing(EARLY, 10), departing(MIDDLE, 11, own_asked=False), departing(LATE, 12, own_asked=False)]
    queue = [lost(1, LATE), lost(2, MIDDLE), lost(3, EARLY)]  # as if early had forgotten whom it displaced

    done = Foresight(course, queue).settle_all(lambda _: OPEN, NOW)

    assert told(done) == [
        ("middle", ["R002"]),
        ("late", ["R001"]),
        ("early", ["R003"]),
        ("middle", []),
        ("late", []),
    ]


def test_one_that_has_no_seats_left_after_its_own_is_done() -> None:
    course = [departing(EARLY, 10, own_asked=False), departing(LATE, 12, own_asked=False)]
    limits = {EARLY: Limit(2, None), LATE: Limit(4, None)}

    done = Foresight(course, [lost(1, EARLY), lost(2, EARLY), lost(3, LATE)]).settle_all(limits.__getitem__, NOW)

    assert told(done) == [("early", ["R001"]), ("late", ["R003"]), ("late", ["R002"])]


def test_one_whose_window_is_not_open_asks_nobody_and_is_done() -> None:
    course = [departing(EARLY, 10, own_asked=False, offers_from=NOW + DAY), departing(LATE, 12)]

    done = Foresight(course, [lost(1, EARLY)]).settle_all(lambda _: OPEN, NOW)

    assert told(done) == [("early", []), ("late", ["R001"])]


def test_one_between_the_rounds_asks_everybody_next() -> None:
    course = [departing(EARLY, 10, own_asked=True), departing(LATE, 12, own_asked=False)]

    done = Foresight(course, [lost(1, EARLY), lost(2, LATE)]).settle_all(lambda _: Limit(2, None), NOW)

    assert told(done) == [("late", ["R002"]), ("early", ["R001"])]


def test_whoever_joins_the_queue_is_asked_by_its_own_departure_first_too() -> None:
    early, late = departing(EARLY, 10), departing(LATE, 12, own_asked=False)
    foresight = Foresight([early, departing(MIDDLE, 11, party(7, "confirmed", 2)), late], ())
    foresight.settle_all(lambda _: OPEN, NOW)

    done = foresight.settle_all({EARLY: OPEN, MIDDLE: CLOSED, LATE: OPEN}.__getitem__, NOW)

    assert told(done) == [
        ("late", []),  # those who lost places there: nobody any more
        ("early", []),
        ("middle", []),
        ("late", ["R007"]),
        ("early", []),
    ]


def test_whoever_is_back_in_the_queue_is_asked_by_its_own_before_an_earlier_departure() -> None:
    course = [departing(EARLY, 10), departing(MIDDLE, 11, own_asked=False), departing(LATE, 12)]
    foresight = Foresight(course, [lost(1, MIDDLE)])
    first = foresight.settle_all({EARLY: CLOSED, MIDDLE: CLOSED, LATE: OPEN}.__getitem__, NOW)
    assert [asked for asked in told(first) if asked[1]] == [("late", ["R001"])]

    done = foresight.settle_all({EARLY: OPEN, MIDDLE: OPEN, LATE: CLOSED}.__getitem__, NOW + HOUR)

    assert told(done) == [
        *[("middle", []), ("early", []), ("middle", []), ("late", [])],  # late takes its offer back, and then:
        *[("middle", ["R001"]), ("early", []), ("middle", [])],
    ]
