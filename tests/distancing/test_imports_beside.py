"""Files of facts: what is odd is pointed out, and many at the same time do no harm."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.distancing.sheets import MEASURE, ORDER, count, measures, orders
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.courses.models import SiteMeasure
from tourbook.distancing import ruleset_version
from tourbook.distancing.models import Order

pytestmark = pytest.mark.usefixtures("seeded", "session")


def test_an_order_that_reaches_no_course_is_entered_and_pointed_out(session: Session, clock: StandingClock) -> None:
    """There are two Goseong; the one in South Gyeongsang has no trail."""
    done = orders(clock, ORDER, ORDER.replace("41,Gyeonggi", "48820,Goseong"))

    assert done.entered == 2
    assert [(odd.line, odd.code) for odd in done.warnings] == [(3, "reaches_no_course")]


@pytest.mark.parametrize(
    ("region", "first", "last", "reaches"),
    [
        ("42", "2021-05-01", "2021-05-31", True),
        ("51", "2021-05-01", "2021-05-31", True),
        ("42780", "2026-05-11", "2026-05-24", True),
        ("KR", "2026-05-11", "", True),
        ("48", "2026-05-11", "", False),
    ],
)
def test_orders_reach_courses_through_parents_and_succession(
    clock: StandingClock, region: str, first: str, last: str, reaches: bool
) -> None:
    """Courses lie in 42780, which became 51780 together with its province."""
    done = orders(clock, f"{region},,2021-04-30,{first},{last},,4level,2,,,no,")

    assert [odd.code for odd in done.warnings] == ([] if reaches else ["reaches_no_course"])


def test_what_counts_at_no_time_is_pointed_out(clock: StandingClock) -> None:
    withdrawn = ORDER.replace("2026-05-24,", "2026-05-24,2026-05-01")
    useless = MEASURE.replace(",,,,no,", ",,,10,yes,")

    assert [odd.code for odd in orders(clock, withdrawn).warnings] == ["withdrawn_before_announced"]
    assert [odd.code for odd in measures(clock, useless).warnings] == ["suspension_with_capacity"]


# At the same time.


def test_files_that_come_at_the_same_time_are_entered_one_after_the_other(
    seeded: Ground, session: Session, clock: StandingClock
) -> None:
    version = ruleset_version(session)
    session.rollback()

    def enter(day: int) -> int:
        with seeded.app.app_context():
            return orders(clock, ORDER.replace("2026-05-11", f"2026-05-{day}")).entered

    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(enter, range(11, 19)))

    assert sum(entered) == 8
    assert session.scalars(select(Order.entry).order_by(Order.entry)).all() == list(range(1, 9))
    assert ruleset_version(session) == version + 8


def test_the_same_file_sent_by_many_is_entered_once(seeded: Ground, session: Session, clock: StandingClock) -> None:
    def enter(_: int) -> int:
        with seeded.app.app_context():
            return measures(clock, MEASURE).entered

    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(enter, range(8)))

    assert sorted(entered) == [0] * 7 + [1]
    assert count(session, SiteMeasure) == 1
