"""Pages hold no words of one language only, no style and no script; our own words, everywhere."""

import re
from collections.abc import Iterator

import pytest

from tests.house.sources import Source, product, sources

PAGES = sources(ending=".html", under=("templates/",))
NOTICES = sources(ending=".txt", under=("templates/notices/",))
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
TRANSLATED = re.compile(r"\{%-?\+? *trans\b.*?endtrans *-?%\}", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
READ_ALOUD = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-roledescription)="([^"]*)"')
PART_OF_A_TAG = re.compile(r'[\w-]+="[^"]*"|\b(?:app|is|krds)-[\w-]*')  # written by a macro, or a class in a block
ENTITY = re.compile(r"&#?\w+;")
WORD = re.compile(r"[A-Za-z]{2,}|[가-힣]+")
THE_SAME_IN_BOTH = {"KST", "PDF", "XLSX", "QR", "doctype", "html"}
NAMES_OF_LANGUAGES = {"한국어", "English"}
HAS_BOTH_BESIDE_EACH_OTHER = {"templates/components/border.html"}  # the names of places
NOT_OUR_WORDS = re.compile(r"예약|오전 \d|오후 \d|\b[AP]M\b")


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Take out what the pattern finds, and keep the lines where they are."""
    return pattern.sub(lambda found: "\n" * found[0].count("\n") + " ", text)


def _markup(page: Source) -> str:
    text = page.text
    for pattern in (COMMENT, TRANSLATED, EXPRESSION, STATEMENT):
        text = _blank(pattern, text)
    return text


def _bare_words(page: Source) -> Iterator[str]:
    markup = _markup(page)
    seen = _blank(ENTITY, _blank(PART_OF_A_TAG, _blank(TAG, markup)))
    spoken = [*seen.split("\n"), *READ_ALOUD.findall(markup)]
    for text in spoken:
        yield from (word for word in WORD.findall(text) if word not in THE_SAME_IN_BOTH | NAMES_OF_LANGUAGES)


def test_there_are_pages():
    assert len(PAGES) > 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_word_on_a_page_is_marked_for_translation(page: Source):
    assert list(_bare_words(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_korean_hides_in_an_expression(page: Source):
    if page.name in HAS_BOTH_BESIDE_EACH_OTHER:
        return
    code = " ".join(EXPRESSION.findall(page.text) + STATEMENT.findall(page.text))

    assert set(re.findall(r"[가-힣]+", code)) <= NAMES_OF_LANGUAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_style_and_no_script_stands_in_a_page(page: Source):
    inline = re.findall(
        r'<style\b|<script(?![^>]*\bsrc=)|\sstyle="|\son[a-z]+="|javascript:', _blank(COMMENT, page.text)
    )

    assert inline == []


@pytest.mark.parametrize("source", [*PAGES, *NOTICES, *product()], ids=lambda source: source.name)
def test_we_say_it_in_the_services_own_words(source: Source):
    assert NOT_OUR_WORDS.findall(source.text) == [], "신청 rather than 예약; 24-hour times"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_field_cuts_what_is_typed_without_a_word(page: Source):
    assert "maxlength" not in page.text, "the form says at the field what is too long"
