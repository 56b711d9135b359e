"""Seats: never more than allowed, at every line of the trail; counted rightly; held as long as promised; in order."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from tests.chaos.checker.evidence import Evidence, Row
from tests.chaos.checker.fold import Standing, Trail

LAWFUL = {
    "": {"held", "waiting", "confirmed"},
    "held": {"confirmed", "expired", "cancelled", "called_off"},
    "waiting": {"confirmed", "expired", "cancelled", "called_off"},
    "confirmed": {"cancelled", "displaced", "must_shrink", "called_off", "moved"},
    "must_shrink": {"confirmed", "cancelled", "displaced", "called_off"},
    "displaced": {"confirmed", "moved", "cancelled"},
    "called_off": {"moved", "cancelled"},
    "expired": {"held"},
}
EXTENSIONS = 2
GRACE_SECONDS = 60.0
SEATED = {"held", "confirmed", "must_shrink"}


def never_oversold(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I1: after no entry of its trail does a departure have more seats taken than allowed, unless it says so."""
    for trail in trails:
        for moment in trail.moments:
            if moment.taken > moment.allowed and not moment.over:
                yield f"{_at(trail, moment.entry)}: {moment.taken} seats taken of {moment.allowed}"
        row = trail.departure
        if row["seats_taken"] > row["allowed"] and not row["over_capacity"]:
            yield f"departure {row['id']}: stores {row['seats_taken']} of {row['allowed']}"


def counted_rightly(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I2: the stored figure is what the applications, open offers and places set aside for groups add up to."""
    taken: dict[str, int] = defaultdict(int)
    for application in evidence.rows("application"):
        if application["state"] in SEATED:
            taken[application["departure_id"]] += application["seats"]
    for offer in evidence.rows("offer"):
        if offer["state"] == "open":
            taken[offer["departure_id"]] += offer["seats"]
    for group in evidence.rows("allotment"):
        taken[group["departure_id"]] += _left(evidence, group)
    for row in evidence.rows("departure"):
        if row["seats_taken"] != taken[row["id"]]:
            yield f"departure {row['id']}: stores {row['seats_taken']} seats taken; the tables hold {taken[row['id']]}"


def _left(evidence: Evidence, group: Row) -> int:
    """What is set aside for a group and nobody's, from the tables."""
    theirs = (row for row in evidence.rows("application") if row.get("allotment_id") == group["id"])
    filled = sum(row["seats"] for row in theirs if row["state"] in SEATED)
    return max(group["seats"] - filled, 0) if group["released_at"] is None else 0


def trail_leads_to_the_tables(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I10: numbers without a gap; from state to state lawfully; and what the trail ends with is what the tables say."""
    for trail in trails:
        numbers = [entry["number"] for entry in trail.entries]
        length = trail.departure["trail_length"]
        if numbers != list(range(1, length + 1)):
            yield f"departure {trail.departure['id']}: {len(numbers)} entries, numbered to {length}"
        if trail.moments and trail.moments[-1].taken != trail.departure["seats_taken"]:
            ends, stored = trail.moments[-1].taken, trail.departure["seats_taken"]
            yield f"departure {trail.departure['id']}: the trail ends with {ends} seats taken, stored are {stored}"
    steps = _states(trails)
    for application in evidence.rows("application"):
        yield from _lawful(application, steps[application["id"]])


def _states(trails: list[Trail]) -> dict[str, list[str]]:
    """The states of each application in order; one that moved did so last, under another departure's lock."""
    found: dict[str, list[str]] = defaultdict(list)
    for last in (False, True):
        for trail in trails:
            for entry in trail.entries:
                if entry["act"].startswith("application_") and (entry["act"] == "application_moved") is last:
                    found[entry["subject_id"]].append(entry["act"].removeprefix("application_"))
    return found


def _lawful(application: Row, states: list[str]) -> Iterator[str]:
    was = ""
    for state in states:
        if state not in LAWFUL.get(was, set()):
            yield f"application {application['reference']}: went from {was or 'nothing'} to {state}"
        was = state
    if was != application["state"]:
        told = was or "nothing"
        yield f"application {application['reference']}: is {application['state']}; the trail ends with {told}"


def held_no_longer_than_promised(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I15: a hold ends with its minutes, at most a minute late; and is not confirmed after them."""
    for trail in trails:
        since: dict[str, list[float]] = {}
        for entry in trail.entries:
            yield from _time_of_hold(evidence, trail, since, entry)
        for who, begun in since.items():
            lasted = evidence.ended - begun[-1]
            if lasted > evidence.hold_seconds + GRACE_SECONDS:
                yield f"departure {trail.departure['id']}: {who} still holds seats after {lasted:.0f} s"


def _time_of_hold(evidence: Evidence, trail: Trail, since: dict[str, list[float]], entry: Row) -> Iterator[str]:
    act, who = entry["act"], entry["subject_id"]
    if act == "application_held":
        since[who] = [entry["at"]]
    elif act == "hold_extended" and who in since:
        since[who].append(entry["at"])
    elif act.startswith("application_") and who in since:
        begun = since.pop(who)
        lasted, promised = entry["at"] - begun[-1], evidence.hold_seconds
        if act == "application_confirmed" and lasted > promised:
            yield f"{_at(trail, entry)}: {who} was confirmed {lasted:.0f} s after its hold began"
        if lasted > promised + GRACE_SECONDS or len(begun) > EXTENSIONS + 1:
            yield f"{_at(trail, entry)}: {who} held seats for {lasted:.0f} s"


def waiting_list_in_order(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I17: nobody who waits is offered seats before somebody who came earlier and is not a larger party."""
    applications = {row["id"]: row for row in evidence.rows("application")}
    for trail in trails:
        standing = Standing()
        for entry in trail.entries:
            if entry["act"] == "offer_made" and entry["subject_id"] in standing.waiting:
                yield from _overtaken(trail, entry, standing, applications)
            standing.take(entry)


def _overtaken(trail: Trail, entry: Row, standing: Standing, applications: dict[str, Row]) -> Iterator[str]:
    one = applications[entry["subject_id"]]
    for who in standing.waiting:
        other = applications[who]
        in_line = who not in standing.offers and who not in standing.aside
        earlier = (other["waiting_since"], other["reference"]) < (one["waiting_since"], one["reference"])
        if in_line and earlier and other["seats"] <= entry["facts"]["seats"]:
            yield f"{_at(trail, entry)}: {one['reference']} was asked before {other['reference']}"


def _at(trail: Trail, entry: Row) -> str:
    return f"departure {trail.departure['id']}, entry {entry['number']} ({entry['act']})"


LOOKS: dict[str, Callable[[Evidence, list[Trail]], Iterator[str]]] = {
    "I1": never_oversold,
    "I2": counted_rightly,
    "I10": trail_leads_to_the_tables,
    "I15": held_no_longer_than_promised,
    "I17": waiting_list_in_order,
}
