"""Somebody who applies: looks, asks for places, names the visitors, sends it in; changes their mind, comes back."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from tests.chaos.deeds import REFERENCE, Deed, Doer, Outcome, state_on
from tests.chaos.journal import Journal
from tests.chaos.wire import Wire, has, hidden

VISITOR = re.compile(r'data-test="visitor".*?<h\d>(.*?)</h\d>', re.DOTALL)
ACCEPT = re.compile(r'action="([^"]*/offers/[0-9a-f-]{36}/accept)"')
DECLINE = re.compile(r'href="([^"]*/offers/[0-9a-f-]{36}/decline)"')
KEPT_IN_MIND = 40
OF_A_GROUP = 0.2


@dataclass
class Own:
    """An application that is in, as its people remember it."""

    wire: Wire
    reference: str
    application: str
    contact: str


class Mailbox:
    """What has arrived at the mail server so far: the latest link for each contact."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_to = 0
        self._links: dict[str, str] = {}
        self._lock = Lock()

    def latest_link(self, contact: str) -> str:
        """The link in the latest mail to a contact; "" where none has come."""
        with self._lock:
            self._read_on()
        return self._links.get(contact, "")

    def _read_on(self) -> None:
        with self._path.open("rb") as file:
            file.seek(self._read_to)
            whole, _, _rest = file.read().rpartition(b"\n")
        self._read_to += len(whole) + 1 if whole else 0
        for text in whole.splitlines():
            line = json.loads(text)
            for contact in line.get("to", ()):
                self._links[contact] = line["link"]


@dataclass(frozen=True)
class Plan:
    """What the crowd does: where the server is, the departures, the links of groups by departure, how many want the
    first departure, where mails arrive.
    """

    port: int
    departures: tuple[str, ...]
    groups: Mapping[str, str]
    share_of_first: float
    mails: "Mailbox"
    seed: str


class Person:
    """One client: applies again and again, as somebody else each time, and looks after what it has."""

    def __init__(self, plan: Plan, journal: Journal, number: int) -> None:
        self._plan = plan
        self._journal = journal
        self._number = number
        self._own: list[Own] = []
        self.chance = random.Random(f"{plan.seed} {number}")
        self._doer = Doer(journal, self.chance)

    def journey(self, number: int) -> None:
        """One whole visit to the site; everything in it follows from the seed and the number."""
        self.chance.seed(f"{self._plan.seed} {number}")
        wire = Wire(self._plan.port, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        self._apply(wire, number)
        wire.close()
        if self._own and self._happens(0.35):
            self.look_after(self._own[self.chance.randrange(len(self._own))])

    def last_look(self) -> None:
        """Open every application once more, for the checker to compare; answer what is offered."""
        for own in self._own:
            self._look(own)

    # -- applying ------------------------------------------------------------------------------------------------

    def _apply(self, wire: Wire, number: int) -> None:
        departure = self._departure()
        if departure in self._plan.groups and self._happens(OF_A_GROUP):
            self._go_with_group(wire, departure, number)
            return
        page = self._get(wire, "arrive", f"/en/departures/{departure}")
        token = hidden(page.answer.text, "csrf_token")
        form = hidden(page.answer.text, "form_id", mark="party")
        if not form:
            return
        seats = self.chance.choice((1, 1, 2, 2, 2, 3, 4, 5))
        wait = has(page.answer.text, "waiting-list")
        if wait and not self._happens(0.15):
            return
        fields = {"csrf_token": token, "form_id": form, "seats": str(seats)} | ({"wait": "1"} if wait else {})
        held = self._hold(wire, departure, fields)
        if held.word == "full" and self._happens(0.1):
            again = hidden(held.answer.text, "form_id", mark="wait")
            if again:
                held = self._hold(wire, departure, {**fields, "form_id": again, "wait": "1"})
        if held.word == "onward":
            self._type(wire, token, held.application, seats, number)

    def _go_with_group(self, wire: Wire, departure: str, number: int) -> None:
        """By the link of a group, with places out of those that are set aside for it."""
        address = f"/en/groups/{self._plan.groups[departure]}"
        page = self._get(wire, "arrive", address).answer.text
        token, form = hidden(page, "csrf_token"), hidden(page, "form_id", mark="group-party")
        if not form:
            return
        fields = {"csrf_token": token, "form_id": form, "seats": str(self.chance.choice((1, 1, 2, 3)))}
        held = self._hold(wire, departure, fields, address)
        if held.word == "onward":
            self._type(wire, token, held.application, int(fields["seats"]), number)

    def _hold(self, wire: Wire, departure: str, fields: dict[str, str], address: str | None = None) -> Outcome:
        facts = {"departure": departure, "seats": int(fields["seats"]), "wait": "wait" in fields}
        there = address or f"/en/departures/{departure}/hold"
        deed = Deed("hold", there, fields, {**facts, "form": fields["form_id"], "group": address is not None})
        deed.clicks = self.chance.choice((1, 1, 1, 1, 1, 1, 2, 3))
        held = self._doer.do(wire, deed)
        if held.word == "onward" and self._happens(0.05):
            deed.clicks, deed.facts = 1, {**deed.facts, "resent": True}
            self._doer.do(wire, deed)
        if held.word == "onward" and self._happens(0.03):
            other = {**fields, "seats": str(facts["seats"] % 5 + 1)}
            self._doer.do(wire, Deed("other_content", deed.address, other, {"form": fields["form_id"]}))
        return held

    def _type(self, wire: Wire, token: str, application: str, seats: int, number: int) -> None:
        base = f"/en/apply/{application}"
        names = [f"Kim Walker {letters(number)} {letters(place)}" for place in range(seats)]
        contact = f"party{number}@example.kr"
        if self._happens(0.08):
            return  # closes the browser: the hold runs out
        if self._happens(0.05):
            self._post(wire, "give_up", f"{base}/give-up", {"csrf_token": token}, application=application)
            return
        typed = {"csrf_token": token}
        for place, name in enumerate(names):
            typed[f"visitors-{place}-name"] = name
            typed[f"visitors-{place}-birth_date"] = "1990-01-01"
            typed[f"visitors-{place}-nationality"] = "KR"
        if self._post(wire, "visitors", f"{base}/visitors", typed, application=application).word != "onward":
            return
        reached = {"csrf_token": token, "contact": contact, "personal_data": "y", "conduct": "y"}
        if self._post(wire, "contact", f"{base}/contact", reached, application=application).word != "onward":
            return
        self._send_in(wire, token, application, names, contact)

    def _send_in(self, wire: Wire, token: str, application: str, names: list[str], contact: str) -> None:
        checked = self._get(wire, "check", f"/en/apply/{application}/check")
        form = hidden(checked.answer.text, "form_id", mark="check")
        if not form:
            return
        fields = {"csrf_token": token, "form_id": form}
        facts = {"application": application, "names": names, "form": form}
        deed = Deed("confirm", f"/en/apply/{application}/check", fields, facts)
        deed.clicks = self.chance.choice((1, 1, 1, 1, 2, 3))
        sent = self._doer.do(wire, deed)
        if sent.word == "in":
            wire.close()
            self._own = [*self._own, Own(wire, sent.reference, application, contact)]
            if len(self._own) > KEPT_IN_MIND:
                self._look(self._own.pop(0))

    # -- afterwards ----------------------------------------------------------------------------------------------

    def look_after(self, own: Own) -> None:
        """Open one's application again, by its link at times; answer an offer, or cancel."""
        if self._happens(0.2):
            self._open_by_mail(own)
        page = self._look(own)
        accept, decline = ACCEPT.search(page), DECLINE.search(page)
        if accept and decline:
            takes = self._happens(0.75)
            fields = {"csrf_token": hidden(page, "csrf_token"), "form_id": hidden(page, "form_id")}
            address = (accept if takes else decline)[1]
            word = "accept" if takes else "decline"
            self._post(own.wire, word, address, fields, application=own.application)
            self._look(own)
        elif state_on(page) in {"confirmed", "waiting", "displaced"} and self._happens(0.2):
            self._cancel(own)

    def _cancel(self, own: Own) -> None:
        address = f"/en/applications/{own.reference}/cancel"
        token = hidden(self._get(own.wire, "consequences", address).answer.text, "csrf_token", mark="cancel-form")
        if token:
            self._post(own.wire, "cancel", address, {"csrf_token": token}, application=own.application)
            self._look(own)

    def _look(self, own: Own) -> str:
        page = self._get(own.wire, "look", f"/en/applications/{own.reference}", application=own.application)
        text = page.answer.text
        own.wire.close()
        self._journal.write(
            "seen",
            application=own.application,
            status=page.answer.status,
            state=state_on(text),
            names=VISITOR.findall(text),
        )
        return text

    def _open_by_mail(self, own: Own) -> None:
        """In another browser, by the link that was mailed; that browser is used from then on."""
        link = self._plan.mails.latest_link(own.contact)
        if not link:
            return
        browser = Wire(self._plan.port, own.wire.network_address)
        opened = self._get(browser, "link", link, application=own.application)
        found = REFERENCE.search(opened.answer.leads_to)
        if found:
            own.wire, own.reference = browser, found[1]

    # -- how -----------------------------------------------------------------------------------------------------

    def _get(self, wire: Wire, act: str, address: str, **facts: Any) -> Outcome:
        return self._doer.do(wire, Deed(act, address, None, facts))

    def _post(self, wire: Wire, act: str, address: str, fields: dict[str, str], **facts: Any) -> Outcome:
        return self._doer.do(wire, Deed(act, address, fields, facts))

    def _happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _departure(self) -> str:
        first, *others = self._plan.departures
        return first if not others or self._happens(self._plan.share_of_first) else self.chance.choice(others)


def letters(number: int) -> str:
    """A number as letters, since names are made of letters."""
    found = ""
    while number or not found:
        number, place = divmod(number, 26)
        found = "abcdefghijklmnopqrstuvwxyz"[place] + found
    return found
