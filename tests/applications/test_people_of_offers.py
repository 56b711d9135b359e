"""Whose party is being offered seats of a departure answers that offer before going there with others."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, open_offer, settle_all, state
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, decline_offer, hold_again
from tourbook.applications.acts import details
from tourbook.applications.models import State
from tourbook.errors import Refused
from tourbook.operations import check


@pytest.fixture
def walk(scene: Scene) -> UUID:
    """A departure that is not the displaced party's own."""
    return scene.add_departure("2026-05-26T10:00")


@pytest.fixture
def displace(scene: Scene) -> Callable[..., UUID]:
    """Somebody applies, loses the places, and is offered those of other departures."""

    def party(*names: str) -> UUID:
        application = scene.apply(scene.add_departure("2026-05-20T10:00"), len(names), names=list(names))
        scene.add_measure("2026-05-20", "2026-05-20")
        settle_all(scene)
        return application

    return party


def refused(act: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(Refused) as error:
        act()
    return error.value.code, error.value.field


def test_nobody_applies_with_others_for_what_their_party_is_being_offered(
    scene: Scene, session: Session, walk: UUID, displace: Callable[..., UUID]
) -> None:
    party = displace("김하늘", "이바다")
    other = scene.hold(walk, 2)

    said = refused(lambda: scene.fill_in(other, names=["박나무", "이 바다"]))
    accept_offer(open_offer(party).id, actor=GUEST, now=scene.now)

    assert said == ("person_offered", "visitors-1-name")
    assert state(party) == State.MOVED
    assert_sound(scene, session)


def test_whoever_has_declined_may_apply_with_others(
    scene: Scene, session: Session, walk: UUID, displace: Callable[..., UUID]
) -> None:
    party = displace("김하늘")
    decline_offer(open_offer(party).id, actor=GUEST, now=scene.now)

    other = scene.apply(walk, 1, names=["김하늘"])

    assert state(other) == State.CONFIRMED
    assert_sound(scene, session)


def test_a_hold_that_ran_out_is_not_taken_again_with_somebody_whose_party_was_asked_meanwhile(
    scene: Scene, session: Session, walk: UUID, displace: Callable[..., UUID]
) -> None:
    other = scene.hold(walk, 1)
    scene.fill_in(other, names=["김하늘"])
    scene.now += timedelta(minutes=16)
    settle_all(scene)
    displace("김하늘")

    said = refused(lambda: hold_again(other, actor=GUEST, now=scene.now))

    assert said == ("person_offered", None)
    assert state(other) == State.EXPIRED
    assert_sound(scene, session)


def test_the_recount_finds_somebody_who_goes_where_their_party_is_being_asked(
    scene: Scene, session: Session, walk: UUID, displace: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    displace("김하늘")
    monkeypatch.setattr(details, "_twice", lambda *_: iter(()))
    scene.apply(walk, 1, names=["김하늘"])

    session.rollback()

    assert [(one.invariant, one.subject) for one in check(session, now=scene.now).findings] == [(6, str(walk))]
