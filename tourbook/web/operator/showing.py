"""A roster as its page prints it: every word and number made here, so that the template only lays them out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import get_template_attribute, url_for

from tourbook.applications.models import Attendance, Channel, Fee, State
from tourbook.applications.queries import Outlook
from tourbook.applications.situation import AT_THE_GATE
from tourbook.courses.models import Departure
from tourbook.distancing import Allowance
from tourbook.kst import civil_day
from tourbook.rosters import (
    PartyContact,
    PartyOnRoster,
    Roster,
    Traveller,
    is_written_about,
    may_be_out,
    next_fees,
    tour_end,
)
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.operator.answers import anchor

SHOWN = (Attendance.EXPECTED, Attendance.ARRIVED, Attendance.NO_SHOW, Attendance.TURNED_AWAY)


@dataclass(frozen=True)
class Setting:
    """What decides which buttons stand on a roster: whether its day has come, whether a condition is asked for, and
    whether contacts may be opened. `opened` is the contact that has just been, `unreached` who should be called,
    `clearance` where visitors stand with those who check names.
    """

    departure: Departure
    now: datetime
    has_condition: bool
    may_call: bool = False
    opened: PartyContact | None = None
    unreached: frozenset[UUID] = frozenset()
    clearance: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def markable(self) -> bool:
        """May people be marked yet, or still?"""
        return civil_day(self.now) >= civil_day(self.departure.starts_at) and not self.departure.called_off_at

    @property
    def is_today(self) -> bool:
        """Is it the day on which it goes?"""
        return civil_day(self.now) == civil_day(self.departure.starts_at) and not self.departure.called_off_at

    @property
    def admits(self) -> bool:
        """May somebody be let in at the gate?"""
        return self.is_today and self.now < tour_end(self.departure)

    @property
    def may_be_out(self) -> bool:
        """May a device have the roster without network, or marks of it?"""
        return may_be_out(self.departure, self.now)

    @property
    def may_write(self) -> bool:
        """Is there still something to write about to everybody?"""
        return is_written_about(self.departure, self.now)

    def opened_for(self, party: PartyOnRoster) -> PartyContact | None:
        """The contact that was just opened, if it is this party's."""
        return self.opened if self.opened and self.opened.application_id == party.application_id else None


def state_of(departure: Departure, outlook: Outlook, now: datetime) -> str | None:
    """The state of a departure by its name in the components where staff should know of one; None: all is as usual."""
    checks = (
        ("called_off", departure.called_off_at is not None),
        ("past", now >= departure.starts_at),
        ("over_capacity", outlook.over_capacity),
        ("stopped", outlook.allowed == 0),
        ("full", outlook.taken >= outlook.allowed),
    )
    return next((state for state, applies in checks if applies), None)


def status_words(name: str, kind: str) -> str:
    """The words that the components have for a state."""
    words = get_template_attribute("components/status.html", "words")
    return str(words(name, kind)).strip()


def parties(roster: Roster, setting: Setting) -> list[dict[str, Any]]:
    """Each party with its people and with what can be done about them."""
    return [_party(party, setting) for party in roster.parties]


def tabs(roster: Roster, show: str | None) -> list[dict[str, Any]]:
    """The ways to narrow a roster by who came, each with its count; nobody turned away, no such tab."""
    counts = Counter(visitor.attendance for _party, visitor in roster.travellers)
    usual = [kind for kind in SHOWN if kind != Attendance.TURNED_AWAY or counts[kind]]
    narrow = [_tab(roster, kind.value, status_words(kind.value, "visitor"), counts[kind], show) for kind in usual]
    return [_tab(roster, None, _("All"), counts.total(), show), *narrow]


def conditions(answer: Allowance) -> list[str]:
    """What the level asks everybody to show at the gate, in the language of the page."""
    return [present.said(words) for words in answer.conditions]


def people_fact(visitor: Traveller) -> str:
    """Age and nationality of a visitor; of one who was forgotten the nationality alone."""
    age = "" if visitor.age is None else _("aged %(age)s", age=visitor.age)
    return " · ".join(filter(None, [age, wording.country(visitor.nationality)]))


def came_by(channel: Channel) -> str:
    """How a party that did not apply came in; empty for one that did."""
    words = {Channel.WALK_UP: _("walk-up"), Channel.STANDBY: _("standby"), Channel.TELEPHONE: _("by telephone")}
    return words.get(channel, "")


def fee_amount(party: PartyOnRoster) -> str:
    """What the party pays; empty where the course has no fee."""
    return present.won(party.fee_krw) if party.fee_krw else ""


def _tab(roster: Roster, name: str | None, text: str, count: int, show: str | None) -> dict[str, Any]:
    return {
        "text": text,
        "href": url_for("operator.roster", departure_id=roster.departure.id, show=name),
        "current": name == show,
        "count": count,
        "test": f"show-{name or 'all'}",
    }


def _party(party: PartyOnRoster, setting: Setting) -> dict[str, Any]:
    return {
        "id": party.application_id,
        "reference": party.reference,
        "facts": " · ".join(filter(None, _party_facts(party, setting))),
        "state": party.state.value if party.state != State.CONFIRMED else None,
        "fee": party.fee.value if party.fee != Fee.NONE else None,
        "fee_amount": fee_amount(party),
        "contact": _contact(party, setting),
        "unreached": party.application_id in setting.unreached,
        "fee_buttons": _fee_buttons(party, setting),
        "undo_admission": _undo_admission(party, setting),
        "visitors": [_visitor(visitor, setting) for visitor in party.visitors],
    }


def contact_link(contact: PartyContact) -> dict[str, str | None]:
    """A contact that was opened: what to press, whom to ask for, and in which language."""
    scheme = "tel" if contact.way == "sms" else "mailto"
    return {
        "text": wording.reached_at(contact.address, contact.way),
        "href": f"{scheme}:{contact.address}",
        "name": contact.name,
        "language": _("speaks Korean") if contact.language == "ko" else _("speaks English"),
    }


def _contact(party: PartyOnRoster, setting: Setting) -> dict[str, Any] | None:
    """The way to a party's contact: what was opened, or the button that opens it, or nothing."""
    opened = setting.opened_for(party)
    if opened:
        return {"opened": contact_link(opened)}
    if party.contact is None or not setting.may_call:
        return None
    action = url_for("operator.contact", application_id=party.application_id, _anchor=anchor(party.application_id))
    return {"action": action}


def _party_facts(party: PartyOnRoster, setting: Setting) -> tuple[str | None, ...]:
    """How many, how they came in, and the contact masked, unless it stands below in full."""
    masked = None if setting.opened_for(party) else party.contact
    return (wording.people(party.seats), came_by(party.channel), masked)


def _visitor(visitor: Traveller, setting: Setting) -> dict[str, Any]:
    return {
        "id": visitor.id,
        "name": present.person_name(visitor.name),
        "facts": people_fact(visitor),
        "attendance": visitor.attendance.value,
        "place_taken": visitor.place_taken,
        "clearance": setting.clearance.get(visitor.id),
        "buttons": _attendance_buttons(visitor) if setting.markable else [],
        "condition": visitor.condition_shown if setting.has_condition and setting.markable else None,
    }


def _attendance_buttons(visitor: Traveller) -> list[dict[str, str]]:
    if visitor.attendance != Attendance.EXPECTED:
        return [_button(_("Undo"), Attendance.EXPECTED.value, "tertiary", "undo")]
    return [
        _button(_("Arrived"), Attendance.ARRIVED.value, "primary", "arrived"),
        _button(_("Did not come"), Attendance.NO_SHOW.value, "tertiary", "no-show"),
        _button(_("Turned away"), Attendance.TURNED_AWAY.value, "text", "turned-away"),
    ]


def _fee_buttons(party: PartyOnRoster, setting: Setting) -> list[dict[str, str]]:
    if not (setting.markable or setting.departure.called_off_at):
        return []
    words = {
        Fee.PAID: _("Undo") if party.fee != Fee.DUE else _("Fee paid: %(amount)s", amount=fee_amount(party)),
        Fee.VOUCHER_GIVEN: _("Voucher given"),
        Fee.RETURNED: _("Fee returned"),
        Fee.DUE: _("Undo"),
    }
    kinds = {Fee.RETURNED: "text", Fee.DUE: "text"}
    return [_button(words[fee], fee.value, kinds.get(fee, "tertiary"), f"fee-{fee}") for fee in next_fees(party.fee)]


def _undo_admission(party: PartyOnRoster, setting: Setting) -> str | None:
    if party.channel not in AT_THE_GATE or not setting.is_today:
        return None
    return url_for("operator.undo_admission", application_id=party.application_id)


def _button(text: str, value: str, kind: str, test: str) -> dict[str, str]:
    return {"text": text, "value": value, "kind": kind, "test": test}
