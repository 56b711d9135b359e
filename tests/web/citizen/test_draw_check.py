"""The page on which anybody checks a draw, as far as the server has a part in it: the words, and the other ways."""

import re

import pytest
from flask.testing import FlaskClient

from tests.ground.pages import Page, visit, words
from tests.house.sources import REPOSITORY
from tourbook.cli.draws import FAULTS as FAULTS_OF_THE_COMMAND
from tourbook.web.citizen.draw_check import FAULTS

pytestmark = pytest.mark.sqlite_only("this page asks no database")

LANGUAGES = ("ko", "en")
KINDS = ("got", "short", "later")
SAID = {
    "ko": {
        "draw-right": "추첨이 맞습니다",
        "fault-seal": "봉인한 응모가 아닙니다",
        "choice-short": "자리 부족",
        "receipt-reserve": "지망하신 모든 회차",
    },
    "en": {
        "draw-right": "The draw is right",
        "fault-seal": "entries that were sealed",
        "choice-short": "not enough",
        "receipt-reserve": "on its choices",
    },
}


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, client: FlaskClient) -> Page:
    return visit(client, f"/{request.param}/draws/check")


def test_the_words_of_every_answer_come_from_the_server_in_the_language_of_the_page(page: Page) -> None:
    for mark, said in SAID[page.language].items():
        assert said in words(page.mark(mark))


def test_every_fault_that_a_draw_can_have_has_its_sentence(page: Page) -> None:
    sentences = [words(page.mark(f"fault-{code}")) for code in FAULTS]

    assert set(FAULTS) == {"not_a_draw", *FAULTS_OF_THE_COMMAND}
    assert len(set(sentences)) == len(FAULTS)


def test_whoever_has_no_script_is_told_how_to_check_and_gets_the_checker(page: Page, client: FlaskClient) -> None:
    tool, link = page.mark("draw-check"), page.mark("checker")

    assert tool.get("hidden") is not None
    assert ("자바스크립트" if page.language == "ko" else "JavaScript") in words(page.mark("draw-plain"))
    assert link.get("download") == "check_draw.py"
    assert "python3 check_draw.py" in page.text
    with client.get(link.get("href", "")) as answer:
        assert answer.headers["Content-Disposition"] == 'inline; filename="check_draw.py"'
        assert answer.get_data() == (REPOSITORY / "static" / "draw" / "check_draw.py").read_bytes()


def test_the_checker_has_as_many_lines_as_the_page_says(page: Page) -> None:
    lines = (REPOSITORY / "static" / "draw" / "check_draw.py").read_text(encoding="utf-8").splitlines()

    assert f"{len(lines)} lines" in page.text or f"{len(lines)}줄" in page.text


def test_nothing_is_sent_from_the_page(page: Page) -> None:
    assert not [form for form in page.forms if form.fields & {"draw_file", "receipt"}]
    assert page.mark("draw-file").get("type") == "file"
    assert page.mark("draw-result").get("role") == page.mark("draw-answer").get("role") == "status"


def test_every_part_that_the_script_shows_is_on_the_page(page: Page) -> None:
    script = (REPOSITORY / "static" / "js" / "draw_check.js").read_text(encoding="utf-8")
    named = set(re.findall(r"part\(\"([\w-]+)\"", script)) | {"right", "wrong", "receipt-got", "receipt-reserve"}
    there = {element.get("data-part") for element in page.tree.iter("template")}

    assert len(named) > 8
    assert there - {f"fault-{code}" for code in FAULTS} - {f"choice-{kind}" for kind in KINDS} == named
