"""The site behind the screens, from the inside: its database is brought into the state that a page needs.

The server runs in a process of its own; here the same application stands on the same database, at the same standing
clock. People who prepare something use the pages themselves, without scripts, and hand their cookie to Chromium.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import count
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.exceptions import HTTPException

from tests.browser.season import NOBODY
from tests.ground.application import build_app
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.ground.pages import Page, visit
from tests.web.citizen.people import Citizen
from tourbook.accounts.models import FailedSignIn
from tourbook.actor import COMMAND, Role
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.cli.season import PASSWORD, PEOPLE
from tourbook.courses import add_departure, course_by_code, departures_between
from tourbook.db import db, transaction
from tourbook.kst import civil_day, parse_moment

NOW = parse_moment(MONDAY_MORNING)
TODAY = civil_day(NOW)
COOKIE = "sid"
MANY = 1000
"""Holds and letters of this one address: how many pages a worker of the tests prepares must not matter."""
OWN_DAY = TODAY + timedelta(days=14)


@dataclass(frozen=True)
class Visit:
    """Where a page is, below the language, and the cookie of the browser that may see it."""

    path: str
    cookie: str | None = None


class Stage:
    """The application on the site's database; what prepares something runs inside `with stage.at_work()`."""

    def __init__(self, database_url: str) -> None:
        enough = {"holds_per_address": MANY, "letters_per_network": MANY, "public_url": "http://localhost", **NOBODY}
        self.app: Flask = build_app(database_url, environment="rehearsal", now=NOW, **enough)
        self._minutes = count(0, 5)
        self._numbers = count(1)
        self.signed_in = cache(self._signed_in)

    @classmethod
    @contextmanager
    def on(cls, database_url: str) -> "Iterator[Stage]":
        """The stage on a database, whose connections are closed at the end."""
        stage = cls(database_url)
        yield stage
        with stage.at_work():
            db.engine.dispose()

    @contextmanager
    def at_work(self) -> Iterator[StandingClock]:
        """Inside the application, with the clock standing where the server's stands."""
        clock = StandingClock()
        with self.app.app_context():
            try:
                yield clock
            finally:
                db.session.remove()
                clock.run_again()

    @contextmanager
    def earlier(self, *, hours: float) -> Iterator[None]:
        """So many hours before the server's now."""
        clock = StandingClock()
        clock.move(hours=-hours)
        yield
        clock.stand_at(NOW)

    def forget_wrong_guesses(self) -> None:
        """As if nobody had given a wrong password, code or contact: looks at refusals must not slow down each other."""
        with self.at_work(), transaction() as session:
            session.execute(delete(FailedSignIn))

    # -- people -------------------------------------------------------------------------------------------------------

    def guest(self) -> Citizen:
        """Somebody without an account, in a browser of their own."""
        return Citizen(self.app.test_client())

    def _signed_in(self, role: Role) -> FlaskClient:
        return self.sign_in_again(role)

    def sign_in_again(self, role: Role) -> FlaskClient:
        """One more browser of the demonstration's citizen, operator or administrator."""
        person = next(person for person in PEOPLE if person.role is role)
        client = self.app.test_client()
        form = visit(client, "/ko/sign-in").form(mark="sign-in-form")
        assert form.submit(client, mail=person.mail, password=PASSWORD, follow=False).status == 302
        return client

    def seen_by(self, role: Role, path: str) -> Visit:
        """A page of somebody who is signed in."""
        return Visit(path, cookie_of(self.signed_in(role)))

    # -- departures and applications ----------------------------------------------------------------------------------

    def departure(self, *, capacity: int | None = None) -> UUID:
        """A new departure at Paju, open for applications, for this page alone."""
        minutes = next(self._minutes)
        starts_at = parse_moment(f"{OWN_DAY}T{6 + minutes // 60:02}:{minutes % 60:02}")
        return self.add("paju", starts_at.isoformat(), capacity=capacity)

    def add(self, code: str, starts: str, *, capacity: int | None = None) -> UUID:
        """A departure of that course at that time."""
        course = course_by_code(db.session(), code)
        return add_departure(
            course.id, parse_moment(starts), capacity=capacity, actor=COMMAND, now=NOW - timedelta(days=60)
        ).departure_id

    def existing(self, code: str, day: date) -> UUID:
        """The first departure of that course on or after that day."""
        session = db.session()
        found = departures_between(
            session, day, day + timedelta(days=14), course_ids=[course_by_code(session, code).id]
        )
        return found[0].id

    def in_state(self, state: State, *, offered: bool = False) -> Application:
        """An application of the season that stands so, with an open offer or without."""
        offers = select(Offer.application_id).where(Offer.state == OfferState.OPEN)
        has_offer = Application.id.in_(offers)
        query = select(Application).where(Application.state == state, has_offer if offered else ~has_offer)
        found = db.session.scalars(query.order_by(Application.id)).first()
        assert found, f"the season has no application that is {state.value}, offered={offered}"
        return found

    def opened(self, application: Application, path: str = "") -> Visit:
        """A page of somebody's application, in a browser that followed its link."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["applications"] = {application.id.hex: int(NOW.timestamp())}
        return Visit(f"/applications/{application.reference}{path}", cookie_of(client))

    # -- addresses ----------------------------------------------------------------------------------------------------

    @cached_property
    def _addresses(self):
        return self.app.url_map.bind("")

    def endpoint(self, path: str) -> str:
        """The name of the page at a path; empty where there is none."""
        try:
            return str(self._addresses.match(path, method="GET")[0])
        except HTTPException:
            return ""


def cookie_of(client: FlaskClient) -> str | None:
    """What this browser would send, to be put into another."""
    cookie = client.get_cookie(COOKIE)
    return cookie.value if cookie else None


def shown_to(citizen: Citizen, page: Page) -> Visit:
    """The page that somebody has come to."""
    assert page.status < 400, page.text
    return Visit(below(page.address), cookie_of(citizen.client))


def below(address: str) -> str:
    """The path of an address, without its language."""
    return "/" + address.split("://", 1)[-1].split("/", 2)[-1]
