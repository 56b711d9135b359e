"""Files of orders, measures and courses: all lines or none, with what is wrong by line."""

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.courses import course_by_code
from tourbook.courses.models import Course, Region, SiteMeasure
from tourbook.db import transaction
from tourbook.distancing.models import Order

DATA = Path(__file__).resolve().parents[2] / "data"
HEADING = (
    "region_code,announced_on,effective_from,planned_until,withdrawn_on,scale,level,"
    "party_max,party_max_after_18,overrides_local\n"
)
GOOD = "41,2026-05-04T08:00,2026-05-14,,,s,half,4,,no\n"


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def problems(page: Page) -> list[str]:
    return [words(problem) for problem in page.marked("problem")]


def paste(admin: Administrator, text: str, what: str = "orders") -> Page:
    return admin.fill_in(f"/{what}/import", "import-form", text=text)


def upload(admin: Administrator, content: bytes, what: str = "orders") -> Page:
    form = admin.open(f"/{what}/import").form(mark="import-form")
    sent = {**form.values, "stage": "preview", "file": (io.BytesIO(content), "file.csv")}
    return admin.open(f"/{what}/import", method="POST", data=sent, content_type="multipart/form-data")


def test_a_pasted_file_is_shown_first_and_then_entered(admin: Administrator, scene: Scene, session: Session):
    scene.add_departure("2026-05-14T10:00")

    preview = paste(admin, HEADING + GOOD)

    assert rows(preview, "courses")[0][2] == "20 → 10"
    assert words(preview.mark("summary")) == "A file of 1 distancing order"
    assert count(session, Order) == 0
    assert admin.apply(preview).has("progress")
    assert count(session, Order) == 1


def test_an_uploaded_file_is_carried_to_its_application(admin: Administrator, scene: Scene, session: Session):
    admin.apply(upload(admin, ("\ufeff" + HEADING + GOOD).encode()))

    assert session.scalars(select(Order.party_max)).one() == 4


@pytest.mark.parametrize("bad", ["\0", "\x07", "\ufffe", "a" + "\u0301\u0327" * 16])
def test_a_file_that_is_no_text_is_refused_and_not_shown_again(admin: Administrator, scene: Scene, bad: str):
    page = upload(admin, f"{HEADING}{GOOD}41,,2026-05-14,,,s,{bad},,,no\n".encode())

    assert page.status == 422
    assert problems(page) == ["Line 3: The file is not a text. Save it as “CSV UTF-8” and send it again."]
    assert page.form(mark="import-form").values["text"] == ""


def test_of_a_file_that_is_wrong_throughout_the_first_lines_are_shown(admin: Administrator, scene: Scene):
    few, many = (upload(admin, (HEADING + "1\n" * lines).encode()) for lines in (100, 20_000))

    assert (len(problems(few)), len(problems(many))) == (100, 100)
    assert not few.has("more-problems")
    assert words(many.mark("more-problems")) == "19900 more lines or cells are wrong."


def test_one_bad_line_refuses_all_and_each_is_named(admin: Administrator, scene: Scene, session: Session):
    text = HEADING + GOOD + "99,,2026-05-14,,,s,half,,,no\n" + "41,,2026-05-14,2026-05-01,,s,odd,,,no\n"

    page = upload(admin, text.encode())

    assert page.status == 422
    found = problems(page)
    assert [problem.partition(":")[0] for problem in found] == ["Line 3", "Line 4", "Line 4"]
    assert "no region with the code 99" in found[0]
    assert page.form(mark="import-form").values["text"].startswith("region_code")
    assert count(session, Order) == 0


def test_a_file_that_is_no_text_is_refused_with_its_reason(admin: Administrator, scene: Scene):
    page = upload(admin, (HEADING + "경기,").encode("utf-16"))

    assert page.status == 422
    assert "not in UTF-8" in problems(page)[0]


def test_a_file_that_is_there_already_changes_nothing(admin: Administrator, scene: Scene, session: Session):
    admin.apply(paste(admin, HEADING + GOOD))

    page = paste(admin, HEADING + GOOD)

    assert page.status == 422
    assert "This is how it is already" in errors(page)
    assert count(session, Order) == 1


def test_lines_that_are_there_already_or_odd_are_said(admin: Administrator, scene: Scene, session: Session):
    admin.apply(paste(admin, HEADING + GOOD))
    early = "41,2026-05-04T08:00,2026-05-20,,2026-05-04T07:00,s,closed,,,no\n"

    preview = paste(admin, HEADING + GOOD + early)

    notes = " ".join("".join(note.itertext()) for note in preview.marked("note"))
    assert "1 line is there already and changes nothing: 2" in notes
    assert "Line 3:" in notes


def test_an_order_that_reaches_no_course_is_said(admin: Administrator, scene: Scene, session: Session):
    with transaction() as writing:
        writing.add(Region(code="51", parent="KR", name_ko="강원", name_en="Gangwon"))

    preview = admin.preview_order(region_code="51")

    assert "reaches no course" in "".join(preview.mark("note").itertext())
    assert preview.has("nothing")


def test_the_history_of_orders_can_be_uploaded(admin: Administrator, scene: Scene):
    page = upload(admin, (DATA / "distancing_orders.csv").read_bytes())

    assert all("registration number" not in problem for problem in problems(page))


def test_measures_are_imported_likewise(admin: Administrator, scene: Scene, session: Session):
    heading = "course,kind,announced_at,effective_from,effective_until,ended_at,capacity,raises,reason\n"

    admin.apply(paste(admin, heading + "walk,suspension,2026-05-04,2026-05-14,,,,,군 요청\n", "measures"))

    assert count(session, SiteMeasure) == 1


def test_courses_are_imported_at_once(admin: Administrator, scene: Scene, session: Session):
    lines = (DATA / "courses.csv").read_text(encoding="utf-8").splitlines()
    paju = next(line for line in lines if line.startswith("paju,"))

    page = paste(admin, f"{lines[0]}\n{paju}\n", "courses")

    assert "1 course was entered" in page.text
    assert course_by_code(session, "paju").minutes > 0


def test_courses_with_mistakes_are_named_by_line(admin: Administrator, scene: Scene, session: Session):
    lines = (DATA / "courses.csv").read_text(encoding="utf-8").splitlines()
    wrong = [line.replace("41480", "99999") for line in lines]

    page = paste(admin, "\n".join(wrong), "courses")

    assert page.status == 422
    assert any("99999" in problem for problem in problems(page))
    assert count(session, Course) == 1


@pytest.mark.parametrize(
    ("what", "needed", "optional"),
    [
        ("orders", "planned_until", "party_max"),
        ("measures", "effective_until", "reason_ko"),
        ("courses", "who", "policy"),
    ],
)
def test_the_page_names_what_may_be_left_out_and_shows_an_example(
    admin: Administrator, scene: Scene, what: str, needed: str, optional: str
):
    page = admin.open(f"/{what}/import")

    assert needed in words(page.mark("needed"))
    assert optional in words(page.mark("optional"))
    assert optional not in words(page.mark("needed"))
    heading, line = (words(code) for code in page.mark("example").iter("code"))
    assert heading.count(",") == line.count(",") > 5
    assert needed in heading


def test_all_that_is_wrong_with_one_line_is_named_at_once(admin: Administrator, scene: Scene, session: Session):
    page = paste(admin, HEADING + "99,2026-05-04T08:00,2026-05-14,2026-05-01,,s,none-such,,,no\n")

    found = problems(page)
    assert page.status == 422
    assert len(found) == 3
    assert [said.split(": ")[1] for said in found] == ["region_code", "level", "planned_until"]
    assert count(session, Order) == 0
