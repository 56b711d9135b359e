"""The level table and a course's figures are changed by way of a preview."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import Form, visit, words
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.courses import figures_now
from tourbook.distancing.models import Change, Measure, TableCell

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


SCALE = "/table/scales/s"


def scale_form(admin: Administrator) -> Form:
    return admin.open(SCALE).form(mark="scale-form")


def place(form: Form, level: str, whose: str) -> str:
    """The beginning of the names of one cell's fields."""
    (name,) = (name for name, value in form.values.items() if str(value).startswith(f"{level} {whose} "))
    return name.removesuffix("cell")


def at(form: Form, **typed: tuple[str, str]) -> dict[str, str]:
    """What is typed into the cells of the kind of trails, by level: the meaning and the amount."""
    places = {place(form, level, "kind:trail"): values for level, values in typed.items()}
    return {f"{name}{part}": value for name, both in places.items() for part, value in zip(PARTS, both, strict=True)}


PARTS = ("measure", "amount")


def entered(session: Session) -> list[tuple[str, str, int | None]]:
    session.rollback()
    cells = session.scalars(select(TableCell).where(TableCell.known_at.is_not(None)).order_by(TableCell.entry))
    return [(cell.level, cell.measure.value, cell.amount) for cell in cells]


def test_the_form_of_a_scale_begins_with_what_every_level_means(admin: Administrator, scene: Scene):
    form = scale_form(admin)

    half, closed = place(form, "half", "kind:trail"), place(form, "closed", "kind:trail")
    assert (form.values[f"{half}measure"], form.values[f"{half}amount"]) == ("percent", "50")
    assert form.values[f"{closed}measure"] == "closed"
    assert not any("course:" in str(value) for value in form.values.values())


def test_several_cells_are_changed_by_one_preview_and_taken_back_as_one_change(
    admin: Administrator, scene: Scene, session: Session
):
    scene.add_departure("2026-05-14T10:00")
    scene.add_order("half", "2026-05-04")
    before = entered(session)
    form = scale_form(admin)

    preview = form.submit(admin.client, **at(form, half=("people", "8"), open=("percent", "90")), source="Ministry")
    change = admin.apply(preview)

    assert words(preview.mark("summary")) == "Level table: s, 2 meanings"
    assert rows(preview, "courses")[0][2] == "10 → 8"
    assert sorted(entered(session)[len(before) :]) == [("half", "people", 8), ("open", "percent", 90)]
    assert change.status == 200
    assert len(session.scalars(select(Change)).all()) == 1
    session.rollback()
    assert rows(admin.open("/table"), "scale")[1][1].startswith("8 people")
    change.form(mark="take-back-form").submit(admin.client, button="stage")
    assert rows(admin.open("/table"), "scale")[1][1].startswith("50 %")


def test_of_a_scale_only_what_was_changed_is_entered_and_conditions_stay(
    admin: Administrator, scene: Scene, session: Session
):
    typed = {**CELL, "condition_ko": "접종 완료자", "condition_en": "Fully vaccinated"}
    admin.apply(admin.fill_in("/table/cell", "cell-form", **typed))
    form = scale_form(admin)

    preview = form.submit(admin.client, **at(form, half=("people", "9"), closed=("closed", "")))
    admin.apply(preview)

    assert words(preview.mark("summary")) == "Level table: Level half, Trail routes"
    cell = latest(session)
    assert (cell.level, cell.amount, cell.condition_en) == ("half", 9, "Fully vaccinated")


def test_a_scale_that_stays_as_it_is_is_said_to_be_so(admin: Administrator, scene: Scene):
    page = scale_form(admin).submit(admin.client)

    assert page.status == 422
    assert "This is how it is already" in errors(page)


def test_all_cells_that_cannot_be_are_said_at_their_fields(admin: Administrator, scene: Scene, session: Session):
    before, form = entered(session), scale_form(admin)
    half, opened = (place(form, level, "kind:trail") for level in ("half", "open"))

    page = form.submit(admin.client, **at(form, half=("percent", "120"), open=("people", "")))

    assert page.status == 422
    assert {f"#{half}amount", f"#{opened}amount"} <= {to[to.find("#") :] for _, to in page.links() if "#" in to}
    assert page.form(mark="scale-form").values[f"{half}amount"] == "120"
    assert entered(session) == before


def test_what_was_changed_elsewhere_meanwhile_is_not_overwritten_unread(
    admin: Administrator, scene: Scene, session: Session
):
    form = scale_form(admin)
    admin.apply(admin.fill_in("/table/cell", "cell-form", **CELL))
    before = entered(session)

    kept = form.submit(admin.client, **at(form, open=("percent", "90")))
    refused = form.submit(admin.client, **at(form, half=("people", "9")))

    assert words(kept.mark("summary")) == "Level table: Level open, Trail routes"
    assert refused.status == 422
    assert "Somebody has changed this meanwhile: 8 people" in errors(refused)
    assert entered(session) == before
    admin.apply(refused.form(mark="scale-form").submit(admin.client))
    assert entered(session)[len(before) :] == [("half", "people", 9)]


def test_the_same_form_of_a_scale_applied_twice_changes_once(admin: Administrator, scene: Scene, session: Session):
    before, form = entered(session), scale_form(admin)
    preview = form.submit(admin.client, **at(form, half=("people", "8")))

    first, second = admin.apply(preview), admin.apply(preview)

    assert first.address == second.address
    assert entered(session)[len(before) :] == [("half", "people", 8)]


def test_a_course_with_a_cell_of_its_own_has_a_row_and_falls_back_to_its_kind(
    admin: Administrator, scene: Scene, session: Session
):
    admin.apply(admin.fill_in("/table/cell", "cell-form", **{**CELL, "whose": "course:walk"}))
    form = scale_form(admin)
    own = place(form, "half", "course:walk")

    admin.apply(form.submit(admin.client, **{f"{own}measure": "inherit"}))

    assert (latest(session).measure, latest(session).amount) == (Measure.INHERIT, None)


@pytest.mark.parametrize("scale", ["nothing", "%00", "김"])
def test_a_scale_that_is_none_is_not_there(admin: Administrator, scene: Scene, scale: str):
    assert admin.open(f"/table/scales/{scale}").status in {400, 404}


@pytest.mark.parametrize(
    "cell", ["", "half", "half kind:trail", "half kind:trail x", "gone course:gone 0", "half kind:x 1"]
)
def test_a_cell_that_is_none_is_refused(admin: Administrator, scene: Scene, session: Session, cell: str):
    before, form = entered(session), scale_form(admin)
    half = place(form, "half", "kind:trail")

    page = form.submit(admin.client, **{f"{half}cell": cell, f"{half}measure": "closed"})

    assert page.status in {404, 422}
    assert entered(session) == before


@pytest.mark.parametrize("cell", ["gone kind:trail 0", "half kind:panmunjeom 0"])
def test_a_cell_that_no_page_could_show_again_is_refused_before_its_words(
    admin: Administrator, scene: Scene, cell: str
):
    form = scale_form(admin)
    half = place(form, "half", "kind:trail")

    page = form.submit(admin.client, **{f"{half}cell": cell, f"{half}measure": "no such meaning"})

    assert page.status == 404


@pytest.mark.parametrize(("lang", "title"), [("ko", "단계별 내용"), ("en", "What the levels mean")])
def test_the_table_leads_to_the_form_of_its_scale(
    another: Callable[..., Administrator], scene: Scene, lang: str, title: str
):
    admin = another(lang)

    page = visit(admin.client, admin.open("/table").mark("change-scale").get("href", ""))

    assert title in page.title
    assert len(page.marked("level")) == 3
