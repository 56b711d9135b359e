"""Places that a draw gave to a party and that it cannot have: what its page says of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure, Round
from tourbook.draws import SOMEBODY_THERE, TOO_LATE
from tourbook.notices import Kind, Notice

ENDS = {
    State.DISPLACED: Kind.DISPLACED,
    State.CALLED_OFF: Kind.CALLED_OFF,
    State.NOT_DRAWN: Kind.NOT_DRAWN,
}
"""By which letter a party hears that it is so."""
CAUSES = (TOO_LATE["cause_en"], SOMEBODY_THERE["cause_en"])


@dataclass(frozen=True)
class InVain:
    """Where the result of the draw is, with the party's receipt looked up; empty where the draw is not known."""

    result: str


def drawn_in_vain(
    session: Session, application: Application, departure: Departure, sent: Sequence[Notice]
) -> InVain | None:
    """What a party drew that heard of its places only as it lost them; None where it had been told of them, or drew
    none. That is what it was told.
    """
    letters = [one for one in sent if one.kind == ENDS.get(application.state)]
    told = max(letters, key=lambda one: one.created_at, default=None)
    if not (told and told.facts.get("drew")) and application.cause_en not in CAUSES:
        return None
    receipt = (told.facts.get("receipt") if told else None) or application.reference
    round_ = session.get(Round, departure.round_id) if departure.round_id else None
    result = url_for("citizen.draw", code=round_.code, receipt=receipt, _anchor="outcome") if round_ else ""
    return InVain(result)
