"""Terms that people booked under: before they change, a page says whom that concerns."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, rows
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Policy

MINIMUM = {"runs_from_people": "4", "decided_days_before": "4", "decided_at": "10:00"}


def policy_now(scene: Scene, session: Session) -> Policy:
    return session.get_one(Course, scene.course_id, populate_existing=True).policy


def change(admin: Administrator, **typed: str) -> Page:
    return admin.fill_in("/courses/walk/edit", "terms-form", **typed)


def confirmed_ahead(scene: Scene) -> None:
    """Five people on two departures, and two more who only wait."""
    full = scene.add_departure("2026-05-20T10:00", capacity=3)
    scene.apply(full, 3)
    scene.apply(full, 2, wait=True)
    scene.apply(scene.add_departure("2026-05-21T10:00"), 2)


def test_a_change_of_who_gives_way_says_how_many_booked_under_the_old_one_and_counts_once_it_was_looked_at(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    confirmed_ahead(scene)

    look = change(admin, policy="keep_earliest", offer_hours="12")

    assert look.heading == "Whom the change concerns"
    assert words(look.mark("people")).startswith("people with confirmed places5")
    assert words(look.mark("departures")).endswith("2")
    assert rows(look, "changed") == [
        ["Who keeps their places when a departure shrinks", "Nobody: all are displaced", "Who was confirmed first"]
    ]
    assert policy_now(scene, session) is Policy.CANCEL_ALL

    done = look.form(mark="terms-check-form").submit(admin.client, button="stage")

    assert done.heading == "Walk"
    assert policy_now(scene, session) is Policy.KEEP_EARLIEST
    assert session.get_one(Course, scene.course_id).offer_hours == 12
    told = session.scalars(select(TrailEntry.facts).where(TrailEntry.act == "course_edited")).one()
    assert "cancel_all" in str(told)
    assert "keep_earliest" in str(told)


def test_what_cannot_be_saved_is_refused_before_anybody_looks_at_whom_it_concerns(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    confirmed_ahead(scene)

    refused = change(admin, policy="keep_earliest", **{**MINIMUM, "decided_days_before": "2"})

    assert refused.status == 422
    assert refused.has("terms-form")
    assert "#decided_days_before" in {a.get("href") for a in refused.mark("error-summary").iter("a")}
    assert policy_now(scene, session) is Policy.CANCEL_ALL


def test_a_minimum_to_run_is_looked_at_too(admin: Administrator, scene: Scene, session: Session) -> None:
    confirmed_ahead(scene)

    look = change(admin, **MINIMUM)

    assert [row[1:] for row in rows(look, "changed")] == [["–", "4"], ["–", "4"], ["–", "10:00"]]
    assert session.get_one(Course, scene.course_id, populate_existing=True).runs_from_people is None


def test_the_entry_can_be_changed_and_keeps_what_was_typed(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    confirmed_ahead(scene)
    form = change(admin, policy="keep_earliest", offer_hours="12").form(mark="terms-check-form")
    form.values["stage"] = "edit"

    again = form.submit(admin.client)

    values = again.form(mark="terms-form").values
    assert (again.status, values["policy"], values["offer_hours"]) == (200, "keep_earliest", "12")
    assert policy_now(scene, session) is Policy.CANCEL_ALL


@pytest.mark.parametrize("typed", [{"offer_hours": "12"}, {"fee_krw": "5000"}])
def test_what_nobody_booked_under_is_saved_at_once(admin: Administrator, scene: Scene, typed: dict[str, str]) -> None:
    confirmed_ahead(scene)

    assert change(admin, **typed).heading == "Walk"


def test_where_nobody_has_confirmed_places_the_policy_is_saved_at_once(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    scene.add_departure("2026-05-20T10:00")

    assert change(admin, policy="keep_earliest").heading == "Walk"
    assert policy_now(scene, session) is Policy.KEEP_EARLIEST


def test_it_is_in_korean_too(another, scene: Scene) -> None:
    confirmed_ahead(scene)

    page = another("ko").fill_in("/courses/walk/edit", "terms-form", policy="keep_earliest")

    assert page.heading == "변경의 영향을 받는 분"
    assert "이전 조건을 보고 신청하셨습니다" in page.text
