"""Pages for operators: their departures, rosters, who came, who is let in at the gate, and calling off.

Made for a phone at a meeting place: every button is a plain form, done once however often it is sent, with its undo
beside it, and the page comes back where the thumb was.
"""

# These put their views on the blueprint.
from tourbook.web.operator import (
    call_off,
    check_in,
    clearance,
    clearance_replies,
    contacts,
    crew,
    days,
    fees,
    figures,
    files,
    finding,
    groups,
    marks,
    message,
    minimum,
    offline,
    rates,
    roster,
    telephone,
    walk_up,
    why,
)
from tourbook.web.operator.blueprint import blueprint

__all__ = [
    "blueprint",
    "call_off",
    "check_in",
    "clearance",
    "clearance_replies",
    "contacts",
    "crew",
    "days",
    "fees",
    "figures",
    "files",
    "finding",
    "groups",
    "marks",
    "message",
    "minimum",
    "offline",
    "rates",
    "roster",
    "standby",
    "telephone",
    "walk_up",
    "why",
]
