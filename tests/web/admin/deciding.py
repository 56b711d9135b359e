"""An administrator in a browser, as tests see them: from a form by its preview to a change that is applied."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.ground.pages import Page, visit, words

ORDER = {"region_code": "41", "level": "s/half", "effective_from": "2026-05-14"}
SUSPENSION = {
    "course": "walk",
    "kind": "suspension",
    "effective_from": "2026-05-14",
    "reason_ko": "돼지열병",
    "reason_en": "Swine fever",
}

NEW_COURSE = {
    "code": "yanggu",
    "kind": "trail",
    "region_code": "41480",
    "capacity": "30",
    "party_limit": "6",
    "name_ko": "양구",
    "name_en": "Yanggu",
    "minutes": "180",
    "meeting_place_ko": "두타연",
    "meeting_place_en": "Dutayeon",
    "id_rule_ko": "신분증",
    "id_rule_en": "Photo ID",
    "weekdays": ["1", "5"],
    "times": "10:00 14:00",
}


@dataclass
class Administrator:
    """A browser and the language in which its pages are read."""

    client: FlaskClient
    lang: str = "en"

    def open(self, path: str, **sent: Any) -> Page:
        """Open one of the administrators' pages, by its path below /admin."""
        return visit(self.client, f"/{self.lang}/admin{path}", **sent)

    def fill_in(self, path: str, mark: str, **typed: Any) -> Page:
        """Fill in a form and press the button that leads on."""
        return self.open(path).form(mark=mark).submit(self.client, **typed)

    def preview_order(self, **typed: Any) -> Page:
        """The preview of an order: Gyeonggi at half its size from 14 May, unless said otherwise."""
        return self.fill_in("/orders/new", "order-form", **{**ORDER, **typed})

    def preview_measure(self, **typed: Any) -> Page:
        """The preview of a measure: the course suspended from 14 May, unless said otherwise."""
        return self.fill_in("/measures/new", "measure-form", **{**SUSPENSION, **typed})

    def apply(self, preview: Page) -> Page:
        """Press the button that applies; gives the page that watches the change."""
        return preview.form(mark="apply-form").submit(self.client, button="stage")


def rows(page: Page, mark: str) -> list[list[str]]:
    """The words in a table's cells, row by row."""
    table = page.mark(mark)
    return [[words(cell) for cell in row if cell.tag in {"th", "td"}] for row in table.iter("tr")][1:]


def errors(page: Page) -> str:
    """What the summary of errors says."""
    return words(page.mark("error-summary"))
