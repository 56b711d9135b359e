"""The preview counts the letters that are written, and shows the moves that are made, within another grace time too."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, open_offer, settle_all, state
from tests.operations.test_taking_back import GRACE, change, close, order
from tests.operations.test_untold_offers import close_the_day
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.courses.models import Policy
from tourbook.distancing import OrderDraft, enter_order
from tourbook.distancing.facts import Words
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import Preview, Proposal, apply_change, preview, progress, take_back

START, LATER = "2026-05-20T10:00", "2026-05-27T10:00"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def shown_and_written(scene: Scene, session: Session, draft: OrderDraft) -> tuple[Preview, Counter[str], Counter[str]]:
    """The preview of an order, and how many letters it shows and are written, if it is entered in the same instant.
    The moves that it shows are those that are made.
    """
    step = partial(enter_order, draft=draft, actor=COMMAND, now=scene.now)
    proposal = Proposal((step,), Words("변경", "A change"))
    session.rollback()
    seen = preview(proposal, now=scene.now)
    had = set(session.scalars(select(Notice.id)))
    session.rollback()
    told = {"foreseen": seen.foreseen, "expected_version": seen.version, "grace": GRACE}
    made = apply_change(proposal, **told, actor=COMMAND, now=scene.now)  # type: ignore[arg-type]  # arguments by name
    settle_all(scene)
    written = session.execute(select(Notice.id, Notice.kind).where(Notice.state != NoticeState.WITHDRAWN)).all()
    came = progress(session, made, now=scene.now)
    assert (came.missing, came.unforeseen) == ((), ())
    assert_sound(scene, session)
    return (
        seen,
        Counter(map(str, seen.now.notices.elements())),
        Counter(str(kind) for one, kind in written if one not in had),
    )


def test_an_offer_of_which_nobody_has_heard_is_taken_back_without_a_letter(scene: Scene, session: Session) -> None:
    walk, _ = scene.add_departure(START), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    close_the_day(scene)
    assert open_offer(party)
    scene.now += timedelta(minutes=1)

    seen, shown, written = shown_and_written(scene, session, order("closed", announced_at=scene.now))

    assert (open_offer(party), len(seen.now.parties("revoke"))) == (None, 1)
    assert shown == written == Counter()


def test_a_limit_of_which_nobody_has_heard_is_lifted_without_a_letter(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure(START), 5)
    change(scene, enter_order, draft=order("open", announced_at=scene.now, party_max=4))
    scene.now += timedelta(minutes=1)

    _, shown, written = shown_and_written(scene, session, order("open", announced_at=scene.now))

    assert state(party) == State.CONFIRMED
    assert shown == written == Counter()


def test_a_limit_that_was_told_is_lifted_with_one(scene: Scene, session: Session) -> None:
    scene.apply(scene.add_departure(START), 5)
    change(scene, enter_order, draft=order("open", announced_at=scene.now, party_max=4))
    for notice in session.scalars(select(Notice)):
        notice.tries = 1
    session.commit()  # as a sender does that has taken it
    scene.now += timedelta(minutes=1)

    _, shown, written = shown_and_written(scene, session, order("open", announced_at=scene.now))

    assert shown == written == Counter({"restored": 1})


def test_who_is_still_typing_without_a_contact_gets_no_letter(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(START, capacity=5)
    scene.apply(walk, 5)
    scene.hold(walk, 5, wait=True)

    _, shown, written = shown_and_written(scene, session, order("open", announced_at=scene.now, party_max=4))

    assert shown == written == Counter({"must_shrink": 1})


@pytest.mark.parametrize("policy", list(Policy))
def test_the_right_level_after_a_wrong_one_that_was_just_taken_back_shows_whom_it_moves(
    session: Session, policy: Policy
) -> None:
    scene = build_scene(policy=policy)
    walk = scene.add_departure(START)
    parties = [scene.apply(walk, 5) for _ in range(4)]
    wrong = close(scene)
    session.rollback()
    scene.now += timedelta(minutes=1)
    take_back(wrong, actor=COMMAND, now=scene.now)
    scene.now += timedelta(seconds=2)

    seen, shown, written = shown_and_written(scene, session, order("half", announced_at=scene.now))

    going = {move.party.id for move in seen.now.parties("displace")}
    assert going == {one for one in parties if state(one) == State.DISPLACED}
    assert bool(going) != (policy == Policy.VOLUNTEERS_FIRST)
    assert shown == written


@pytest.mark.parametrize("level", ["half", "open"])
def test_looking_at_a_change_after_one_that_was_taken_back_changes_nothing(
    scene: Scene, session: Session, level: str, outbox: Callable[[], object]
) -> None:
    walk = scene.add_departure(START)
    parties = [scene.apply(walk, 5) for _ in range(4)]
    wrong = close(scene)
    session.rollback()
    take_back(wrong, actor=COMMAND, now=scene.now)
    before = outbox()
    step = partial(enter_order, draft=order(level, announced_at=scene.now), actor=COMMAND, now=scene.now)

    preview(Proposal((step,), Words("변경", "A change")), now=scene.now)

    assert outbox() == before
    assert [state(one) for one in parties] == [State.DISPLACED] * 4


@pytest.fixture
def outbox(session: Session) -> Callable[[], object]:
    def read() -> object:
        session.rollback()
        return session.execute(select(Notice.id, Notice.state, Notice.facts).order_by(Notice.id)).all()

    return read
