"""An application that is being typed: until when its places are kept, what is there already, what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from math import ceil
from typing import TypeVar
from uuid import UUID

from flask import abort, current_app, flash, redirect, session, url_for

from config import Config
from tourbook.applications import Asked, Held, enter, give_up, hold, hold_again
from tourbook.applications.entries import limits_below, stops_of
from tourbook.applications.models import Application, State, Visitor
from tourbook.applications.queries import consents_of, visitors_of
from tourbook.applications.rules import Admission
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import db
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.access import current_actor, network_address, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.draw_facts import choice_lines, departures_chosen
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.holder import access_own_by_id, browser_id, person_id, remember
from tourbook.web.language import current_language

Done = TypeVar("Done")

LEFT = "left_application"
SECONDS = 60


class PlacesGone(Exception):
    """The time ran out, and the same places could not be had again; `refused` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


@dataclass(frozen=True)
class Timer:
    """Until when what is being typed is kept, for the component that counts down."""

    until: str
    now: str
    minutes: int | str
    text: str
    extend_action: str
    extends_left: int


@dataclass(frozen=True)
class Typing:
    """One application that is being typed, with its departure, at a moment; what was read of it is not read again."""

    application: Application
    departure: Departure
    course: Course
    now: datetime

    @cached_property
    def visitors(self) -> Sequence[Visitor]:
        """Who was named by then."""
        return visitors_of(db.session(), self.id)

    @cached_property
    def consents(self) -> set[str]:
        """What was agreed to by then."""
        return consents_of(db.session(), self.id)

    @property
    def id(self) -> UUID:
        """The application's id."""
        return self.application.id

    @property
    def waits(self) -> bool:
        """Is it for the waiting list?"""
        return self.application.waiting_since is not None

    @property
    def enters(self) -> bool:
        """Is it an entry of a draw?"""
        return bool(self.application.choices)

    @property
    def draw_code(self) -> str:
        """The code of the draw that gives the places of its departure; empty where none does."""
        found = db.session.get(Round, self.departure.round_id) if self.departure.round_id else None
        return found.code if found else ""

    @cached_property
    def choices(self) -> list[str]:
        """The departures that an entry names, the most wanted first, with what speaks against one of them now."""
        chosen = departures_chosen(db.session(), self.application.choices)
        limits = limits_below(db.session(), self.application.seats, chosen, self.now)
        return choice_lines(chosen, limits, stops_of(db.session(), chosen, self.now))

    @property
    def admission(self) -> Admission:
        """What its departure asks of the party."""
        return Admission(
            self.course, civil_day(self.departure.starts_at), civil_day(self.now), seats=self.application.seats
        )

    @property
    def is_running(self) -> bool:
        """Are its places kept at this moment?"""
        return self.application.typing_until is not None and self.application.typing_until > self.now

    @property
    def is_left(self) -> bool:
        """Did the time run out, or were the places given up, before anything was sent in?"""
        late = self.application.typing_until is not None and not self.is_running
        closed = self.application.state in {State.EXPIRED, State.CANCELLED}
        return late or (closed and self.application.confirmed_at is None)

    @property
    def cause(self) -> str:
        """The change of rules that took the places; empty where the time ran out, or they were given up."""
        return str(present.in_lang(self.application, "cause") or "")

    @property
    def can_be_held_again(self) -> bool:
        """Can the same application have its places again, if they are free?"""
        gone = self.application.state is State.CANCELLED or self.application.forgotten_at is not None
        return self.is_left and not (gone or self.waits or self.enters)

    @property
    def course_name(self) -> str:
        """The name of the course."""
        return str(present.in_lang(self.course, "name"))

    @property
    def when(self) -> str:
        """The start of the departure in full; that of the first choice, where a draw gives the places."""
        return self.choices[0] if self.enters else present.instant(self.departure.starts_at)

    @property
    def people(self) -> str:
        """For how many."""
        return wording.people(self.application.seats)

    @property
    def asks_passport(self) -> bool:
        """Does the course need the passport numbers of foreign visitors?"""
        return self.course.needs_passport and self.course.who != "nationals"

    @property
    def onward(self) -> str:
        """The address of the first step that is not done yet; of the last, when all are."""
        if len(self.visitors) != self.application.seats:
            return url_for("citizen.visitors", application_id=self.id)
        return after_visitors(self.id, reachable=self.application.contact is not None)

    @cached_property
    def timer(self) -> Timer:
        """What the countdown needs."""
        until = self.application.typing_until or self.now
        settings: Config = current_app.config["TOURBOOK"]
        return Timer(
            until=until.isoformat(),
            now=self.now.isoformat(),
            minutes=max(0, ceil((until - self.now).total_seconds() / SECONDS)),
            text=self._kept_until(present.clock_time(until)),
            extend_action=url_for("citizen.extend", application_id=self.id),
            extends_left=0 if self.enters else settings.hold_extensions - self.application.extensions,
        )

    def _kept_until(self, time: str) -> str:
        if self.enters:
            return _("Send your entry in by %(time)s.", time=time)
        if self.waits:
            return _("We keep your place in the waiting list until %(time)s.", time=time)
        return _("We keep these places for you until %(time)s.", time=time)


def after_visitors(application_id: UUID, *, reachable: bool) -> str:
    """The address of the first step that is not done yet, where everybody is named."""
    return url_for("citizen.check" if reachable else "citizen.contact", application_id=application_id)


def ask(departure_id: UUID, seats: int, *, wait: bool, form_id: str, allotment_id: UUID | None = None) -> Held:
    """Ask for places in the name of this browser, which may see the application from now on."""
    asked = replace(_asked(seats, wait=wait), allotment_id=allotment_id)
    held = hold(departure_id, asked, form_id=form_id, actor=current_actor(), now=request_time())
    remember(held.application_id)
    return held


def ask_to_enter(round_id: UUID, choices: Sequence[UUID], seats: int, *, form_id: str) -> Held:
    """Begin an entry of a draw in the name of this browser, which may see it from now on."""
    asked = _asked(seats, wait=False)
    begun = enter(round_id, choices, asked, form_id=form_id, actor=current_actor(), now=request_time())
    remember(begun.application_id)
    return begun


def _asked(seats: int, *, wait: bool) -> Asked:
    return Asked(
        seats=seats,
        wait=wait,
        browser=browser_id(),
        address=network_address(),
        language=current_language(),
        person_id=person_id(),
    )


def typing_of(application_id: UUID) -> Typing:
    """An application of one's own that is being typed, or was left before it was sent in.

    One that is sent in already leads to its page.
    """
    found = Typing(*access_own_by_id(application_id), request_time())
    if not (found.is_running or found.is_left):
        abort(redirect(url_for("citizen.application", reference=found.application.reference)))
    return found


def running(application_id: UUID) -> Typing:
    """Like typing_of; what is not kept any more leads to the page that says so."""
    found = typing_of(application_id)
    if found.is_left:
        abort(redirect(url_for("citizen.expired", application_id=application_id)))
    return found


def in_time(application_id: UUID, act: Callable[[], Done]) -> Done:
    """Do the act; where the time ran out meanwhile, take the same places again first.

    Raises PlacesGone where these cannot be had any more, and Refused for everything else that is refused.
    """
    try:
        return act()
    except Conflict as late:
        if late.code not in {"hold_expired", "hold_released"}:
            raise
        take_again(application_id)
        done = act()
        flash(_again_words(late), "success")
        return done


def _again_words(late: Conflict) -> str:
    if late.code == "hold_released":
        return _("The rules had changed, but the same places are free again: we keep them for you.")
    return _("The time had run out, but the same places were still free: we keep them for you.")


def take_again(application_id: UUID) -> None:
    """Take the same places again; raises PlacesGone where that is refused."""
    try:
        hold_again(application_id, actor=current_actor(), now=request_time())
    except Refused as refused:
        raise PlacesGone(refused) from refused


def let_go(found: Typing) -> None:
    """Give up what is still being typed, for another choice; nothing has to be typed twice."""
    if found.is_running:
        give_up(found.id, actor=current_actor(), now=request_time())
    leave(found)


def leave(found: Typing) -> None:
    """Remember which application is left for another choice, so that nothing has to be typed twice."""
    session[LEFT] = found.id.hex


def left_behind() -> Typing | None:
    """The application that was left for another choice, while it is still this browser's."""
    if LEFT not in session:
        return None
    try:
        return Typing(*access_own_by_id(UUID(hex=session[LEFT])), request_time())
    except NotFound:
        return None


def forget_left() -> None:
    """What was typed elsewhere is not needed any more."""
    session.pop(LEFT, None)
