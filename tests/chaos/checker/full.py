"""I21: nobody was told "full" while seats that fit were certainly free throughout.

From question to answer, was there a moment at which too few seats may have been free? An entry of the trail counts
from when its act began at the earliest (its instant, and those before it in number); it counts at the latest from when
somebody was answered who can only have been answered after it. Between the two everything is possible, and speaks for
the refusal.
"""

from collections.abc import Callable, Iterator

from tests.chaos.checker.evidence import Deed, Evidence
from tests.chaos.checker.fold import Trail

SKIP_BOUND = 3
FOREVER = float("inf")
WRITTEN_BY = {
    "application_held": ("hold",),
    "application_waiting": ("hold",),
    "application_confirmed": ("confirm",),
    "waiting_joined": ("confirm",),
    "application_cancelled": ("cancel", "give_up"),
}


def full_was_full(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I21, for each refusal of each form."""
    known = _known_since(evidence)
    by_departure = {trail.departure["id"]: _possible(trail, known) for trail in trails}
    for deed in evidence.did("hold"):
        for ask in deed.asks:
            if ask.word == "full" and not _may_be_true(deed, ask.asked, ask.answered, by_departure):
                seats = deed.facts["seats"]
                yield f"departure {deed.facts['departure']}: {seats} seats were refused while they were free throughout"


def _known_since(evidence: Evidence) -> dict[tuple[str, str], float]:
    """By application and deed: when its first answer had come, so that its entry was written by then."""
    known: dict[tuple[str, str], float] = {}
    for deed in evidence.deeds:
        application = deed.application or deed.facts.get("application", "")
        answered = min((ask.answered for ask in deed.asks if ask.word in {"onward", "in", "page"}), default=0.0)
        if answered:
            known[application, deed.act] = min(answered, known.get((application, deed.act), FOREVER))
    return known


def _possible(trail: Trail, known: dict[tuple[str, str], float]) -> list[tuple[float, float, int]]:
    """For each moment of a departure: from when to when it may have lasted, and the seats that were free for all."""
    written_by = _written_by(trail, known)
    latest = FOREVER
    until = []
    for bound in reversed(written_by):
        until.append(latest)
        latest = min(latest, bound)
    found, earliest = [(0.0, latest, 0)], 0.0
    for moment, last in zip(trail.moments, reversed(until), strict=True):
        earliest = max(earliest, moment.entry["at"])
        kept_for_others = moment.over or moment.longest_passed >= SKIP_BOUND
        found.append((earliest, last, 0 if kept_for_others else moment.allowed - moment.taken))
    return found


def _written_by(trail: Trail, known: dict[tuple[str, str], float]) -> list[float]:
    """For each entry: when it was there at the latest. A deed speaks for the first entry that it can have written."""
    open_deeds = dict(known)
    found = []
    for moment in trail.moments:
        deeds = WRITTEN_BY.get(moment.entry["act"], ())
        found.append(
            min((open_deeds.pop((moment.entry["subject_id"], deed), FOREVER) for deed in deeds), default=FOREVER)
        )
    return found


def _may_be_true(deed: Deed, asked: float, answered: float, moments: dict[str, list[tuple[float, float, int]]]) -> bool:
    there = moments.get(deed.facts["departure"], [])
    return any(first <= answered and last >= asked and free < deed.facts["seats"] for first, last, free in there)


LOOKS: dict[str, Callable[[Evidence, list[Trail]], Iterator[str]]] = {"I21": full_was_full}
