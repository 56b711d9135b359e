"""Applying, step by step as a browser does it: from the course's page to that of the confirmed application."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from tests.bench.browser import Answer, Browser

SEEN, DONE = 200, (302, 303)
SEATS = 2

_number = count(1)


@dataclass
class Journey:
    """One party on its way; `page` is what it looks at."""

    browser: Browser
    course: str
    departure_id: UUID
    lang: str = "ko"
    number: int = field(default_factory=lambda: next(_number))
    page: Answer | None = None
    next_address: str = ""

    def look_at_course(self) -> None:
        """The course with its calendar."""
        self._open(f"/{self.lang}/courses/{self.course}")

    def look_at_departure(self) -> None:
        """The departure with the question for how many."""
        self._open(f"/{self.lang}/departures/{self.departure_id}")

    def take_seats(self) -> None:
        """The one step that competes with everybody else's."""
        self._send("party", seats=str(SEATS))

    def see_what_is_next(self) -> None:
        """Whatever the last form led to."""
        self._open(self.next_address)

    def name_visitors(self) -> None:
        """Who goes."""
        typed = {}
        for place in range(SEATS):
            typed[f"visitors-{place}-name"] = f"방문자 {self.number} {place}"
            typed[f"visitors-{place}-birth_date"] = "1990-01-01"
            typed[f"visitors-{place}-nationality"] = "KR"
        self._send("visitors", **typed)

    def give_contact(self) -> None:
        """How the party is reached, and what it consents to."""
        self._send("contact-form", contact=f"party{self.number}@example.kr", personal_data="y", conduct="y")

    def send_in(self) -> None:
        """The last button."""
        self._send("check")

    def see_confirmation(self) -> None:
        """The page of the application; fails unless it is confirmed."""
        self.see_what_is_next()
        assert self.page
        assert 'data-test="confirmed"' in self.page.text

    def _open(self, path: str) -> None:
        self.page = self.browser.get(path)
        assert self.page.status == SEEN, f"{path}: {self.page.status}\n{self.page.text}"

    def _send(self, mark: str, **typed: str) -> None:
        assert self.page
        action, hidden = self.page.form(mark)
        answer = self.browser.post(action, {**hidden, **typed})
        assert answer.status in DONE, f"{mark}: {answer.status}\n{answer.text}"
        self.next_address = answer.leads_to


STEPS: tuple[tuple[str, Callable[[Journey], None]], ...] = (
    ("GET course", Journey.look_at_course),
    ("GET departure", Journey.look_at_departure),
    ("POST hold", Journey.take_seats),
    ("GET visitors", Journey.see_what_is_next),
    ("POST visitors", Journey.name_visitors),
    ("GET contact", Journey.see_what_is_next),
    ("POST contact", Journey.give_contact),
    ("GET check", Journey.see_what_is_next),
    ("POST check", Journey.send_in),
    ("GET confirmation", Journey.see_confirmation),
)
