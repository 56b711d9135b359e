"""From the announcement to the last party that knows what came of its entry."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, refusal, state, told
from tests.draws.lottery import TERMS, VALUE, Lottery, application, build_lottery, last_facts, last_of
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import Asked, cancel, confirm, enter
from tourbook.applications.models import State
from tourbook.courses.models import Course, Policy
from tourbook.db import transaction
from tourbook.draws import announce_round, demand, faults, give_value, outcome, published, read, withdraw_round, written
from tourbook.draws.drawing import draw_due
from tourbook.errors import Conflict, Refused
from tourbook.operations import call_off_departure, tell_entrants_due


def enter_many(lottery: Lottery, *choices: UUID, parties: int = 8, seats: int = 4) -> list[UUID]:
    return [lottery.enter(*choices, seats=seats) for _ in range(parties)]


def test_places_go_by_turn_and_everybody_is_told(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    entries = enter_many(lottery, morning, noon, parties=12)
    assert {state(one) for one in entries} == {State.ENTERED}

    lottery.close()
    lottery.draw()
    lottery.give()

    found = published(session, lottery.round)
    assert found is not None
    assert faults(found) == []
    by_turn = {one.receipt: one.departure for one in found.drawn}
    assert list(by_turn.values()) == ["20260711-1000"] * 5 + ["20260711-1400"] * 5 + [None] * 2
    for one in entries:
        drawn, kinds = by_turn[application(one).reference], told(session, last_of(one).id)
        expected = {"20260711-1000": (State.CONFIRMED, morning), "20260711-1400": (State.CONFIRMED, noon)}
        now = last_of(one)
        assert (now.state, now.departure_id) == expected.get(drawn or "", (State.WAITING, morning))
        assert kinds[-1] == ("drawn" if drawn else "not_drawn")
    assert departure(morning).seats_taken == departure(noon).seats_taken == 20
    assert lottery.round.given_at == lottery.now
    assert_sound(lottery, session)


def test_nobody_takes_places_of_a_round_before_the_left_overs(lottery: Lottery, session: Session) -> None:
    morning = lottery.departures[0]
    lottery.close()
    lottery.draw()
    lottery.give()
    lottery.now = TERMS.left_overs_at - timedelta(seconds=1)
    for wait in (False, True):
        with pytest.raises(Conflict) as error:
            lottery.hold(morning, wait=wait)
        assert (refusal(error), error.value.facts["left_overs_at"]) == ("by_draw", TERMS.left_overs_at)

    lottery.now = TERMS.left_overs_at

    assert state(lottery.apply(morning)) is State.CONFIRMED
    assert_sound(lottery, session)


def opens_later(lottery: Lottery) -> None:
    """Applications for the course's departures open a week after the round's left-over hour."""
    with transaction() as session:
        session.get_one(Course, lottery.course_id).opens_days_before = 14


def test_the_published_hour_of_what_is_left_over_counts_also_where_the_course_opens_later(
    lottery: Lottery, session: Session
) -> None:
    morning, noon, _ = lottery.departures
    opens_later(lottery)
    drew, reserve = [lottery.enter(morning, seats=4) for _ in range(5)], lottery.enter(morning, seats=4)
    lottery.close()
    lottery.draw()
    lottery.give()
    reserve = next(one for one in (*drew, reserve) if state(one) is State.WAITING)
    cancel(next(one for one in drew if one != reserve), actor=GUEST, now=lottery.now)

    lottery.now = TERMS.left_overs_at
    lottery.settle()

    assert state(lottery.apply(noon)) is State.CONFIRMED
    assert open_offer(reserve) is not None
    with pytest.raises(Conflict) as error:
        lottery.hold(lottery.add_departure("2026-07-13T10:00"))
    assert refusal(error) == "not_open_yet"
    assert_sound(lottery, session)


def test_while_the_draw_is_late_nobody_takes_what_it_is_to_give(lottery: Lottery, session: Session) -> None:
    morning = lottery.departures[0]
    drawn = lottery.enter(morning)
    lottery.close()
    lottery.now = TERMS.left_overs_at + timedelta(hours=1)
    with pytest.raises(Conflict) as error:
        lottery.hold(morning)
    assert refusal(error) == "draw_late"

    give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now)
    draw_due(now=lottery.now)
    lottery.give()

    assert state(drawn) is State.CONFIRMED
    assert state(lottery.apply(morning)) is State.CONFIRMED
    assert_sound(lottery, session)


@pytest.mark.parametrize(("policy", "kept"), [(Policy.KEEP_EARLIEST, 2), (Policy.CANCEL_ALL, 0)])
def test_a_cut_after_the_sealing_moves_those_drawn_by_the_declared_policy(
    session: Session, policy: Policy, kept: int
) -> None:
    lottery = build_lottery(policy=policy)
    morning = lottery.departures[0]
    entries = enter_many(lottery, morning, parties=7)
    lottery.close()
    lottery.add_order("half", "2026-07-01")
    lottery.draw()

    lottery.give()

    found = published(session, lottery.round)
    assert found is not None
    assert faults(found) == []
    in_turn = [one.receipt for one in found.drawn]
    states = {application(one).reference: state(one) for one in entries}
    assert [states[one] for one in in_turn[:5]] == [State.CONFIRMED] * kept + [State.DISPLACED] * (5 - kept)
    lottery.settle()
    assert_sound(lottery, session)


def test_a_closed_day_gives_no_places_and_its_first_choice_keeps_a_turn(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    lottery.add_measure("2026-07-11", "2026-07-11")
    lottery.add_order("open", "2026-07-01")
    lottery.now = TERMS.closes_at - timedelta(hours=1)
    lottery.settle()
    with pytest.raises(Refused):
        lottery.enter(morning)
    late = lottery.enter(lottery.departures[2])
    lottery.close()
    lottery.draw()
    lottery.give()

    assert state(late) is State.CONFIRMED
    assert departure(morning).seats_taken == departure(noon).seats_taken == 0
    assert_sound(lottery, session)


def test_what_was_not_sent_in_by_the_closing_is_no_entry(lottery: Lottery, session: Session) -> None:
    morning = lottery.departures[0]
    lottery.now = TERMS.closes_at - timedelta(minutes=5)
    late = lottery.begin(morning)
    lottery.fill_in(late)
    lottery.now = TERMS.closes_at
    with pytest.raises(Conflict) as error:
        confirm(late, form_id="too late", actor=GUEST, now=lottery.now)
    assert refusal(error) == "hold_expired"

    lottery.close()

    assert state(late) is State.EXPIRED
    assert demand(session, lottery.round_id) == {}
    assert_sound(lottery, session)


def test_a_clock_that_is_behind_gets_nobody_into_a_sealed_round(lottery: Lottery) -> None:
    morning = lottery.departures[0]
    late = lottery.begin(morning)
    lottery.fill_in(late)
    before = lottery.now
    lottery.close()

    with pytest.raises(Conflict):
        confirm(late, form_id="behind", actor=GUEST, now=before)


def test_everybody_stands_in_one_entry_of_a_round(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    first = lottery.enter(morning, names=["김하나", "김둘"])
    second = lottery.begin(noon)
    lottery.fill_in(second, names=["김셋", "김하나"])
    with pytest.raises(Conflict) as error:
        confirm(second, form_id="twice", actor=GUEST, now=lottery.now)
    assert refusal(error) == "person_entered"

    cancel(first, actor=GUEST, now=lottery.now)

    assert confirm(second, form_id="again", actor=GUEST, now=lottery.now).state is State.ENTERED
    assert_sound(lottery, session)


def test_a_departure_that_is_called_off_takes_nobody_and_its_entries_go_on(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    both = lottery.enter(morning, noon)
    alone = lottery.enter(morning)
    call_off_departure(morning, reason_ko="날씨", reason_en="the weather", actor=COMMAND, now=lottery.now)
    tell_entrants_due(now=lottery.now)
    assert state(both) is state(alone) is State.ENTERED

    lottery.close()
    lottery.draw()
    lottery.give()

    assert last_of(both).departure_id == noon
    assert state(alone) is State.NOT_DRAWN
    assert told(session, alone) == ["entered", "choice_called_off", "not_drawn"]
    assert last_facts(session, alone)["cause_en"] == application(alone).cause_en == "the weather"
    assert len(last_facts(session, alone)["choices"]) == 1
    assert_sound(lottery, session)


def test_whoever_drew_a_departure_that_was_called_off_meanwhile_is_asked_first(
    lottery: Lottery, session: Session
) -> None:
    morning, noon, _ = lottery.departures
    first = lottery.enter(morning, seats=4)
    others = enter_many(lottery, noon, morning, parties=6)
    lottery.close()
    call_off_departure(morning, reason_ko="날씨", reason_en="the weather", actor=COMMAND, now=lottery.now)
    lottery.draw()

    lottery.give()

    (moved,) = [last_of(one) for one in others if last_of(one).departure_id == morning]
    for one in (application(first), moved):
        assert one.state is State.CALLED_OFF
        assert told(session, one.id)[-1] == "called_off"
        assert last_facts(session, one.id)["drew"] is True
        assert "drawn" not in told(session, one.id)
    assert departure(morning).seats_taken == 0
    lottery.settle()
    assert_sound(lottery, session)
    cancel(next(one for one in others if state(one) is State.CONFIRMED), actor=GUEST, now=lottery.now)
    assert open_offer(first) or open_offer(moved.id)


def test_an_entry_is_told_why(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    entries = enter_many(lottery, morning, noon, parties=11)
    lottery.close()
    lottery.draw()
    found = published(session, lottery.round)
    assert found is not None
    last = outcome(session, lottery.round, found.drawn[-1].receipt)

    assert last is not None
    assert (last.turn, last.entries, last.departure) == (11, len(entries), None)
    assert [(one.code, one.left) for one in last.choices] == [("20260711-1000", 0), ("20260711-1400", 0)]
    sixth = outcome(session, lottery.round, found.drawn[5].receipt)
    assert sixth is not None
    assert [(one.code, one.left) for one in sixth.choices] == [("20260711-1000", 0), ("20260711-1400", 20)]
    assert outcome(session, lottery.round, "NOBODY-1") is None


def test_what_is_published_is_read_back_and_holds(lottery: Lottery, session: Session) -> None:
    enter_many(lottery, *lottery.departures, parties=4)
    lottery.close()
    lottery.draw()
    found = published(session, lottery.round)
    assert found is not None

    text = "".join(written(found))

    assert read(text) == found
    assert faults(read(text)) == []
    assert "방문자" not in text


def test_the_value_decides_once_and_not_before_its_moment(lottery: Lottery) -> None:
    with pytest.raises(Conflict):
        give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now)
    lottery.close()
    with pytest.raises(Conflict) as early:
        give_value(lottery.round_id, VALUE, actor=COMMAND, now=TERMS.value_at - timedelta(seconds=1))
    assert refusal(early) == "draw_value_early"
    with pytest.raises(Refused) as unfit:
        give_value(lottery.round_id, "당첨 번호", actor=COMMAND, now=TERMS.value_at)
    assert refusal(unfit) == "draw_value_unfit"

    lottery.draw()
    give_value(lottery.round_id, f" {VALUE} ", actor=COMMAND, now=lottery.now)
    assert draw_due(now=lottery.now) is None
    with pytest.raises(Conflict) as other:
        give_value(lottery.round_id, "another", actor=COMMAND, now=lottery.now)
    assert refusal(other) == "draw_value_given"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"code": "July!"}, "draw_code_unfit"),
        ({"code": "other", "last_day": TERMS.first_day - timedelta(days=1)}, "until_before_from"),
        ({"code": "other", "value_at": TERMS.closes_at}, "draw_moments_out_of_order"),
        ({"code": "other", "source_en": " "}, "draw_words_missing"),
        (
            {
                "code": "other",
                "first_day": TERMS.first_day - timedelta(days=9),
                "last_day": TERMS.first_day - timedelta(days=8),
            },
            "draw_without_departures",
        ),
        ({"code": "other"}, "draw_has_departure"),
    ],
)
def test_an_announcement_that_cannot_be_kept_is_refused(lottery: Lottery, changed: dict, code: str) -> None:
    with pytest.raises(Refused) as error:
        announce_round(
            lottery.course_id, replace(TERMS, **changed), form_id=f"form {code}", actor=COMMAND, now=lottery.now
        )
    assert refusal(error) == code


def test_a_round_is_withdrawn_only_while_nobody_has_entered(lottery: Lottery) -> None:
    other = lottery.departures[0]
    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)
    assert departure(other).round_id is None

    again = announce_round(lottery.course_id, TERMS, form_id="once more", actor=COMMAND, now=lottery.now)
    lottery.round_id = again
    lottery.begin(other)
    with pytest.raises(Conflict) as error:
        withdraw_round(again, actor=COMMAND, now=lottery.now)
    assert refusal(error) == "draw_entered"


def test_a_form_does_not_say_announced_of_what_was_withdrawn_since(lottery: Lottery, session: Session) -> None:
    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)

    with pytest.raises(Conflict) as error:
        announce_round(lottery.course_id, TERMS, form_id="announced", actor=COMMAND, now=lottery.now)

    assert refusal(error) == "draw_withdrawn_since"
    assert departure(lottery.departures[0]).round_id is None


def test_a_form_that_announced_says_so_again_after_entries_have_closed(lottery: Lottery) -> None:
    lottery.now = TERMS.closes_at + timedelta(seconds=1)

    again = announce_round(lottery.course_id, TERMS, form_id="announced", actor=COMMAND, now=lottery.now)

    assert again == lottery.round_id


def test_the_same_form_enters_once(lottery: Lottery) -> None:
    asked = Asked(seats=2, wait=False, browser="b", address="a", language="ko", person_id=None)
    made = [
        enter(lottery.round_id, lottery.departures[:2], asked, form_id="one", actor=GUEST, now=lottery.now)
        for _ in range(2)
    ]

    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("choices", "code"),
    [((), "choice_missing"), ((0, 0), "choice_twice"), ((0, 1, 2, 0), "choices_too_many")],
)
def test_choices_that_cannot_be_are_refused(lottery: Lottery, choices: tuple[int, ...], code: str) -> None:
    with pytest.raises(Refused) as error:
        lottery.begin(*(lottery.departures[one] for one in choices))
    assert refusal(error) == code
