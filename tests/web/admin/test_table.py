"""The level table and a course's figures are changed by way of a preview."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.courses import figures_now
from tourbook.distancing.models import Measure, TableCell

CELL = {"level": "s/half", "whose": "kind:trail", "measure": "people", "amount": "8"}


def latest(session: Session) -> TableCell:
    return session.scalars(select(TableCell).order_by(TableCell.entry.desc()).limit(1)).one()


def test_the_table_says_what_each_level_means(admin: Administrator, scene: Scene):
    found = rows(admin.open("/table"), "scale")

    assert [row[0] for row in found] == ["Level open", "Level half", "Level closed"]
    assert found[1][1].startswith("50 %")
    assert found[2][1].startswith("closed")


def test_a_cell_is_changed_for_a_kind(admin: Administrator, scene: Scene, session: Session):
    scene.add_departure("2026-05-14T10:00")
    scene.add_order("half", "2026-05-04")

    preview = admin.fill_in("/table/cell", "cell-form", **CELL)
    admin.apply(preview)

    assert rows(preview, "courses")[0][2] == "10 → 8"
    assert (latest(session).kind, latest(session).measure, latest(session).amount) == ("trail", Measure.PEOPLE, 8)


def test_the_form_begins_with_what_the_cell_says(admin: Administrator, scene: Scene):
    form = admin.open("/table/cell?scale=s&level=half&whose=kind:trail").form(mark="cell-form")

    kept = {name: form.values[name] for name in ("level", "whose", "measure", "amount")}
    assert kept == {"level": "s/half", "whose": "kind:trail", "measure": "percent", "amount": "50"}


def test_a_cell_is_set_for_one_course_and_shown_there(admin: Administrator, scene: Scene):
    admin.apply(admin.fill_in("/table/cell", "cell-form", **{**CELL, "whose": "course:walk"}))

    assert "Walk8 people" in rows(admin.open("/table"), "scale")[1][3]


def test_an_amount_must_fit_what_the_level_means(admin: Administrator, scene: Scene):
    page = admin.fill_in("/table/cell", "cell-form", **{**CELL, "measure": "percent", "amount": "120"})

    assert page.status == 422
    assert "from 0 to 100" in errors(page)
    assert page.form(mark="cell-form").values["amount"] == "120"


def test_the_size_of_a_course_is_changed(admin: Administrator, scene: Scene, session: Session):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)

    preview = admin.fill_in("/courses/walk/figures", "figures-form", capacity="4", party_limit="")
    admin.apply(preview)

    assert rows(preview, "courses")[0][2:5] == ["20 → 4", "5 → no limit", "1 party, 5 people"]
    assert words(preview.mark("summary")) == "Walk: size 4"
    now = figures_now(session, scene.course_id)
    assert (now.capacity, now.party_limit) == (4, None)


def test_a_size_that_is_there_already_is_refused(admin: Administrator, scene: Scene):
    page = admin.fill_in("/courses/walk/figures", "figures-form", capacity="20", party_limit="5")

    assert page.status == 422
    assert "This is how it is already" in errors(page)
