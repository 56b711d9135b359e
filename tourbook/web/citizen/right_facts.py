"""A priority right as its holder reads it: for what, since when, until when, every offer made under it, its use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tourbook.applications.models import Application, OfferState, PriorityRight, State
from tourbook.applications.rights import RightLedger, UnderRight, right_ledger
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _


@dataclass(frozen=True)
class RightFacts:
    """The right in words. `rows` are question and answer; `stands` says that it was neither used nor over."""

    stands: bool
    rows: list[tuple[str, str]]
    offers: list[dict[str, Any]]


def right_facts(session: Session, application: Application, course: str, now: datetime) -> RightFacts | None:
    """The last right of this party in words; None where it never had one.

    Who is confirmed and has never lost places is not asked about: that is almost everybody.
    """
    if application.state is State.CONFIRMED and application.cause_ko is None:
        return None
    ledger = right_ledger(session, application.id)
    return _in_words(ledger, course, now) if ledger else None


def until_in_words(right: PriorityRight) -> str:
    """Until when a right lasts."""
    return present.deadline(right.lasts_until) if right.lasts_until else _("without an end")


def _in_words(ledger: RightLedger, course: str, now: datetime) -> RightFacts:
    right = ledger.right
    rows = [
        (_("For the course"), course),
        (_("Yours since"), present.instant(right.granted_at)),
        (_("Lasts until"), until_in_words(right)),
        (_("Used"), present.instant(right.used_at) if right.used_at else _("not yet")),
    ]
    if right.ended_at:
        rows[-1] = (_("Ended"), present.instant(right.ended_at))
    return RightFacts(ledger.stands, rows, [_offer(one, now) for one in ledger.offers])


def _offer(under: UnderRight, now: datetime) -> dict[str, Any]:
    """One offer; one that nobody has closed yet although its time is over counts as not answered."""
    offer = under.offer
    over = offer.state is OfferState.OPEN and offer.deadline <= now
    return {
        "when": present.instant(under.starts_at),
        "made": present.instant(offer.made_at),
        "deadline": present.deadline(offer.deadline),
        "state": OfferState.LAPSED.value if over else offer.state.value,
    }
