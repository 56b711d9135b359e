"""A change is taken back before anybody was told: everybody sits where they sat, and nobody gets a letter about it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel
from tourbook.applications.models import PriorityRight, State
from tourbook.audit import record
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Course, Policy
from tourbook.courses.steps import end_measure, enter_measure, set_figures
from tourbook.distancing import CellDraft, OrderDraft, enter_order, set_cell, withdraw_order
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict
from tourbook.notices import Way, deliver_due
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import Proposal, apply_change, take_back

GRACE = timedelta(minutes=5)
DAY = date(2026, 5, 20)


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def change(scene: Scene, step: Callable[..., object], **named: object) -> UUID:
    """An administrator's change; its departures are settled at once."""
    made = partial(step, **named, actor=COMMAND, now=scene.now)
    told = {"foreseen": [], "expected_version": None, "grace": GRACE}
    found = apply_change(Proposal((made,), Words("변경", "A change")), **told, actor=COMMAND, now=scene.now)
    settle_all(scene)
    return found


def measure(scene: Scene, **said: Any) -> UUID:
    """A measure of the course for the one day, by its fields."""
    told: dict[str, Any] = {"course": "walk", "announced_at": scene.now, "effective_from": DAY, "effective_until": DAY}
    words = {"reason_ko": "사유", "reason_en": "a reason"}
    return change(scene, enter_measure, draft=MeasureDraft(**{**told, **words, **said}))


def order(level: str, **more: object) -> OrderDraft:
    return OrderDraft(region_code="41", effective_from=DAY, scale="s", level=level, **more)


def close(scene: Scene) -> UUID:
    return change(scene, enter_order, draft=order("closed", announced_at=scene.now))


def undo(scene: Scene, change_id: UUID, *, after: float = 1) -> None:
    scene.now += timedelta(minutes=after)
    take_back(change_id, actor=COMMAND, now=scene.now)
    settle_all(scene)


def letters(scene: Scene, session: Session, party: UUID) -> list[str]:
    """The kinds of letter that have left by an hour from now."""
    while deliver_due(way=Way.MAIL, now=scene.now + timedelta(hours=1)):
        pass
    sent = select(Notice.kind).where(Notice.subject_id == party, Notice.state == NoticeState.SENT)
    return list(session.scalars(sent.order_by(Notice.id)))


def test_who_lost_places_has_them_again_and_never_hears_of_it(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 3)
    mistake = close(scene)
    assert state(party) == State.DISPLACED

    undo(scene, mistake)

    assert state(party) == State.CONFIRMED
    assert (departure(walk).seats_taken, departure(walk).allowed) == (3, 20)
    assert letters(scene, session, party) == ["confirmed"]
    assert session.scalars(select(PriorityRight.ended_at)).one() == scene.now
    assert_sound(scene, session)


def test_without_taking_back_the_letter_leaves_when_the_grace_is_over(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    close(scene)

    for minutes, sent in ((4.9, ["confirmed"]), (5, ["confirmed", "displaced"])):
        while deliver_due(way=Way.MAIL, now=scene.now + timedelta(minutes=minutes)):
            pass
        kinds = select(Notice.kind).where(Notice.subject_id == party, Notice.state == NoticeState.SENT)
        assert list(session.scalars(kinds.order_by(Notice.id))) == sent


def sent_by(session: Session, party: UUID, moment: datetime) -> list[str]:
    while deliver_due(way=Way.MAIL, now=moment):
        pass
    kinds = select(Notice.kind).where(Notice.subject_id == party, Notice.state == NoticeState.SENT)
    return list(session.scalars(kinds.order_by(Notice.id)))


def test_what_another_change_has_to_tell_waits_for_its_own_grace_where_one_before_it_is_taken_back(
    scene: Scene, session: Session
) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    scene.now += timedelta(minutes=2)
    close(scene)
    over = scene.now + GRACE

    undo(scene, mistake)

    assert state(party) == State.DISPLACED
    assert sent_by(session, party, over - timedelta(seconds=1)) == ["confirmed"]
    assert sent_by(session, party, over) == ["confirmed", "displaced"]
    assert_sound(scene, session)


def test_both_of_two_changes_are_taken_back_and_nobody_hears_of_either(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    first = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    second = close(scene)

    undo(scene, first)
    undo(scene, second)

    assert state(party) == State.CONFIRMED
    assert letters(scene, session, party) == ["confirmed"]
    assert_sound(scene, session)


def test_after_the_grace_it_is_refused(scene: Scene) -> None:
    mistake = close(scene)

    with pytest.raises(Conflict, match="grace_over"):
        undo(scene, mistake, after=5)


def test_who_booked_in_between_keeps_the_places_and_who_does_not_fit_is_told(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=8)
    first, second = scene.apply(walk, 3), scene.apply(walk, 5)
    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    assert (state(first), state(second)) == (State.CONFIRMED, State.DISPLACED)
    newcomer = scene.hold(walk, 1)

    undo(scene, mistake)

    assert (state(first), state(second), state(newcomer)) == (State.CONFIRMED, State.DISPLACED, State.HELD)
    assert letters(scene, session, second) == ["confirmed", "displaced"]
    assert_sound(scene, session)


def test_who_had_to_become_smaller_need_not_and_is_not_told(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 4)
    mistake = change(scene, enter_order, draft=order("open", announced_at=scene.now, party_max=2))
    assert state(party) == State.MUST_SHRINK

    undo(scene, mistake)

    assert state(party) == State.CONFIRMED
    assert letters(scene, session, party) == ["confirmed"]
    assert_sound(scene, session)


def test_an_offer_that_was_revoked_untold_is_open_again(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=4)
    there, waiting = scene.apply(walk, 4), scene.apply(walk, 4, wait=True)
    cancel(there, actor=GUEST, now=scene.now)
    settle_all(scene)
    offered = open_offer(waiting)
    assert offered
    before = (offered.id, offered.deadline)
    mistake = close(scene)
    assert open_offer(waiting) is None

    undo(scene, mistake)

    session.expire_all()
    again = open_offer(waiting)
    assert again
    assert (again.id, again.deadline) == before
    assert "offer_revoked" not in letters(scene, session, waiting)
    assert_sound(scene, session)


def test_a_letter_that_a_sender_has_taken_counts_as_told(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    mistake = close(scene)
    for notice in session.scalars(select(Notice).where(Notice.kind == "displaced")):
        notice.tries = 1
    session.commit()  # as a sender does that has taken it and has not answered

    undo(scene, mistake)

    assert state(party) == State.DISPLACED
    assert open_offer(party) is not None


def test_under_cancel_all_everybody_sits_again_although_some_were_asked_at_once(session: Session) -> None:
    scene = build_scene()
    walk = scene.add_departure("2026-05-20T10:00", capacity=10)
    parties = [scene.apply(walk, 5), scene.apply(walk, 5)]
    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    assert [state(one) for one in parties] == [State.DISPLACED] * 2

    undo(scene, mistake)

    assert [state(one) for one in parties] == [State.CONFIRMED] * 2
    assert [open_offer(one) for one in parties] == [None, None]
    assert [letters(scene, session, one) for one in parties] == [["confirmed"]] * 2
    assert_sound(scene, session)


@pytest.mark.parametrize("what", ["withdrawal", "measure", "end of a measure", "cell", "figures"])
def test_whatever_was_entered_counts_no_more(scene: Scene, session: Session, what: str) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    standing = scene.add_order("half", "2026-05-04")
    suspended = scene.add_measure("2026-05-20", capacity=8, kind="override")
    settle_all(scene)
    before = departure(walk).allowed
    ways: dict[str, Callable[[], UUID]] = {
        "withdrawal": lambda: change(scene, withdraw_order, order_id=standing),
        "measure": lambda: measure(scene, kind="suspension"),
        "end of a measure": lambda: change(scene, end_measure, measure_id=suspended, until=date(2026, 5, 19)),
        "cell": lambda: change(
            scene, set_cell, draft=CellDraft(scale="s", level="half", measure="people", amount=3, kind="trail")
        ),
        "figures": lambda: change(scene, set_figures, course_id=scene.course_id, capacity=4, party_limit=2),
    }

    mistake = ways[what]()
    changed = (departure(walk).allowed, departure(walk).party_max)
    undo(scene, mistake)

    assert (departure(walk).allowed, departure(walk).party_max) == (before, 5)
    assert what == "withdrawal" or changed != (before, 5)
    assert_sound(scene, session)


def test_who_presses_twice_takes_back_once(scene: Scene, session: Session) -> None:
    scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    mistake = close(scene)
    scene.now += timedelta(minutes=1)

    done = [take_back(mistake, actor=COMMAND, now=scene.now).suspended for _ in range(2)]

    assert done == [1, 0]


def test_who_cancelled_meanwhile_hears_of_the_cancellation_alone(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    mistake = close(scene)
    cancel(party, actor=GUEST, now=scene.now)

    undo(scene, mistake)

    assert letters(scene, session, party) == ["confirmed", "cancelled"]


def test_what_enters_a_course_as_well_cannot_be_taken_back(scene: Scene) -> None:
    """Its departures may have been applied for already."""

    def step(session: Session, **_named: object) -> None:
        for act in ("course_entered", "figures_entered"):
            record(session, act, subject=session.get_one(Course, scene.course_id), actor=COMMAND, now=scene.now)

    mistake = change(scene, step)

    with pytest.raises(Conflict, match="cannot_be_taken_back"):
        undo(scene, mistake)
