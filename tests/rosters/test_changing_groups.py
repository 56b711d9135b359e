"""Changing what is set aside: whoever comes later learns what stands, and whoever is to be reached gets the link."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import told
from tests.rosters.gate import Gate, trail
from tests.rosters.test_allotments import CONTACT, aside, change, fill, refused, remind
from tourbook.applications import remind_groups, reminding_groups
from tourbook.applications.models import Allotment
from tourbook.applications.settle import locked_departure
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.errors import Conflict
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.once import FormUse
from tourbook.rosters import own_filled, release_allotment, releases_of, stands_of
from tourbook.seal import keyring

LATER = "2026-05-18T18:00"


@pytest.fixture(autouse=True)
def _while_applications_are_open(gate: Gate) -> None:
    gate.scene.now = parse_moment("2026-05-10T14:00")


def stands(allotment: UUID) -> str:
    db.session.rollback()
    return stands_of(db.session.get_one(Allotment, allotment, populate_existing=True))


def seats(allotment: UUID) -> int:
    db.session.rollback()
    return db.session.get_one(Allotment, allotment, populate_existing=True).seats


def test_whoever_changes_what_another_has_changed_meanwhile_is_refused(gate: Gate, session: Session) -> None:
    allotment = aside(gate)
    opened = stands(allotment)
    change_from(gate, allotment, 8, opened)

    assert refused(change_from, gate, allotment, 4, opened) == "group_changed_meanwhile"
    assert seats(allotment) == 8
    assert len(trail(session, "allotment_changed")) == 1

    change_from(gate, allotment, 4, stands(allotment))
    assert seats(allotment) == 4


@pytest.mark.parametrize(
    "changed",
    [{"name": "다른 학교"}, {"releases_at": parse_moment(LATER)}, {"contact": ("mail", "other@example.kr")}],
)
def test_each_of_its_parts_is_what_stands(gate: Gate, changed: dict[str, object]) -> None:
    allotment = aside(gate)
    opened = stands(allotment)
    change_from(gate, allotment, 6, opened, **changed)

    assert stands(allotment) != opened
    assert refused(change_from, gate, allotment, 5, opened) == "group_changed_meanwhile"


def test_who_asks_for_what_another_has_just_made_of_it_overwrites_nothing(gate: Gate) -> None:
    allotment = aside(gate)
    opened = stands(allotment)
    change_from(gate, allotment, 8, opened)

    change_from(gate, allotment, 8, opened)

    assert seats(allotment) == 8


def change_from(gate: Gate, allotment: UUID, to: int, made_from: str, **changed: object) -> None:
    form = f"to {to} from {made_from} {sorted(changed)} {seats(allotment)}"
    change(gate, allotment, to, form_id=form, made_from=made_from, **changed)


def test_a_contact_that_is_new_gets_the_link_and_one_that_is_kept_does_not(gate: Gate, session: Session) -> None:
    allotment = aside(gate)
    change(gate, allotment, 7, form_id="kept", contact=None)
    change(gate, allotment, 7, form_id="the same", contact=CONTACT)
    before = told(session, allotment)

    change(gate, allotment, 8, form_id="new", contact=("mail", "teacher@example.kr"))

    assert before == ["group_set_aside"]
    assert told(session, allotment) == ["group_set_aside"] * 2
    latest = session.scalars(select(Notice).order_by(Notice.created_at.desc(), Notice.id.desc())).first()
    assert latest is not None
    assert (latest.contact, latest.facts["seats"]) == ("teacher@example.kr", 8)


def test_an_end_that_is_moved_on_while_a_reminder_is_written_is_no_failure(
    gate: Gate, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    allotment = aside(gate)
    gate.scene.now = parse_moment("2026-05-13T18:00")

    def after_the_change(session: Session, departure_id: UUID) -> object:
        found = locked_departure(session, departure_id)
        session.execute(update(Allotment).values(releases_at=parse_moment(LATER)))
        return found

    monkeypatch.setattr(reminding_groups, "locked_departure", after_the_change)

    assert remind_groups(now=gate.now)
    monkeypatch.undo()
    assert told(session, allotment) == ["group_set_aside"]
    assert remind(gate, "2026-05-15T18:00") == ["group_reminder"]


def test_a_course_that_closes_earlier_than_what_is_set_aside_reminds_before_that(gate: Gate, session: Session) -> None:
    """What is set aside ends at that deadline then, and nobody is reminded after the end."""
    aside(gate, releases_at=parse_moment("2026-05-19T00:00"))
    session.execute(update(Course).values(closes_days_before=5))
    session.commit()

    assert remind(gate, "2026-05-14T10:00") == ["group_reminder"]


def test_the_same_form_with_another_contact_is_another_form(gate: Gate) -> None:
    aside(gate)

    assert refused(aside, gate, contact=("mail", "other@example.kr")) == "form_reused"


def test_what_stays_of_a_form_or_goes_along_with_it_says_nothing_of_the_group_without_the_key(
    gate: Gate, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who guesses a name or a telephone number cannot try whether it was that."""
    allotment = aside(gate, 3, contact=("sms", "+821012345678"))
    used = session.scalars(select(FormUse)).one().content_hash
    mark = stands(allotment)
    monkeypatch.setattr(type(keyring()), "blind_index", lambda *_: "another key")

    assert stands(allotment) != mark
    assert aside(gate, 3, form_id="twin", contact=("sms", "+821012345678")) != allotment
    assert session.scalars(select(FormUse).where(FormUse.form_id == "twin")).one().content_hash != used


def to_release(gate: Gate, allotment: UUID) -> str:
    """What the page carries that shows what would be released."""
    db.session.rollback()
    found = own_filled(db.session(), allotment, actor=gate.operator)
    mark = releases_of(found.allotment, found.left)
    db.session.rollback()
    return mark


def release(gate: Gate, allotment: UUID, shown: str | None) -> int:
    return release_allotment(allotment, shown=shown, actor=gate.operator, now=gate.now)


def enlarged(gate: Gate, allotment: UUID) -> None:
    change(gate, allotment, 8)


def longer(gate: Gate, allotment: UUID) -> None:
    change(gate, allotment, 6, releases_at=parse_moment(LATER))


def filled_in_part(gate: Gate, allotment: UUID) -> None:
    fill(gate, allotment, 2)


def another_and_filled_as_much(gate: Gate, allotment: UUID) -> None:
    change(gate, allotment, 8)
    fill(gate, allotment, 2)


@pytest.mark.parametrize("happens", [enlarged, longer, filled_in_part, another_and_filled_as_much])
def test_what_changed_since_it_was_shown_is_not_released_and_shown_anew_it_is(
    gate: Gate, happens: Callable[[Gate, UUID], None]
) -> None:
    allotment = aside(gate)
    shown = to_release(gate, allotment)
    happens(gate, allotment)
    left = seats(allotment) - (2 if happens in {filled_in_part, another_and_filled_as_much} else 0)

    with pytest.raises(Conflict, match="group_release_changed") as refusal:
        release(gate, allotment, shown)

    assert refusal.value.facts == {"left": left}
    assert release(gate, allotment, to_release(gate, allotment)) == left


def test_what_stands_as_it_was_shown_is_released_and_twice_does_no_harm(gate: Gate) -> None:
    allotment = aside(gate)
    shown = to_release(gate, allotment)

    assert [release(gate, allotment, shown) for _ in range(2)] == [6, 0]


def test_a_smaller_size_that_is_settled_first_is_shown_before_anything_is_released(gate: Gate) -> None:
    """The settling stays done, so what is shown anew is what is released then."""
    allotment = aside(gate)
    shown = to_release(gate, allotment)
    gate.scene.add_order("half", "2026-05-01", "2026-12-31")

    assert refused(release, gate, allotment, shown) == "group_release_changed"
    assert release(gate, allotment, to_release(gate, allotment)) == 5
