"""What a party's own page says of clearance: where each visitor stands, and what can or must be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.clearance import (
    Checked,
    Deadlines,
    Standing,
    checked,
    deadlines,
    demands_on,
    exchange_fault,
    open_choices,
)
from tourbook.clearance.models import ClearanceChoice, ClearanceDemand
from tourbook.rosters.rules import TRAVELLING
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.clearance_words import authority_name
from tourbook.web.holder import Own


@dataclass(frozen=True)
class ClearanceFacts:
    """How a party stands with those who check its names. `of` has each visitor's part, by their id; `freeze` is the
    moment from which names are final, `frozen` says that it has come, `may_exchange` that somebody can be named instead
    of somebody, `exchanged` that the party did so of its own accord, and cannot again. `refused_until` is when somebody
    must have chosen who is refused and in whose place nobody else can be named.
    """

    of: dict[UUID, dict[str, Any]]
    authorities: str
    freeze: str
    frozen: bool
    missing: bool
    due: str
    may_exchange: bool = False
    refused_until: str = ""
    exchanged: bool = False


def clearance_facts(session: Session, own: Own, now: datetime) -> ClearanceFacts | None:
    """Put it into words; None where nobody checks names, and for parties that do not travel."""
    application, departure, course = own
    if not course.names_checked or application.state not in TRAVELLING:
        return None
    demands = demands_on(session, course.id)
    when = deadlines(course, demands, departure.starts_at)
    people = checked(session, [departure.id], demands, party=application.id)
    choices = open_choices(session, [application.id])
    of = {one.visitor.id: _visitor(session, own, one, when, choices.get(one.visitor.id), now) for one in people}
    return ClearanceFacts(
        of=of,
        refused_until=next((part["deadline"] for part in of.values() if part["choose"] and not part["exchange"]), ""),
        authorities=_names(demands),
        freeze=present.deadline(when.freeze_at),
        frozen=when.is_frozen(now),
        may_exchange=any(part["exchange"] for part in of.values()),
        exchanged=any(part["exchanged"] for part in of.values()),
        missing=any(one.standing is Standing.MISSING for one in people),
        due=present.deadline(when.first_due if now < when.first_due else when.freeze_at),
    )


def _visitor(
    session: Session, own: Own, one: Checked, when: Deadlines, choice: ClearanceChoice | None, now: datetime
) -> dict[str, Any]:

    def page(endpoint: str) -> str:
        return url_for(endpoint, reference=own.application.reference, visitor_id=one.visitor.id)

    fault = exchange_fault(session, own.application, one, when, now)
    completable = one.standing is Standing.MISSING and not when.is_frozen(now)
    open_choice = choice is not None and now < choice.deadline
    return {
        "standing": one.standing.value,
        "said": _said(one, when),
        "note": " · ".join(answer.note for answer in one.answers.values() if answer.note and _refuses(answer.standing)),
        "complete": page("citizen.complete_visitor") if completable else None,
        "exchange": page("citizen.exchange_visitor") if fault is None else None,
        "exchanged": fault is not None and fault.code == "exchanged_already",
        "choose": page("citizen.refused_visitor") if open_choice else None,
        "deadline": present.deadline(choice.deadline) if choice else "",
    }


def _refuses(standing: Standing) -> bool:
    return standing is Standing.REFUSED


def _said(one: Checked, when: Deadlines) -> str:
    """Where a visitor stands, as people say it; who refused is named, and nothing is guessed about why."""
    if one.standing is Standing.REFUSED:
        who = [authority_name(authority) for authority, standing in one.by.items() if _refuses(standing)]
        return _("%(authority)s did not agree to this visitor.", authority=", ".join(who))
    words = {
        Standing.MISSING: _("The passport number is missing. Without it this visitor cannot be let in."),
        Standing.READY: _("All is there. The name is handed over by %(moment)s.", moment=_next_due(one, when)),
        Standing.SUBMITTED: _("The name was handed over and is being checked."),
        Standing.CLEARED: _("The name was checked: this visitor is let in."),
    }
    return words[one.standing]


def _next_due(one: Checked, when: Deadlines) -> str:
    waiting = [when.due[who] for who, standing in one.by.items() if standing is Standing.READY]
    return present.deadline(min(waiting, default=when.freeze_at))


def _names(demands: Sequence[ClearanceDemand]) -> str:
    return ", ".join(authority_name(one.authority) for one in demands)
