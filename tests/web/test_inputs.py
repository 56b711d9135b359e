import random
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourbook.accounts.mail_addresses import mail_address
from tourbook.characters import is_keepable
from tourbook.kst import parse_moment
from tourbook.resident_numbers import _PLAIN, DASHES, UNSEEN, _plain_ones, holds_resident_number
from tourbook.web import inputs
from tourbook.web.inputs import Contact

FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    "text",
    [
        "900101-1234567",
        "9001011234567",
        "900101 - 1234567",
        "900101\t1234567",
        "900101–1234567",
        "주민번호는 900101-2234567 입니다",
        "id:900101-8234567!",
        "900101-1234567".translate(FULL_WIDTH),
        "900101-1234567".translate(ARABIC),
        "90010\u200b1-12\u200b34567",
        "900101\u00ad-1234567",
    ],
)
def test_a_resident_number_is_seen_in_every_dress(text: str):
    assert holds_resident_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "010-1234-5678",
        "+821012345678",
        "00821012345678",
        "+8201012345678",
        "1990-01-01",
        "900101-0234567",
        "900101-9234567",
        "M12345678",
        "ABCD-2345",
        "2021-11-22T10:00:00+09:00",
        "1234 5678 9012 3456",
        "37.9560, 126.6770",
        "0190c5a4-7b3e-7cc3-98c4-dc0c0c07398f",
    ],
)
def test_ordinary_things_are_no_resident_numbers(text: str):
    assert not holds_resident_number(text)


@given(st.integers(0, 999999), st.integers(1, 8), st.integers(0, 999999), st.sampled_from(["", "-", " ", " - ", "－"]))
def test_no_resident_number_gets_through(born: int, sex: int, rest: int, between: str):
    assert holds_resident_number(f"{born:06}{between}{sex}{rest:06}")


def is_resident_number_in(text: str) -> bool:
    """The same in full and letter by letter, as slow as that is."""
    visible = "".join(
        letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) not in UNSEEN
    )
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in visible)
    return _PLAIN.search(digits.translate(DASHES)) is not None


@given(st.text(st.sampled_from("019①⑳²٣１ \t\u00a0\u3000-－–·.+a가\u200b\u0301㏠…"), max_size=30))
def test_only_what_is_like_a_number_is_brought_into_its_plain_form_and_nothing_is_missed_by_it(around: str):
    for text in (around, f"{around}900101{around[:2]}1234567{around}"):
        assert (_PLAIN.search(text.translate(_plain_ones())) is not None) == is_resident_number_in(text)


def test_phone_numbers_raise_no_false_alarm():
    chance = random.Random(7)
    numbers = [f"010-{chance.randrange(10000):04}-{chance.randrange(10000):04}" for _ in range(10_000)]

    assert not [number for number in numbers if holds_resident_number(number)]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("010-1234-5678", "+821012345678"),
        ("010 1234 5678", "+821012345678"),
        ("+82 10 1234 5678", "+821012345678"),
        ("０１０-1234-5678", "+821012345678"),
        ("０１０－１２３４－５６７８", "+821012345678"),
        ("　０１０　１２３４　５６７８　", "+821012345678"),
        ("＋８２ １０ １２３４ ５６７８", "+821012345678"),
        ("031-950-1234", "+82319501234"),
        ("+1 202-555-0143", "+12025550143"),
        ("12345", None),
        ("010-1234-567", None),
        ("+82 10 123 4567", None),
        ("010-12a4-5678", None),
        ("", None),
    ],
)
def test_a_phone_number_is_the_same_however_it_is_typed(typed: str, stored: str | None):
    assert inputs.phone_number(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("haneul@Example.KR", "haneul@example.kr"),
        ("a.b+c@example.kr", "a.b+c@example.kr"),
        ("haneul", None),
        ("haneul@", None),
        ("haneul@example.kr\r\nBcc: x@example.kr", None),
        ("a b@example.kr", None),
        ("ｈａｎｅｕｌ＠ｅｘａｍｐｌｅ．ｋｒ", "haneul@example.kr"),
    ],
)
def test_a_mail_address_is_stored_in_its_normal_form(typed: str, stored: str | None):
    assert mail_address(typed) == stored


def test_a_contact_is_a_phone_number_or_a_mail_address():
    assert inputs.contact("010-1234-5678") == Contact("sms", "+821012345678")
    assert inputs.contact("haneul@example.kr") == Contact("mail", "haneul@example.kr")
    assert inputs.contact("haneul＠example.kr") == Contact("mail", "haneul@example.kr")
    assert inputs.contact("하늘") is None


@pytest.mark.parametrize(
    "typed",
    [
        "1990-05-04",
        "1990-5-4",
        "1990.5.4",
        "1990. 5. 4.",
        "1990/05/04",
        "19900504",
        "1990 5 4",
        "1990–05–04",
        "1990년 5월 4일",
        "1990년5월4일",
        "  1990-05-04\u3000",
        "１９９０-０５-０４",
        "１９９０．５．４",
        "１９９０／０５／０４",
        "１９９００５０４",
        "１９９０년　５월　４일",
    ],
)
def test_a_day_is_the_same_however_it_is_typed(typed: str):
    assert inputs.day(typed) == date(1990, 5, 4)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "90.5.4",
        "900504",
        "1990514",
        "1990111",
        "199054",
        "4.5.1990",
        "05/04/1990",
        "1990-05",
        "1990-13-04",
        "1990-02-30",
        "1990--05--04",
        "1990-05-04 10",
        "1990년",
        "어제",
    ],
)
def test_a_day_that_could_mean_another_is_never_guessed(typed: str):
    assert inputs.day(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "2026-05-04T09:30",
        "2026-05-04 9:30",
        "2026.5.4 09:30",
        "2026. 5. 4. 09:30",
        "20260504 09:30",
        "2026년 5월 4일 9시 30분",
        "2026년5월4일9시30분",
        "２０２６-０５-０４　０９：３０",
        "2026-05-04T09:30:00+09:00",
        "2026-05-04T00:30:00+00:00",
    ],
)
def test_a_moment_is_the_same_however_it_is_typed(typed: str):
    assert inputs.moment(typed) == parse_moment("2026-05-04T09:30")


def test_a_day_alone_is_its_first_minute_and_a_full_hour_may_go_without_minutes():
    assert inputs.moment("2026년 5월 4일") == parse_moment("2026-05-04T00:00")
    assert inputs.moment("2026. 5. 4. 10시") == parse_moment("2026-05-04T10:00")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "yesterday",
        "9:30",
        "5/4 09:30",
        "2026-05-04 24:30",
        "2026-05-04 09:60",
        "9999-12-31T24:00",
        "2026-05-04 3:00 PM",
    ],
)
def test_a_moment_that_cannot_be_read_is_none(typed: str):
    assert inputs.moment(typed) is None


@pytest.mark.parametrize("text", ["a\x07b", "a\u202eb", "a\u2066b", "a\nb", "a\x85b"])
def test_characters_that_do_things_unseen_are_found(text: str):
    assert inputs.has_controls(text)


def test_line_breaks_are_welcome_where_there_are_lines():
    assert not inputs.has_controls("one\r\n\ttwo", lines=True)
    assert not inputs.has_controls("김하늘 O'Neill-Łęcka")


@given(st.text(st.characters(codec=None, categories=None), max_size=20))
def test_what_is_keepable_can_be_kept(text: str):
    if is_keepable(text):
        assert "\0" not in text
        assert text.encode("utf-8").decode("utf-8") == text


def test_a_long_row_of_blanks_is_read_at_once():
    assert not holds_resident_number("900101" + " " * 400_000)
    assert holds_resident_number("900101" + " " * 400_000 + "-" + "\t" * 400_000 + "1234567")


@pytest.mark.parametrize("row", ["\u0301\u0327" * 16, "\uff9e\u0301" * 16, "\u3099" * 31, "\U0001e94a" * 31])
def test_a_row_of_marks_that_would_take_for_ever_to_put_in_order_is_not_kept(row: str):
    assert not is_keepable(f"a{row}")


@pytest.mark.parametrize("text", ["e" + "\u0301" * 30, "\u1112\u1161\u11ab" * 100, "ﾊﾟｰﾊﾞｰ" * 20, "👩\u200d👧" * 50])
def test_letters_of_every_script_are_kept(text: str):
    assert is_keepable(text)


@pytest.mark.parametrize("name", ["seats", "form_id", "visitors-0", "visitors-0-birth_date", "party_max_after_18"])
def test_the_names_of_our_fields_are_names_of_fields(name: str):
    assert inputs.FIELD_NAME.fullmatch(name)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026", 2026),
        *((wrong, None) for wrong in ("02026", "2018", "2101", "", "²", "-1", "9" * 5000, "２０２６", " 2026")),
    ],
)
def test_a_number_in_an_address_is_plain_and_in_its_range(typed: str, meant: int | None):
    assert inputs.whole_number(typed, range(2019, 2101)) == meant


def test_text_is_tidied():
    assert inputs.tidy("  \u1100\u1161 \u3000") == "가"
