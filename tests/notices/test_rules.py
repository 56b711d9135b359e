from datetime import timedelta

import pytest

from tests.notices.outbox import NOW
from tourbook.notices.rules import LONGEST_PAUSE, MOST_TRIES, masked, next_try


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (47, 60)])
def test_pauses_grow_to_an_hour(tries: int, minutes: int):
    assert next_try(tries, NOW) == NOW + timedelta(minutes=minutes)


def test_it_is_tried_for_almost_two_days_and_then_given_up():
    moment, tries = NOW, 1
    while again := next_try(tries, moment):
        moment, tries = again, tries + 1

    assert tries == MOST_TRIES
    assert timedelta(days=2) - 4 * LONGEST_PAUSE < moment - NOW < timedelta(days=2)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("hong@example.kr", "h***@example.kr"),
        ("+821012345678", "+82****5678"),
        ("0101", "****"),
    ],
)
def test_staff_see_enough_of_a_contact_to_recognise_it(contact: str, shown: str):
    assert masked(contact) == shown
