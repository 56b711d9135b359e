"""Facts from the database: the rule reads there what it reads in the files, and every change is a new version."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.courses.drafts import course_draft
from tests.distancing.adapter import Product
from tests.distancing.worlds import DATA, history
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND
from tourbook.courses import add_course, add_departure, course_by_code, courses
from tourbook.courses.models import Departure
from tourbook.db import new_id, transaction
from tourbook.distancing import (
    CellDraft,
    Facts,
    OrderDraft,
    Slot,
    allowance,
    enter_order,
    facts_by_course,
    facts_of,
    import_measures,
    import_orders,
    lock_facts,
    raise_version,
    ruleset_version,
    seed,
    set_cell,
    slot_of,
    withdraw_order,
)
from tourbook.distancing.models import Level, Order, Ruleset, TableCell
from tourbook.errors import Refused
from tourbook.kst import parse_moment

pytestmark = pytest.mark.usefixtures("seeded", "session")

SOON = date(2026, 5, 11)


def order_draft(**changes: Any) -> OrderDraft:
    safe: dict[str, Any] = {"region_code": "41", "scale": "4level", "level": "2", "effective_from": SOON}
    return OrderDraft(**(safe | changes))


def enter(clock: StandingClock, **changes: Any) -> Order:
    with transaction() as session:
        raise_version(session)
        return enter_order(session, order_draft(**changes), actor=COMMAND, now=clock.now)


def cell(clock: StandingClock, **changes: Any) -> TableCell:
    safe: dict[str, Any] = {"scale": "4level", "level": "2", "kind": "trail", "measure": "percent", "amount": 30}
    with transaction() as session:
        raise_version(session)
        return set_cell(session, CellDraft(**(safe | changes)), actor=COMMAND, now=clock.now)


def capacity(session: Session, course: str, start: str, as_of: str) -> int:
    facts = facts_of(session, course_by_code(session, course).id)
    return allowance(Slot(parse_moment(start), 180), facts, parse_moment(as_of)).capacity


# The facts.


def test_the_database_holds_what_the_files_say(session: Session, clock: StandingClock) -> None:
    """All four courses, every 17 days, answer alike from the rows and from the files read directly."""
    import_orders((DATA / "distancing_orders.csv").read_bytes(), history=True, actor=COMMAND, now=clock.now)
    import_measures((DATA / "site_measures.csv").read_bytes(), history=True, actor=COMMAND, now=clock.now)
    from_files = Product(history()).facts
    different = [
        (facts.course, slot, moment)
        for facts in facts_by_course(session).values()
        for slot, moment in _questions()
        if _figures(slot, facts, moment) != _figures(slot, from_files[facts.course], moment)
    ][:3]

    assert different == []


def _questions() -> list[tuple[Slot, Any]]:
    starts = [parse_moment("2020-11-07T15:00") + timedelta(days=17 * number) for number in range(60)]
    return [(Slot(start, 180), start - timedelta(days=ahead)) for start in starts for ahead in (0, 9)]


def _figures(slot: Slot, facts: Facts, as_of: Any) -> tuple[Any, ...]:
    answer = allowance(slot, facts, as_of)
    return answer.capacity, answer.party_max, answer.basis, answer.scale, answer.level


def test_one_load_gives_the_same_as_a_load_for_each(session: Session, clock: StandingClock) -> None:
    enter(clock)
    cell(clock, kind=None, course="paju", measure="closed", amount=None)

    together = facts_by_course(session)

    for course in courses(session):
        alone = facts_of(session, course.id)
        assert (alone.course, alone.orders, alone.cells) == (
            course.code,
            together[course.id].orders,
            together[course.id].cells,
        )
        assert (alone.figures, alone.measures) == (together[course.id].figures, together[course.id].measures)


def test_one_load_takes_the_same_statements_however_many_courses(session: Session, clock: StandingClock) -> None:
    with_four = _statements(session)

    add_course(course_draft(), actor=COMMAND, now=clock.now)

    assert _statements(session) == with_four
    assert len(facts_by_course(session)) == 5


def _statements(session: Session) -> int:
    seen: list[str] = []

    def count(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(session.get_bind(), "before_cursor_execute", count)
    facts_by_course(session)
    event.remove(session.get_bind(), "before_cursor_execute", count)
    return len([statement for statement in seen if statement.startswith("SELECT")])


def test_a_departures_own_size_and_length_go_into_its_slot(session: Session, clock: StandingClock) -> None:
    start = parse_moment("2026-05-20T10:00")
    course_id = course_by_code(session, "paju").id
    added = add_departure(course_id, start, capacity=12, actor=COMMAND, now=clock.now)

    assert slot_of(session.get_one(Departure, added.departure_id)) == Slot(start, 180, 12)


# The version.


def test_each_change_of_facts_is_a_new_version(session: Session) -> None:
    before = ruleset_version(session)

    with transaction() as act:
        versions = [raise_version(act), raise_version(act)]

    assert versions == [before + 1, before + 2]
    assert ruleset_version(session) == before + 2
    assert session.scalar(select(func.count()).select_from(Ruleset)) == 1


def test_a_change_that_is_refused_raises_no_version(session: Session) -> None:
    before = ruleset_version(session)

    with pytest.raises(Refused):
        _raise_and_enter(order_draft(level="9"))

    assert ruleset_version(session) == before


def _raise_and_enter(draft: OrderDraft) -> None:
    with transaction() as act:
        raise_version(act)
        enter_order(act, draft, actor=COMMAND, now=parse_moment("2026-05-04"))


def test_the_first_change_makes_the_one_row(session: Session) -> None:
    with transaction() as act:
        act.delete(lock_facts(act))

    assert ruleset_version(session) == 0
    with transaction() as act:
        assert raise_version(act) == 1


# Orders.


def test_an_order_is_known_from_the_later_of_its_announcement_and_its_entry(clock: StandingClock) -> None:
    late = enter(clock, announced_at=parse_moment("2026-05-01T10:00"))
    ahead = enter(clock, announced_at=parse_moment("2026-05-08T10:00"))
    unannounced = enter(clock)

    assert [late.known_at, ahead.known_at] == [clock.now, parse_moment("2026-05-08T10:00")]
    assert (unannounced.announced_at, unannounced.known_at) == (None, parse_moment("2026-05-11T00:00"))
    assert [late.entry, ahead.entry, unannounced.entry] == [1, 2, 3]


def test_an_order_of_history_is_known_from_its_announcement_alone(clock: StandingClock) -> None:
    with transaction() as session:
        draft = order_draft(announced_at=parse_moment("2021-05-01"), withdrawn_at=parse_moment("2021-05-02"))
        order = enter_order(session, draft, actor=COMMAND, now=clock.now, history=True)

    assert (order.known_at, order.withdrawn_at) == (parse_moment("2021-05-01"), parse_moment("2021-05-02"))


def test_an_order_applies_from_its_first_day_or_an_earlier_minute(clock: StandingClock) -> None:
    early = parse_moment("2026-05-10T10:00")

    assert enter(clock).applies_at == parse_moment("2026-05-11T00:00")
    assert enter(clock, applies_at=early).applies_at == early


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"region_code": "99"}, "unknown_region", "region_code"),
        ({"scale": "6step"}, "unknown_scale", "scale"),
        ({"level": "2.5"}, "unknown_level", "level"),
        ({"planned_until": date(2026, 5, 10)}, "until_before_from", "planned_until"),
        ({"applies_at": parse_moment("2026-05-11T00:01")}, "applies_too_late", "applies_at"),
        ({"party_max": 0}, "number_out_of_range", "party_max"),
        ({"party_max_after_18": 0}, "number_out_of_range", "party_max_after_18"),
        ({"condition_ko": "접종 완료자"}, "text_missing", "condition_en"),
    ],
)
def test_an_order_is_refused(clock: StandingClock, changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        enter(clock, **changes)

    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_withdrawal_counts_from_its_minute(session: Session, clock: StandingClock) -> None:
    order = enter(clock, announced_at=clock.now)
    clock.stand_at("2026-05-09T12:00")

    with transaction() as act:
        withdraw_order(act, order.id, actor=COMMAND, now=clock.now)

    assert capacity(session, "panmunjeom", "2026-05-12T15:00", "2026-05-09T11:59") == 20
    assert capacity(session, "panmunjeom", "2026-05-12T15:00", "2026-05-09T12:00") == 40
    for order_id, code in ((order.id, "withdrawn_already"), (new_id(), "no_such_order")):
        with pytest.raises(Refused, match=code), transaction() as act:
            withdraw_order(act, order_id, actor=COMMAND, now=clock.now)


# The table.


def test_the_table_changes_from_now_on_and_the_past_stays(session: Session, clock: StandingClock) -> None:
    enter(clock, announced_at=clock.now)
    clock.stand_at("2026-05-06T12:00")

    cell(clock, measure="people", amount=7)

    assert capacity(session, "paju", "2026-05-12T10:00", "2026-05-06T11:59") == 20
    assert capacity(session, "paju", "2026-05-12T10:00", "2026-05-06T12:00") == 7


def test_a_courses_own_cell_counts_for_it_alone_until_it_inherits_again(session: Session, clock: StandingClock) -> None:
    enter(clock, announced_at=clock.now)
    own: dict[str, Any] = {"kind": None, "course": "paju", "amount": None}
    cell(clock, **own, measure="closed")
    assert capacity(session, "paju", "2026-05-12T10:00", "2026-05-05") == 0
    clock.move(days=2)

    cell(clock, **own, measure="inherit")

    assert capacity(session, "paju", "2026-05-12T10:00", "2026-05-07") == 20


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scale": "6step"}, "unknown_scale"),
        ({"level": "9"}, "unknown_level"),
        ({"measure": "half"}, "unknown_measure"),
        ({"kind": None}, "cell_for_kind_or_course"),
        ({"course": "paju"}, "cell_for_kind_or_course"),
        ({"kind": "museum"}, "unknown_kind"),
        ({"kind": None, "course": "nowhere"}, "no_such_course"),
        ({"measure": "inherit", "amount": None}, "inherit_for_courses_only"),
        ({"amount": None}, "amount_does_not_fit"),
        ({"measure": "closed"}, "amount_does_not_fit"),
        ({"amount": 101}, "number_out_of_range"),
        ({"measure": "people", "amount": -1}, "number_out_of_range"),
        ({"condition_en": "vaccinated"}, "text_missing"),
        ({"amount": 100}, "no_change"),
    ],
)
def test_a_cell_is_refused(clock: StandingClock, changes: dict[str, Any], code: str) -> None:
    """Level 2 of the four means 100 percent for trails as seeded."""
    with pytest.raises(Refused) as refused:
        cell(clock, **changes)

    assert refused.value.code == code


# The seed.


def test_seeding_again_adds_nothing_and_changes_nothing(session: Session, clock: StandingClock) -> None:
    course_by_code(session, "paju").name_en = "Another name"
    session.commit()
    version = ruleset_version(session)

    done = seed(actor=COMMAND, now=clock.now)

    assert (done.regions, done.levels, done.cells, done.courses, done.holidays) == (0, 0, 0, 0, 0)
    assert course_by_code(session, "paju").name_en == "Another name"
    assert ruleset_version(session) == version


def test_the_seed_counts_as_known_from_ever(session: Session) -> None:
    assert session.scalars(select(TableCell.known_at).distinct()).all() == [None]
    assert session.scalar(select(func.count()).select_from(Level)) == 12
    assert capacity(session, "goseong", "1999-01-01T10:00", "1999-01-01T10:00") == 20


def test_each_course_comes_with_who_runs_it_and_what_people_read(session: Session) -> None:
    for course in courses(session):
        assert course.organisation_id, course.code
        assert len(course.details["bring_ko"]) == len(course.details["bring_en"]) > 0
        assert len(course.details["conduct_ko"]) == len(course.details["conduct_en"]) > 0
        assert all(leg["by"] in {"walk", "vehicle"} and leg["ko"] and leg["en"] for leg in course.details["legs"])


def test_the_legs_of_a_course_add_up_to_its_length_where_all_are_known(session: Session) -> None:
    paju = course_by_code(session, "paju")

    kilometres = [leg["km"] for leg in paju.details["legs"]]
    walked = sum(leg["km"] for leg in paju.details["legs"] if leg["by"] == "walk")

    assert (round(sum(kilometres), 1), walked) == (paju.length_km, paju.walk_km)


def test_foreigners_show_a_passport_on_the_trails(session: Session) -> None:
    passports = {course.code: course.needs_passport for course in courses(session)}

    assert passports == {"panmunjeom": False, "paju": True, "cheorwon": True, "goseong": True}
