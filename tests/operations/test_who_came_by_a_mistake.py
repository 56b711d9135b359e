"""Where a mistaken relaxation is taken back, who came by it goes, however it came: held again, by a group that was made
larger; and who was there before stays, also with a group that has ended since.
"""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, settle_all, state
from tests.operations.test_taking_back import measure
from tests.rosters.gate import run_by
from tourbook import rosters
from tourbook.actor import COMMAND, GUEST, Actor
from tourbook.applications import Asked, confirm, hold, hold_again
from tourbook.applications.models import State
from tourbook.courses.models import Policy
from tourbook.kst import parse_moment
from tourbook.operations import take_back

DAY = date(2026, 5, 20)
STARTS = "2026-05-20T10:00"
UNTIL = parse_moment("2026-05-12T12:00")
LEAVING = State.DISPLACED


def half_full(policy: Policy) -> tuple[Scene, UUID, Actor]:
    """Ten may go on it."""
    scene = build_scene(policy=policy)
    operator = run_by("paju", scene.course_id)
    scene.add_order("half", "2026-05-04")
    return scene, scene.add_departure(STARTS), operator


def relaxed_by_mistake(scene: Scene) -> UUID:
    """Twenty may go, for half a minute so far."""
    made = measure(scene, kind="override", capacity=20, raises=True)
    scene.now += timedelta(seconds=30)
    return made


def taken_back(scene: Scene, mistake: UUID) -> None:
    scene.now += timedelta(seconds=30)
    take_back(mistake, actor=COMMAND, now=scene.now)
    settle_all(scene)


def confirmed(scene: Scene, held: UUID) -> UUID:
    scene.fill_in(held)
    confirm(held, form_id=str(uuid4()), actor=GUEST, now=scene.now)
    return held


def of_group(scene: Scene, walk: UUID, group: UUID, seats: int) -> UUID:
    form = str(uuid4())
    asked = Asked(seats, False, form, form, "ko", None, group)
    return confirmed(scene, hold(walk, asked, form_id=form, actor=GUEST, now=scene.now).application_id)


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("policy", [Policy.CANCEL_ALL, Policy.DRAW_AMONG_BOOKED])
def test_who_holds_again_by_it_came_by_it(session: Session, policy: Policy, *, again: bool) -> None:
    """As who begins a form of its own."""
    scene, walk, _ = half_full(policy)
    before = [scene.apply(walk, 3), scene.apply(walk, 3)]
    late = scene.hold(walk, 4)
    scene.now += timedelta(minutes=16)
    settle_all(scene)
    before.append(scene.apply(walk, 4))
    mistake = relaxed_by_mistake(scene)
    if again:
        hold_again(late, actor=GUEST, now=scene.now)
    else:
        late = scene.hold(walk, 4)
    confirmed(scene, late)

    taken_back(scene, mistake)

    assert [state(one) for one in before] == [State.CONFIRMED] * 3
    assert state(late) is LEAVING
    assert_sound(scene, session)


def test_who_holds_again_is_the_newest_of_those_who_hold(session: Session) -> None:
    scene, walk, _ = half_full(Policy.CANCEL_ALL)
    again = scene.hold(walk, 4)
    scene.now += timedelta(minutes=17)
    settle_all(scene)
    other = scene.hold(walk, 4)
    scene.now += timedelta(minutes=3)
    hold_again(again, actor=GUEST, now=scene.now)

    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=5)
    settle_all(scene)

    assert (state(again), state(other)) == (State.EXPIRED, State.HELD)
    assert_sound(scene, session)


@pytest.mark.parametrize("policy", [Policy.CANCEL_ALL, Policy.KEEP_EARLIEST])
def test_of_a_group_that_was_made_larger_by_it_those_beyond_came_by_it(session: Session, policy: Policy) -> None:
    scene, walk, operator = half_full(policy)
    told = {"actor": operator, "now": scene.now}
    group = rosters.set_aside(walk, rosters.GroupPlaces("학교", 4, UNTIL), form_id="group", **told)
    before = [scene.apply(walk, 3), scene.apply(walk, 3), of_group(scene, walk, group, 2)]
    mistake = relaxed_by_mistake(scene)
    told["now"] = scene.now
    rosters.change_allotment(group, rosters.GroupPlaces("학교", 9, UNTIL), form_id="larger", **told)
    fills_what_it_had, beyond = of_group(scene, walk, group, 2), of_group(scene, walk, group, 5)

    taken_back(scene, mistake)

    assert [state(one) for one in [*before, fills_what_it_had]] == [State.CONFIRMED] * 4
    assert state(beyond) is LEAVING
    assert_sound(scene, session)


@pytest.mark.parametrize("ends", ["by hand", "by the clock", "later"])
def test_who_has_places_that_were_set_aside_before_was_there_before(session: Session, ends: str) -> None:
    """Whether its group has ended since or not."""
    scene, walk, operator = half_full(Policy.KEEP_EARLIEST)
    before = [scene.apply(walk, 3), scene.apply(walk, 3)]
    until = scene.now + timedelta(minutes=4) if ends == "by the clock" else UNTIL
    places = rosters.GroupPlaces("학교", 4, until)
    group = rosters.set_aside(walk, places, form_id="group", actor=operator, now=scene.now)
    mistake = relaxed_by_mistake(scene)
    assert departure(walk).allowed == 20
    newcomer = scene.apply(walk, 4)
    theirs = of_group(scene, walk, group, 4)
    if ends == "by hand":
        rosters.release_allotment(group, actor=operator, now=scene.now)
    elif ends == "by the clock":
        scene.now = until
        settle_all(scene)

    taken_back(scene, mistake)

    assert [state(one) for one in [*before, theirs]] == [State.CONFIRMED] * 3
    assert state(newcomer) is LEAVING
    assert_sound(scene, session)
