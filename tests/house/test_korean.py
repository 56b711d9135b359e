"""The Korean of the product keeps the guide: one word for one thing, no turns of a translation, spelled rightly.

The words stand in the table of `docs/korean.md` alone; what is read is every text in Korean: catalogues, letters,
guides, what the program says itself, and what is seeded.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

import pytest

from tests.house.sources import REPOSITORY, Source, product, sources
from tests.house.test_translations import entries, wordings

GUIDE = REPOSITORY / "docs/korean.md"
HANGUL = re.compile("[가-힣]")
FINALS = range(28)
"""How many ways there are for a syllable to close; the first is not to."""
# What is filled in here always ends in 명, which has an end of its own: 4명이, 4명을.
ENDS_IN_A_COUNTER = ("people", "party_max", "given_back")
FILLED_IN = r"(?:%\((?P<name>\w+)\)[sd]|\{\{ *(?P<fact>\w+) *\}\})"
BY_ITS_END = re.compile(FILLED_IN + r"(?:이어서|여서|이라|이나|으로|은|는|이|가|을|를|과|와|로|나|라)(?=[\s.,)]|$)")
TURNS = {
    r"(?<!안녕)하세요|십시오": "say 해 주세요",
    r"에 대한|에 대해|[을를] 통해|로 인(?:한|해)|에 의(?:한|해)|되어지|여지게": "say who does what",
    r"당신|귀하|그녀|그들": "leave it out",
    r"[가-힣\d] \((?!https?:)": "a bracket follows without a blank",
    r"(?<![가-힣])[이그] 날(?!짜)|그 사이|그 다음|이 해의": "이날, 그날, 그사이, 그다음, 이해",
    r"“[가-힣]": "what a page is called stands in ‘ ’",
    r"\d시(?: |부터|까지)|[밤낮] \d": "a time is 21:00",
    r"\d:\d\d ?~": "times are joined by –",
    r"\)[sd] 님": "님 follows the name without a blank",
}


LETTERS = (("templates/notices/", "ko.txt"), ("templates/notices/", "ko.sms.txt"), ("docs/guides/", ".ko.md"))
SEEDED = (("tourbook/", ".csv"), ("tourbook/", ".json"))


def _lines() -> Iterator[tuple[str, str]]:
    for place, ending in (*LETTERS, *SEEDED):
        for source in sources(ending=ending, under=(place,)):
            yield from ((f"{source.name}:{number}", line) for number, line in enumerate(source.lines, 1))


def _constants(source: Source) -> Iterator[tuple[str, str]]:
    """What a module says itself, without what it says about itself and without patterns for what people type."""
    about = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in about:
            yield f"{source.name}:{node.lineno}", node.value


@cache
def korean() -> tuple[tuple[str, str], ...]:
    """Every text in Korean that anybody may read, and where it stands."""
    translated = ((f"{path.name}:{one.lineno}", words) for path, one in entries() for words in wordings(one.string))
    said = (found for source in product() if source.name != "tourbook/web/inputs.py" for found in _constants(source))
    return tuple(found for found in chain(translated, _lines(), said) if HANGUL.search(found[1]))


def not_our_words() -> dict[str, str]:
    """What the table of the guide says not to say, and what is said instead."""
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.count("|") == 5]
    begins = next(number for number, row in enumerate(rows) if row[-1] == "쓰지 않는 말")
    return {word: row[1] for row in rows[begins + 2 :] for word in row[-1].split(", ") if word}


def test_the_korean_that_is_read_is_all_of_it():
    kinds = {place.split(":")[0].rpartition(".")[2] for place, _text in korean()}

    assert {"po", "txt", "md", "py", "csv", "json"} <= kinds
    assert len(korean()) > 2500


def test_the_guide_names_words_that_are_not_used():
    assert len(not_our_words()) > 30


def test_one_thing_has_one_word():
    wrong = [
        f"{place}: say {ours} instead of {theirs}: {text[:60]!r}"
        for place, text in korean()
        for theirs, ours in not_our_words().items()
        if theirs in text
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("turn", TURNS)
def test_nothing_is_said_as_a_translation_would(turn: str):
    wrong = [f"{place}: {TURNS[turn]}: {text[:80]!r}" for place, text in korean() if re.search(turn, text)]

    assert not wrong, "\n".join(wrong)


def test_no_particle_follows_a_syllable_that_it_cannot_follow():
    """After one that closes: 화면과, not 화면와. The other way round there are words that look alike: 결과, 마을."""
    wrong = [
        f"{place}: {found.group()!r} in {text[:60]!r}"
        for place, text in korean()
        for found in re.finditer(r"(?P<syllable>[가-힣])(?:와|를)(?= )", text)
        if (ord(found["syllable"]) - ord("가")) % len(FINALS)
    ]

    assert not wrong, "\n".join(wrong)


def test_no_particle_depends_on_what_is_filled_in():
    wrong = [
        f"{place}: {found.group()!r}"
        for place, text in korean()
        for found in BY_ITS_END.finditer(text)
        if (found["name"] or found["fact"]) not in ENDS_IN_A_COUNTER
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("다시 시도하세요.", "하세요"),
        ("명단에 대한 문의", "에 대한"),
        ("로그인 (새 창)", r"\("),
        ("그 날부터", "날"),
        ("밤 9시부터", "시"),
    ],
)
def test_what_the_guide_forbids_would_be_seen(text: str, turn: str):
    assert any(re.search(pattern, text) for pattern in TURNS if turn in pattern)


@pytest.mark.parametrize("text", ["%(name)s을 고릅니다", "{{ reference }}로 확인", "%(deadline)s이 지났습니다"])
def test_a_particle_that_may_not_fit_would_be_seen(text: str):
    assert BY_ITS_END.search(text)
