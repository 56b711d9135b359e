"""What authorities answer: tried first, then entered, all lines or none."""

import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, refusal, told
from tests.clearance.office import (
    AFTER_THE_FREEZE,
    NIS,
    UNC,
    Office,
    choice_about,
    reference,
    sheet,
    trail,
)
from tests.rosters.gate import visitors
from tourbook import clearance
from tourbook.actor import GUEST
from tourbook.applications import cancel, cancel_visitor
from tourbook.clearance import Standing
from tourbook.clearance.models import Answer, ClearanceChoice, VisitorClearance
from tourbook.courses import ImportRefused
from tourbook.kst import parse_moment
from tourbook.notices import Kind, Notice, Way, previewed


def problems(error: pytest.ExceptionInfo[ImportRefused]) -> list[tuple[int, str]]:
    return [(line, code) for line, code, _facts in error.value.facts["problems"]]


def test_answers_are_written_down_by_reference_and_number(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.submit(UNC)

    for authority in (NIS, UNC):
        office.reply(f"{reference(party)},1,cleared,", f"{reference(party)},2,승인,", authority=authority)

    assert office.standings(party) == [Standing.CLEARED, Standing.CLEARED]


def test_whoever_one_authority_refuses_is_refused(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.submit(UNC)
    office.reply(f"{reference(party)},1,cleared,", f"{reference(party)},2,cleared,")

    office.reply(f"{reference(party)},2,부적합,", authority=UNC)

    assert office.standings(party) == [Standing.SUBMITTED, Standing.REFUSED]


def test_a_trial_says_what_would_change_and_changes_nothing(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()
    content = sheet(f"{reference(party)},1,cleared,", f"{reference(party)},2,refused,")

    tried = clearance.try_replies(office.departure_id, NIS, content, actor=office.operator, now=office.scene.now)

    assert [(one.number, one.was, one.becomes) for one in tried.changes] == [
        (1, Standing.SUBMITTED, Standing.CLEARED),
        (2, Standing.SUBMITTED, Standing.REFUSED),
    ]
    assert tried.asked == 1
    session.rollback()
    assert set(session.scalars(select(VisitorClearance.standing))) == {Standing.SUBMITTED}
    assert session.scalars(select(ClearanceChoice)).all() == []


def test_one_bad_line_enters_nothing_and_every_fault_has_its_line(office: Office, session: Session) -> None:
    party, late = office.apply(2), office.apply(1, foreign=True)
    office.submit()

    with pytest.raises(ImportRefused) as error:
        office.reply(
            f"{reference(party)},1,cleared,",
            "ZZZZ-9999,1,cleared,",
            f"{reference(party)},7,cleared,",
            f"{reference(late)},1,cleared,",
            f"{reference(party)},2,perhaps,",
            f"{reference(party)},1,refused,",
        )

    assert problems(error) == [
        (3, "reply_of_others"),
        (4, "reply_about_nobody"),
        (5, "reply_not_submitted"),
        (6, "cell_not_answer"),
        (7, "reply_twice"),
    ]
    assert set(session.scalars(select(VisitorClearance.standing))) == {Standing.SUBMITTED}


def test_the_same_file_twice_changes_nothing(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()
    line = f"{reference(party)},2,refused,"
    office.reply(line)

    again = office.reply(line)

    assert again.changes == []
    assert again.there == [2]
    assert told(session, party).count("clearance_refused") == 1


def test_an_answer_about_somebody_who_left_meanwhile_asks_nobody(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()
    cancel_visitor(visitors(party)[1].id, actor=GUEST, now=office.scene.now)

    replied = office.reply(f"{reference(party)},2,refused,")

    assert [one.code for one in replied.warnings] == ["reply_about_gone"]
    assert replied.asked == 0
    assert session.scalars(select(ClearanceChoice)).all() == []


def test_an_answer_about_a_cancelled_party_asks_nobody(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()
    cancel(party, actor=GUEST, now=office.scene.now)

    office.reply(f"{reference(party)},1,refused,")

    assert "clearance_refused" not in told(session, party)


def test_the_authoritys_word_is_kept_sealed(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()

    office.refuse(party, 2, note="생년월일 불일치")

    kept = session.scalars(select(VisitorClearance).where(VisitorClearance.standing == Standing.REFUSED)).one()
    assert kept.note == "생년월일 불일치"
    assert "생년월일".encode() not in bytes(kept.note_sealed or b"")


def test_the_trail_says_who_answered_what_without_names(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()

    office.refuse(party, 2, note="생년월일 불일치")

    (facts,) = trail(session, "clearance_answered")
    assert facts["standing"] == ["submitted", "refused"]
    assert "불일치" not in str(facts)


def test_an_authority_that_thinks_again_ends_the_question(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    visitor = office.refuse(party, 2)

    office.reply(f"{reference(party)},2,cleared,")

    assert choice_about(visitor).answer is Answer.MOOT


def test_an_authority_that_thinks_again_twice_asks_anew(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()
    visitor = office.refuse(party, 2)
    office.reply(f"{reference(party)},2,cleared,")

    office.refuse(party, 2)

    assert choice_about(visitor).answer is None
    assert told(session, party).count("clearance_refused") == 2


def test_a_party_refused_by_two_authorities_is_asked_once(office: Office, session: Session) -> None:
    party = office.apply(2)
    office.submit()
    office.submit(UNC)
    office.refuse(party, 2)

    office.reply(f"{reference(party)},2,refused,", authority=UNC)

    assert told(session, party).count("clearance_refused") == 1


def test_a_question_stays_while_another_authority_refuses(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.submit(UNC)
    visitor = office.refuse(party, 2)
    office.reply(f"{reference(party)},2,refused,", authority=UNC)

    office.reply(f"{reference(party)},2,cleared,")

    assert choice_about(visitor).answer is None


def test_before_the_freeze_line_there_is_time_enough_to_offer_the_place_on(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.at("2026-05-18T10:00")

    visitor = office.refuse(party, 2)

    assert choice_about(visitor).deadline == parse_moment("2026-05-18T19:00")


def test_after_the_freeze_line_there_is_time_until_the_departure(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.at("2026-05-19T20:00")

    visitor = office.refuse(party, 2)

    assert choice_about(visitor).deadline == parse_moment("2026-05-20T10:00")


def test_after_the_freeze_line_a_day_to_choose_is_enough(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    office.at(AFTER_THE_FREEZE)

    visitor = office.refuse(party, 2)

    assert choice_about(visitor).deadline == parse_moment("2026-05-20T09:00")  # it would be over at night


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_spreadsheet_is_read_like_a_csv_file(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    content = workbook(
        ("reference", "visitor", "answer", "note"),
        (reference(party), 1, "cleared", None),
        (reference(party), 2, "refused", "여권 만료, 확인 요망"),
    )

    replied = clearance.import_replies(office.departure_id, NIS, content, actor=office.operator, now=office.scene.now)

    assert [(one.number, one.becomes) for one in replied.changes] == [(1, Standing.CLEARED), (2, Standing.REFUSED)]


def test_what_a_korean_office_saves_as_csv_is_read_and_said_to_have_been(office: Office) -> None:
    party = office.apply(1)
    office.submit()
    content = sheet(f"{reference(party)},1,불승인,여권 만료").encode("cp949")

    replied = clearance.import_replies(office.departure_id, NIS, content, actor=office.operator, now=office.scene.now)

    assert [(one.number, one.becomes) for one in replied.changes] == [(1, Standing.REFUSED)]
    assert [one.code for one in replied.warnings] == ["file_read_as_korean"]


def test_the_file_of_names_saved_as_korean_csv_is_read_without_a_word_about_its_other_columns(office: Office) -> None:
    party = office.apply(1)
    office.submit()
    heading = "명단 번호,변경,신청번호,일행 중 번호,이름,생년월일,국적,여권번호,확인 결과,비고"
    content = f"{heading}\n1,,{reference(party)},1,김하나,1990-01-01,대한민국,,적합,\n".encode("cp949")

    replied = clearance.import_replies(office.departure_id, NIS, content, actor=office.operator, now=office.scene.now)

    assert [(one.number, one.becomes) for one in replied.changes] == [(1, Standing.CLEARED)]
    assert [one.code for one in replied.warnings] == ["file_read_as_korean"]


def test_a_file_with_a_column_under_two_of_its_names_is_refused(office: Office) -> None:
    with pytest.raises(ImportRefused) as error:
        clearance.try_replies(
            office.departure_id,
            NIS,
            "reference,visitor,answer,확인 결과\nABCD-2345,1,cleared,불승인",
            actor=office.operator,
            now=office.scene.now,
        )

    assert problems(error) == [(1, "columns_twice")]


def test_lines_of_a_spreadsheet_are_counted_as_they_are_seen(office: Office) -> None:
    party = office.apply(2)
    office.submit()
    content = workbook(("reference", "visitor", "answer"), (), (), (reference(party), 9, "cleared"))

    with pytest.raises(ImportRefused) as error:
        clearance.try_replies(office.departure_id, NIS, content, actor=office.operator, now=office.scene.now)

    assert problems(error) == [(4, "reply_about_nobody")]


def test_a_refusal_after_the_departure_has_left_asks_nobody(office: Office, session: Session) -> None:
    party = office.at("2026-05-13T10:00").apply(2)
    office.submit()
    office.at("2026-05-20T12:00")
    content = sheet(f"{reference(party)},1,refused,")

    tried = clearance.try_replies(office.departure_id, NIS, content, actor=office.operator, now=office.scene.now)
    replied = office.reply(f"{reference(party)},1,refused,")

    assert (tried.asked, replied.asked) == (0, 0)
    assert [one.code for one in replied.warnings] == ["reply_after_the_start"]
    assert told(session, party) == ["confirmed"]
    assert session.scalars(select(ClearanceChoice)).all() == []
    assert office.standings(party) == [Standing.REFUSED, Standing.READY]
    assert_sound(office.scene, session)


@pytest.mark.parametrize("spelt", [str.lower, lambda reference: reference.replace("-", "")])
def test_an_authority_spells_a_reference_as_it_likes(office: Office, spelt: Callable[[str], str]) -> None:
    party = office.apply(1)
    office.submit()

    replied = office.reply(f"{spelt(reference(party))},1,cleared,")

    assert [one.becomes for one in replied.changes] == [Standing.CLEARED]


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing", b"PK\x03\x04" + bytes(100)])
def test_what_only_looks_like_a_spreadsheet_is_refused(office: Office, content: bytes) -> None:
    with pytest.raises(ImportRefused) as error:
        clearance.try_replies(office.departure_id, NIS, content, actor=office.operator, now=office.scene.now)

    assert problems(error) == [(0, "file_not_workbook")]
    assert refusal(error) == "import_refused"


@pytest.mark.parametrize("note", ["", "서류 확인 필요"])
def test_the_letter_leads_to_what_the_authority_wrote_only_where_it_wrote_something(
    office: Office, session: Session, note: str
) -> None:
    party = office.apply(2)
    office.submit()
    office.refuse(party, note=note)

    letter = session.scalars(select(Notice).where(Notice.kind == "clearance_refused")).one()

    ko, en = (previewed(Kind.CLEARANCE_REFUSED, letter.facts, language=one, way=Way.MAIL).body for one in ("ko", "en"))
    assert ("기관이 알려 온 내용" in ko, "What it wrote" in en) == (bool(note), bool(note))
