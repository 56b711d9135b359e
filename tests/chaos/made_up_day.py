"""A day made up by hand: two departures, a few parties, everything in order. Tests spoil one thing in it.

On the first departure, of 4 seats, A (2 seats) and B (2) are confirmed, C was refused as full, D waits; A cancels, D is
offered A's seats and accepts. On the second, E holds 1 of 2 seats.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.checker.evidence import Ask, Deed, Evidence, Row, Sight

FIRST, SECOND = "d1", "d2"


@dataclass
class MadeUp:
    """The day under construction; times are seconds since its beginning."""

    evidence: Evidence = field(default_factory=lambda: Evidence(hold_seconds=60.0, ended=100.0))
    lengths: dict[str, int] = field(default_factory=dict)

    def entry(self, departure: str, at: float, act: str, who: str, actor: str = "guest", **facts: Any) -> None:
        """The next entry in the trail of a departure."""
        self.lengths[departure] = self.lengths.get(departure, 0) + 1
        row = {"at": at, "actor": actor, "act": act, "subject_kind": "application", "subject_id": who, "facts": facts}
        numbered = {**row, "departure_id": departure, "number": self.lengths[departure]}
        self.evidence.tables.setdefault("trail_entry", []).append(numbered)

    def deed(self, act: str, at: float, outcome: str, **facts: Any) -> Deed:
        """A button pressed and answered within a second."""
        learned = {name: facts.pop(name) for name in ("made", "reference") if name in facts}
        application, reference = learned.get("made", ""), learned.get("reference", "")
        ask = Ask(at, at + 0.5, 409 if outcome == "full" else 302, outcome, application, reference)
        done = Deed(act, at, facts, [ask], outcome, at + 0.5, application, reference)
        self.evidence.deeds.append(done)
        return done

    def row(self, table: str, **values: Any) -> None:
        """A row of a table."""
        self.evidence.tables.setdefault(table, []).append(values)

    def application(self, who: str, departure: str, state: str, seats: int, **more: Any) -> None:
        """An application with its form, its contact and its people."""
        usual = {"reference": who.upper(), "contact_way": "mail", "replaces_id": None, "waiting_since": None}
        times = {"confirmed_at": 1.0, "typing_until": None}
        known = {"id": who, "departure_id": departure, "state": state, "seats": seats}
        self.row("application", **{**usual, **times, **known, **more})
        self.row("form_use", form_id=f"form {who}", result_id=who)
        person = {"application_id": who, "departure_id": departure, "namesake": 0}
        self.row("visitor", **person, person_index=f"person {who}", claims_place=state not in {"cancelled", "expired"})

    def notice(self, kind: str, who: str) -> None:
        """A notice that was sent, and the mail of it."""
        number = f"{len(self.evidence.rows('notice')):032x}"
        self.row("notice", id=number, kind=kind, subject_id=who, state="sent", tries=1, due_at=0.0)
        dashed = "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))
        self.evidence.mails.append({"id": f"<{dashed}@tourbook>", "to": [f"{who}@example.kr"]})


def party_that_is_confirmed(day: MadeUp, who: str, at: float, state: str = "confirmed") -> None:
    day.deed("hold", at, "onward", made=who, departure=FIRST, seats=2, wait=False, form=f"form {who}")
    day.entry(FIRST, at, "application_held", who, seats=2)
    day.deed("confirm", at + 3, "in", reference=who.upper(), application=who, names=[who], form=f"sent {who}")
    day.entry(FIRST, at + 3, "application_confirmed", who, seats=2, **{"from": "held"})
    day.notice("confirmed", who)
    day.application(who, FIRST, state, 2)
    day.evidence.sights.append(Sight(at + 5, who, 200, state, (who,)))


def good_day() -> Evidence:
    """A day on which every promise was kept."""
    day = MadeUp()
    day.entry(FIRST, 1, "departure_resized", FIRST, "timetable", allowed=[0, 4], over_capacity=False)
    day.entry(SECOND, 1, "departure_resized", SECOND, "timetable", allowed=[0, 2], over_capacity=False)
    party_that_is_confirmed(day, "a", 10, "cancelled")
    party_that_is_confirmed(day, "b", 20)
    day.deed("hold", 30, "full", departure=FIRST, seats=1, wait=False, form="form c")
    waiting_party(day)
    day.deed("hold", 70, "onward", made="e", departure=SECOND, seats=1, wait=False, form="form e")
    day.entry(SECOND, 70, "application_held", "e", seats=1)
    day.application("e", SECOND, "held", 1, contact_way=None, confirmed_at=None, typing_until=130.0)
    for departure, taken, allowed in ((FIRST, 4, 4), (SECOND, 1, 2)):
        figures = {
            "seats_taken": taken,
            "allowed": allowed,
            "over_capacity": False,
            "public_free": allowed - taken,
            "course_id": "c1",
        }
        day.row("departure", id=departure, trail_length=day.lengths[departure], **figures)
    return day.evidence


def waiting_party(day: MadeUp) -> None:
    """D joins the waiting list, is offered what A gives back, and accepts."""
    day.deed("hold", 40, "onward", made="d", departure=FIRST, seats=2, wait=True, form="form d")
    day.entry(FIRST, 40, "application_waiting", "d", seats=2)
    day.deed("confirm", 43, "in", reference="D", application="d", names=["d"], form="sent d")
    day.entry(FIRST, 43, "waiting_joined", "d")
    day.deed("cancel", 50, "in", reference="A", application="a")
    day.entry(FIRST, 50, "application_cancelled", "a", seats=2, **{"from": "confirmed"})
    day.entry(FIRST, 50, "offer_made", "d", seats=2)
    day.deed("accept", 60, "in", reference="D", application="d")
    day.entry(FIRST, 60, "offer_accepted", "d")
    day.entry(FIRST, 60, "application_confirmed", "d", seats=2, **{"from": "waiting"})
    for kind, who in (("waiting_joined", "d"), ("cancelled", "a"), ("offer", "d"), ("confirmed", "d")):
        day.notice(kind, who)
    day.application("d", FIRST, "confirmed", 2, waiting_since=40.0)


def changed(rows: list[Row], wanted: dict[str, Any], **values: Any) -> None:
    """Change the one row that has these values."""
    (found,) = [row for row in rows if wanted.items() <= row.items()]
    found.update(deepcopy(values))
