"""What a draw gave and cannot be had, or only later: each party is told once, and no letter says another thing."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, build_scene, open_offer, settle_all, state, told
from tests.draws.lottery import STARTS, TERMS, Lottery, application, build_lottery, last_facts
from tests.draws.test_party_limits import a_limit_of_two_on_saturday, tell_all
from tests.rosters.gate import run_by
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import confirm
from tourbook.applications.models import Application, State
from tourbook.audit import TrailEntry
from tourbook.db import transaction
from tourbook.draws import SOMEBODY_THERE, announce_round
from tourbook.draws.models import DrawnEntry
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.operations.recount_draws import draw_findings
from tourbook.rosters import GroupPlaces, set_aside

UNTIL = parse_moment("2026-06-25T18:00")
FRIENDS = ["반 대표", "친구 하나", "친구 둘", "친구 셋"]


def with_a_group() -> tuple[Lottery, UUID]:
    """Four of ten places are drawn; six of the morning are a school's."""
    scene = build_scene()
    departures = tuple(scene.add_departure(starts, 10) for starts in STARTS)
    settle_all(scene)
    places = GroupPlaces("학교", 6, UNTIL)
    operator = run_by("paju", scene.course_id)
    allotment = set_aside(departures[0], places, form_id="aside", actor=operator, now=scene.now)
    round_id = announce_round(scene.course_id, TERMS, form_id="announced", actor=COMMAND, now=scene.now)
    lottery = Lottery(scene.now, scene.course_id, round_id, departures)
    lottery.settle()
    return lottery, allotment


def one_of_them_goes_with_the_school(lottery: Lottery, allotment: UUID) -> None:
    pupil = lottery.hold(lottery.departures[0], 1, allotment_id=allotment)
    lottery.fill_in(pupil, names=FRIENDS[:1])
    confirm(pupil, form_id="pupil", actor=GUEST, now=lottery.now)


def drawn(lottery: Lottery) -> None:
    lottery.close()
    tell_all(lottery)
    lottery.draw()
    lottery.give()
    lottery.settle()


def test_a_party_of_which_somebody_is_there_already_keeps_its_turn_for_its_other_choice(session: Session) -> None:
    lottery, allotment = with_a_group()
    morning, noon, _ = lottery.departures
    entry = lottery.enter(morning, noon, seats=4, names=FRIENDS)
    one_of_them_goes_with_the_school(lottery, allotment)

    drawn(lottery)

    assert session.scalar(select(DrawnEntry.departure)) == "20260711-1000"
    letter = last_facts(session, entry)
    assert (letter["drew"], letter["cause_en"]) == (True, SOMEBODY_THERE["cause_en"])
    assert [one["position"] for one in letter["dates"]] == [1]
    waits = session.scalars(select(Application).where(Application.wait_id == entry, Application.id != entry)).one()
    assert waits.departure_id == noon
    assert open_offer(waits.id)
    assert_sound(lottery, session)


def test_a_party_that_drew_its_only_choice_in_vain_is_told_why(session: Session) -> None:
    lottery, allotment = with_a_group()
    entry = lottery.enter(lottery.departures[0], seats=4, names=FRIENDS)
    one_of_them_goes_with_the_school(lottery, allotment)

    drawn(lottery)

    assert state(entry) is State.NOT_DRAWN
    assert application(entry).cause_en == SOMEBODY_THERE["cause_en"]
    letter = session.scalars(select(Notice).where(Notice.subject_id == entry).order_by(Notice.id.desc())).first()
    assert letter is not None
    assert letter.facts["drew"] is True
    assert_sound(lottery, session)


def test_the_recount_finds_a_place_that_was_not_given_without_a_reason(session: Session) -> None:
    lottery, allotment = with_a_group()
    entry = lottery.enter(lottery.departures[0], seats=4, names=FRIENDS)
    one_of_them_goes_with_the_school(lottery, allotment)
    drawn(lottery)
    assert not list(draw_findings(session))

    its = (TrailEntry.subject_id == entry, TrailEntry.act == "application_not_drawn")
    with transaction() as other:
        other.execute(update(TrailEntry).where(*its).values(facts={"from": "entered", "seats": 4}))

    assert [what.partition(",")[2] for _, what in draw_findings(session)] == [" and was never given it"]


def test_whoever_drew_a_day_that_a_level_closes_hears_of_that_alone(session: Session) -> None:
    lottery = build_lottery()
    parties = [lottery.enter(lottery.departures[0], seats=4) for _ in range(2)]
    lottery.close()
    lottery.draw()
    lottery.add_order("closed", "2026-07-11")

    lottery.give()
    lottery.settle()

    assert [state(one) for one in parties] == [State.DISPLACED] * 2
    assert [told(session, one) for one in parties] == [["entered", "displaced"]] * 2
    letters = [last_facts(session, one) for one in parties]
    assert [(one["drew"], one["receipt"]) for one in letters] == [(True, application(one).reference) for one in parties]
    assert_sound(lottery, session)


def test_of_a_day_that_is_cut_each_hears_what_became_of_its_own_places(session: Session) -> None:
    lottery = build_lottery(capacity=8)
    parties = [lottery.enter(lottery.departures[0], seats=4) for _ in range(2)]
    lottery.close()
    lottery.draw()
    lottery.add_order("half", "2026-07-11")

    lottery.give()
    lottery.settle()

    letters = {state(one): told(session, one)[:2] for one in parties}
    assert letters == {State.CONFIRMED: ["entered", "drawn"], State.DISPLACED: ["entered", "displaced"]}
    assert_sound(lottery, session)


def test_a_choice_that_was_left_out_waits_paused_from_the_first(session: Session) -> None:
    """Two at most on Saturday: no letter says that this party stands in a queue that goes on."""
    lottery = build_lottery(capacity=8)
    morning, _noon, sunday = lottery.departures
    parties = [lottery.enter(morning, sunday, seats=4) for _ in range(3)]
    a_limit_of_two_on_saturday(lottery)

    drawn(lottery)

    (lost,) = (one for one in parties if state(one) is State.WAITING)
    assert told(session, lost) == ["entered", "choices_left_out", "not_drawn"]
    letter = last_facts(session, lost)
    assert letter["paused"] is True
    assert [one["paused"] for one in letter["dates"]] == [False]
    assert application(lost).set_aside_at is not None
    assert_sound(lottery, session)


def test_a_wait_that_was_paused_goes_on_when_the_limit_is_lifted(session: Session) -> None:
    lottery = build_lottery(capacity=8)
    morning, _noon, sunday = lottery.departures
    parties = [lottery.enter(morning, sunday, seats=4) for _ in range(3)]
    limit = lottery.add_order("open", "2026-07-11", "2026-07-11", party_max=2)
    lottery.add_order("open", "2026-07-12")
    lottery.close()
    tell_all(lottery)
    lottery.draw()
    lottery.give()
    (lost,) = (one for one in parties if state(one) is State.WAITING)

    lottery.withdraw(limit)
    lottery.settle()

    assert application(lost).set_aside_at is None
    assert open_offer(lost)
    assert_sound(lottery, session)
