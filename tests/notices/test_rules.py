from datetime import timedelta

import pytest
from flask import Flask

from tests.notices.outbox import FACTS, NOW, as_stored, waiting
from tourbook.kst import parse_moment
from tourbook.notices import Kind, NoticeState, Way
from tourbook.notices.rules import LONGEST_PAUSE, MOST_TRIES, did_not_arrive, leaves_at, masked, next_try

LATE, MORNING = parse_moment("2026-12-01T23:00"), parse_moment("2026-12-02T09:00")


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


@pytest.mark.parametrize(
    ("kind", "way", "leaves"),
    [
        (Kind.OFFER, Way.SMS, MORNING),
        (Kind.OFFER, Way.MAIL, LATE),
        (Kind.CONFIRMED, Way.SMS, LATE),
        (Kind.LINK, Way.SMS, LATE),
        (Kind.DRAWN, Way.SMS, MORNING),
        (Kind.MESSAGE, Way.SMS, MORNING),
        (Kind.MESSAGE, Way.MAIL, LATE),
    ],
)
def test_a_text_that_nobody_looks_out_for_waits_for_the_morning(kind: Kind, way: Way, leaves: object):
    assert leaves_at(kind, way, FACTS, LATE) == leaves


@pytest.mark.parametrize(("starts", "leaves"), [("11:59", LATE), ("12:00", MORNING)])
def test_what_must_be_known_before_leaving_the_house_does_not_wait(starts: str, leaves: object):
    facts = {"starts_at": parse_moment(f"2026-12-02T{starts}").isoformat()}

    assert leaves_at(Kind.CALLED_OFF, Way.SMS, facts, LATE) == leaves


def test_a_text_about_a_journey_that_is_over_waits_for_the_morning():
    facts = {"starts_at": parse_moment("2026-11-02T10:00").isoformat()}

    assert leaves_at(Kind.RIGHT_ENDS, Way.SMS, facts, LATE) == MORNING


def test_nobody_is_called_about_a_text_that_waits_for_the_morning(app: Flask):
    with app.app_context():
        notice = as_stored(waiting("offer", way="sms", contact="+821012345678", now=LATE))

    assert (notice.due_at, notice.state) == (MORNING, NoticeState.WAITING)
    assert not did_not_arrive(notice, MORNING + timedelta(minutes=119))
    assert did_not_arrive(notice, MORNING + timedelta(hours=2))
