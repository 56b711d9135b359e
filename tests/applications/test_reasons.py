"""Whoever loses something to a rule is told which rule it is."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, refusal, settle_all
from tourbook.actor import GUEST
from tourbook.applications import hold_again
from tourbook.applications.models import Application, State
from tourbook.errors import Refused
from tourbook.notices.models import Notice


def facts_told(session: Session, application: UUID, kind: str) -> dict[str, object]:
    return session.scalars(select(Notice).where(Notice.subject_id == application, Notice.kind == kind)).one().facts


def waits_beside_a_full_departure(scene: Scene, seats: int) -> UUID:
    walk = scene.add_departure("2026-05-20T10:00")
    for _ in range(4):
        scene.apply(walk, 5)
    return scene.apply(walk, seats, wait=True)


def test_who_waits_for_what_is_closed_is_told_that_and_why(scene: Scene, session: Session) -> None:
    waiting = waits_beside_a_full_departure(scene, 2)

    scene.add_order("closed", "2026-05-10", party_max=1)
    settle_all(scene)

    facts = facts_told(session, waiting, "set_aside")
    assert (facts["closed"], facts["party_max"]) == (True, None)
    assert "Level closed" in facts["cause_en"]


def test_who_waits_as_too_many_is_told_how_many_may_go_and_what_says_so(scene: Scene, session: Session) -> None:
    waiting = waits_beside_a_full_departure(scene, 4)

    scene.add_order("open", "2026-05-10", party_max=3)
    scene.add_measure("2026-05-20", kind="override", capacity=20)
    settle_all(scene)

    facts = facts_told(session, waiting, "set_aside")
    assert (facts["closed"], facts["party_max"]) == (False, 3)
    assert "parties of up to 3" in facts["cause_en"]


def test_who_must_shrink_reads_what_limits_parties_and_not_what_limits_places(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 4)

    scene.add_order("open", "2026-05-10", party_max=3)
    scene.add_measure("2026-05-20", kind="override", capacity=12)
    settle_all(scene)

    assert "parties of up to 3" in facts_told(session, party, "must_shrink")["cause_en"]


def test_who_loses_places_for_lack_of_room_reads_that_and_not_that_it_is_a_large_party(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, 5) for _ in range(3)]

    scene.add_order("half", "2026-05-10", party_max=2)
    scene.add_measure("2026-05-20", kind="override", capacity=8)
    settle_all(scene)

    for party in parties:
        assert "Limited at this site to 8" in facts_told(session, party, "displaced")["cause_en"]
        assert "Limited at this site to 8" in (session.get_one(Application, party).cause_en or "")


def test_who_did_not_become_smaller_reads_what_limits_parties_also_where_there_is_no_room_either(
    scene: Scene, session: Session
) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    scene.add_order("open", "2026-05-10", party_max=2)
    settle_all(scene)
    scene.now += timedelta(days=2)

    scene.add_measure("2026-05-20", kind="override", capacity=4)
    settle_all(scene)

    assert "parties of up to 2" in facts_told(session, party, "shrink_lapsed")["cause_en"]


def test_a_hold_that_a_rule_takes_says_which_and_can_be_taken_again_after_it(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    held = scene.hold(walk, 2)
    order = scene.add_order("closed", "2026-05-10")

    with pytest.raises(Refused) as error:
        scene.fill_in(held)
    scene.withdraw(order)
    again = hold_again(held, actor=GUEST, now=scene.now)
    scene.fill_in(held)
    scene.now += timedelta(minutes=16)
    with pytest.raises(Refused) as late:
        scene.fill_in(held)

    assert (refusal(error), refusal(late)) == ("hold_released", "hold_expired")
    assert "Level closed" in error.value.facts["cause"].en
    assert again.state == State.HELD
    assert_sound(scene, session)
