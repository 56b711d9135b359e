"""What the contract names for citizens is there, and nothing of theirs is missing from it."""

import re

from flask import Flask

from tests.house.sources import REPOSITORY, sources

CONTRACT = (REPOSITORY / "docs/contract.md").read_text(encoding="utf-8").split("## Citizens", 1)[1].split("\n## ")[0]
ROWS = re.findall(r"^\| `((?:GET|POST)[^`]*?) (/[^`]*)` \|(.*)$", CONTRACT, re.MULTILINE)
MARKED = re.compile(r"`([a-z]+(?:-[a-z]+)*)(?:-<[^`]*>)?`")

COMPOSED = {"calendar-previous", "calendar-next", "view-calendar", "view-list"}  # of a name and what it is about


def _promised() -> set[tuple[str, str]]:
    return {(method, address) for methods, address, _ in ROWS for method in methods.split()}


def _there(app: Flask) -> set[tuple[str, str]]:
    told = {"citizen.help_page", "citizen.privacy", "citizen.accessibility"}
    return {
        (method, re.sub(r"<\w+:(\w+)>", r"<\1>", rule.rule.removeprefix("/<any(ko,en):lang>")))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("citizen.") and rule.endpoint not in told
        for method in (rule.methods or set()) & {"GET", "POST"}
    }


def test_every_address_is_named_and_there(app: Flask) -> None:
    assert _promised() == _there(app)


def test_every_mark_that_is_named_stands_in_a_template() -> None:
    written = " ".join(
        page.text for page in sources(ending=".html", under=("templates/citizen", "templates/components"))
    )
    written += " ".join(source.text for source in sources(under=("tourbook/web/citizen",)))
    named = {mark for _, _, cells in ROWS for mark in MARKED.findall(cells)}

    assert len(named) > 50
    assert {mark for mark in named - COMPOSED if mark not in written} == set()
