"""What notices say: every kind, in both languages, on both ways."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from jinja2 import UndefinedError

from config import Config
from tests.ground.server import TEST_SECRET
from tests.notices.outbox import FACTS, TOKEN, facts_for, in_words, settings
from tourbook import seal
from tourbook.accounts import place_of
from tourbook.app import PROJECT
from tourbook.notices import Kind, Notice, Way, rendered
from tourbook.notices.calendar import STRIKES
from tourbook.notices.kinds import FOR_ACCOUNTS, FOR_GROUPS, FOR_STAFF, NEEDS, Needs

HANGUL = re.compile(r"[가-힣]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
RUN_TOGETHER = re.compile(r"\S*[가-힣A-Za-z\d)][.!?][가-힣A-Za-z]\S*")
COMMON_WORDS = {"DMZ", "ics"}
EVERY = list(product(Kind, ("ko", "en"), Way))
CALENDAR = {"ko": "캘린더", "en": "calendar"}


@pytest.fixture
def app() -> Iterator[Flask]:
    """Templates, settings and keys: words need no database."""
    app = Flask("tourbook", root_path=str(PROJECT), template_folder="templates")
    app.config["TOURBOOK"] = Config(environment="test", public_url="https://tours.example.kr")
    app.config["SECRET_KEY"] = TEST_SECRET
    seal.init_app(app)
    with app.app_context():
        yield app


def text_of(notice: Notice) -> str:
    said = rendered(notice)
    return f"{said.subject}\n{said.body}"


@pytest.mark.parametrize(("kind", "language", "way"), EVERY)
def test_every_kind_can_be_said_in_both_languages_on_both_ways(app: Flask, kind: Kind, language: str, way: Way):
    said = rendered(in_words(kind, language=language, way=way))

    assert said.body.strip()
    assert bool(said.subject) == (way is Way.MAIL)
    assert "None" not in text_of(in_words(kind, language=language, way=way))
    assert "\n\n\n" not in said.body


@pytest.mark.parametrize(("kind", "language", "way"), EVERY)
def test_every_kind_can_be_said_with_only_the_facts_it_needs(app: Flask, kind: Kind, language: str, way: Way):
    notice = in_words(kind, language=language, way=way)
    notice.facts = facts_for(kind, optional=False)

    assert "None" not in text_of(notice)


@pytest.mark.parametrize(("language", "way"), list(product(("ko", "en"), Way)))
@pytest.mark.parametrize("alone", [True, False])
def test_only_who_has_a_choice_is_asked_to_choose(app: Flask, language: str, way: Way, alone: bool):
    notice = in_words(Kind.CLEARANCE_REFUSED, language=language, way=way)
    notice.facts = {**notice.facts, "alone": alone}

    said = text_of(notice)

    assert bool(re.search("골라 주세요|[Pp]lease choose", said)) is not alone
    assert bool(re.search("취소됩니다|is cancelled", said)) is alone


@pytest.mark.parametrize(("kind", "language", "way"), EVERY)
def test_no_sentence_begins_where_another_ends_without_a_space(app: Flask, kind: Kind, language: str, way: Way):
    optional = sorted(NEEDS[kind].optional)
    absent = [set(), set(optional), *({one} for one in optional), *(set(optional) - {one} for one in optional)]

    for left_out, turned in product(absent, (False, True)):
        notice = in_words(kind, language=language, way=way)
        notice.facts = {
            name: not fact if turned and isinstance(fact, bool) else fact
            for name, fact in facts_for(kind).items()
            if name not in left_out
        }
        words = ADDRESS.sub("", text_of(notice))
        assert not RUN_TOGETHER.findall(words), (left_out, words)


@pytest.mark.parametrize(("kind", "way"), list(product(Kind, Way)))
def test_an_english_notice_holds_no_korean(app: Flask, kind: Kind, way: Way):
    assert not HANGUL.search(text_of(in_words(kind, language="en", way=way)))


@pytest.mark.parametrize(("kind", "way"), list(product(Kind, Way)))
def test_a_korean_notice_holds_no_english(app: Flask, kind: Kind, way: Way):
    text = re.sub(r"https://\S+", "", text_of(in_words(kind, language="ko", way=way)))
    text = text.replace(FACTS["reference"], "").replace(FACTS["previous_reference"], "")

    assert set(LATIN_WORD.findall(text)) <= COMMON_WORDS


@pytest.mark.parametrize(("kind", "language"), list(product(sorted(FOR_GROUPS), ("ko", "en"))))
def test_a_mail_to_a_group_names_its_visit_its_own_page_and_where_to_turn(app: Flask, kind: Kind, language: str):
    body = rendered(in_words(kind, language=language)).body

    assert FACTS[f"course_{language}"] in body
    assert f"https://tours.example.kr/{language}/groups/{TOKEN}" in body
    assert "031-000-0000" in body


OF_APPLICATIONS = sorted(set(Kind) - FOR_ACCOUNTS - FOR_GROUPS - FOR_STAFF)


@pytest.mark.parametrize(("kind", "language"), list(product(OF_APPLICATIONS, ("ko", "en"))))
def test_a_mail_about_an_application_says_what_it_is_about_and_where_to_turn(app: Flask, kind: Kind, language: str):
    body = rendered(in_words(kind, language=language)).body

    for fact in ("reference", f"course_{language}", f"meeting_place_{language}"):
        assert FACTS[fact] in body
    assert f"https://tours.example.kr/{language}/a/{TOKEN}" in body
    assert "031-000-0000" in body


@pytest.mark.parametrize("kind", [Kind.CONFIRMED, Kind.MOVED, Kind.DRAWN, Kind.RESTORED])
@pytest.mark.parametrize(("language", "start"), [("ko", "12월 17일"), ("en", "17 Dec")])
@pytest.mark.parametrize("way", Way)
def test_who_may_come_reads_when_and_where_to_be_and_what_to_bring(
    app: Flask, kind: Kind, language: str, start: str, way: Way
):
    body = rendered(in_words(kind, language=language, way=way)).body

    assert start in body
    for fact in ("meeting_place", "meeting", "id_rule"):
        assert FACTS[f"{fact}_{language}"] in body


@pytest.mark.parametrize(
    "kind",
    [
        Kind.DISPLACED,
        Kind.DISPLACED_OFFERED,
        Kind.MUST_SHRINK,
        Kind.SET_ASIDE,
        Kind.CALLED_OFF,
        Kind.OFFER_REVOKED,
    ],
)
def test_bad_news_names_its_cause(app: Flask, kind: Kind):
    assert FACTS["cause_ko"] in rendered(in_words(kind)).body
    assert FACTS["cause_en"] in rendered(in_words(kind, language="en")).body


@pytest.mark.parametrize("kind", [Kind.DISPLACED, Kind.DISPLACED_OFFERED, Kind.CALLED_OFF, Kind.OFFER_REVOKED])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_cause_that_is_a_sentence_ends_with_one_full_stop(app: Flask, kind: Kind, language: str):
    facts = {"cause_ko": "안전하게 진행하기 어렵습니다.", "cause_en": "The weather does not allow it."}

    text = rendered(in_words(kind, language=language, way=Way.SMS, facts=facts)).body

    assert facts[f"cause_{language}"] in text
    assert ".." not in text


@pytest.mark.parametrize("kind", [Kind.OFFER, Kind.DISPLACED_OFFERED, Kind.MUST_SHRINK])
@pytest.mark.parametrize("way", Way)
def test_what_has_a_deadline_says_it_as_the_end_of_a_day(app: Flask, kind: Kind, way: Way):
    assert "12월 10일(목) 24:00" in rendered(in_words(kind, way=way)).body
    assert "Thu 10 Dec" in rendered(in_words(kind, language="en", way=way)).body


@pytest.mark.parametrize("kind", [Kind.OFFER, Kind.DISPLACED_OFFERED])
@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_offer_can_be_answered_from_its_link(app: Flask, kind: Kind, language: str, way: Way):
    assert f"/{language}/a/{TOKEN}" in rendered(in_words(kind, language=language, way=way)).body


@pytest.mark.parametrize("way", Way)
def test_an_offer_for_another_date_says_so_and_that_declining_keeps_the_right(app: Flask, way: Way):
    korean = rendered(in_words(Kind.OFFER, way=way)).body
    english = rendered(in_words(Kind.OFFER, language="en", way=way)).body

    assert all(words in korean for words in ("12월 15일(화) 10:00)가 아닌 다른 회차", "12월 17일", "사양하셔도 우선"))
    assert all(words in english for words in ("Tue 15 Dec", "Thu 17 Dec", "date", "decline", "keep your priority"))


@pytest.mark.parametrize("way", Way)
def test_an_offer_for_the_own_date_speaks_of_no_other(app: Flask, way: Way):
    korean = rendered(in_words(Kind.OFFER, way=way, facts={"own_starts_at": None})).body
    english = rendered(in_words(Kind.OFFER, language="en", way=way, facts={"own_starts_at": None})).body

    assert "다른 회차" not in korean
    assert "priority" not in english


@pytest.mark.parametrize("way", Way)
def test_who_waits_for_a_closed_departure_does_not_read_that_the_party_is_too_large(app: Flask, way: Way):
    korean = rendered(in_words(Kind.SET_ASIDE, way=way, facts={"closed": True, "party_max": None})).body
    english = rendered(in_words(Kind.SET_ASIDE, language="en", way=way, facts={"closed": True})).body

    assert "운영하지 않아" in korean
    assert "함께" not in korean
    assert "obody can go" in english
    assert "smaller" not in english


@pytest.mark.parametrize("way", Way)
def test_who_is_displaced_and_asked_again_reads_both_in_one_notice(app: Flask, way: Way):
    korean = rendered(in_words(Kind.DISPLACED_OFFERED, way=way)).body
    english = rendered(in_words(Kind.DISPLACED_OFFERED, language="en", way=way)).body

    assert all(words in korean for words in ("취소되었습니다", "인원 4명의 자리", "로그인"))
    assert all(words in english for words in ("are cancelled", "for 4 people", "sign"))


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize(
    ("language", "closing", "value"),
    [("ko", "12월 3일(목) 18:00", "12월 5일(토) 21:00"), ("en", "3 Dec 2026, 18:00", "5 Dec 2026, 21:00")],
)
def test_who_enters_a_draw_reads_the_receipt_until_when_and_when_it_is_decided(
    app: Flask, language: str, closing: str, value: str, way: Way
):
    body = rendered(in_words(Kind.ENTERED, language=language, way=way)).body

    assert all(words in body for words in (FACTS["reference"], closing, value))
    assert {"ko": "아직 자리", "en": "no places"}[language] in body.lower()


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_who_draws_another_choice_reads_which_entry_that_replaces_and_others_do_not(
    app: Flask, language: str, way: Way
):
    other = rendered(in_words(Kind.DRAWN, language=language, way=way)).body
    first = rendered(in_words(Kind.DRAWN, language=language, way=way, facts={"previous_reference": None})).body

    assert FACTS["previous_reference"] in other
    assert {"ko": "다른 지망", "en": "choices"}[language] not in first


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize(
    ("language", "position", "moment"),
    [("ko", "3번", "12월 8일(화) 10:00"), ("en", "osition", "8 Dec 2026, 10:00")],
)
def test_who_is_not_drawn_reads_when_left_over_places_come_and_a_position_only_where_there_is_one(
    app: Flask, language: str, position: str, moment: str, way: Way
):
    waits = rendered(in_words(Kind.NOT_DRAWN, language=language, way=way)).body
    ends = rendered(in_words(Kind.NOT_DRAWN, language=language, way=way, facts={"position": None, "dates": None})).body

    assert moment in waits
    assert moment in ends
    assert position in waits
    assert position not in ends


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_who_is_not_drawn_reads_all_choices_and_not_the_first_alone(app: Flask, language: str, way: Way):
    both = rendered(in_words(Kind.NOT_DRAWN, language=language, way=way, facts={"dates": None})).body
    alone = FACTS["choices"][:1]
    first = rendered(in_words(Kind.NOT_DRAWN, language=language, way=way, facts={"dates": None, "choices": alone})).body

    second = {"ko": "12월 19일", "en": "19 Dec"}[language]
    assert second in both
    assert second not in first


@pytest.mark.parametrize("kind", [Kind.DISPLACED, Kind.CALLED_OFF, Kind.SHRINK_LAPSED, Kind.VOLUNTEER_RELEASED])
@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize(
    ("language", "given_back"), [("ko", "참가비는 돌려드립니다"), ("en", "have paid is given back")]
)
def test_who_has_paid_reads_that_the_fee_is_given_back_and_nobody_else_does(
    app: Flask, kind: Kind, language: str, given_back: str, way: Way
):
    paid = rendered(in_words(kind, language=language, way=way, facts={"paid": True})).body
    owed = rendered(in_words(kind, language=language, way=way, facts={"paid": False})).body

    assert given_back in paid
    assert "nothing to refund" not in paid
    assert given_back not in owed


@pytest.mark.parametrize(("language", "words"), [("ko", "다른 날짜에도 대기"), ("en", "wait for other dates too")])
def test_who_waits_for_several_dates_reads_that_no_other_is_offered_meanwhile(app: Flask, language: str, words: str):
    several = rendered(in_words(Kind.OFFER, language=language, facts={"several": True})).body

    assert words in several
    assert words not in rendered(in_words(Kind.OFFER, language=language)).body


def test_times_are_korean_by_the_24_hour_clock(app: Flask):
    assert "2026년 12월 17일(목) 10:00(2시간 30분)" in rendered(in_words(Kind.CONFIRMED)).body
    assert "Thu 17 Dec 2026, 10:00 KST (2 h 30 min)" in rendered(in_words(Kind.CONFIRMED, language="en")).body


def test_a_course_without_fee_mentions_no_fee(app: Flask):
    assert "40,000원" in rendered(in_words(Kind.CONFIRMED)).body
    assert "참가비" not in rendered(in_words(Kind.CONFIRMED, facts={"fee_krw": 0})).body


def test_a_lapsed_offer_tells_the_displaced_that_their_right_stays_and_the_waiting_that_their_wait_is_over(app: Flask):
    displaced = rendered(in_words(Kind.OFFER_LAPSED, language="en", facts={"keeps_right": True})).body
    waiting = rendered(in_words(Kind.OFFER_LAPSED, language="en", facts={"keeps_right": False})).body

    assert "You keep your priority" in displaced
    assert "Your wait for this departure has ended" in waiting


def test_without_a_link_the_first_page_is_named(app: Flask):
    body = rendered(in_words(Kind.WELCOME, link=None)).body

    assert "https://tours.example.kr/ko/" in body
    assert "/a/" not in body


def test_a_demonstration_says_so_and_an_official_site_does_not(app: Flask):
    assert "시연" in text_of(in_words(Kind.CONFIRMED))
    with settings(app, official_site=True):
        assert "시연" not in text_of(in_words(Kind.CONFIRMED))


def test_a_fact_cannot_break_a_line(app: Flask):
    notice = in_words(Kind.CONFIRMED, facts={"course_ko": "파주\r\nBcc: x@example.kr\r\n\r\n당첨!"})

    said = rendered(notice)
    assert said.subject.count("\n") == said.subject.count("\r") == 0
    assert "파주 Bcc: x@example.kr 당첨!" in said.subject
    assert not [line for line in said.body.splitlines() if line.startswith(("Bcc", "당첨"))]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_the_organiser_writes_keeps_its_lines_and_none_passes_for_one_of_ours(app: Flask, language: str):
    forged = "one\r\n- Meeting place: elsewhere\n\nBcc: x@example.kr\x85{{ phone }}"
    facts = {f"message_{language}": forged}

    said = rendered(in_words(Kind.MESSAGE, language=language, facts=facts))
    text = rendered(in_words(Kind.MESSAGE, language=language, way=Way.SMS, facts=facts)).body

    lines = said.body.splitlines()
    for line in ("one", "- Meeting place: elsewhere", "Bcc: x@example.kr", "{{ phone }}"):
        assert f"  {line}" in lines
    assert "one - Meeting place: elsewhere Bcc" in text
    assert "\n" not in text


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize(("language", "words"), [("ko", "대기 중이십니다"), ("en", "on the waiting list")])
def test_who_waits_reads_that_a_message_gives_no_place(app: Flask, language: str, words: str, way: Way):
    waits = rendered(in_words(Kind.MESSAGE, language=language, way=way, facts={"waits": True})).body

    assert words in waits
    assert words not in rendered(in_words(Kind.MESSAGE, language=language, way=way)).body


def test_a_notice_is_plain_text_and_nothing_in_it_is_escaped(app: Flask):
    assert "R&D <코스>" in rendered(in_words(Kind.CONFIRMED, facts={"course_ko": "R&D <코스>"})).body


def test_a_template_that_names_what_its_kind_does_not_have_is_a_fault(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(NEEDS, Kind.CONFIRMED, Needs(frozenset()))

    with pytest.raises(UndefinedError):
        rendered(in_words(Kind.CONFIRMED))


def test_a_site_that_knows_no_address_leads_where_make_run_is_opened_and_passkeys_work(app: Flask):
    app.config["TOURBOOK"] = Config(environment="demo", port=8081)
    (link,) = set(re.findall(r"http://[^/\s]+", text_of(in_words(Kind.CONFIRMED, language="ko", way=Way.MAIL))))

    assert link == "http://localhost:8081"
    assert place_of(link) is not None


@pytest.mark.parametrize("kind", [Kind.DISPLACED, Kind.CALLED_OFF])
@pytest.mark.parametrize(("language", "drawn"), [("ko", "추첨에서"), ("en", "the draw gave your party")])
def test_a_letter_of_places_that_were_drawn_in_vain_names_the_draw_and_the_receipt(
    app: Flask, kind: Kind, language: str, drawn: str
) -> None:
    letters = [
        rendered(in_words(kind, language=language, way=way, facts={"drew": drew})).body
        for way in Way
        for drew in (True, False)
    ]

    assert [FACTS["receipt"] in one for one in letters] == [True, False, True, False]
    assert drawn in letters[0]
    assert drawn not in letters[1]


@pytest.mark.parametrize(("kind", "spoken"), list(product(sorted(STRIKES), CALENDAR.items())))
def test_a_mail_that_strikes_an_entry_from_a_calendar_says_so(app: Flask, kind: Kind, spoken: tuple[str, str]) -> None:
    facts = {"drew": False} if "drew" in NEEDS[kind].optional else {}
    assert spoken[1] in rendered(in_words(kind, language=spoken[0], facts=facts)).body
