"""A party that waits for several dates goes on one of them, is asked for one at a time, and loses no turn by it."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, departure, open_offer, refusal, settle_all, state, told
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, decline_offer, wait_for_more
from tourbook.applications.acts.dates import date_taken, other_dates
from tourbook.applications.models import Application, State, Visitor
from tourbook.courses.models import Departure
from tourbook.db import db, new_id
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.notices import Notice
from tourbook.operations import call_off_departure

DAYS = ("2026-05-20T10:00", "2026-05-23T10:00", "2026-05-30T10:00")


@pytest.fixture
def full(scene: Scene) -> list[tuple[UUID, UUID]]:
    """Three departures of four places, each with the party that has them all."""
    walks = [scene.add_departure(day, capacity=4) for day in DAYS]
    return [(walk, scene.apply(walk, 4)) for walk in walks]


@pytest.fixture
def dates(scene: Scene, full: list[tuple[UUID, UUID]]) -> list[UUID]:
    """The applications of a party of two that waits for all three."""
    first = scene.apply(full[0][0], 2, wait=True)
    join(scene, first, [walk for walk, _ in full[1:]])
    return [first, *(one.id for one in other_dates(db.session(), one_of(first)))]


def one_of(application_id: UUID) -> Application:
    return db.session.get_one(Application, application_id, populate_existing=True)


def join(scene: Scene, application_id: UUID, walks: Sequence[UUID], form_id: str = "more") -> None:
    wait_for_more(application_id, walks, form_id=form_id, actor=GUEST, now=scene.now)


def offer_of(application_id: UUID) -> UUID:
    found = open_offer(application_id)
    assert found is not None
    return found.id


def leave(scene: Scene, application_id: UUID) -> None:
    cancel(application_id, actor=GUEST, now=scene.now)


def test_each_date_is_an_application_in_its_own_queue(scene: Scene, dates: list[UUID], session: Session) -> None:
    assert [state(one) for one in dates] == [State.WAITING] * 3
    assert len({one_of(one).reference for one in dates}) == 3
    assert len({one_of(one).wait_id for one in dates}) == 1
    people = session.scalars(select(Visitor.person_index).where(Visitor.application_id.in_(dates))).all()
    assert len(people) == 6
    assert len(set(people)) == 2
    assert_sound(scene, session)


def test_one_letter_tells_of_all_dates_with_their_places_in_the_queue(
    scene: Scene, full: list[tuple[UUID, UUID]], session: Session
) -> None:
    ahead = scene.apply(full[1][0], 1, wait=True)
    first = scene.apply(full[0][0], 2, wait=True)

    join(scene, first, [walk for walk, _ in reversed(full[1:])])

    assert state(ahead) == State.WAITING
    assert told(session, first) == ["waiting_joined", "waiting_for_more"]
    letter = session.scalars(select(Notice).where(Notice.kind == "waiting_for_more")).one()
    assert [one["starts_at"] for one in letter.facts["dates"]] == [parse_moment(day).isoformat() for day in DAYS[1:]]
    assert [one["position"] for one in letter.facts["dates"]] == [2, 1]


def test_one_date_is_offered_at_a_time(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    leave(scene, full[1][1])
    leave(scene, full[2][1])
    settle_all(scene)

    assert [bool(open_offer(one)) for one in dates] == [False, True, False]
    assert departure(full[2][0]).public_free == 4  # nobody keeps places for a party that is asked elsewhere
    assert_sound(scene, session)


def test_who_accepts_leaves_the_other_queues_and_lets_the_next_move_up(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    behind = scene.apply(full[2][0], 4, wait=True)
    leave(scene, full[1][1])

    accept_offer(offer_of(dates[1]), actor=GUEST, now=scene.now)
    leave(scene, full[2][1])

    assert [state(one) for one in dates] == [State.CANCELLED, State.CONFIRMED, State.CANCELLED]
    assert open_offer(behind)
    taken = date_taken(db.session(), one_of(dates[0]))
    assert taken is not None
    assert taken.id == dates[1]
    assert told(session, dates[2]) == []  # the letter of the acceptance was enough
    assert_sound(scene, session)


def test_a_date_that_was_given_up_since_is_not_one_on_which_the_party_goes(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID]
) -> None:
    leave(scene, full[1][1])
    accept_offer(offer_of(dates[1]), actor=GUEST, now=scene.now)

    leave(scene, dates[1])

    assert date_taken(db.session(), one_of(dates[0])) is None


def test_its_people_may_go_on_the_dates_that_it_left(
    scene: Scene, full: list[tuple[UUID, UUID]], session: Session
) -> None:
    first = scene.apply(full[0][0], 1, wait=True, names=["한 사람"])
    join(scene, first, [full[1][0]])
    leave(scene, full[0][1])
    accept_offer(offer_of(first), actor=GUEST, now=scene.now)
    leave(scene, full[1][1])

    again = scene.apply(full[1][0], 1, names=["한 사람"])

    assert state(again) == State.CONFIRMED
    assert_sound(scene, session)


def test_who_declines_leaves_that_date_alone_and_is_asked_for_the_next(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    leave(scene, full[1][1])
    leave(scene, full[2][1])

    decline_offer(offer_of(dates[1]), actor=GUEST, now=scene.now)
    settle_all(scene)

    assert [state(one) for one in dates] == [State.WAITING, State.CANCELLED, State.WAITING]
    assert [bool(open_offer(one)) for one in dates] == [False, False, True]
    assert_sound(scene, session)


def test_an_offer_that_runs_out_ends_that_date_alone(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    leave(scene, full[1][1])
    leave(scene, full[2][1])
    found = open_offer(dates[1])
    assert found is not None

    scene.now = found.deadline
    settle_all(scene)

    assert [state(one) for one in dates] == [State.WAITING, State.EXPIRED, State.WAITING]
    assert open_offer(dates[2])
    assert_sound(scene, session)


def test_whoever_cancels_a_date_with_its_offer_is_asked_for_another(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    leave(scene, full[1][1])
    leave(scene, full[2][1])

    leave(scene, dates[1])
    settle_all(scene)

    assert open_offer(dates[2])
    assert_sound(scene, session)


def test_a_cut_that_takes_the_offer_back_lets_another_date_ask(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    leave(scene, full[1][1])
    leave(scene, full[2][1])

    scene.add_measure("2026-05-21", "2026-05-24")
    settle_all(scene)

    assert [state(one) for one in dates] == [State.WAITING] * 3
    assert [bool(open_offer(one)) for one in dates] == [False, False, True]
    assert_sound(scene, session)


def test_a_party_is_passed_by_while_it_is_asked_elsewhere_and_that_is_not_counted(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    behind = scene.apply(full[2][0], 4, wait=True)
    leave(scene, full[1][1])

    leave(scene, full[2][1])

    assert open_offer(behind)
    assert one_of(dates[2]).passed_by == 0
    assert_sound(scene, session)


def test_a_booking_passes_nobody_who_is_asked_elsewhere(
    scene: Scene, full: list[tuple[UUID, UUID]], session: Session
) -> None:
    large = scene.apply(full[0][0], 3, wait=True)
    join(scene, large, [full[1][0]])
    leave(scene, full[0][1])
    leave(scene, full[1][1])

    scene.apply(full[1][0], 2)
    scene.apply(full[1][0], 1)

    (other,) = other_dates(db.session(), one_of(large))
    assert one_of(other.id).passed_by == 0
    assert_sound(scene, session)


def test_a_date_with_places_is_offered_at_once(scene: Scene, full: list[tuple[UUID, UUID]], session: Session) -> None:
    free = scene.add_departure("2026-05-25T10:00", capacity=4)
    first = scene.apply(full[0][0], 2, wait=True)

    join(scene, first, [free])

    (other,) = other_dates(db.session(), one_of(first))
    assert open_offer(other.id)
    assert_sound(scene, session)


def test_the_same_form_joins_once(scene: Scene, full: list[tuple[UUID, UUID]]) -> None:
    first = scene.apply(full[0][0], 2, wait=True)

    join(scene, first, [full[1][0]])
    join(scene, first, [full[1][0]])

    assert len(other_dates(db.session(), one_of(first))) == 1


def test_dates_can_be_added_from_each_of_them(scene: Scene, full: list[tuple[UUID, UUID]]) -> None:
    first = scene.apply(full[0][0], 2, wait=True)
    join(scene, first, [full[1][0]])
    (second,) = other_dates(db.session(), one_of(first))

    join(scene, second.id, [full[0][0], full[2][0]], form_id="from the second")

    assert len(other_dates(db.session(), one_of(first))) == 2


def test_who_is_being_offered_places_answers_first(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID]
) -> None:
    fourth = scene.add_departure("2026-05-27T10:00", capacity=4)
    leave(scene, full[1][1])

    with pytest.raises(Refused) as error:
        join(scene, dates[0], [fourth], form_id="fourth")

    assert refusal(error) == "answer_offer_first"


def test_who_does_not_wait_joins_no_other_date(scene: Scene, full: list[tuple[UUID, UUID]]) -> None:
    with pytest.raises(Refused) as error:
        join(scene, full[0][1], [full[1][0]])
    assert refusal(error) == "state_changed"


def test_a_party_waits_for_ten_dates_at_most(scene: Scene, full: list[tuple[UUID, UUID]]) -> None:
    first = scene.apply(full[0][0], 2, wait=True)
    many = [scene.add_departure(f"2026-05-21T{hour}:00", capacity=4) for hour in range(10, 20)]

    with pytest.raises(Refused) as error:
        join(scene, first, many)
    assert refusal(error) == "too_many_dates"

    join(scene, first, many[:9])
    assert len(other_dates(db.session(), one_of(first))) == 9


def test_none_is_joined_where_one_is_refused(scene: Scene, full: list[tuple[UUID, UUID]], session: Session) -> None:
    scene.apply(scene.add_departure("2026-05-26T10:00"), 1, names=["한 사람"])
    there = session.scalars(select(Departure.id).order_by(Departure.starts_at)).all()[2]
    first = scene.apply(full[0][0], 1, wait=True, names=["한 사람"])

    with pytest.raises(Refused) as error:
        join(scene, first, [full[1][0], there])

    assert refusal(error) == "date_refused"
    assert error.value.facts["reason"].code == "person_twice"
    assert error.value.facts["day"] == parse_moment("2026-05-26T10:00")
    assert other_dates(db.session(), one_of(first)) == []


@pytest.mark.parametrize(
    ("starts", "reason"), [("2026-05-05T10:00", "window_closed"), ("2026-08-05T10:00", "not_open_yet")]
)
def test_a_date_is_joined_while_it_is_open(
    scene: Scene, full: list[tuple[UUID, UUID]], starts: str, reason: str
) -> None:
    first = scene.apply(full[0][0], 2, wait=True)
    other = scene.add_departure(starts)

    with pytest.raises(Refused) as error:
        join(scene, first, [other])

    assert error.value.facts["reason"].code == reason


def test_a_date_of_another_course_is_none(scene: Scene, full: list[tuple[UUID, UUID]]) -> None:
    first = scene.apply(full[0][0], 2, wait=True)
    with pytest.raises(Refused) as error:
        join(scene, first, [new_id()])
    assert refusal(error) == "departure_unknown"


def test_choosing_no_new_date_is_said(scene: Scene, full: list[tuple[UUID, UUID]]) -> None:
    first = scene.apply(full[0][0], 2, wait=True)
    with pytest.raises(Refused) as error:
        join(scene, first, [full[0][0]])
    assert refusal(error) == "dates_missing"


def test_a_date_that_is_called_off_leaves_the_others(
    scene: Scene, full: list[tuple[UUID, UUID]], dates: list[UUID], session: Session
) -> None:
    leave(scene, full[1][1])
    leave(scene, full[2][1])

    call_off_departure(full[1][0], reason_ko="비", reason_en="rain", actor=COMMAND, now=scene.now)

    settle_all(scene)

    assert [state(one) for one in dates] == [State.WAITING, State.CALLED_OFF, State.WAITING]
    assert open_offer(dates[2])
    assert_sound(scene, session)
