"""Measures at one site are entered, and their end is decided."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.courses import ends_of_measures
from tourbook.courses.models import SiteMeasure
from tourbook.kst import civil_day


def test_a_suspension_is_entered(admin: Administrator, scene: Scene, session: Session):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)

    preview = admin.preview_measure()
    admin.apply(preview)

    measure = session.scalars(select(SiteMeasure)).one()
    assert rows(preview, "departures")[0][2] == "20 → 0"
    assert (measure.kind, measure.capacity, measure.planned_until) == ("suspension", None, None)
    assert (measure.reason_ko, measure.reason_en) == ("돼지열병", "Swine fever")


def test_another_size_needs_its_number(admin: Administrator, scene: Scene):
    page = admin.preview_measure(kind="override")

    assert page.status == 422
    assert "needs its number of people" in errors(page)
    assert page.form(mark="measure-form").values["reason_en"] == "Swine fever"


def test_another_size_is_entered(admin: Administrator, scene: Scene, session: Session):
    admin.apply(admin.preview_measure(kind="override", capacity="12", raises="y", effective_until="2026-06-30"))

    measure = session.scalars(select(SiteMeasure)).one()

    assert (measure.capacity, measure.raises, measure.planned_until.isoformat()) == (12, True, "2026-06-30")


def test_the_end_of_a_measure_is_decided(admin: Administrator, scene: Scene, session: Session, clock: StandingClock):
    measure_id = scene.add_measure("2026-05-01")
    clock.move(minutes=5)

    admin.apply(admin.fill_in(f"/measures/{measure_id}/end", "end-form", until="2026-05-10"))

    [end] = ends_of_measures(session)[measure_id]
    assert (end.last_day.isoformat(), end.decided_at) == ("2026-05-10", clock.now)
    assert "10 May 2026" in admin.open("/measures").text


def test_an_end_before_the_beginning_is_refused(admin: Administrator, scene: Scene):
    measure_id = scene.add_measure("2026-05-14")

    page = admin.fill_in(f"/measures/{measure_id}/end", "end-form", until="2026-05-01")

    assert page.status == 422
    assert "lies before the first" in errors(page)


def test_the_list_says_what_is_in_force(admin: Administrator, scene: Scene):
    scene.add_measure(civil_day(scene.now).isoformat())
    scene.add_measure("2026-06-01", kind="override", capacity=10)

    found = [words(row) for row in admin.open("/measures").marked("measure")]

    assert "at most 10" in found[0]
    assert "Announced" in found[0]
    assert "suspended" in found[1]
    assert "In force" in found[1]


def test_an_end_is_given_to_what_is_open_ended(admin: Administrator, scene: Scene) -> None:
    measure = scene.add_measure("2026-05-14")

    page = admin.open(f"/measures/{measure}/end").form(mark="end-form").submit(admin.client, until="2026-05-16")

    assert page.has("apply-form")


def test_who_moves_an_end_later_reads_both_days_and_decides(admin: Administrator, scene: Scene) -> None:
    measure = scene.add_measure("2026-05-14", "2026-05-20")
    mine, others = (admin.open(f"/measures/{measure}/end").form(mark="end-form") for _ in range(2))
    admin.apply(others.submit(admin.client, until="2026-05-25"))

    refused = mine.submit(admin.client, until="2026-05-16")

    assert refused.status == 422
    assert all(said in errors(refused) for said in ("25 May", "16 May"))
    assert refused.form(mark="end-form").submit(admin.client).has("apply-form")
