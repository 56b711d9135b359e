"""Pressing a button until it is answered for good, and writing down every try.

A deed is one form with one content: it is sent again, unchanged, after a lost connection or an error of the server,
as somebody would press the button again, until there is an answer or patience ends.
"""

import random
import re
import time
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from tests.chaos.journal import Journal
from tests.chaos.wire import Answer, Lost, Wire, has

PATIENCE_SECONDS = 90
FULL = "not enough for your party"
REFERENCE = re.compile(r"/applications/([A-Z0-9]{4}-[A-Z0-9]{4})")
APPLYING = re.compile(r"/apply/([0-9a-f-]{36})/")
STATES = ("confirmed", "waiting", "displaced", "must-shrink", "called-off", "moved", "cancelled", "expired", "held")
SAID = re.compile(r'data-test="(?:refused|error-summary|error-text)".{0,600}|<h1>.{0,100}', re.DOTALL)
TAGS = re.compile(r"<[^>]*>|^[^>]*>|<[^>]*$")
BUSY = {400, 403, 429}
FIRST_REFUSAL = 400
FIRST_SERVER_ERROR = 500


@dataclass
class Deed:
    """What is to be done: its act and facts for the journal, where it is sent, and what."""

    act: str
    address: str
    fields: dict[str, str] | None
    facts: dict[str, Any] = field(default_factory=dict)
    clicks: int = 1


@dataclass(frozen=True)
class Outcome:
    """How it ended: a word, the last answer, and what was learned from it."""

    word: str
    answer: Answer
    application: str = ""
    reference: str = ""


NOTHING = Answer(0, "", "")


class Doer:
    """Does deeds in the name of one person, and keeps the journal."""

    def __init__(self, journal: Journal, chance: random.Random) -> None:
        self.journal = journal
        self.chance = chance

    def do(self, wire: Wire, deed: Deed) -> Outcome:
        """Send it until it is answered; `unanswered` where patience ends."""
        number = self.journal.number()
        begun = self.journal.write("deed", deed=number, act=deed.act, **deed.facts)
        while time.monotonic() - begun < PATIENCE_SECONDS:
            outcomes = self._click(number, wire, deed)
            if outcomes:
                best = min(outcomes, key=lambda one: not (one.application or one.reference))
                self._end(number, best)
                return best
            time.sleep(0.05 + 0.25 * self.chance.random())
        self._end(number, Outcome("unanswered", NOTHING))
        return Outcome("unanswered", NOTHING)

    def _end(self, number: str, outcome: Outcome) -> None:
        self.journal.write(
            "end", deed=number, outcome=outcome.word, application=outcome.application, reference=outcome.reference
        )

    def _click(self, number: str, wire: Wire, deed: Deed) -> list[Outcome]:
        """Once, or several times at the same moment; gives the final answers among those that came."""
        found: list[Outcome] = []
        others = [wire.twin() for _ in range(deed.clicks - 1)]
        had = dict(wire.cookies)
        threads = [Thread(target=self._try, args=(number, twin, deed, found)) for twin in others]
        for thread in threads:
            thread.start()
        self._try(number, wire, deed, found)
        for thread, twin in zip(threads, others, strict=True):
            thread.join()
            wire.cookies.update({name: value for name, value in twin.cookies.items() if had.get(name) != value})
            twin.close()
        return found

    def _try(self, number: str, wire: Wire, deed: Deed, found: list[Outcome]) -> None:
        ask = self.journal.number()
        self.journal.write("ask", deed=number, ask=ask)
        try:
            answer = wire.get(deed.address) if deed.fields is None else wire.post(deed.address, deed.fields)
        except Lost as lost:
            self.journal.write("lost", ask=ask, why=str(lost)[:80])
            return
        outcome = _outcome(deed, answer)
        learned = {"application": outcome.application, "reference": outcome.reference} if outcome else {}
        word = outcome.word if outcome else "again"
        self.journal.write("answer", ask=ask, status=answer.status, word=word, said=_said(answer), **learned)
        if outcome:
            found.append(outcome)


def _outcome(deed: Deed, answer: Answer) -> Outcome | None:
    """What an answer means; None where the button has to be pressed again."""
    if answer.status >= FIRST_SERVER_ERROR or answer.status in BUSY:
        return None
    application, reference = APPLYING.search(answer.leads_to), REFERENCE.search(answer.leads_to)
    if reference:
        return Outcome("in", answer, reference=reference[1])
    if application:
        gone = answer.leads_to.endswith("/expired")
        return Outcome("gone" if gone else "onward", answer, application=application[1])
    if answer.status in {409, 422}:
        full = FULL in answer.text
        return Outcome("full" if full else "refused", answer)
    return Outcome("page", answer)


def _said(answer: Answer) -> str:
    """The sentence of a refusal, for whoever reads the journal."""
    found = SAID.search(answer.text) if answer.status >= FIRST_REFUSAL else None
    return " ".join(TAGS.sub(" ", found[0]).split())[:160] if found else ""


def state_on(page: str) -> str:
    """The state that an application's page shows; "" where it is none."""
    return next((state for state in STATES if has(page, state)), "")
