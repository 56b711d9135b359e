"""A confirmed party goes on another date of its course: both departures change in one act, and nobody loses by it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import (
    Scene,
    assert_sound,
    departure,
    open_offer,
    refusal,
    settle_all,
    state,
    told,
)
from tourbook.actor import GUEST
from tourbook.applications import cancel, transfer
from tourbook.applications.models import Application, Consent, Fee, State, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure
from tourbook.db import new_id, transaction
from tourbook.errors import NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.notices import Notice

OWN, OTHER = "2026-05-20T10:00", "2026-05-23T10:00"


@pytest.fixture
def own(scene: Scene) -> UUID:
    return scene.add_departure(OWN, 4)


@pytest.fixture
def other(scene: Scene) -> UUID:
    return scene.add_departure(OTHER, 4)


def go(scene: Scene, party: UUID, where: UUID, form: str = "a transfer") -> UUID:
    return transfer(party, where, form_id=form, actor=GUEST, now=scene.now)


def refused(scene: Scene, party: UUID, where: UUID) -> str:
    with pytest.raises(Refused) as error:
        go(scene, party, where)
    return refusal(error)


def test_the_whole_party_goes_and_has_never_two_places(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 3, names=["하나", "둘", "셋"])
    new = go(scene, party, other)
    there = session.get_one(Application, new, populate_existing=True)
    names = [one.name for one in session.scalars(select(Visitor).where(Visitor.application_id == new))]

    assert (state(party), state(new)) == (State.MOVED, State.CONFIRMED)
    assert (there.replaces_id, there.departure_id, there.seats) == (party, other, 3)
    assert sorted(names) == sorted(["하나", "둘", "셋"])
    assert (departure(own).seats_taken, departure(other).seats_taken) == (0, 3)
    assert session.scalars(select(Consent.item).where(Consent.application_id == new, Consent.given)).all()
    assert_sound(scene, session)


def test_it_is_told_once_of_both_dates(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 2)
    new = go(scene, party, other)

    facts = session.scalars(select(Notice.facts).where(Notice.subject_id == new)).one()
    assert (told(session, party), told(session, new)) == (["confirmed"], ["transferred"])
    assert facts["starts_at"] == parse_moment(OTHER).isoformat()
    assert facts["own_starts_at"] == parse_moment(OWN).isoformat()
    assert facts["previous_reference"] == session.get_one(Application, party).reference


def test_the_places_it_leaves_go_to_those_who_wait_there(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 4)
    waits = scene.apply(own, 2, wait=True)
    go(scene, party, other)

    assert open_offer(waits) is not None
    assert_sound(scene, session)


def test_the_same_form_does_it_once(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 2)

    assert go(scene, party, other) == go(scene, party, other)
    assert departure(other).seats_taken == 2


def test_another_content_under_the_same_form_is_refused(scene: Scene, session: Session, own: UUID, other: UUID):
    go(scene, scene.apply(own, 1), other)

    assert refused(scene, scene.apply(own, 1), other) == "form_reused"


def test_a_full_date_is_refused_and_nothing_is_lost(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 3)
    scene.apply(other, 2)

    assert refused(scene, party, other) == "full"
    assert (state(party), departure(own).seats_taken, departure(other).seats_taken) == (State.CONFIRMED, 3, 2)
    assert told(session, party) == ["confirmed"]
    assert_sound(scene, session)


def test_places_that_are_kept_for_those_who_wait_are_not_taken(scene: Scene, session: Session):
    own, other = scene.add_departure(OWN), scene.add_departure(OTHER, 4)
    scene.apply(other, 3)
    waits = scene.apply(other, 2, wait=True)
    for number in range(3):  # the bound of the course
        party = scene.apply(own, 1)
        new = go(scene, party, other, f"form {number}")
        assert session.get_one(Application, waits, populate_existing=True).passed_by == 1
        cancel(new, actor=GUEST, now=scene.now)
        assert session.get_one(Application, waits, populate_existing=True).passed_by == 0
    with transaction() as act:
        act.get_one(Application, waits).passed_by = 3
        act.get_one(Departure, other).version = -1

    assert refused(scene, scene.apply(own, 1), other) == "full"


def test_from_the_freeze_line_of_its_own_date_on_nobody_goes_elsewhere(
    scene: Scene, session: Session, own: UUID, other: UUID
):
    party = scene.apply(own, 2)
    scene.now = parse_moment("2026-05-19T00:00")

    assert refused(scene, party, other) == "transfer_late"
    scene.now -= timedelta(seconds=1)
    assert go(scene, party, other)


@pytest.mark.parametrize(
    ("starts", "code"), [("2026-07-20T10:00", "not_open_yet"), ("2026-05-05T10:00", "window_closed")]
)
def test_the_other_date_must_take_applications(scene: Scene, session: Session, own: UUID, starts: str, code: str):
    assert refused(scene, scene.apply(own, 2), scene.add_departure(starts)) == code


def test_a_date_on_which_nobody_may_go_is_refused(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 2)
    scene.add_measure("2026-05-23", "2026-05-23")

    assert refused(scene, party, other) == "suspended"


def test_a_limit_of_parties_there_is_kept(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 3)
    scene.add_order("open", "2026-05-23", "2026-05-23", party_max=2)

    assert refused(scene, party, other) == "party_too_large"


def test_whoever_has_lost_the_places_meanwhile_has_none_to_move(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 2)
    scene.add_measure("2026-05-20", "2026-05-20")

    assert refused(scene, party, other) == "state_changed"
    assert state(party) == State.DISPLACED  # the cut was due, and was done
    assert_sound(scene, session)


@pytest.mark.parametrize("ended", ["cancelled", "held", "waiting"])
def test_only_a_confirmed_party_moves(scene: Scene, session: Session, own: UUID, other: UUID, ended: str):
    if ended == "held":
        party = scene.hold(own, 2)
    elif ended == "waiting":
        scene.apply(own, 4)
        party = scene.apply(own, 2, wait=True)
    else:
        party = scene.apply(own, 2)
        cancel(party, actor=GUEST, now=scene.now)

    assert refused(scene, party, other) == "state_changed"


def test_nobody_goes_twice_on_one_date(scene: Scene, session: Session, own: UUID, other: UUID):
    scene.apply(other, 1, names=["홍길동"])

    assert refused(scene, scene.apply(own, 1, names=["홍길동"]), other) == "person_twice"


def test_somebody_too_young_on_that_day_cannot_go(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 1)
    with transaction() as act:
        act.get_one(Course, scene.course_id).min_age = 90

    assert refused(scene, party, other) == "too_young"


def test_somebody_who_is_not_let_in_does_not_try_another_date(scene: Scene, session: Session, own: UUID, other: UUID):
    party = scene.apply(own, 2)
    with transaction() as act:
        act.scalars(select(Visitor).where(Visitor.application_id == party)).first().kept_out = True

    assert refused(scene, party, other) == "transfer_kept_out"


def test_neither_its_own_date_nor_one_of_another_course_is_another_date(
    scene: Scene, session: Session, own: UUID, other: UUID
):
    party = scene.apply(own, 2)
    elsewhere = new_id()
    with transaction() as act:
        course = act.get_one(Course, scene.course_id)
        copied = {column.name: getattr(course, column.name) for column in Course.__table__.columns}
        act.add(Course(**{**copied, "id": elsewhere, "code": "elsewhere"}))
        act.flush()  # the departure refers to its course
        act.get_one(Departure, other).course_id = elsewhere

    for where in (own, other, new_id()):
        with pytest.raises(NotFound):
            go(scene, party, where)
    assert state(party) == State.CONFIRMED


def test_on_the_new_date_it_comes_after_those_who_chose_it_before(
    scene: Scene, session: Session, own: UUID, other: UUID
):
    party = scene.apply(own, 2)
    first = scene.apply(other, 2)
    new = go(scene, party, other)

    confirmed_at = {one.id: one.confirmed_at for one in session.scalars(select(Application))}
    assert confirmed_at[first] < confirmed_at[new] == scene.now


@pytest.mark.parametrize("paid", [True, False])
def test_what_was_paid_is_paid_for_the_new_date(scene: Scene, session: Session, own: UUID, other: UUID, paid: bool):
    party = scene.apply(own, 2)
    if paid:
        with transaction() as act:
            act.get_one(Application, party).fee = Fee.PAID
    new = go(scene, party, other)

    fees = [session.get_one(Application, one, populate_existing=True).fee for one in (party, new)]
    assert fees == [Fee.NONE, Fee.PAID if paid else Fee.DUE]
    assert session.get_one(Application, new).fee_krw == 20000


def test_each_departure_tells_its_part_of_it_under_its_own_number(
    scene: Scene, session: Session, own: UUID, other: UUID
):
    party = scene.apply(own, 2)
    new = go(scene, party, other)

    entries = {(one.act, one.subject_id): one for one in session.scalars(select(TrailEntry))}
    left, came = entries["application_moved", party], entries["application_confirmed", new]
    assert (left.departure_id, left.facts["to"], left.facts["from"]) == (own, str(new), "confirmed")
    assert (came.departure_id, came.facts["transferred"], came.facts["seats"]) == (other, str(own), 2)


def test_it_may_go_on_to_a_third_date_and_back(scene: Scene, session: Session, own: UUID, other: UUID):
    third = scene.add_departure("2026-05-24T10:00", 4)
    party = scene.apply(own, 2)
    for number, where in enumerate((other, third, own)):
        party = go(scene, party, where, f"form {number}")

    settle_all(scene)
    assert [departure(one).seats_taken for one in (own, other, third)] == [2, 0, 0]
    assert_sound(scene, session)


def test_what_was_due_on_either_date_is_done_first(scene: Scene, session: Session, own: UUID, other: UUID):
    """Places of a hold that has run out are free again, for the one who waits there before anybody else."""
    party = scene.apply(own, 2)
    scene.hold(other, 4)
    waits = scene.apply(other, 4, wait=True)
    scene.now += timedelta(hours=2)

    assert refused(scene, party, other) == "full"
    assert open_offer(waits) is not None
