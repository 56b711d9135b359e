"""What people read, and can do, where a departure has to become smaller."""

from hashlib import sha256
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, state, told
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, reference_on
from tourbook.actor import COMMAND
from tourbook.applications import keep_by_exception
from tourbook.applications.models import Application, State
from tourbook.courses.models import Course, Policy
from tourbook.db import transaction


def declare(scene: Scene, policy: Policy) -> None:
    with transaction() as session:
        course = session.get_one(Course, scene.course_id)
        course.policy, course.volunteer_hours = policy, 2


def test_what_was_pledged_before_the_cut_decides_it_and_everybody_can_compute_it_again(
    scene: Scene, session: Session, citizen: Citizen, clock: StandingClock
) -> None:
    declare(scene, Policy.DRAW_AMONG_BOOKED)
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, seats) for seats in (5, 4, 5, 3)]
    pledge = words(citizen.open(f"/departures/{walk}/why").mark("pledge"))

    scene.add_order("half", "2026-05-10")
    settle_all(scene)
    clock.stand_at(scene.now)
    page = citizen.open(f"/departures/{walk}/why")

    value = words(page.mark("lots-value"))
    references = [session.get_one(Application, one).reference for one in parties]
    by_lot = sorted(references, key=lambda one: sha256(f"{value}\n{one}".encode()).digest())
    shown = [words(line) for line in page.mark("lots").iter() if line.tag.endswith("li")]
    assert sha256(value.encode()).hexdigest() == pledge
    assert [line[: len("ABCD-2345")] for line in shown] == by_lot
    stays = {session.get_one(Application, one).reference for one in parties if state(one) == State.CONFIRMED}
    assert {line[: len("ABCD-2345")] for line in shown if "지켰습니다" in line} == stays
    assert words(page.mark("pledge")) == value
    assert "마지막으로 공개된 추첨값과 같은 것은 잘못이 아닙니다" in words(page.mark("chain"))


@pytest.mark.parametrize("policy", Policy)
def test_every_policy_says_that_nobody_goes_where_all_may_stay_and_who_must_become_smaller(
    scene: Scene, somebody, clock: StandingClock, policy: Policy
) -> None:
    declare(scene, policy)
    walk = scene.add_departure("2026-05-20T10:00")
    large, small = scene.apply(walk, 5), scene.apply(walk, 4)
    clock.stand_at(scene.now)

    said = words(somebody("en").open(f"/departures/{walk}/why").mark("policy"))
    scene.add_order("open", "2026-05-10", party_max=4)
    settle_all(scene)

    assert said.startswith("As long as no more people are confirmed than may go, nobody loses their places.")
    assert "larger than a new party limit is asked to come with fewer" in said
    assert (state(large), state(small)) == (State.MUST_SHRINK, State.CONFIRMED)


def asked_party(scene: Scene, citizen: Citizen, clock: StandingClock, fits: int = 5) -> tuple[UUID, str]:
    """The last of three parties of two, whom a cut to five makes one too many: its departure and its reference."""
    declare(scene, Policy.VOLUNTEERS_FIRST)
    walk = scene.add_departure("2026-05-20T10:00", capacity=20)
    for _ in range(2):
        scene.apply(walk, 2)
    clock.stand_at(scene.now)
    reference = reference_on(citizen.apply(walk, 2))
    scene.now = clock.now
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=fits)
    settle_all(scene)
    return walk, reference


def press(citizen: Citizen, reference: str, answer: str) -> Page:
    return citizen.open(f"/applications/{reference}").form(to=f"/{answer}").submit(citizen.client)


def test_a_party_is_asked_sees_where_else_there_are_places_that_week_and_may_take_its_word_back(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    same_week, next_week = scene.add_departure("2026-05-21T10:00"), scene.add_departure("2026-05-25T10:00")
    _walk, reference = asked_party(scene, citizen, clock)

    asked = citizen.open(f"/applications/{reference}")
    answered = press(citizen, reference, "volunteer")
    taken_back = press(citizen, reference, "stand-back")

    shown = str(asked.links())
    assert str(same_week) in shown
    assert str(next_week) not in shown
    assert answered.has("volunteered")
    assert not taken_back.has("volunteered")
    assert taken_back.has("confirmed")


def test_all_dates_of_the_same_week_that_have_room_are_shown(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    open_ones = [scene.add_departure(f"2026-05-{day}T{hour}:00") for day in (18, 21, 22, 24) for hour in (10, 14)]
    full, week_before = scene.add_departure("2026-05-23T10:00", capacity=1), scene.add_departure("2026-05-17T14:00")
    _walk, reference = asked_party(scene, citizen, clock)

    shown = str(citizen.open(f"/applications/{reference}").links())

    assert [str(one) in shown for one in open_ones] == [True] * 8
    assert [str(one) in shown for one in (full, week_before)] == [False] * 2


def test_while_volunteers_are_looked_for_the_departure_says_so_and_admits_nobody(
    scene: Scene, citizen: Citizen, somebody, clock: StandingClock
) -> None:
    walk, _reference = asked_party(scene, citizen, clock)

    page = somebody("en").open(f"/departures/{walk}")

    assert "nobody else is given any meanwhile" in words(page.mark("in-effect"))
    assert "wait" in page.form(mark="party").values, "the waiting list is open all the while"
    said = words(somebody("ko").open(f"/departures/{walk}").mark("in-effect"))
    assert "새로 자리를 드리지 않습니다" in said
    assert "신청을 받지" not in said
    assert not page.has("places") or "0" in words(page.mark("places"))


def test_a_volunteer_who_was_needed_is_thanked_and_comes_first(
    scene: Scene, session: Session, citizen: Citizen, clock: StandingClock
) -> None:
    _walk, reference = asked_party(scene, citizen, clock)
    press(citizen, reference, "volunteer")

    clock.move(hours=3)
    scene.now = clock.now
    settle_all(scene)
    page = citizen.open(f"/applications/{reference}")

    assert page.has("displaced")
    assert page.has("right")
    found = session.scalars(select(Application).where(Application.reference == reference)).one()
    assert told(session, found.id)[-2:] == ["volunteers_asked", "volunteer_released"]


def test_a_volunteer_who_goes_at_once_is_thanked_and_not_told_that_it_can_be_taken_back(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    _walk, reference = asked_party(scene, citizen, clock, fits=4)

    page = press(citizen, reference, "volunteer")

    assert page.has("displaced")
    assert "전까지는 취소하실 수 있습니다" not in page.text
    assert "곧바로 다른 분들께 돌아갔습니다" in page.text


def test_the_page_of_a_volunteer_thanks_and_names_no_reason_that_was_not_why_it_went(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    _walk, reference = asked_party(scene, citizen, clock, fits=4)
    press(citizen, reference, "volunteer")

    page = citizen.open(f"/applications/{reference}")

    assert "양보해 주셔서 고맙습니다" in words(page.mark("displaced"))
    assert "죄송합니다" not in words(page.mark("displaced"))
    assert not page.has("cause")
    assert page.has("gave-way")


def test_how_many_stay_by_exception_is_public_and_who_they_are_is_not(
    scene: Scene, session: Session, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 2)
    clock.stand_at(scene.now)

    keep_by_exception(party, reason="a wheelchair user", actor=COMMAND, now=scene.now)
    page = citizen.open(f"/departures/{walk}")

    assert "예외에 따라, 이 회차에서 1팀이" in words(page.mark("in-effect"))
    assert "wheelchair" not in page.text
    assert session.get_one(Application, party).reference not in page.text
