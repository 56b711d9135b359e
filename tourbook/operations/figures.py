"""Figures of the installation for whoever watches it, with nobody's data among them. Queries alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.accounts.models import FailedSignIn
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure
from tourbook.operations.health import Health, read_health

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Figures:
    """How everything is, the seats of departures to come by the state of their application, and how many sign-ins were
    refused within the last hour.
    """

    health: Health
    seats: dict[str, int]
    sign_ins_refused: int


def read_figures(session: Session, *, now: datetime) -> Figures:
    """Read them, in a fixed number of statements."""
    seats = (
        select(Application.state, func.sum(Application.seats))
        .join(Departure, Departure.id == Application.departure_id)
        .where(Departure.starts_at > now)
        .group_by(Application.state)
    )
    counted = {state.value: int(number) for state, number in session.execute(seats)}
    refused = select(func.count()).select_from(FailedSignIn).where(FailedSignIn.at > now - AN_HOUR)
    return Figures(
        health=read_health(session, now=now),
        seats={state.value: counted.get(state.value, 0) for state in State},
        sign_ins_refused=session.scalar(refused) or 0,
    )
