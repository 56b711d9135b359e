"""The answer to a COMMIT is lost: the same form, sent again, comes to the same, and nothing is there twice."""

from collections.abc import Iterator

import pytest

from tests.faults.acts import ACTS
from tests.faults.losing import Losing, losing
from tests.ground.application import Grounds
from tests.ground.moments import StandingClock
from tourbook import once

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def far(grounds: Grounds) -> Iterator[Losing]:
    clock = StandingClock()
    with losing(grounds.on("postgresql"), clock) as far:
        yield far
    clock.run_again()


@pytest.mark.parametrize("act", ACTS)
def test_a_form_sent_again_after_a_lost_answer_is_done_once(far: Losing, act: str) -> None:
    sent_once = far.outcome(ACTS[act])

    assert sent_once.status in {302, 303}
    assert sent_once.commits >= 1
    for number in range(1, sent_once.commits + 1):
        again = far.outcome(ACTS[act], lost=number)
        assert not sent_once.differs_from(again), f"commit {number} of {sent_once.commits}"


def test_control_without_one_time_ids_a_form_sent_again_is_done_twice(
    far: Losing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = far.outcome(ACTS["asking_for_the_link"])
    monkeypatch.setattr(once, "earlier_result", lambda *_: None)
    monkeypatch.setattr(once, "remember", lambda *_, **__: None)

    twice = far.outcome(ACTS["asking_for_the_link"], lost=1)

    assert twice.written["trail_entry", "link_sent"] == 2 * asked.written["trail_entry", "link_sent"] == 2
