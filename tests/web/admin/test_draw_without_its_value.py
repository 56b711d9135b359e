"""A draw whose value does not come: the office says so, and what was announced for that case counts."""

import pytest
from sqlalchemy.orm import Session

from tests.draws.lottery import VALUE, Lottery, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, errors
from tests.web.admin.test_draws import until_the_value


@pytest.fixture
def lottery(session: Session, clock: StandingClock) -> Lottery:
    """A draw of three departures in July, for which entries are taken. Monday 4 May 2026, 09:00."""
    return build_lottery(clock.now.isoformat())


def test_that_the_value_did_not_come_is_said_once_and_shown_to_everybody(
    admin: Administrator, lottery: Lottery, clock: StandingClock
) -> None:
    """No moment was announced for what counts instead, so whoever says it names one."""
    until_the_value(lottery, clock, admin)
    early = admin.fill_in("/draws/july", "value-form", value=VALUE, which="fallback")
    leads_there = admin.open("/draws/july").mark("missed").get("href")
    address = f"/draws/{lottery.round_id}/missed"

    empty = admin.fill_in(address, "missed-form")
    page = admin.fill_in(address, "missed-form", fallback_at="2026-06-20 21:00")

    assert leads_there == f"/en/admin{address}"
    assert (early.status, empty.status) == (422, 422)
    assert "Nobody has said that the value did not come" in errors(early)
    assert "Enter a moment to come" in errors(empty)
    assert page.heading == "Draw july"
    assert "It was said that the value did not come on" in words(page.mark("facts"))
    assert not page.has("value-form")
    assert lottery.round.missed_at is not None
