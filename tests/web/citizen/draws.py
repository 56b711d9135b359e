"""Somebody who enters a draw in a browser, as tests see it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.draws.lottery import Lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import Page
from tests.web.citizen.people import Citizen
from tourbook.applications.models import Application

DRAW = "/draws/july"


def begin(citizen: Citizen, *choices: UUID, seats: int = 2, path: str = DRAW, **changed: Any) -> Page:
    """Choose departures on the page of the draw and press the button."""
    form = citizen.open(path).form(mark="entry")
    typed = {f"choice_{place}": str(one) for place, one in enumerate(choices)}
    return form.submit(citizen.client, **{"seats": str(seats), **typed, **changed})


def entered(citizen: Citizen, *choices: UUID, seats: int = 2, names: tuple[str, ...] = (), path: str = DRAW) -> Page:
    """The whole way into the draw, to the application's page."""
    page = citizen.name_visitors(begin(citizen, *choices, seats=seats, path=path), *names)
    return citizen.send(citizen.give_contact(page))


def play(lottery: Lottery, clock: StandingClock, *steps: str) -> None:
    """Let the round go on, and the clock of the site with it."""
    for step in steps:
        getattr(lottery, step)()
    clock.stand_at(lottery.now)


def application_of(session: Session, reference: str) -> Application:
    session.rollback()
    return session.scalars(select(Application).where(Application.reference == reference)).one()


def opened(citizen: Citizen, session: Session, reference: str, more: str = "") -> Page:
    """The page of an application, by the link in its notice; a browser forgets what it made weeks ago."""
    citizen.open(f"/a/{application_of(session, reference).token}")
    return citizen.open(f"/applications/{reference}{more}")
