"""What the papers tell people to type exists."""

import re

import pytest

from tests.house.sources import REPOSITORY, Source, sources
from tourbook.cli.group import tourbook as group

PAPERS = sources(ending=".md", under=("README.md", "docs/", "CONTRIBUTING.md"))
TARGETS = set(re.findall(r"(?m)^([a-z][a-z-]*):", (REPOSITORY / "Makefile").read_text(encoding="utf-8")))


def test_there_is_a_readme_that_says_how_to_start():
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")

    assert "make run" in text
    assert "make test" in text


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_make_command_that_is_named_exists(paper: Source):
    named = set(re.findall(r"`make ([a-z][a-z-]*)|(?m:^(?:\$ )?make ([a-z][a-z-]*))", paper.text))

    assert {one or other for one, other in named} <= TARGETS


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_tourbook_command_that_is_named_exists(paper: Source):
    named = set(re.findall(r"flask (?:--app wsgi )?tourbook ([a-z][a-z-]*)", paper.text))

    assert named <= set(group.commands)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_file_that_a_paper_links_to_exists(paper: Source):
    folder = (REPOSITORY / paper.name).parent
    linked = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", paper.text)

    assert [link for link in linked if not (folder / link).exists()] == []
