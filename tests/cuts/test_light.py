"""Between two cuts the power stays until everybody who waits is answered: what I20 finds is the site's fault then."""

from collections.abc import Iterable
from typing import Any

from tests.cuts.day import SECONDS_TO_BE_ANSWERED, unanswered, until_answered

Line = dict[str, Any]


def begun(*deeds: str) -> list[Line]:
    return [{"event": "deed", "deed": deed} for deed in deeds]


def ended(*deeds: str) -> list[Line]:
    return [{"event": "end", "deed": deed} for deed in deeds]


class Time:
    """A day whose journals grow by what is given, one part at each look; time passes by resting alone."""

    def __init__(self, *parts: Iterable[Line]) -> None:
        self.now = 0.0
        self._parts = list(parts)
        self._lines: list[Line] = []

    def lines(self) -> list[Line]:
        if self._parts:
            self._lines += self._parts.pop(0)
        return self._lines

    def pass_by(self, seconds: float) -> None:
        self.now += seconds

    def wait(self) -> float:
        """How long the power stays on."""
        until_answered(self.lines, clock=lambda: self.now, rest=self.pass_by)
        return self.now


def test_who_waits_is_whoever_pressed_a_button_and_has_no_final_answer() -> None:
    asks = [{"event": "ask", "deed": "a", "ask": "1"}, {"event": "answer", "ask": "1", "status": 503}]

    assert unanswered([*begun("a", "b"), *asks, *ended("b")]) == {"a"}


def test_it_is_cut_at_once_where_nobody_waits() -> None:
    assert Time([*begun("a"), *ended("a")]).wait() == 0


def test_it_stays_until_the_last_of_those_who_wait_is_answered() -> None:
    assert Time(begun("a", "b"), ended("b"), [], ended("a")).wait() == 1.5


def test_it_does_not_stay_for_those_who_come_later() -> None:
    assert Time(begun("a"), begun("b"), [*ended("a"), *begun("c")]).wait() == 1.0


def test_it_does_not_stay_for_ever_where_the_site_does_not_answer() -> None:
    """Then patience has ended, which the checker finds (I20)."""
    assert Time(begun("a")).wait() >= SECONDS_TO_BE_ANSWERED
