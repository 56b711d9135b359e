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
    WAITING_FOR_MORE = "waiting_for_more"
    ENTERED = "entered"
    DRAWN = "drawn"
    NOT_DRAWN = "not_drawn"
    DRAW_WITHDRAWN = "draw_withdrawn"
    DRAW_HELD = "draw_held"
    DRAW_RESUMED = "draw_resumed"
    CHOICE_CALLED_OFF = "choice_called_off"
    CHOICE_STOPPED = "choice_stopped"
    CHOICES_LEFT_OUT = "choices_left_out"
    OFFER = "offer"
    OFFER_LAPSED = "offer_lapsed"
    OFFER_REVOKED = "offer_revoked"
    MOVED = "moved"
    TRANSFERRED = "transferred"
    DISPLACED = "displaced"
    DISPLACED_OFFERED = "displaced_offered"
    PUT_BACK = "put_back"
    OWN_DATE_OPEN = "own_date_open"
    VOLUNTEERS_ASKED = "volunteers_asked"
    VOLUNTEER_RELEASED = "volunteer_released"
    VOLUNTEER_KEPT = "volunteer_kept"
    QUESTION_OVER = "question_over"
    MUST_SHRINK = "must_shrink"
    RESTORED = "restored"
    SHRINK_LAPSED = "shrink_lapsed"
    SET_ASIDE = "set_aside"
    TAKEN_BACK = "taken_back"
    WAIT_ENDED = "wait_ended"
    CALLED_OFF = "called_off"
    CANCELLED = "cancelled"
    VISITOR_CANCELLED = "visitor_cancelled"
    RIGHT_ENDS = "right_ends"
    VISITOR_EXCHANGED = "visitor_exchanged"
    DETAILS_MISSING = "details_missing"
    CLEARANCE_REFUSED = "clearance_refused"
    GONE_WITHOUT = "gone_without"
    CLEARANCE_CANCELLED = "clearance_cancelled"
    REMINDER = "reminder"
    RELEASED = "released"
    CLOSURE_BEGAN = "closure_began"
    APPEAL_GRANTED = "appeal_granted"
    APPEAL_REJECTED = "appeal_rejected"
    GROUP_SET_ASIDE = "group_set_aside"
    GROUP_REMINDER = "group_reminder"
    GROUP_LOST = "group_lost"
    GROUP_RELEASED = "group_released"
    MESSAGE = "message"
    LINK = "link"
    INVITED = "invited"
    ROLE_GIVEN = "role_given"
    ROLE_ENDED = "role_ended"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    SIGNED_OUT = "signed_out"
    WELCOME = "welcome"
    ACCOUNT_CHANGED = "account_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    NEW_PASSWORD = "new_password"  # noqa: S105 - no password but a word for one
    NO_ACCOUNT = "no_account"
    REGISTER = "register"
    REGISTERED_ALREADY = "registered_already"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_COPIED = "passkey_copied"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"


KNOWN_ALREADY = frozenset({Kind.CANCELLED, Kind.VISITOR_CANCELLED, Kind.VISITOR_EXCHANGED, Kind.RELEASED})
"""Those that answer what a party has just done itself: nobody must call where they do not arrive."""

FOR_GROUPS = frozenset({Kind.GROUP_SET_ASIDE, Kind.GROUP_REMINDER, Kind.GROUP_LOST, Kind.GROUP_RELEASED})
"""Those about places that are set aside for a group: their link leads to its own page."""

FOR_ACCOUNTS = frozenset(
    {Kind.WELCOME, Kind.ACCOUNT_CHANGED, Kind.FACTOR_ADDED, Kind.FACTOR_REMOVED, Kind.RECOVERY_CODE_USED}
    | {Kind.NEW_PASSWORD, Kind.NO_ACCOUNT, Kind.REGISTER, Kind.REGISTERED_ALREADY}
    | {Kind.PASSKEY_ADDED, Kind.PASSKEY_REMOVED, Kind.PASSKEY_COPIED, Kind.IDENTITY_LINKED, Kind.IDENTITY_UNLINKED}
)
"""Those about an account and no application: they name neither, and lead to the first page, or by their link to the one
where a password is chosen.
"""

FOR_STAFF = frozenset(
    {Kind.INVITED, Kind.ROLE_GIVEN, Kind.ROLE_ENDED, Kind.ACCOUNT_DISABLED, Kind.ACCOUNT_ENABLED, Kind.SIGNED_OUT}
)
"""Those that tell somebody what an administrator did to the account; they are about no application."""

CAN_WAIT_FOR_MORNING = frozenset(
    {Kind.OFFER, Kind.OFFER_LAPSED, Kind.OFFER_REVOKED, Kind.DISPLACED, Kind.DISPLACED_OFFERED, Kind.MUST_SHRINK}
    | {Kind.RESTORED, Kind.SHRINK_LAPSED, Kind.SET_ASIDE, Kind.TAKEN_BACK, Kind.WAIT_ENDED, Kind.CALLED_OFF}
    | {Kind.DRAWN, Kind.NOT_DRAWN, Kind.RIGHT_ENDS, Kind.VOLUNTEERS_ASKED, Kind.VOLUNTEER_RELEASED, Kind.VOLUNTEER_KEPT}
    | {Kind.QUESTION_OVER}
    | {Kind.DETAILS_MISSING, Kind.CLEARANCE_REFUSED, Kind.GONE_WITHOUT, Kind.CHOICES_LEFT_OUT, Kind.CHOICE_STOPPED}
    | {Kind.DRAW_HELD, Kind.DRAW_RESUMED, Kind.PUT_BACK, Kind.OWN_DATE_OPEN, Kind.CLOSURE_BEGAN, Kind.MESSAGE}
    | {Kind.GROUP_REMINDER, Kind.GROUP_LOST, Kind.GROUP_RELEASED}
)
"""Those that tell of what was decided without their reader, who may be asleep; the others answer what somebody has just
done and looks out for.
"""


@dataclass(frozen=True)
class Needs:
    """The facts that a kind must be given, and those that it makes use of where they are given."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


APPLICATION = frozenset(
    {"reference", "course_ko", "course_en", "starts_at", "minutes", "meeting_place_ko", "meeting_place_en"}
    | {"seats", "id_rule_ko", "id_rule_en", "fee_krw"}
)
GROUP = frozenset({"course_ko", "course_en", "starts_at", "seats"})
"""What letters to a group name: its places on a departure. Neither the group nor anybody of it."""
MEETING = frozenset({"meeting_ko", "meeting_en"})
CAUSE = frozenset({"cause_ko", "cause_en"})
DEADLINE = frozenset({"deadline"})
PARTY_MAX = frozenset({"party_max"})
CLOSED = frozenset({"closed"})
QUEUE = frozenset({"position", "skip_bound"})
KEEPS_RIGHT = frozenset({"keeps_right"})
RIGHT = frozenset({"right_until"})
PREVIOUS = frozenset({"previous_reference"})
DATES = frozenset({"dates"})
"""Other dates that the party waits for, each with its reference and its place in the queue."""
DREW = frozenset({"drew", "receipt"})
"""Did the party draw the places, and hears only now of them, as it cannot have them? And by which receipt?"""
FALLBACK = frozenset({"fallback_at"})
"""From when what counts should the value of a draw not come is known."""
IN_VAIN = frozenset({"drew", "paused"})
"""Did the party draw places that it cannot have? And can a party of its size not go on its first choice at present?"""
NONE_RUNS = frozenset({"closed", "closed_because_ko", "closed_because_en", "none_runs"})
"""Can nobody go on its first choice at present, by which stop, and on no departure of the draw?"""
CHOICES = frozenset({"choices"})
"""When the departures of an entry start, the most wanted first."""
PAID = frozenset({"paid"})
"""Has the party paid a fee that is to be returned?"""
ARRIVED = frozenset({"arrived"})
"""Was somebody of the party let in at the meeting place already?"""
SEVERAL = frozenset({"several"})
"""Does the party wait for other dates too?"""
FITS = frozenset({"fits"})
"""Is a party that was asked to become smaller within the limit now?"""
UNDECIDED = frozenset({"least", "decided_at"})
"""With how few people a departure runs that has fewer, and when that is decided."""
GIVEN_BACK = frozenset({"given_back", "whole"})
OWN = frozenset({"own_starts_at"})
"""When the party's own departure starts, where the notice is about another one."""
MESSAGE = frozenset({"message_ko", "message_en"})
"""What the organiser writes to all parties of a departure, line by line."""
WAITS = frozenset({"waits"})
"""Is the party only on the waiting list?"""
ROLE = frozenset({"role", "role_from"})
"""Which role of staff somebody has, and from when."""
ROLE_UNTIL = frozenset({"role_until"})
ORGANISATION = frozenset({"organisation_ko", "organisation_en"})
"""For whom an operator works."""
OFFERED = frozenset({"offered_starts_at"})
"""When another departure starts of which places are offered in the same letter."""

NEEDS: Mapping[Kind, Needs] = {
    Kind.CONFIRMED: Needs(APPLICATION, MEETING),
    Kind.WAITING_JOINED: Needs(APPLICATION | QUEUE),
    Kind.WAITING_FOR_MORE: Needs(APPLICATION | DATES),
    Kind.ENTERED: Needs(APPLICATION | frozenset({"closes_at", "value_at"}), FALLBACK),
    Kind.DRAWN: Needs(APPLICATION, MEETING | PREVIOUS),
    Kind.NOT_DRAWN: Needs(
        APPLICATION | frozenset({"left_overs_at"}), QUEUE | CAUSE | DATES | CHOICES | IN_VAIN | NONE_RUNS
    ),
    Kind.CHOICE_CALLED_OFF: Needs(APPLICATION | CAUSE | frozenset({"choices_left"}), frozenset({"closes_at"})),
    Kind.CHOICE_STOPPED: Needs(APPLICATION | CAUSE | CHOICES | frozenset({"choices_left"}), frozenset({"closes_at"})),
    Kind.CHOICES_LEFT_OUT: Needs(APPLICATION | CAUSE | frozenset({"choices_left", "left_out", "left_overs_at"})),
    Kind.DRAW_WITHDRAWN: Needs(APPLICATION | CAUSE, frozenset({"stopped"})),
    Kind.DRAW_HELD: Needs(APPLICATION | CAUSE),
    Kind.DRAW_RESUMED: Needs(APPLICATION | frozenset({"value_at"}), frozenset({"closes_at"}) | FALLBACK),
    Kind.OFFER: Needs(APPLICATION | DEADLINE, CAUSE | MEETING | OWN | SEVERAL),
    Kind.OFFER_LAPSED: Needs(APPLICATION, DEADLINE | KEEPS_RIGHT | SEVERAL),
    Kind.OFFER_REVOKED: Needs(APPLICATION | CAUSE),
    Kind.MOVED: Needs(APPLICATION, PREVIOUS | MEETING),
    Kind.TRANSFERRED: Needs(APPLICATION | PREVIOUS | OWN, MEETING),
    Kind.DISPLACED: Needs(APPLICATION | CAUSE, RIGHT | PAID | DREW),
    Kind.DISPLACED_OFFERED: Needs(APPLICATION | CAUSE | DEADLINE, MEETING),
    Kind.PUT_BACK: Needs(APPLICATION, MEETING | DEADLINE | PARTY_MAX),
    Kind.OWN_DATE_OPEN: Needs(APPLICATION | DEADLINE),
    Kind.VOLUNTEERS_ASKED: Needs(APPLICATION | CAUSE | DEADLINE),
    Kind.VOLUNTEER_RELEASED: Needs(APPLICATION, RIGHT | PAID),
    Kind.VOLUNTEER_KEPT: Needs(APPLICATION, MEETING),
    Kind.QUESTION_OVER: Needs(APPLICATION, MEETING | DEADLINE),
    Kind.MUST_SHRINK: Needs(APPLICATION | CAUSE | DEADLINE | PARTY_MAX),
    Kind.RESTORED: Needs(APPLICATION, MEETING),
    Kind.SHRINK_LAPSED: Needs(APPLICATION | PARTY_MAX, CAUSE | RIGHT | PAID),
    Kind.SET_ASIDE: Needs(APPLICATION | CAUSE, PARTY_MAX | CLOSED),
    Kind.TAKEN_BACK: Needs(APPLICATION),
    Kind.WAIT_ENDED: Needs(APPLICATION),
    Kind.CALLED_OFF: Needs(APPLICATION | CAUSE, KEEPS_RIGHT | RIGHT | PAID | DEADLINE | OFFERED | DREW | ARRIVED),
    Kind.CANCELLED: Needs(APPLICATION),
    Kind.VISITOR_CANCELLED: Needs(APPLICATION, FITS),
    Kind.RIGHT_ENDS: Needs(APPLICATION | RIGHT),
    Kind.VISITOR_EXCHANGED: Needs(APPLICATION),
    Kind.DETAILS_MISSING: Needs(APPLICATION | DEADLINE),
    Kind.CLEARANCE_REFUSED: Needs(APPLICATION | DEADLINE | frozenset({"alone"}), frozenset({"noted"})),
    Kind.GONE_WITHOUT: Needs(APPLICATION),
    Kind.CLEARANCE_CANCELLED: Needs(APPLICATION),
    Kind.REMINDER: Needs(APPLICATION | DEADLINE, MEETING | frozenset({"waited_for"}) | UNDECIDED),
    Kind.RELEASED: Needs(APPLICATION | GIVEN_BACK),
    Kind.CLOSURE_BEGAN: Needs(APPLICATION | frozenset({"closed_until"})),
    Kind.APPEAL_GRANTED: Needs(APPLICATION | CAUSE),
    Kind.APPEAL_REJECTED: Needs(APPLICATION | CAUSE),
    Kind.GROUP_SET_ASIDE: Needs(GROUP | DEADLINE),
    Kind.GROUP_REMINDER: Needs(GROUP | DEADLINE),
    Kind.GROUP_LOST: Needs(GROUP | CAUSE),
    Kind.GROUP_RELEASED: Needs(GROUP),
    Kind.MESSAGE: Needs(APPLICATION | MESSAGE, WAITS),
    Kind.LINK: Needs(APPLICATION),
    Kind.INVITED: Needs(ROLE | DEADLINE, ORGANISATION | ROLE_UNTIL),
    Kind.ROLE_GIVEN: Needs(ROLE, ORGANISATION | ROLE_UNTIL),
    Kind.ROLE_ENDED: Needs(frozenset({"role"}) | ROLE_UNTIL, ORGANISATION),
    Kind.ACCOUNT_DISABLED: Needs(frozenset()),
    Kind.ACCOUNT_ENABLED: Needs(frozenset()),
    Kind.SIGNED_OUT: Needs(frozenset()),
    Kind.WELCOME: Needs(frozenset()),
    Kind.ACCOUNT_CHANGED: Needs(frozenset()),
    Kind.FACTOR_ADDED: Needs(frozenset()),
    Kind.FACTOR_REMOVED: Needs(frozenset()),
    Kind.RECOVERY_CODE_USED: Needs(frozenset()),
    Kind.NEW_PASSWORD: Needs(DEADLINE),
    Kind.NO_ACCOUNT: Needs(frozenset()),
    Kind.REGISTER: Needs(DEADLINE),
    Kind.REGISTERED_ALREADY: Needs(frozenset()),
    Kind.PASSKEY_ADDED: Needs(frozenset()),
    Kind.PASSKEY_REMOVED: Needs(frozenset()),
    Kind.PASSKEY_COPIED: Needs(frozenset()),
    Kind.IDENTITY_LINKED: Needs(frozenset()),
    Kind.IDENTITY_UNLINKED: Needs(frozenset()),
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
