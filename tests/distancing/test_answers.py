"""The whole of an answer: what others read of it, the conditions that it carries, and its steps in their order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.distancing.test_causes import NOW, SLOT, order
from tourbook.distancing.facts import Cell, End, Facts, Figures, Measure, Region, RegionTree, Words
from tourbook.distancing.rules import allowance

VACCINATED, TESTED = Words("접종 완료", "vaccinated"), Words("음성 확인", "tested")
CELLS = (
    Cell("s", "half", "percent", 50, kind="trail", condition=TESTED),
    Cell("s", "tenth", "percent", 10, kind="trail", condition=TESTED),
)
FACTS = Facts(
    course="walk",
    kind="trail",
    region="41",
    regions=RegionTree((Region("41", None, Words("경기", "Gyeonggi")),)),
    figures=(Figures(20, 5),),
    cells=CELLS,
)
COMING = order(entry=2, announced=NOW - timedelta(hours=1), applies_at=NOW + timedelta(days=1), level="tenth")
LIMITED = Measure(1, "override", NOW, NOW, SLOT.day, SLOT.day, Words("공사", "works"), capacity=15)


def test_an_answer_says_what_others_rely_on_under_names_that_stay() -> None:
    told = allowance(SLOT, replace(FACTS, orders=(order(party_max=4, condition=VACCINATED),)), NOW).as_json()

    causes = told.pop("causes")
    assert told == {
        "capacity": 10,
        "party_max": 4,
        "closed": False,
        "basis": "order",
        "scale": "s",
        "level": "half",
        "conditions": [{"ko": "접종 완료", "en": "vaccinated"}, {"ko": "음성 확인", "en": "tested"}],
    }
    assert isinstance(causes, list)
    assert [cause["component"] for cause in causes] == ["base", "party", "level"]


def test_a_closed_departure_says_so_and_one_place_is_not_closed() -> None:
    closed = replace(FACTS, measures=(replace(LIMITED, kind="suspension", capacity=None),))
    one_place = replace(FACTS, measures=(replace(LIMITED, capacity=1),))

    assert allowance(SLOT, closed, NOW).as_json()["closed"] is True
    assert allowance(SLOT, one_place, NOW).as_json()["closed"] is False


def test_without_any_order_no_level_is_named_and_no_condition() -> None:
    told = allowance(SLOT, FACTS, NOW)

    assert (told.scale, told.level, told.conditions) == (None, None, ())
    assert [(one.component, one.kind, one.value) for one in told.causes] == [
        ("base", "course", 20),
        ("party", "course", 5),
        ("level", "none", 20),
    ]


def test_the_steps_come_in_the_order_in_which_the_rule_takes_them() -> None:
    own_size = replace(SLOT, capacity=16)

    told = allowance(own_size, replace(FACTS, orders=(order(), COMING), measures=(LIMITED,)), NOW)

    assert [(one.component, one.kind, one.value) for one in told.causes] == [
        ("base", "departure", 16),
        ("party", "course", 5),
        ("level", "order", 8),
        ("announced", "order", 1),
        ("measure", "override", 15),
    ]
    assert told.capacity == 1


def test_a_condition_that_two_orders_carry_is_said_once_and_the_applied_ones_first() -> None:
    coming = replace(COMING, condition=VACCINATED)

    told = allowance(SLOT, replace(FACTS, orders=(order(), coming)), NOW)

    assert told.conditions == (TESTED, VACCINATED)


def test_an_order_that_is_announced_again_unchanged_is_not_said_to_come() -> None:
    told = allowance(SLOT, replace(FACTS, orders=(COMING,)), NOW + timedelta(days=2))

    assert [one.component for one in told.causes] == ["base", "party", "level"]


def test_every_measure_of_the_day_is_a_step_with_its_end_as_it_is_known() -> None:
    ended = replace(LIMITED, planned_until=None, ends=(End(NOW + timedelta(hours=1), SLOT.day),))

    told = allowance(SLOT, replace(FACTS, measures=(ended,)), NOW)

    assert [one.last_day for one in told.causes if one.component == "measure"] == [None]


@pytest.mark.parametrize("raises", [False, True])
def test_a_suspension_admits_nobody_whatever_number_stands_beside_it(raises: bool) -> None:
    suspended = replace(LIMITED, kind="suspension", capacity=7, raises=raises)

    assert allowance(SLOT, replace(FACTS, measures=(suspended,)), NOW).closed


def test_a_closed_level_admits_nobody_whatever_number_stands_beside_it() -> None:
    closed = Cell("s", "half", "closed", 7, kind="trail")

    assert allowance(SLOT, replace(FACTS, cells=(closed,), orders=(order(),)), NOW).closed


def test_a_level_says_what_the_table_makes_of_it_whether_it_applies_or_is_announced() -> None:
    told = {one.component: one for one in allowance(SLOT, replace(FACTS, orders=(order(), COMING)), NOW).causes}

    assert ("정원의 50% → 10명" in told["level"].ko, "50 % of the size, so 10" in told["level"].en) == (True, True)
    assert ("정원의 10% → 2명" in told["announced"].ko, "10 % of the size, so 2" in told["announced"].en) == (
        True,
        True,
    )
