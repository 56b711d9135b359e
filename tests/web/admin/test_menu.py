"""The administrators' menu: sections, and the pages of the one that somebody is in."""

import re

import pytest
from flask import url_for

from tests.ground.pages import visit
from tests.house.sources import REPOSITORY
from tests.web.admin.deciding import Administrator

TEMPLATES = REPOSITORY / "templates"
LAYOUT = "layouts/admin.html"
ENTRY = re.compile(r"\('([a-z-]+)', _\('[^']+'\), url_for\('([a-z_.]+)'\)\)")
WITHOUT_CLOCK = "rehearsal"  # only where there is a clock to be moved


def layout() -> str:
    return (TEMPLATES / LAYOUT).read_text()


def names_on_pages() -> set[str]:
    """The entries that pages of administrators say they belong to."""
    pages = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    found = [re.search(r"{% set nav = '([a-z-]+)' %}", page) for page in pages if f'"{LAYOUT}"' in page]
    return {one[1] for one in found if one}


def test_each_page_belongs_to_one_entry_and_each_entry_to_a_page() -> None:
    entries = [name for name, _ in ENTRY.findall(layout())]

    assert len(entries) == len(set(entries))
    assert names_on_pages() - {WITHOUT_CLOCK} == set(entries) - {WITHOUT_CLOCK}


@pytest.mark.parametrize("endpoint", [endpoint for name, endpoint in ENTRY.findall(layout()) if name != WITHOUT_CLOCK])
def test_an_entry_leads_to_its_page_which_shows_its_section_open(admin: Administrator, endpoint: str) -> None:
    with admin.client.application.test_request_context("/en/"):
        address = url_for(endpoint, lang="en")
    page = visit(admin.client, address)

    here = {one.get("aria-current"): one for one in page.tree.iter("a") if "nav-" in one.get("data-test", "")}
    assert page.status == 200
    assert here["page"].get("href") == address
    assert "true" in here
