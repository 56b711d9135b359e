"""Guides for three audiences: the same in both languages, in the words of the pages, with pictures that are taken."""

import re

import pytest
from babel.messages.pofile import read_po

from tests.browser.pictures import FOLDER, WIDTHS, pictured
from tests.ground.screens import LANGUAGES
from tests.house.test_translations import entries

GUIDES = FOLDER.parent / "guides"
AUDIENCES = ("citizens", "operators", "administrators")
CATALOGS = FOLDER.parents[1] / "tourbook/translations/ko/LC_MESSAGES"
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
PICTURE = re.compile(r"!\[[^\]]+\]\(\.\./img/([^)]+)\)")
PARTS = (re.compile("^##? ", re.MULTILINE), re.compile(r"^\d\. ", re.MULTILINE), re.compile("^- ", re.MULTILINE))
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#]+)\)")


def guide(audience: str, language: str) -> str:
    return (GUIDES / f"{audience}.{language}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def words() -> dict[str, set[str]]:
    """Every message of the pages, in each language."""
    said: dict[str, set[str]] = {"ko": set(), "en": set()}
    for path in CATALOGS.glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="ko"):
                said["en"].update([message.id] if isinstance(message.id, str) else message.id)
                said["ko"].update([message.string] if isinstance(message.string, str) else message.string)
    return said


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_guide_has_the_same_parts_in_both_languages(audience: str):
    parts = {language: [part.findall(guide(audience, language)) for part in PARTS] for language in LANGUAGES}

    assert parts["ko"] == parts["en"]
    assert len(parts["ko"][0]) > 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_a_guide_calls_by_name_is_called_so_on_the_pages(audience: str, language: str, words: dict[str, set[str]]):
    named = [" ".join(found.split()) for found in BOLD.findall(guide(audience, language))]

    assert named
    assert not [name for name in named if name not in words[language]]


@pytest.mark.parametrize("korean", ["신청 확인", "제출했다고 기록"])
def test_what_has_one_name_in_korean_has_one_in_english(korean: str):
    named = {message.id for _path, message in entries() if message.string == korean}

    assert len(named) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_pictures_of_a_guide_are_taken_by_the_tests_in_its_language(audience: str, language: str):
    shown = PICTURE.findall(guide(audience, language))

    assert shown
    for name in shown:
        assert (FOLDER / name).is_file()
        assert name in {f"{what}-{language}-{width}.png" for what in pictured() for width in WIDTHS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_links_of_a_guide_lead_somewhere(audience: str, language: str):
    assert all((GUIDES / link).is_file() for link in LINK.findall(guide(audience, language)))
