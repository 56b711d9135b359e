"""A draw's public value: shown sign by sign before it counts, and refused where not everybody would write it alike."""

import pytest
from sqlalchemy.orm import Session

from tests.accounts.people import PASSWORD, Somebody
from tests.draws.lottery import TERMS, Lottery, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, errors
from tests.web.signing import sign_in
from tourbook.actor import Role


@pytest.fixture
def lottery(session: Session, clock: StandingClock) -> Lottery:
    """A draw of three departures in July, for which entries are taken."""
    return build_lottery(clock.now.isoformat())


def sealed_and_due(lottery: Lottery, clock: StandingClock, admin: Administrator) -> None:
    """Entries are sealed, and the moment of the value has come."""
    lottery.close()
    lottery.now = TERMS.value_at
    clock.stand_at(TERMS.value_at.isoformat())
    sign_in(admin.client, Somebody("boss@example.kr", PASSWORD, Role.ADMINISTRATOR))


def type_value(admin: Administrator, typed: str) -> Page:
    return admin.fill_in("/draws/july", "value-form", value=typed)


def test_the_value_is_shown_sign_by_sign_beside_what_was_announced(
    admin: Administrator, lottery: Lottery, clock: StandingClock
) -> None:
    sealed_and_due(lottery, clock, admin)

    odd, announced = type_value(admin, " 44, 4,9 17,23,31 "), type_value(admin, "4,9,17,23,31,44")

    shown = words(odd.mark("typed"))
    assert "4 4 , ␣ 4 , 9 ␣ 1 7 , 2 3 , 3 1" in shown
    assert "How many signs16" in shown
    assert TERMS.source_en in shown
    assert "There are 2 blanks in it" in words(odd.mark("blanks"))
    assert not announced.has("blanks")


@pytest.mark.parametrize(
    ("typed", "out_of_order"),
    [
        ("44,4,9,17,23,31", True),
        ("4,9,17,23,31,44", False),
        ("4,9,9,44", False),
        ("2661.79", False),
        ("9f86d081", False),
    ],
)
def test_numbers_that_do_not_rise_are_pointed_out_before_they_decide(
    admin: Administrator, lottery: Lottery, clock: StandingClock, typed: str, out_of_order: bool
) -> None:
    sealed_and_due(lottery, clock, admin)

    assert type_value(admin, typed).has("out-of-order") is out_of_order


@pytest.mark.parametrize("typed", ["4,9\n17", "4,  9", "4,\u00a09", "4,\t9", "4，9", "４,9"])
def test_a_value_that_not_everybody_would_write_alike_is_refused(
    admin: Administrator, lottery: Lottery, clock: StandingClock, typed: str
) -> None:
    sealed_and_due(lottery, clock, admin)

    page = type_value(admin, typed)

    assert page.status == 422
    assert ("single spaces between them" in errors(page)) is not ("characters that cannot be seen" in errors(page))
