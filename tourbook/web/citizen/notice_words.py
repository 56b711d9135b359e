"""What was sent about an application, as a list for those to whom it went."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext

from tourbook.notices import Kind, Notice, NoticeState, Way
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.language import current_language

WORDS = {
    Kind.CONFIRMED: lazy_gettext("Confirmation"),
    Kind.WAITING_JOINED: lazy_gettext("You joined the waiting list"),
    Kind.WAITING_FOR_MORE: lazy_gettext("You wait for more dates"),
    Kind.ENTERED: lazy_gettext("You entered the draw"),
    Kind.DRAWN: lazy_gettext("You were drawn: confirmation"),
    Kind.NOT_DRAWN: lazy_gettext("You were not drawn"),
    Kind.DRAW_WITHDRAWN: lazy_gettext("The draw was withdrawn"),
    Kind.DRAW_HELD: lazy_gettext("The draw is on hold"),
    Kind.DRAW_RESUMED: lazy_gettext("The draw goes on"),
    Kind.CHOICE_CALLED_OFF: lazy_gettext("One of your choices was called off"),
    Kind.CHOICE_STOPPED: lazy_gettext("One of your choices is stopped at present"),
    Kind.CHOICES_LEFT_OUT: lazy_gettext("Your party was too large for a choice of yours"),
    Kind.OFFER: lazy_gettext("Places were offered to you"),
    Kind.OFFER_LAPSED: lazy_gettext("The offer was not answered in time"),
    Kind.OFFER_REVOKED: lazy_gettext("The offer was taken back"),
    Kind.MOVED: lazy_gettext("Confirmation for another date"),
    Kind.TRANSFERRED: lazy_gettext("You moved to another date: confirmation"),
    Kind.DISPLACED: lazy_gettext("Your places were lost"),
    Kind.DISPLACED_OFFERED: lazy_gettext("Your places were lost, and places were offered to you"),
    Kind.PUT_BACK: lazy_gettext("You have your own places again"),
    Kind.OWN_DATE_OPEN: lazy_gettext("Your own date has places again"),
    Kind.VOLUNTEERS_ASKED: lazy_gettext("Who would give up their places?"),
    Kind.VOLUNTEER_RELEASED: lazy_gettext("Your places went to others, as you offered"),
    Kind.QUESTION_OVER: lazy_gettext("Nobody is asked to give way any more: you keep your places"),
    Kind.VOLUNTEER_KEPT: lazy_gettext("You keep your places after all"),
    Kind.MUST_SHRINK: lazy_gettext("Your party has to become smaller"),
    Kind.RESTORED: lazy_gettext("Your party may stay as it is"),
    Kind.SHRINK_LAPSED: lazy_gettext("Your party did not become smaller in time"),
    Kind.SET_ASIDE: lazy_gettext("The departure cannot take your party at present"),
    Kind.TAKEN_BACK: lazy_gettext("Your party is in the queue again"),
    Kind.WAIT_ENDED: lazy_gettext("The waiting list has closed"),
    Kind.CALLED_OFF: lazy_gettext("The departure was called off"),
    Kind.CANCELLED: lazy_gettext("Your application was cancelled"),
    Kind.VISITOR_CANCELLED: lazy_gettext("One visitor was cancelled"),
    Kind.RIGHT_ENDS: lazy_gettext("Your priority right is about to end"),
    Kind.VISITOR_EXCHANGED: lazy_gettext("Another visitor was named"),
    Kind.DETAILS_MISSING: lazy_gettext("A passport number is still missing"),
    Kind.CLEARANCE_REFUSED: lazy_gettext("A visitor was not let in: your choice is needed"),
    Kind.GONE_WITHOUT: lazy_gettext("Your party goes without the visitor who was not let in"),
    Kind.CLEARANCE_CANCELLED: lazy_gettext("Your application was cancelled without any penalty"),
    Kind.REMINDER: lazy_gettext("Reminder of your visit"),
    Kind.RELEASED: lazy_gettext("You gave places back: thank you"),
    Kind.CLOSURE_BEGAN: lazy_gettext("You cannot apply for a while"),
    Kind.APPEAL_GRANTED: lazy_gettext("Your appeal was granted"),
    Kind.APPEAL_REJECTED: lazy_gettext("Your appeal was rejected"),
    Kind.GROUP_SET_ASIDE: lazy_gettext("Places are set aside for your group"),
    Kind.GROUP_REMINDER: lazy_gettext("Reminder of the places of your group"),
    Kind.GROUP_LOST: lazy_gettext("Places of your group were lost"),
    Kind.GROUP_RELEASED: lazy_gettext("Places of your group were released"),
    Kind.MESSAGE: lazy_gettext("Message from the organiser"),
    Kind.LINK: lazy_gettext("Link to your application"),
    Kind.INVITED: lazy_gettext("Invitation to work here"),
    Kind.ROLE_GIVEN: lazy_gettext("You were given a role"),
    Kind.ROLE_ENDED: lazy_gettext("Your role ends"),
    Kind.ACCOUNT_DISABLED: lazy_gettext("Your account was disabled"),
    Kind.ACCOUNT_ENABLED: lazy_gettext("Your account is open again"),
    Kind.SIGNED_OUT: lazy_gettext("You were signed out everywhere"),
    Kind.WELCOME: lazy_gettext("Welcome"),
    Kind.ACCOUNT_CHANGED: lazy_gettext("Password changed"),
    Kind.FACTOR_ADDED: lazy_gettext("A second factor was added to your account"),
    Kind.FACTOR_REMOVED: lazy_gettext("The second factor of your account was removed"),
    Kind.RECOVERY_CODE_USED: lazy_gettext("Somebody signed in with a recovery code"),
    Kind.NEW_PASSWORD: lazy_gettext("Link to choose a new password"),
    Kind.NO_ACCOUNT: lazy_gettext("There is no account under this address"),
    Kind.REGISTER: lazy_gettext("Link to complete the account"),
    Kind.REGISTERED_ALREADY: lazy_gettext("There is an account under this address already"),
    Kind.PASSKEY_ADDED: lazy_gettext("A passkey was added to your account"),
    Kind.PASSKEY_REMOVED: lazy_gettext("A passkey of your account was removed"),
    Kind.PASSKEY_COPIED: lazy_gettext("A passkey of your account may have been copied"),
    Kind.IDENTITY_LINKED: lazy_gettext("Another sign-in was linked to your account"),
    Kind.IDENTITY_UNLINKED: lazy_gettext("The other sign-in of your account was unlinked"),
}
STATES = {NoticeState.WAITING: "due", NoticeState.SENT: "sent", NoticeState.FAILED: "given_up"}


def notice_rows(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """What was told, when, on which way, and whether it went out; newest first."""
    rows = [
        {
            "title": WORDS[notice.kind],
            "when": present.instant(notice.sent_at or notice.created_at),
            "way": _("by mail") if notice.way is Way.MAIL else _("by text message"),
            "state": STATES[notice.state],
        }
        for notice in notices
    ]
    return rows[::-1]


def organiser_messages(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """What the organiser wrote to all parties, line by line in the language of the page; newest first."""
    return [
        {"when": present.instant(one.created_at), "lines": one.facts[f"message_{current_language()}"].splitlines()}
        for one in notices
        if one.kind is Kind.MESSAGE
    ][::-1]
