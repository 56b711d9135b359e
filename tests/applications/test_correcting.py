"""A mistyped name is put right, where nobody checks names: the person stays the same, and so does everything else."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, refusal
from tests.rosters.gate import trail, visitors
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel, cancel_visitor, correct_name
from tourbook.applications.acts.details import details_of
from tourbook.applications.models import Visitor
from tourbook.clearance import Authority, require_clearance
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.rosters import changes_since_sent
from tourbook.rosters.sending import note_sent, travellers


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def correct(scene: Scene, visitor: Visitor, name: str) -> None:
    correct_name(visitor.id, name, actor=GUEST, now=scene.now)


def refused(scene: Scene, visitor: Visitor, name: str) -> str:
    with pytest.raises(Refused) as error:
        correct(scene, visitor, name)
    return refusal(error)


def test_the_name_changes_and_nothing_else(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 2, names=["김하눌", "박바다"])
    before = visitors(party)[0]
    was = details_of(before)

    correct(scene, before, "김하늘")
    correct(scene, before, "김하늘")

    now_there = visitors(party)
    assert [one.name for one in now_there] == ["김하늘", "박바다"]
    assert (now_there[0].id, now_there[0].birth_date, now_there[0].nationality) == (
        before.id,
        was.birth_date.isoformat(),
        was.nationality,
    )
    assert departure(walk).seats_taken == 2
    assert [entry.subject_id for entry in trail(session, "name_corrected")] == [before.id]
    assert_sound(scene, session)


def test_who_was_corrected_is_found_as_that_person(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    first, second = scene.apply(walk, 1, names=["김하눌"]), scene.apply(walk, 1, names=["박바다"])

    correct(scene, visitors(first)[0], "김하늘")

    assert refused(scene, visitors(second)[0], "김하늘") == "person_twice"
    correct(scene, visitors(second)[0], "김하눌")  # the name that is free again
    assert visitors(second)[0].name == "김하눌"


def test_two_of_one_party_cannot_be_one_person(scene: Scene) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 2, names=["김하눌", "김하늘"])

    assert refused(scene, visitors(party)[0], "김하늘") == "person_twice_in_party"


@pytest.mark.parametrize(
    ("moment", "code"),
    [("2026-05-18T23:59", None), ("2026-05-19T00:00", "names_frozen"), ("2026-05-20T12:00", "names_frozen")],
)
def test_names_can_be_put_right_until_they_are_final(scene: Scene, moment: str, code: str | None) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 1, names=["김하눌"])
    scene.now = parse_moment(moment)

    if code:
        assert refused(scene, visitors(party)[0], "김하늘") == code
    else:
        correct(scene, visitors(party)[0], "김하늘")


def test_where_an_authority_checks_names_somebody_is_named_anew_instead(scene: Scene) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 1)
    asked = {"due_days": 5, "asks_passport": False, "actor": COMMAND, "now": scene.now}
    require_clearance(scene.course_id, Authority.ARMY, **asked)

    assert refused(scene, visitors(party)[0], "김하늘") == "state_changed"


def test_of_who_does_not_go_no_name_is_put_right(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    gone, smaller = scene.apply(walk, 1), scene.apply(walk, 2)
    leaving = visitors(smaller)[1]
    cancel(gone, actor=GUEST, now=scene.now)
    cancel_visitor(leaving.id, actor=GUEST, now=scene.now)

    assert refused(scene, visitors(gone)[0], "김하늘") == "state_changed"
    assert refused(scene, leaving, "김하늘") == "state_changed"


def test_what_was_sent_is_told_to_have_changed(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 2)
    first, second = visitors(party)
    correct(scene, second, "박바다")
    session.rollback()
    note_sent(session, departure(walk), travellers(session, walk), actor=COMMAND, now=scene.now)
    session.commit()
    scene.now = parse_moment("2026-05-05T09:00")

    assert not changes_since_sent(session, departure(walk))
    correct(scene, first, "김하늘")
    correct(scene, first, "김하늘이")

    found = changes_since_sent(session, departure(walk))
    assert found
    assert (found.came, found.went, found.corrected) == (0, 0, 1)
    assert session.scalars(select(Visitor.id).where(Visitor.departure_id == walk)).all()
