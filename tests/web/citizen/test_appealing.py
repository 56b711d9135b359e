"""Who is closed out reads until when and why, and appeals on the page of the application; administrators decide."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.notices.outbox import settings
from tests.rosters.gate import run_by, visitors
from tests.web.citizen.people import Citizen, reference_on
from tests.web.signing import signed_in
from tourbook.actor import Role
from tourbook.applications.models import Application, Attendance
from tourbook.audit import TrailEntry
from tourbook.rosters import mark_attendance


@pytest.fixture(autouse=True)
def _ladder(app: Flask) -> Iterator[None]:
    with settings(app, closure_steps="1:1,2:3"):
        yield


@pytest.fixture
def missed(scene: Scene, session: Session, citizen: Citizen, clock: StandingClock) -> str:
    """The link to an application of somebody who stayed away."""
    operator = run_by("paju", scene.course_id)
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00"), 1, "한가람"))
    session.rollback()
    party = session.scalars(select(Application).where(Application.reference == reference)).one()
    clock.stand_at("2026-05-20T12:00")
    (visitor,) = visitors(party.id)
    mark_attendance(visitor.id, Attendance.NO_SHOW, actor=operator, now=clock.now)
    return f"/a/{party.token}"


def test_whoever_applies_again_reads_until_when_and_how_to_appeal(
    scene: Scene, missed: str, somebody: Callable[..., Citizen]
) -> None:
    other = somebody("en")

    page = other.name_visitors(other.ask(scene.add_departure("2026-06-05T10:00"), 1), "한가람")

    assert page.status == 422
    assert "until Sat 20 Jun 2026, 24:00 KST" in page.text
    assert "appeal there" in page.text


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_whoever_has_places_reads_what_staying_away_leads_to(
    scene: Scene, somebody: Callable[..., Citizen], lang: str
) -> None:
    page = somebody(lang).apply(scene.add_departure("2026-05-20T10:00"), 1, "한가람")

    said = {
        "ko": ["첫 번째 1개월", "2번째부터 3개월"],
        "en": ["after the first time 1 month", "from 2 times on 3 months"],
    }
    assert all(one in page.mark("ladder-rule").text for one in said[lang])


def test_without_a_ladder_nothing_is_said_of_it(app: Flask, scene: Scene, somebody: Callable[..., Citizen]) -> None:
    with settings(app, closure_steps=""):
        page = somebody("en").apply(scene.add_departure("2026-05-20T10:00"), 1, "한가람")

    assert not page.has("ladder-rule")


def test_whoever_was_marked_reads_that_in_place_of_a_confirmation(
    missed: str, somebody: Callable[..., Citizen]
) -> None:
    page = somebody("en").open(missed)

    assert page.has("stayed-away")
    assert not any(page.has(mark) for mark in ("confirmed", "next", "paper", "appealed"))


def test_an_appeal_is_made_once_and_decided_with_a_reason(
    app: Flask, scene: Scene, missed: str, somebody: Callable[..., Citizen]
) -> None:
    reader, admin = somebody("en"), signed_in(app, Role.ADMINISTRATOR)
    page = reader.open(missed)
    assert page.has("closure")
    form = reader.open(page.mark("appeal").get("href", "").removeprefix("/en")).form(mark="appeal-form")

    assert form.submit(reader.client).status == 422
    assert "Your appeal is with us." in form.submit(reader.client, text="The train stood still.").text
    assert reader.open(page.mark("appeal").get("href", "").removeprefix("/en")).has("appeal-made")
    assert "is not decided yet" in reader.open(missed).mark("appealed").text

    asked = visit(admin, visit(admin, "/en/admin/appeals").link(reference_on(page)))
    assert "The train stood still." in asked.text
    decision = asked.form(mark="decision-form")
    assert decision.submit(admin, decision="granted").status == 422
    done = decision.submit(admin, decision="granted", reason_ko="열차 지연 확인", reason_en="The train was late.")

    assert done.has("no-appeals")
    after = reader.open(missed)
    assert not after.has("closure")
    assert "It was granted: this absence does not count. Reason: The train was late." in words(
        after.mark("appeal-decided")
    )
    assert "The train was late." in reader.open(page.mark("appeal").get("href", "").removeprefix("/en")).text
    next_one = somebody()
    applied = next_one.name_visitors(next_one.ask(scene.add_departure("2026-06-05T10:00"), 1), "한가람")
    assert applied.has("contact")


def test_where_nothing_follows_there_is_nothing_to_appeal(scene: Scene, citizen: Citizen) -> None:
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00"), 1))

    page = citizen.open(f"/applications/{reference}/appeal")

    assert page.has("confirmed")
    assert not page.has("closure")


def test_each_time_an_appeal_is_opened_it_is_written_down(
    app: Flask, missed: str, somebody: Callable[..., Citizen], session: Session
) -> None:
    reader, admin = somebody("en"), signed_in(app, Role.ADMINISTRATOR)
    page = reader.open(missed)
    form = reader.open(page.mark("appeal").get("href", "").removeprefix("/en")).form(mark="appeal-form")
    form.submit(reader.client, text="I was ill.")

    asked = visit(admin, visit(admin, "/en/admin/appeals").link(reference_on(page)))
    asked.form(mark="decision-form").submit(admin, decision="granted")  # without reasons: the page is shown again

    session.rollback()
    party = session.scalars(select(Application).where(Application.reference == reference_on(page))).one()
    read = session.scalars(select(TrailEntry).where(TrailEntry.act == "appeal_read")).all()
    assert [one.facts["application"] for one in read] == [str(party.id)] * 2
    assert all(one.actor.startswith("administrator:") for one in read)
    assert "이의신청 열람" in visit(admin, "/ko/admin/trail").text


def test_an_appeal_that_is_not_there_is_not_found(app: Flask) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR)

    assert visit(admin, "/en/admin/appeals/00000000-0000-0000-0000-000000000007").status == 404


def test_whoever_was_refused_reads_the_reason_beside_the_closure(
    app: Flask, missed: str, somebody: Callable[..., Citizen]
) -> None:
    reader, admin = somebody("en"), signed_in(app, Role.ADMINISTRATOR)
    page = reader.open(missed)
    form = reader.open(page.mark("appeal").get("href", "").removeprefix("/en")).form(mark="appeal-form")
    form.submit(reader.client, text="I was ill.")
    asked = visit(admin, visit(admin, "/en/admin/appeals").link(reference_on(page))).form(mark="decision-form")
    asked.submit(admin, decision="rejected", reason_ko="확인되지 않음", reason_en="Nothing shows it.")

    after = reader.open(missed)

    assert "Your appeal was decided on Wed 20 May 2026" in words(after.mark("appealed"))
    assert "Nothing shows it." in words(after.mark("appeal-decided"))
    assert after.has("closure")
