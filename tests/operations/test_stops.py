"""One act stops courses for a named cause: shown as it is done, moved, lifted, taken back, for all of a place."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import (
    ENTRIES_OF_TESTS,
    Scene,
    assert_sound,
    build_scene,
    refusal,
    settle_all,
    state,
    told,
)
from tourbook.actor import COMMAND
from tourbook.applications.models import Application, Fee, Offer, OfferState, PriorityRight, State
from tourbook.courses.models import Course, CourseFigures, SiteMeasure
from tourbook.db import db, transaction
from tourbook.errors import NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.operations import (
    Proposal,
    StopDraft,
    apply_change,
    end_of_stop_proposal,
    preview,
    progress,
    stop_proposal,
    stops,
    take_back,
)

DAY, NEXT_WEEK = "2026-05-20", "2026-05-27"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def draft(**changed: object) -> StopDraft:
    values = {"cause": "asf", "first_day": date(2026, 5, 20), "last_day": date(2026, 5, 21), "courses": ("walk",)}
    return StopDraft(**{**values, **changed})  # type: ignore[arg-type]  # fields by name


def proposed(scene: Scene, **changed: object) -> Proposal:
    return stop_proposal(db.session(), draft(**changed), actor=COMMAND, now=scene.now)


def applied(scene: Scene, proposal: Proposal, *, grace: int = 0) -> UUID:
    shown = preview(proposal, now=scene.now)
    change_id = apply_change(
        proposal,
        foreseen=shown.foreseen,
        expected_version=shown.version,
        grace=timedelta(minutes=grace),
        actor=COMMAND,
        now=scene.now,
    )
    scene.now += timedelta(seconds=1)
    settle_all(scene)
    return change_id


def second_course(region: str) -> None:
    """Another course, like the first in everything but its code and its region."""
    with transaction() as session:
        first = session.scalars(select(Course)).one()
        columns = {one.key: getattr(first, one.key) for one in Course.__table__.columns if one.key != "id"}
        other = Course(**{**columns, "code": "other", "region_code": region})
        session.add(other)
        session.flush()  # the figures refer to it
        session.add(CourseFigures(course_id=other.id, entry=ENTRIES_OF_TESTS, capacity=20, party_limit=5))


def test_who_loses_places_to_a_stop_is_told_once_why_and_has_a_right(scene: Scene, session: Session) -> None:
    stopped, runs = scene.add_departure(f"{DAY}T10:00"), scene.add_departure(f"{NEXT_WEEK}T10:00")
    parties, untouched = [scene.apply(stopped, 5), scene.apply(stopped)], scene.apply(runs)

    applied(scene, proposed(scene))

    assert [state(one) for one in (*parties, untouched)] == [State.DISPLACED, State.DISPLACED, State.CONFIRMED]
    assert all(told(session, one)[0:2] == ["confirmed", "displaced"] for one in parties)
    assert session.scalars(select(PriorityRight.application_id)).all() == parties
    assert "swine fever" in (session.get_one(Application, parties[0]).cause_en or "")
    assert_sound(scene, session)


def test_the_preview_says_what_will_be_done_and_what_is_to_be_done_by_hand(scene: Scene, session: Session) -> None:
    stopped = scene.add_departure(f"{DAY}T10:00")
    scene.add_departure(f"{NEXT_WEEK}T10:00")
    paid, silent = scene.apply(stopped, 5), scene.apply(stopped, 3)
    with transaction() as writing:
        writing.execute(update(Application).where(Application.id == paid).values(fee=Fee.PAID, fee_krw=50_000))
        writing.execute(
            update(Application).where(Application.id == silent).values(contact_sealed=None, contact_way=None)
        )
    proposal = proposed(scene)

    shown = preview(proposal, now=scene.now)
    change_id = applied(scene, proposal)

    reach = shown.reaches[0]
    assert (len(shown.now.touched), len(shown.now.parties("displace")), shown.now.people("displace")) == (2, 2, 8)
    assert (reach.unreached, reach.fees, reach.fees_krw, reach.offered) == (1, 1, 50_000, 2)
    assert session.scalars(select(Offer.state)).all() == [OfferState.OPEN] * 2
    done = progress(session, change_id, now=scene.now)
    assert (done.missing, done.unforeseen) == ((), ())


def test_a_region_stands_for_all_courses_that_lie_in_it(scene: Scene, session: Session) -> None:
    second_course("41")

    assert len(proposed(scene, courses=(), region="41").steps) == 2
    assert len(proposed(scene, courses=(), region="KR").steps) == 2
    assert len(proposed(scene, courses=(), region="41480").steps) == 1


def test_the_end_of_a_stop_is_moved_on_all_its_courses_at_once(scene: Scene, session: Session) -> None:
    second_course("41480")
    applied(scene, proposed(scene, courses=("walk", "other"), last_day=None))
    (stop,) = stops(session)
    assert (stop.cause, stop.last_day, [one.code for one in stop.courses]) == ("asf", None, ["walk", "other"])

    applied(scene, end_of_stop_proposal(session, stop.id, date(2026, 5, 30), actor=COMMAND, now=scene.now))

    (stop,) = stops(session)
    assert (stop.last_day, stop.uneven) == (date(2026, 5, 30), False)
    with pytest.raises(Refused) as error:
        applied(scene, end_of_stop_proposal(session, stop.id, date(2026, 5, 30), actor=COMMAND, now=scene.now))
    assert refusal(error) == "no_change"


def test_a_stop_that_is_lifted_offers_the_places_to_those_who_lost_them(scene: Scene, session: Session) -> None:
    stopped = scene.add_departure(f"{DAY}T10:00")
    party = scene.apply(stopped)
    applied(scene, proposed(scene))
    (stop,) = stops(session)

    applied(scene, end_of_stop_proposal(session, stop.id, date(2026, 5, 19), actor=COMMAND, now=scene.now))

    assert told(session, party) == ["confirmed", "displaced", "offer"]
    assert_sound(scene, session)


def test_a_stop_entered_wrongly_is_taken_back_and_nobody_hears_of_it(scene: Scene, session: Session) -> None:
    second_course("41480")
    party = scene.apply(scene.add_departure(f"{DAY}T10:00"))
    change_id = applied(scene, proposed(scene, courses=("walk", "other")), grace=5)
    assert state(party) is State.DISPLACED

    take_back(change_id, actor=COMMAND, now=scene.now)
    settle_all(scene)

    assert state(party) is State.CONFIRMED
    assert {one.last_day for one in stops(session)} == {date(2026, 5, 19)}
    assert_sound(scene, session)


def test_a_stop_under_embargo_counts_from_its_minute(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure(f"{DAY}T10:00"))
    public_from = scene.now + timedelta(hours=2)
    applied(scene, proposed(scene, public_from=public_from))
    assert state(party) is State.CONFIRMED

    scene.now = public_from
    settle_all(scene)

    assert state(party) is State.DISPLACED


def test_a_cause_has_its_own_words_and_another_cause_needs_some_in_both_languages(
    scene: Scene, session: Session
) -> None:
    applied(scene, proposed(scene, cause="other", reason_ko="산불", reason_en="a forest fire"))
    applied(scene, proposed(scene, cause="un_command", first_day=date(2026, 6, 1), last_day=None))

    reasons = session.scalars(select(SiteMeasure.reason_en).order_by(SiteMeasure.entry)).all()
    assert reasons == ["a forest fire", "UN Command has suspended visits"]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"courses": ()}, "stop_without_courses", "courses"),
        ({"courses": (), "region": "99"}, "unknown_region", "region"),
        ({"cause": "plague"}, "unknown_cause", "cause"),
        ({"cause": "other", "reason_ko": "산불"}, "text_missing", "reason_en"),
        ({"reason_en": "a forest fire"}, "text_missing", "reason_ko"),
        ({"cause": "other"}, "text_missing", "reason_ko"),
    ],
)
def test_what_cannot_be_a_stop_is_refused_at_its_field(
    scene: Scene, changed: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused) as error:
        proposed(scene, **changed)

    assert (refusal(error), error.value.field) == (code, field)


def test_a_stop_that_ends_before_it_begins_is_refused(scene: Scene) -> None:
    with pytest.raises(Refused) as error:
        preview(proposed(scene, last_day=date(2026, 5, 19)), now=scene.now)

    assert refusal(error) == "until_before_from"


def test_nobody_decides_the_end_of_a_stop_that_is_not_there(scene: Scene, session: Session) -> None:
    with pytest.raises(NotFound):
        end_of_stop_proposal(session, UUID(int=7), date(2026, 5, 30), actor=COMMAND, now=scene.now)


def test_it_is_announced_when_it_was_said_to_be(scene: Scene, session: Session) -> None:
    announced_at = parse_moment("2026-05-04T08:00")
    applied(scene, proposed(scene, announced_at=announced_at))

    assert session.scalars(select(SiteMeasure.announced_at)).one() == announced_at
