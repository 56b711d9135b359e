"""Somebody who applies in a browser, as tests see it: the way from a departure to an application's page."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from tests.ground.pages import Page, visit

_number = count(1)


@dataclass
class Citizen:
    """A browser and the language in which its pages are read."""

    client: FlaskClient
    lang: str = "ko"

    def open(self, path: str, **sent: Any) -> Page:
        """Open a page of the site, by its path below the language."""
        return visit(self.client, f"/{self.lang}{path}", **sent)

    def ask(self, departure_id: UUID, seats: int, **changed: Any) -> Page:
        """Choose how many people go on a departure and press the button."""
        page = self.open(f"/departures/{departure_id}")
        return page.form(mark="party").submit(self.client, seats=str(seats), **changed)

    def name_visitors(self, page: Page, *names: str, **changed: Any) -> Page:
        """Fill in the visitors; born on 1 January 1990 unless said otherwise."""
        form = page.form(mark="visitors")
        there = len(page_visitors(page))
        given = list(names) or [f"김방문 {next(_number)}" for _ in range(there)]
        typed = {f"visitors-{place}-name": name for place, name in enumerate(given)}
        typed |= {f"visitors-{place}-birth_date": "1990-01-01" for place in range(len(given))}
        return form.submit(self.client, **{**typed, **changed})

    def give_contact(self, page: Page, contact: str = "", **changed: Any) -> Page:
        """Fill in the contact and tick what is required."""
        typed = {"contact": contact or f"party{next(_number)}@example.kr", "personal_data": "y", "conduct": "y"}
        return page.form(mark="contact-form").submit(self.client, **{**typed, **changed})

    def send(self, page: Page) -> Page:
        """Press the last button."""
        return page.form(mark="check").submit(self.client)

    def apply(self, departure_id: UUID, seats: int = 2, *names: str) -> Page:
        """The whole way, to the application's page."""
        page = self.name_visitors(self.ask(departure_id, seats), *names)
        return self.send(self.give_contact(page))


def page_visitors(page: Page) -> list[str]:
    """The marks of the visitors' cards on a page."""
    marks = (element.get("data-test") or "" for element in page.tree.iter("fieldset"))
    return [mark for mark in marks if mark.startswith("visitor-")]


def reference_on(page: Page) -> str:
    """The reference that an application's page is about."""
    return page.address.rstrip("/").rsplit("/", 1)[1]
