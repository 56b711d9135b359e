import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.house.sources import product
from tourbook.accounts.rules import password_fault
from tourbook.courses.files import ImportRefused, Problem
from tourbook.courses.rules import may_go
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.sentences import SENTENCES
from tourbook.web.sentences.counted import Counted

pytestmark = pytest.mark.sqlite_only("words do not come from a database")

KINDS = {"Refused", "NotFound", "NotAllowed", "Conflict", "TooMany", "Unavailable", "Problem", "Unreadable"}
PLACE = re.compile(r"%\((\w+)\)s")
MADE_FROM_OTHERS = {"range"}
AT_THE_COMMAND_LINE_ONLY = "tourbook/cli/"
# What these are told is a code that a rule returns.
CHOSEN_BY_A_RULE = {password_fault: ("password_",), may_go: ("too_young", "nationals_only", "document_needed")}


@dataclass(frozen=True)
class Said:
    """One place in the code that refuses with a code, and the facts that it gives."""

    code: str
    facts: frozenset[str]
    where: str


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _facts(call: ast.Call) -> frozenset[str]:
    given = {keyword.arg for keyword in call.keywords if keyword.arg}
    for argument in call.args:
        if isinstance(argument, ast.Dict):
            given |= {key.value for key in argument.keys if isinstance(key, ast.Constant)}
    return frozenset(given)


def said() -> Iterator[Said]:
    for source in product():
        if source.name.startswith(AT_THE_COMMAND_LINE_ONLY):
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and _name(node) in KINDS:
                codes = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                for code in codes[:1]:
                    yield Said(code, _facts(node), f"{source.name}:{node.lineno}")


def places(sentence: object) -> set[str]:
    wordings = [sentence.singular, sentence.plural] if isinstance(sentence, Counted) else [str(sentence)]
    return {name for wording in wordings for name in PLACE.findall(wording)} - MADE_FROM_OTHERS


def test_there_are_refusals():
    assert len({one.code for one in said()}) > 50


def test_every_code_has_words():
    silent = sorted(f"{one.where}: {one.code}" for one in said() if one.code not in SENTENCES)

    assert not silent, "add a sentence to tourbook/web/sentences/<area>.py:\n" + "\n".join(silent)


def test_every_sentence_is_given_the_facts_that_it_names(app: Flask):
    added = {"value", "column", "field", "phone"}  # where a cell or a form's field is named; whom to call, everywhere
    with app.app_context():
        wanting = sorted(
            f"{one.where}: {one.code} needs {missing}"
            for one in said()
            if one.code in SENTENCES and (missing := places(SENTENCES[one.code]) - one.facts - added)
        )

    assert not wanting


def test_the_codes_that_rules_choose_have_words():
    chosen = {
        node.value
        for rule, starts in CHOSEN_BY_A_RULE.items()
        for source in product()
        if source.name == rule.__module__.replace(".", "/") + ".py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(starts)
    }

    assert len(chosen) >= 6
    assert chosen <= set(SENTENCES)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_sentence_can_be_said_in_both_languages(app: Flask, lang: str):
    with app.app_context(), force_locale(lang):
        for code, sentence in SENTENCES.items():
            facts = dict.fromkeys(places(sentence), 3) | {"least": 1, "most": 9}
            words = refusals.words(code, **facts)
            assert words.rstrip(" .)").strip(), code
            assert "%(" not in words, code
            assert bool(re.search("[가-힣]", words)) == (lang == "ko"), f"{code}: {words}"


def test_a_refused_file_can_be_said_with_all_its_problems(app: Flask):
    problems = [Problem(2, "cell_not_day", {"value": "x", "column": "day"}), Problem(3, "cells_count", {"expected": 4})]

    with app.app_context(), force_locale("en"):
        assert refusals.words_of(ImportRefused(problems)).startswith("The file has mistakes")


@pytest.mark.parametrize(
    ("refused", "korean", "english"),
    [
        (
            Refused("not_open_yet", opens_at=datetime(2026, 5, 4, 1, tzinfo=UTC)),
            "이 회차의 신청은 2026년 5월 4일(월) 10:00에 시작합니다.",
            "Applications for this departure open on Mon 4 May 2026, 10:00 KST.",
        ),
        (
            Refused("window_closed", closes_at=datetime(2026, 5, 4, 15, tzinfo=UTC)),
            "이 회차의 신청은 2026년 5월 4일(월) 24:00에 끝났습니다. 나중 회차를 골라 주세요.",
            "Applications for this departure closed on Mon 4 May 2026, 24:00 KST. Choose a later one.",
        ),
        (
            Refused("by_draw", left_overs_at=datetime(2026, 6, 20, 1, tzinfo=UTC)),
            "이 회차의 자리는 추첨으로 정합니다. 남은 자리는 2026년 6월 20일(토) 10:00부터 누구나 신청할 수 있습니다.",
            (
                "The places of this departure are given by a draw. Those that are left over are free for everybody "
                "from Sat 20 Jun 2026, 10:00 KST."
            ),
        ),
        (
            Refused("before_the_day", day=date(2026, 5, 4)),
            "2026년 5월 4일(월) 당일에만 하실 수 있습니다.",
            "This can be done on the day itself only, Mon 4 May 2026.",
        ),
        (
            Refused("full", free=1, seats=2),
            "남은 자리가 1자리라",
            "One place is free, which is not enough",
        ),
        (Refused("full", free=0, seats=2), "남은 자리가 0자리라", "0 places are free, which is not enough"),
        (
            Refused("number_out_of_range", value=1200, least=1, most=None),
            "1,200: 쓸 수 없는 수입니다. 1 이상의 수를",
            "1,200 will not do: enter a number from 1 up.",
        ),
        (
            Refused("number_out_of_range", value=0, least=1, most=9),
            "1부터 9까지의 수를",
            "enter a number from 1 to 9.",
        ),
        (Refused("unknown_kind", value="x", choices=["trail", time(9)]), "trail, 09:00.", "trail, 09:00."),
        (
            Refused("there_with_other_content", what="order", differences={"level": ["2", ""], "x": [None, 3]}),
            "(level: 2 → –; x: – → 3)",
            "(level: 2 → –; x: – → 3)",
        ),
    ],
)
def test_facts_are_told_as_people_say_them(app: Flask, refused: Refused, korean: str, english: str):
    with app.app_context():
        with force_locale("ko"):
            assert korean in refusals.words_of(refused)
        with force_locale("en"):
            assert english in refusals.words_of(refused)


def test_a_files_problems_are_told_line_by_line(app: Flask):
    refused = ImportRefused(
        [Problem(3, "cell_not_day", {"column": "effective_from", "value": "soon"}), Problem(0, "file_without_rows")]
    )

    with app.app_context(), force_locale("en"):
        told = refusals.problems_of(refused)

    assert told == [
        (0, "The file has a heading but no rows."),
        (3, "effective_from: “soon” is not a day. Write it like 2021-11-30."),
    ]
