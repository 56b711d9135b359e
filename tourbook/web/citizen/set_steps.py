"""The steps of applying as they look before anything is typed into them: set once, and filled in for each party.

Two parties of one size on one course get the same page but for their names, times and tokens. What else a page prints
is part of the key under which it is kept, so that a changed course or size makes another page.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import current_app, render_template, request, session, url_for

from tourbook.web.access import signed_in
from tourbook.web.blanks import SetPage, blank, blank_application, own_values, set_page
from tourbook.web.citizen.facts import CourseFacts
from tourbook.web.citizen.steps import steps
from tourbook.web.citizen.typing import Timer, Typing
from tourbook.web.forms import Form
from tourbook.web.kept_pages import FLASHES
from tourbook.web.language import current_language, other_language

EXTENSION = "tourbook.set_steps"
MOST_KEPT = 500
SAME_FOR_ALL = frozenset({"key", "test"})  # of a row of answers

Row = dict[str, Any]


@dataclass(frozen=True)
class _AnyTyping:
    """Stands for an application in a page that is set; what differs from party to party is blank."""

    asks_passport: bool
    waits: bool
    enters: bool
    more_time: bool

    @property
    def id(self) -> UUID:
        return blank_application()

    @property
    def course_name(self) -> str:
        return blank("course")

    @property
    def when(self) -> str:
        return blank("when")

    @property
    def people(self) -> str:
        return blank("people")

    @cached_property
    def timer(self) -> Timer:
        return Timer(
            until=blank("until"),
            now=blank("now"),
            minutes=blank("minutes"),
            text=blank("text"),
            extend_action=url_for("citizen.extend", application_id=self.id),
            extends_left=int(self.more_time),
        )


class Blanked:
    """Rows of answers in which every answer is a blank; `values` go into them, `left` is what the rows still say."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.values: dict[str, str] = {}
        self.rows = {
            part: [self._row(f"{part}_{place}", row) for place, row in enumerate(of_it)] for part, of_it in rows.items()
        }

    @property
    def left(self) -> str:
        """Everything that is printed and no blank."""
        return repr(self.rows)

    def _row(self, name: str, row: Row) -> Row:
        return {key: row[key] if key in SAME_FOR_ALL else self._blank(f"{name}_{key}", row[key]) for key in row}

    def _blank(self, name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._blank(f"{name}_{place}", one) for place, one in enumerate(value)]
        self.values[name] = str(value)
        return blank(name)


def can_be_set() -> bool:
    """Is this page the same for everybody but for its blanks? Not with a name or a message at its top."""
    by_link = request.method == "GET" and not request.query_string
    return by_link and signed_in() is None and FLASHES not in session


def filled_step(
    step: str,
    found: Typing,
    facts: CourseFacts,
    *,
    same: Hashable,
    form: Callable[[], Form],
    answers: Blanked | None = None,
    reasons: Any = None,
) -> str:
    """A step's page for this party. `same` is all that it prints of `facts` and `reasons`."""
    anybody = _AnyTyping(found.asks_passport, found.waits, found.enters, found.timer.extends_left > 0)
    values = _values(found, answers.values if answers else {})

    def compose() -> str:
        return render_template(
            f"citizen/apply/{step}.html",
            typing=anybody,
            form=form(),
            facts=facts,
            steps=steps(step),
            rows=answers.rows if answers else {},
            reasons=reasons,
            page_errors=False,
            other_lang_url=url_for(f"citizen.{step}", lang=other_language(), application_id=anybody.id),
        )

    key = (step, *_reader(), anybody, facts.code, found.application.seats, same, answers and answers.left)
    return _kept(key, compose, values).filled(values)


def _reader() -> tuple[str, ...]:
    return current_language(), request.headers.get("Save-Data", ""), request.script_root


def _values(found: Typing, more: dict[str, str]) -> dict[str, str]:
    timer = found.timer
    return own_values(
        application_id=str(found.id),
        course=found.course_name,
        when=found.when,
        people=found.people,
        until=timer.until,
        now=timer.now,
        minutes=str(timer.minutes),
        text=timer.text,
        **more,
    )


def _kept(key: Hashable, compose: Callable[[], str], values: dict[str, str]) -> SetPage:
    """The page under that key, set now unless it was before; the one that was not asked for longest makes room."""
    pages: dict[Hashable, SetPage] = current_app.extensions.setdefault(EXTENSION, {})
    page = pages.pop(key, None) or set_page(compose, values)
    pages[key] = page
    if len(pages) > MOST_KEPT:
        pages.pop(next(iter(pages)), None)
    return page
