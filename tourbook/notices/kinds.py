"""The kinds of notice there are, and which facts each of them needs to be written.

Facts are plain JSON without personal data. Instants are ISO 8601 in UTC; `fee_krw` is what the party pays;
`..._ko` and `..._en` are the same thing for readers of each language. A party's own words never stand in a notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a notice is about."""

    CONFIRMED = "confirmed"
    WAITING_JOINED = "waiting_joined"
    ENTERED = "entered"
    DRAWN = "drawn"
    NOT_DRAWN = "not_drawn"
    DRAW_WITHDRAWN = "draw_withdrawn"
    CHOICE_CALLED_OFF = "choice_called_off"
    OFFER = "offer"
    OFFER_LAPSED = "offer_lapsed"
    OFFER_REVOKED = "offer_revoked"
    MOVED = "moved"
    DISPLACED = "displaced"
    DISPLACED_OFFERED = "displaced_offered"
    MUST_SHRINK = "must_shrink"
    RESTORED = "restored"
    SHRINK_LAPSED = "shrink_lapsed"
    SET_ASIDE = "set_aside"
    TAKEN_BACK = "taken_back"
    WAIT_ENDED = "wait_ended"
    CALLED_OFF = "called_off"
    CANCELLED = "cancelled"
    VISITOR_CANCELLED = "visitor_cancelled"
    LINK = "link"
    WELCOME = "welcome"


KNOWN_ALREADY = frozenset({Kind.CANCELLED, Kind.VISITOR_CANCELLED})
"""Those that answer what a party has just done itself: nobody must call where they do not arrive."""


@dataclass(frozen=True)
class Needs:
    """The facts that a kind must be given, and those that it makes use of where they are given."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


APPLICATION = frozenset(
    {"reference", "course_ko", "course_en", "starts_at", "minutes", "meeting_place_ko", "meeting_place_en"}
    | {"seats", "id_rule_ko", "id_rule_en", "fee_krw"}
)
MEETING = frozenset({"meeting_ko", "meeting_en"})
CAUSE = frozenset({"cause_ko", "cause_en"})
DEADLINE = frozenset({"deadline"})
PARTY_MAX = frozenset({"party_max"})
CLOSED = frozenset({"closed"})
QUEUE = frozenset({"position", "skip_bound"})
KEEPS_RIGHT = frozenset({"keeps_right"})
PREVIOUS = frozenset({"previous_reference"})
OWN = frozenset({"own_starts_at"})
"""When the party's own departure starts, where the notice is about another one."""

NEEDS: Mapping[Kind, Needs] = {
    Kind.CONFIRMED: Needs(APPLICATION, MEETING),
    Kind.WAITING_JOINED: Needs(APPLICATION | QUEUE),
    Kind.ENTERED: Needs(APPLICATION | frozenset({"closes_at", "value_at"})),
    Kind.DRAWN: Needs(APPLICATION, MEETING | PREVIOUS),
    Kind.NOT_DRAWN: Needs(APPLICATION | frozenset({"left_overs_at"}), QUEUE | CAUSE | frozenset({"drew"})),
    Kind.CHOICE_CALLED_OFF: Needs(APPLICATION | CAUSE | frozenset({"choices_left"}), frozenset({"closes_at"})),
    Kind.DRAW_WITHDRAWN: Needs(APPLICATION | CAUSE),
    Kind.OFFER: Needs(APPLICATION | DEADLINE, CAUSE | MEETING | OWN),
    Kind.OFFER_LAPSED: Needs(APPLICATION, DEADLINE | KEEPS_RIGHT),
    Kind.OFFER_REVOKED: Needs(APPLICATION | CAUSE),
    Kind.MOVED: Needs(APPLICATION, PREVIOUS | MEETING),
    Kind.DISPLACED: Needs(APPLICATION | CAUSE),
    Kind.DISPLACED_OFFERED: Needs(APPLICATION | CAUSE | DEADLINE, MEETING),
    Kind.MUST_SHRINK: Needs(APPLICATION | CAUSE | DEADLINE | PARTY_MAX),
    Kind.RESTORED: Needs(APPLICATION, MEETING),
    Kind.SHRINK_LAPSED: Needs(APPLICATION | PARTY_MAX, CAUSE),
    Kind.SET_ASIDE: Needs(APPLICATION | CAUSE, PARTY_MAX | CLOSED),
    Kind.TAKEN_BACK: Needs(APPLICATION),
    Kind.WAIT_ENDED: Needs(APPLICATION),
    Kind.CALLED_OFF: Needs(APPLICATION | CAUSE, KEEPS_RIGHT),
    Kind.CANCELLED: Needs(APPLICATION),
    Kind.VISITOR_CANCELLED: Needs(APPLICATION),
    Kind.LINK: Needs(APPLICATION),
    Kind.WELCOME: Needs(frozenset()),
}


def made_use_of(kind: Kind, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of these facts that a notice of this kind names: the others need not be kept with thousands of them."""
    named = NEEDS[kind].required | NEEDS[kind].optional
    return {name: fact for name, fact in facts.items() if name in named}


def check_facts(kind: Kind, facts: Mapping[str, Any]) -> None:
    """Raise ValueError, a bug of the caller, where a fact is missing without which the notice cannot be written."""
    absent = sorted(NEEDS[kind].required - facts.keys())
    if absent:
        raise ValueError(f"a notice of kind {kind} needs {', '.join(absent)}")
