"""I21: nobody was told "full" while seats that fit were certainly free throughout.

From question to answer, was there a moment at which too few seats may have been free? An entry of the trail counts
from when its act began at the earliest (its instant, and those before it in number); it counts at the latest from when
somebody was answered who can only have been answered after it. Between the two everything is possible, and speaks for
the refusal. So does a smaller size that was in force for the course, and whoever was displaced in it and not yet asked:
who is refused settles the departure first, which takes seats away or offers them to the displaced, and the refusal
takes that back, so that no entry tells of it. And so does whoever lost places there and was being offered another
departure: its own keeps seats for it until it has answered.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.checker.evidence import Ask, Deed, Evidence
from tests.chaos.checker.fold import CLOSES_OFFER, Trail

SKIP_BOUND = 3
FOREVER = float("inf")
USUAL_ACT = 10.0  # seconds from an entry's instant, at which its act began, until it is there: as long as one may take
JOINS_THE_QUEUE = {"application_displaced", *CLOSES_OFFER} - {"offer_accepted"}
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
    sizes, longest_act = _sizes_in_force(evidence), _longest_act(evidence)
    before_all = _displaced_and_not_asked(trails, longest_act) + _asked_elsewhere(trails, longest_act)
    for deed in evidence.did("hold"):
        for ask in deed.asks:
            if ask.word == "full" and not _may_be_true(deed, ask, by_departure, sizes, before_all):
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


@dataclass(frozen=True)
class Possible:
    """How a departure stood: from when to when that may have lasted, the seats that were free for all, those taken."""

    first: float
    last: float
    free: int
    taken: int
    course: str


def _sizes_in_force(evidence: Evidence) -> list[tuple[str, float, float, int]]:
    """Course, from when to when a measure may have been in force, and its size."""
    changes = [deed.ended for deed in evidence.did("change") if deed.ended]
    ends = {row["measure_id"]: row["decided_at"] for row in evidence.rows("measure_end")}
    found = []
    for row in evidence.rows("site_measure"):
        ended = ends.get(row["id"])
        last = FOREVER if ended is None else min((at for at in changes if at >= ended), default=FOREVER)
        found.append((row["course_id"], row["known_at"], last, row["capacity"] or 0))
    return found


def _longest_act(evidence: Evidence) -> float:
    """How long an act may have taken on that day. One that was killed, or waited for a database that was, came late."""
    answered = (ask.answered - ask.asked for deed in evidence.deeds for ask in deed.asks if ask.answered)
    return max(USUAL_ACT, *answered)


def _displaced_and_not_asked(trails: list[Trail], longest_act: float) -> list[tuple[str, float, float, int]]:
    """Course, from when to when a displaced party may have been next to be asked, and its seats: since it lost its
    places, and again since an offer of others came to nothing.
    """
    seats: dict[str, int] = {}
    asked: dict[str, list[float]] = defaultdict(list)
    for entry in (one for trail in trails for one in trail.entries):
        if entry["act"] == "application_displaced":
            seats[entry["subject_id"]] = entry["facts"]["seats"]
        elif entry["act"] == "offer_made":
            asked[entry["subject_id"]].append(entry["at"])
    found = []
    for trail in trails:
        for entry in (one for one in trail.entries if one["act"] in JOINS_THE_QUEUE and one["subject_id"] in seats):
            who, since = entry["subject_id"], entry["at"]
            until = min((at for at in asked[who] if at >= since), default=FOREVER) + longest_act
            found.append((trail.departure.get("course_id", ""), since, until, seats[who]))
    return found


def _asked_elsewhere(trails: list[Trail], longest_act: float) -> list[tuple[str, float, float, int]]:
    """Departure, from when to when it may have kept seats for a party that lost them there and was asked elsewhere, and
    how many: until it had answered that, and the departure was looked at again.
    """
    lost = {
        entry["subject_id"]: trail.departure["id"]
        for trail in trails
        for entry in trail.entries
        if entry["act"] == "application_displaced"
    }
    found = []
    for trail in trails:
        for entry in (one for one in trail.entries if one["act"] == "offer_made"):
            who, since = entry["subject_id"], entry["at"]
            if lost.get(who, trail.departure["id"]) != trail.departure["id"]:
                ends = (one for one in trail.entries if one["act"] in CLOSES_OFFER and one["subject_id"] == who)
                until = min((one["at"] for one in ends if one["at"] >= since), default=FOREVER) + longest_act
                found.append((lost[who], since, until, entry["facts"]["seats"]))
    return found


def _possible(trail: Trail, known: dict[tuple[str, str], float]) -> list[Possible]:
    """Each moment of a departure."""
    course = trail.departure.get("course_id", "")
    written_by = _written_by(trail, known)
    latest = FOREVER
    until = []
    for bound in reversed(written_by):
        until.append(latest)
        latest = min(latest, bound)
    found, earliest = [Possible(0.0, latest, 0, 0, course)], 0.0
    for moment, last in zip(trail.moments, reversed(until), strict=True):
        earliest = max(earliest, moment.entry["at"])
        kept_for_others = moment.over or moment.longest_passed >= SKIP_BOUND
        free = 0 if kept_for_others else moment.allowed - moment.taken
        found.append(Possible(earliest, last, free, moment.taken, course))
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


def _may_be_true(
    deed: Deed,
    ask: Ask,
    moments: dict[str, list[Possible]],
    sizes: list[tuple[str, float, float, int]],
    before_all: list[tuple[str, float, float, int]],
) -> bool:
    seats = deed.facts["seats"]
    for there in moments.get(deed.facts["departure"], []):
        if there.first > ask.answered or there.last < ask.asked:
            continue
        here = {there.course, deed.facts["departure"]}
        smaller, wanted = (
            [number for which, first, last, number in found if which in here and _meets(ask, first, last)]
            for found in (sizes, before_all)
        )
        if min([there.free - sum(wanted), *(size - there.taken for size in smaller)]) < seats:
            return True
    return False


def _meets(ask: Ask, first: float, last: float) -> bool:
    return first <= ask.answered and last >= ask.asked


LOOKS: dict[str, Callable[[Evidence, list[Trail]], Iterator[str]]] = {"I21": full_was_full}
