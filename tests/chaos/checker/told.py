"""Notices: one for each change, none for what did not happen, and repeats only where a sender died."""

from collections import Counter
from collections.abc import Callable, Iterator

from tests.chaos.checker.evidence import Evidence, Row
from tests.chaos.checker.fold import Trail

TELLS = {
    "waiting_joined": "waiting_joined",
    "offer_made": "offer",
    "offer_lapsed": "offer_lapsed",
    "offer_revoked": "offer_revoked",
    "set_aside": "set_aside",
    "taken_back": "taken_back",
    "application_must_shrink": "must_shrink",
    "shrink_asked_anew": "must_shrink",
    "application_displaced": "displaced",
}
DONE_BY_PEOPLE = {
    "application_held",
    "application_waiting",
    "waiting_joined",
    "offer_accepted",
    "offer_declined",
    "application_cancelled",
    "visitor_cancelled",
}
SENDERS = {"timetable", "backend", "postmaster"}


def _changes(evidence: Evidence, trails: list[Trail], *, answered_on_the_page: bool) -> Counter[tuple[str, str]]:
    """How many notices of which kind each application should have, by kind.

    Who declines an offer leaves the list and is told so on the page alone; who cancels with an offer open is written
    to. The trail is the same for both, so it is asked for what must be there, or (`answered_on_the_page`) for what may.
    """
    successors = {row["id"] for row in evidence.rows("application") if row["replaces_id"]}
    wanted: Counter[tuple[str, str]] = Counter()
    for trail in trails:
        declined: set[str] = set()
        for entry in trail.entries:
            act, who, was = entry["act"], entry["subject_id"], entry["facts"].get("from")
            kind = TELLS.get(act)
            if act == "application_confirmed":
                kind = _confirmation(entry["facts"], successor=who in successors)
            elif act == "application_cancelled" and was != "held" and (answered_on_the_page or who not in declined):
                kind = "cancelled"
            if act == "offer_declined":
                declined.add(who)
            if kind:
                wanted[who, kind] += 1
        wanted.subtract(_made_anew(trail))
    return wanted


def _confirmation(facts: Row, *, successor: bool) -> str | None:
    """Which notice tells of it; none of a party that left as it was, under no allowance, before it had shrunk."""
    if facts.get("from") == "must_shrink":
        return "restored" if "capacity" in facts else None
    return "moved" if successor and not facts.get("from") else "confirmed"


def _made_anew(trail: Trail) -> Counter[tuple[str, str]]:
    """Offers that were taken back and made anew in one settling: the new one tells of both.

    An act may settle twice at one instant: what was due and then what it freed, with its own entry in between; or what
    was due and what a change has made due meanwhile, under another version of the facts.
    """
    found: Counter[tuple[str, str]] = Counter()
    revoked: set[tuple[str, int | None]] = set()
    settled_at = None
    for entry in trail.entries:
        if entry["at"] != settled_at or entry["act"] in DONE_BY_PEOPLE:
            revoked.clear()
        settled_at = entry["at"]
        made_anew = entry["subject_id"], entry["facts"].get("version")
        if entry["act"] == "offer_revoked":
            revoked.add(made_anew)
        elif entry["act"] == "offer_made" and made_anew in revoked:
            found[entry["subject_id"], "offer_revoked"] += 1
    return found


def _notices(evidence: Evidence) -> Counter[tuple[str, str]]:
    tells_of = {"shrink_lapsed": ["displaced"], "displaced_offered": ["displaced", "offer"]}
    return Counter(
        (row["subject_id"], kind)
        for row in evidence.rows("notice")
        for kind in tells_of.get(row["kind"], [row["kind"]])
    )


def every_change_is_told(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I11: each change that somebody must know of has a notice, and it was sent.

    A letter that was under way when its sender died waits until nobody else can be sending it any more.
    """
    reachable = {row["id"] for row in evidence.rows("application") if row["contact_way"]}
    there = _notices(evidence)
    for (who, kind), count in _changes(evidence, trails, answered_on_the_page=False).items():
        if who in reachable and there[who, kind] < count:
            yield f"application {who}: {count} times {kind}, told {there[who, kind]} times"
    arrived = {mail["id"] for mail in evidence.mails}
    late = []
    for row in evidence.rows("notice"):
        if row["state"] == "waiting" and row["tries"] and row["due_at"] > evidence.ended:
            late.append(row)
        elif row["state"] != "sent" or f"<{_dashed(row['id'])}@tourbook>" not in arrived:
            yield f"notice {row['id']} ({row['kind']}) is {row['state']} and did not arrive"
    if len(late) > _deaths(evidence):
        yield f"{len(late)} letters are under way after {_deaths(evidence)} deaths of senders"


def nothing_is_told_that_did_not_happen(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I12: no more notices of a kind than there were changes; no mail without a notice."""
    changes = _changes(evidence, trails, answered_on_the_page=True)
    checked = {*TELLS.values(), "confirmed", "cancelled", "restored", "moved"}
    for (who, kind), count in _notices(evidence).items():
        if kind in checked and count > changes[who, kind]:
            yield f"application {who}: told {count} times of {kind}, which happened {changes[who, kind]} times"
    ids = {f"<{_dashed(row['id'])}@tourbook>" for row in evidence.rows("notice")}
    for mail in evidence.mails:
        if mail["id"] not in ids:
            yield f"mail {mail['id']} belongs to no notice"


def repeats_only_after_a_death(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I13: no more mails are repeated than senders (or their database) died, and a repeat has the same Message-ID."""
    repeated = sum(count - 1 for count in Counter(mail["id"] for mail in evidence.mails).values())
    if repeated > _deaths(evidence):
        yield f"{repeated} mails were repeated after {_deaths(evidence)} deaths of senders"


def _deaths(evidence: Evidence) -> int:
    return sum(kill["kind"] in SENDERS for kill in evidence.kills)


def _dashed(found: str) -> str:
    return "-".join((found[:8], found[8:12], found[12:16], found[16:20], found[20:]))


LOOKS: dict[str, Callable[[Evidence, list[Trail]], Iterator[str]]] = {
    "I11": every_change_is_told,
    "I12": nothing_is_told_that_did_not_happen,
    "I13": repeats_only_after_a_death,
}
