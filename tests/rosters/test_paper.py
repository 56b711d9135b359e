"""Papers: fonts inside, words that can be searched, letters of every name, and headings on every sheet."""

import io
import re
import zlib
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from fontTools.ttLib import TTFont

from tourbook.rosters.codes import QUIET, code_squares, code_svg
from tourbook.rosters.paper import Paper

CODE = "TOURBOOK:1:ABCD-2345:" + ":".join(["A" * 26] * 3)
UNWRITTEN = "Letters as codes."


def paper(**changed: object) -> Paper:
    values = {"language": "ko", "foot": "foot", "unwritten": UNWRITTEN, "made_at": datetime(2026, 5, 4, tzinfo=UTC)}
    return Paper("title", **{**values, **changed})  # type: ignore[arg-type]  # fields by name


def streams(file: bytes) -> list[bytes]:
    """What the streams of a PDF hold, unpacked where they are packed."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL)
    return [zlib.decompress(one) if one[:1] == b"x" else one for one in found]


def meanings(file: bytes) -> set[str]:
    """The letters that searching and copying find, by the tables of the embedded fonts."""
    tables = [one.decode("latin-1") for one in streams(file) if b"beginbfchar" in one or b"beginbfrange" in one]
    return {chr(int(code, 16)) for table in tables for code in re.findall(r"<[0-9A-F]{4}> <([0-9A-F]{4})>", table)}


def fonts(file: bytes) -> list[TTFont]:
    return [TTFont(io.BytesIO(one)) for one in streams(file) if one[:4] == b"\0\1\0\0"]


def test_what_is_written_can_be_searched_and_only_used_letters_are_embedded() -> None:
    sheet = paper()
    sheet.head("신청 확인서")
    sheet.points(["김하늘", "Nguyễn Văn Ánh"])
    file = sheet.finished()

    assert set("신청확인서김하늘NguyễnVăÁh") <= meanings(file)
    assert fonts(file)
    assert all(font["maxp"].numGlyphs < 60 for font in fonts(file))
    assert len(file) < 40_000


@pytest.mark.parametrize("name", ["김펲수", "李漢", "アンナ"])
def test_letters_that_the_pages_fonts_lack_come_from_the_whole_font(name: str) -> None:
    sheet = paper()
    sheet.say(name)
    file = sheet.finished()

    assert set(name) <= meanings(file)
    assert sheet.readable(name) == name


def test_a_letter_that_no_font_has_stands_as_its_code_and_the_paper_says_so() -> None:
    with_one, without = paper(), paper()

    assert with_one.readable("Anna \U0001f600") == "Anna [U+1F600]"
    assert len(with_one.finished()) > len(without.finished())
    assert set(UNWRITTEN) - {" "} <= meanings(with_one.output())


def test_jamo_typed_apart_are_written_together() -> None:
    assert paper().readable("\u1112\u1161\u11ab\n  a") == "한 a"


def test_the_heading_of_a_table_is_on_every_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = paper(wide=True)
    sheet.set_compression(False)
    sheet.rows(["Zz", "Yy"], [[f"{number}", "y"] for number in range(60)], shares=(1, 1))
    sheets = sheet.pages_count
    glyphs = {letter: sheet.fonts["paperB"].subset.get_glyph(unicode=ord(letter)) for letter in "Zz"}
    written = [page.contents for page in sheet.pages.values()]

    assert sheets > 1
    assert all(glyphs.values())
    assert len({bytes(one).count(b"/F2 ") for one in written}) == 1
    assert all(b"/F2 " in bytes(one) for one in written)


def test_a_name_in_braces_is_not_taken_for_the_number_of_pages() -> None:
    """What stands for that number is no letter, and every `{` that is written stays one."""
    named, plain = paper(), paper()
    named.say("{nb} {nb}")
    plain.say("nb nb")

    assert "{" in meanings(named.finished())
    assert "{" not in meanings(plain.finished())
    assert "\ufdd0" not in meanings(plain.output())


def test_a_code_as_a_picture_holds_no_style_and_no_script() -> None:
    picture = ET.fromstring(code_svg(CODE))  # noqa: S314 - a picture of our own

    squares = code_squares(CODE)
    assert picture.get("viewBox") == f"0 0 {len(squares) + 2 * QUIET} {len(squares) + 2 * QUIET}"
    assert not {name for element in picture.iter() for name in element.attrib} & {"style", "class", "onload"}
    assert {element.tag.split("}")[1] for element in picture.iter()} == {"svg", "path"}


def test_a_pass_makes_a_code_that_a_telephone_reads_from_a_table() -> None:
    assert len(code_squares(CODE)) == 37
