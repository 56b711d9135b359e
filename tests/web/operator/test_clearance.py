"""The checking of names at the operators' desk: the file, what was handed over, and the answer that is tried first."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.clearance.office import reference
from tests.ground.pages import Page, visit, words
from tests.rosters.gate import AT_THE_GATE, trail, visitors
from tests.web.operator.conftest import Desk
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel_visitor
from tourbook.applications.models import Application, Channel
from tourbook.clearance import Authority, Standing, require_clearance
from tourbook.clearance.models import VisitorClearance

ARMY = "/clearance/army"


@pytest.fixture
def checked(desk: Desk) -> Desk:
    """The army checks the names, eight days before the departure, and must have them in three days."""
    desk.stand_at("2026-05-12T09:00")
    told = {"due_days": 5, "asks_passport": True, "actor": COMMAND, "now": desk.gate.now}
    require_clearance(desk.gate.scene.course_id, Authority.ARMY, **told)
    return desk


def answered(desk: Desk, text: str) -> Page:
    """What a file of answers is answered with."""
    return desk.open(f"{ARMY}/replies").form(mark="replies-form").submit(desk.client, text=text)


def standings(session: Session) -> list[Standing]:
    session.rollback()
    return sorted(session.scalars(select(VisitorClearance.standing)))


def test_a_course_whose_names_nobody_checks_shows_nothing_of_it(desk: Desk) -> None:
    desk.gate.apply(2)

    assert not desk.open().has("clearance-link")
    assert visit(desk.client, f"{desk.address}/clearance").status == 404


def test_the_roster_leads_to_the_checking_of_names(checked: Desk) -> None:
    page = checked.open()

    assert page.has("clearance-link")
    assert not page.has("send-roster")


def test_the_roster_says_of_everybody_where_they_stand(checked: Desk) -> None:
    party = checked.gate.apply(1)
    checked.press("clearance-submitted", on=checked.open("/clearance"))
    page = answered(checked, f"reference,visitor,answer\n{reference(party)},1,refused")
    page.form(mark="enter-form").submit(checked.client, stage="enter")

    assert words(checked.open().mark("standing")) == "입장 불가"


def test_the_days_list_says_what_is_due_soon(checked: Desk) -> None:
    checked.gate.apply(3)

    page = visit(checked.client, "/ko/operator/")

    assert "3명" in words(page.mark("clearance-due"))
    assert "24:00" in words(page.mark("clearance-due"))


def test_what_is_due_later_or_handed_over_is_not_listed(checked: Desk) -> None:
    checked.gate.apply(3)
    checked.press("clearance-submitted", on=checked.open("/clearance"))

    assert not visit(checked.client, "/ko/operator/").has("clearance-due")


def test_the_file_has_what_the_authority_asks_for_and_room_for_its_answer(checked: Desk, session: Session) -> None:
    party = checked.gate.apply(2)

    answer = checked.client.get(f"{checked.address}{ARMY}/names.xlsx")

    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    head, first, _ = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert head == [
        *("명단 번호", "변경", "신청번호", "일행 중 번호", "이름", "생년월일"),
        *("국적", "여권번호", "확인 결과", "비고"),
    ]
    assert first[2:6] == [reference(party), 1, visitors(party)[0].name, "1990-01-01"]
    assert [one.facts["purpose"] for one in trail(session, "roster_read")] == ["clearance_file"]


def test_a_list_that_was_handed_over_can_be_downloaded_again_and_that_is_written_down(
    checked: Desk, session: Session
) -> None:
    party = checked.gate.apply(2)
    page = checked.press("clearance-submitted", on=checked.open("/clearance"))
    checked.gate.apply(1)

    answer = checked.client.get(page.mark("earlier-file").get("href"))

    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [row[2].value for row in list(sheet.iter_rows())[1:]] == [reference(party)] * 2
    read = [one.facts for one in trail(session, "roster_read") if one.facts["purpose"] == "clearance_file"]
    assert [(one["authority"], one["number"], one["people"]) for one in read] == [("army", 1, 2)]


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9" * 40])
def test_a_list_that_nobody_handed_over_is_not_found(checked: Desk, number: str) -> None:
    checked.gate.apply(2)
    checked.press("clearance-submitted", on=checked.open("/clearance"))

    assert visit(checked.client, f"{checked.address}{ARMY}/names.xlsx?list={number}").status == 404


def test_names_are_handed_over_once(checked: Desk, session: Session) -> None:
    checked.gate.apply(2)
    page = checked.open("/clearance")

    for _ in range(2):
        shown = checked.press("clearance-submitted", on=page)

    assert shown.has("up-to-date")
    assert standings(session) == [Standing.SUBMITTED] * 2
    assert len(trail(session, "names_submitted")) == 1


def test_a_list_that_has_changed_since_is_not_written_down(checked: Desk, session: Session) -> None:
    party = checked.gate.apply(2)
    page = checked.open("/clearance")
    cancel_visitor(visitors(party)[1].id, actor=GUEST, now=checked.gate.now)

    shown = checked.press("clearance-submitted", on=page)

    assert "명단이 바뀌었습니다" in shown.text
    assert standings(session) == []


def test_an_answer_is_tried_before_it_is_entered(checked: Desk, session: Session) -> None:
    party = checked.gate.apply(2)
    checked.press("clearance-submitted", on=checked.open("/clearance"))
    lines = f"reference,visitor,answer,note\n{reference(party)},1,cleared,\n{reference(party)},2,refused,확인 요망"

    tried = answered(checked, lines)

    assert tried.status == 200
    assert "입장 불가" in words(tried.mark("tried"))
    assert tried.has("asked")
    assert standings(session) == [Standing.SUBMITTED] * 2
    done = tried.form(mark="enter-form").submit(checked.client, stage="enter")
    assert "확인 요망" in done.text
    assert standings(session) == [Standing.CLEARED, Standing.REFUSED]


def filled_in(file: bytes, *answers: tuple[str, str]) -> bytes:
    """The file for an authority as it comes back: in its last two columns what was answered, line by line."""
    book = load_workbook(io.BytesIO(file))
    sheet = book.worksheets[0]
    for line, (answer, note) in enumerate(answers, start=2):
        sheet.cell(line, sheet.max_column - 1, answer or None)
        sheet.cell(line, sheet.max_column, note or None)
    back = io.BytesIO()
    book.save(back)
    return back.getvalue()


def uploaded(desk: Desk, address: str, content: bytes, name: str = "names.xlsx") -> Page:
    form = visit(desk.client, f"{address}/replies").form(mark="replies-form")
    return form.submit(desk.client, file=(io.BytesIO(content), name))


@pytest.mark.parametrize(("language", "yes", "no"), [("ko", "승인", "불승인"), ("en", "Cleared", "Refused")])
def test_the_file_of_names_comes_back_with_the_answers_in_it(
    checked: Desk, session: Session, language: str, yes: str, no: str
) -> None:
    checked.gate.apply(2)
    checked.press("clearance-submitted", on=checked.open("/clearance"))
    here = f"/{language}{checked.address.removeprefix('/ko')}{ARMY}"
    file = checked.client.get(f"{here}/names.xlsx?list=1").data

    tried = uploaded(checked, here, filled_in(file, (yes, ""), (no, "여권 만료")))

    assert tried.status == 200
    assert not tried.has("odd")
    tried.form(mark="enter-form").submit(checked.client, stage="enter")
    assert standings(session) == [Standing.CLEARED, Standing.REFUSED]
    assert {one.note for one in session.scalars(select(VisitorClearance))} == {None, "여권 만료"}


def test_the_page_of_what_would_change_carries_answers_and_nobodys_details(checked: Desk) -> None:
    party = checked.gate.apply(2)
    checked.press("clearance-submitted", on=checked.open("/clearance"))
    here = f"{checked.address}{ARMY}"
    file = checked.client.get(f"{here}/names.xlsx?list=1").data

    tried = uploaded(checked, here, filled_in(file, ("승인", ""), ("승인", "")))

    assert reference(party) in tried.text
    assert visitors(party)[0].name not in tried.text
    assert "1990-01-01" not in tried.text


def test_a_line_that_nobody_has_answered_yet_is_passed_over_and_named(checked: Desk, session: Session) -> None:
    checked.gate.apply(3)
    checked.press("clearance-submitted", on=checked.open("/clearance"))
    here = f"{checked.address}{ARMY}"
    file = checked.client.get(f"{here}/names.xlsx?list=1").data

    tried = uploaded(checked, here, filled_in(file, ("승인", ""), ("", ""), ("", "확인 중")))

    assert [next(line for line in "2345" if f"{line}번째 줄" in words(one)) for one in tried.marked("odd")] == [
        "3",
        "4",
    ]
    tried.form(mark="enter-form").submit(checked.client, stage="enter")
    assert standings(session) == [Standing.CLEARED, Standing.SUBMITTED, Standing.SUBMITTED]


def test_every_bad_line_is_named_and_nothing_is_entered(checked: Desk, session: Session) -> None:
    party = checked.gate.apply(2)
    checked.press("clearance-submitted", on=checked.open("/clearance"))

    page = answered(checked, f"reference,visitor,answer\n{reference(party)},1,cleared\nZZZZ-9999,1,cleared\n")

    assert page.status == 422
    assert "3" in words(page.mark("problem"))
    assert "ZZZZ-9999" in words(page.mark("problem"))
    assert standings(session) == [Standing.SUBMITTED] * 2


def test_a_resident_number_in_a_note_is_never_taken(checked: Desk, session: Session) -> None:
    party = checked.gate.apply(1)
    checked.press("clearance-submitted", on=checked.open("/clearance"))

    page = answered(checked, f"reference,visitor,answer,note\n{reference(party)},1,refused,900101-1234567")

    assert page.status == 422
    assert "900101" not in page.text
    assert standings(session) == [Standing.SUBMITTED]


def test_an_authority_that_checks_nothing_here_does_not_exist(checked: Desk) -> None:
    addresses = [f"{checked.address}/clearance/{name}/replies" for name in ("nis", "somebody")]

    assert [visit(checked.client, address).status for address in addresses] == [404, 404]


PERSON = {"visitors-0-name": "현장 손님", "visitors-0-birth_date": "1985-05-05", "consent": "y"}


@pytest.mark.usefixtures("awake")
@pytest.mark.parametrize(("language", "asked"), [("ko", "관할 군부대"), ("en", "Army unit of the area")])
def test_people_at_the_gate_are_let_in_only_with_the_word_of_those_who_check_names(
    checked: Desk, session: Session, language: str, asked: str
) -> None:
    checked.stand_at(AT_THE_GATE)
    here = f"/{language}{checked.address.removeprefix('/ko')}"
    page = visit(checked.client, f"{here}/walk-up")
    assert asked in words(page.mark("ask-authority"))

    refused = page.form(mark="walk-up").submit(checked.client, **PERSON)

    assert refused.status == 422
    assert "#authority_agreed" in {a.get("href") for a in refused.mark("error-summary").iter("a")}
    assert session.scalars(select(Application)).all() == []
    refused.form(mark="walk-up").submit(checked.client, authority_agreed="y")
    assert [one.channel for one in session.scalars(select(Application))] == [Channel.WALK_UP]


@pytest.mark.usefixtures("awake")
def test_that_the_word_of_an_authority_is_missing_is_said_with_everything_else(checked: Desk) -> None:
    checked.stand_at(AT_THE_GATE)

    page = checked.open("/walk-up").form(mark="walk-up").submit(checked.client)

    targets = {a.get("href") for a in page.mark("error-summary").iter("a")}
    assert {"#authority_agreed", "#consent", "#visitors-0-name"} <= targets


@pytest.mark.usefixtures("awake")
def test_the_pages_of_the_gate_say_that_numbers_and_places_give_no_right_to_go_in(checked: Desk) -> None:
    checked.stand_at(AT_THE_GATE)

    assert checked.open().has("ask-authority")
    assert "관할 군부대" in words(checked.open("/standby").mark("ask-authority"))
    assert "집결지에 온 분" in words(checked.open("/clearance").mark("freeze"))


def test_where_nobody_checks_names_the_gate_asks_nobody(desk: Desk) -> None:
    pages = [desk.open(), desk.open("/walk-up"), desk.open("/standby")]

    assert not any(one.has("ask-authority") for one in pages)
    assert "authority_agreed" not in desk.open("/walk-up").form(mark="walk-up").fields
