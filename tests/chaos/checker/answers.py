"""Answers: what somebody was told holds; each form was done once; nobody was left without an answer."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from tests.chaos.checker.evidence import Deed, Evidence
from tests.chaos.checker.fold import Trail

GUEST = "guest"
ASKED_BY = {
    "application_held": {"hold", "visitors", "contact", "confirm"},
    "application_waiting": {"hold"},
    "waiting_joined": {"confirm"},
    "application_confirmed": {"confirm", "accept"},
    "application_cancelled": {"cancel", "give_up", "decline"},
    "offer_accepted": {"accept"},
    "offer_declined": {"decline", "cancel"},
}
MUST_SHRINK = "must_shrink"


def acknowledged_is_there(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I3: whoever was told that the application is in finds it, for that departure, for that party, with its names."""
    rows = {row["id"]: row for row in evidence.rows("application")}
    asked = {deed.application: deed for deed in evidence.did("hold") if deed.outcome == "onward"}
    typed = {deed.facts["application"]: deed.facts["names"] for deed in evidence.did("confirm") if deed.outcome == "in"}
    for deed in evidence.did("confirm"):
        if deed.outcome == "in":
            yield from _is_there(deed, rows, asked)
    for sight in evidence.sights:
        if sight.status != 200:
            yield f"application {sight.application}: its page answers {sight.status}"
        elif sorted(sight.names) != sorted(typed.get(sight.application, sight.names)):
            yield f"application {sight.application}: shows {sight.names} instead of {typed[sight.application]}"


def _is_there(deed: Deed, rows: dict[str, dict], asked: dict[str, Deed]) -> Iterator[str]:
    application = deed.facts["application"]
    row, hold = rows.get(application), asked.get(application)
    if row is None:
        yield f"application {deed.reference} was acknowledged and is not there"
        return
    if row["reference"] != deed.reference:
        yield f"application {deed.reference} was acknowledged and is called {row['reference']}"
    if hold and (row["departure_id"], row["seats"]) != (hold.facts["departure"], hold.facts["seats"]):
        yield f"application {deed.reference} is for {row['seats']} people on {row['departure_id']}, not as was asked"
    if row["confirmed_at"] is None and row["waiting_since"] is None:
        yield f"application {deed.reference} was acknowledged, and was never confirmed nor waiting"


def answer_is_what_was_done(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I4: after however many tries, what was answered last is what happened: kept, or refused and not kept."""
    used = {row["form_id"]: row["result_id"] for row in evidence.rows("form_use")}
    kept = {deed.facts["form"] for deed in evidence.did("hold") if deed.outcome == "onward"}  # after a first refusal
    for deed in evidence.did("hold"):
        result = used.get(deed.facts["form"])
        if deed.outcome == "onward" and result != deed.application:
            yield f"form {deed.facts['form']} led to {deed.application} and is recorded with {result}"
        if deed.outcome in {"full", "refused"} and result and deed.facts["form"] not in kept:
            yield f"form {deed.facts['form']} was refused and has made {result}: {deed.told}"


def form_is_done_once(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I5: one form makes at most one application, whatever it was answered each time."""
    made: dict[str, set[str]] = defaultdict(set)
    for deed in evidence.did("hold"):
        made[deed.facts["form"]] |= {ask.application for ask in deed.asks if ask.application}
    for form, applications in made.items():
        if len(applications) > 1:
            yield f"form {form} made {len(applications)} applications"
    for form, count in Counter(row["form_id"] for row in evidence.rows("form_use")).items():
        if count > 1:
            yield f"form {form} is recorded {count} times"


def form_sent_again_gives_the_same(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I6: a form that was done gives the same again, and is refused with other content."""
    for deed in evidence.did("confirm"):
        references = {ask.reference for ask in deed.asks if ask.reference}
        if len(references) > 1:
            yield f"form {deed.facts['form']} was answered with {sorted(references)}"
    for deed in evidence.did("other_content"):
        if deed.outcome in {"onward", "in"} or {ask.status for ask in deed.asks if ask.word == "refused"} - {422}:
            yield f"form {deed.facts['form']} was sent with other content and answered {deed.outcome}"
    for deed in evidence.did("hold"):
        if deed.facts.get("resent") and deed.outcome not in {"onward", "in", "gone"}:
            yield f"form {deed.facts['form']} had been done, and was answered {deed.outcome} when sent again"


def cancelled_is_cancelled(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I7: an acknowledged cancellation stands, and was done once."""
    rows = {row["id"]: row for row in evidence.rows("application")}
    times = Counter(
        entry["subject_id"] for trail in trails for entry in trail.entries if entry["act"] == "application_cancelled"
    )
    for deed in evidence.did("cancel", "give_up"):
        application = deed.facts["application"]
        row = rows.get(application)
        if deed.outcome not in {"in", "page"} or row is None or row["state"] in {"moved", "expired"}:
            continue
        if deed.act == "cancel" and row["state"] != "cancelled":
            yield f"application {row['reference']} was cancelled and is {row['state']}"
    for application, count in times.items():
        if count > 1:
            yield f"application {application} was cancelled {count} times"


def nothing_without_a_wish(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I8: whatever the trail says that people did, they did ask for."""
    wishes: dict[str, set[str]] = defaultdict(set)
    replaces = {row["id"]: row["replaces_id"] for row in evidence.rows("application")}
    for deed in evidence.deeds:
        for application in {deed.application, deed.facts.get("application", "")} - {""}:
            wishes[application].add(deed.act)
        for ask in deed.asks:
            wishes[ask.application].add(deed.act)
    made_unheard = _made_unheard(evidence)
    for trail in trails:
        for entry in trail.entries:
            act, who = entry["act"], entry["subject_id"]
            if entry["actor"] != GUEST or act not in ASKED_BY or entry["facts"].get("from") == MUST_SHRINK:
                continue
            known = made_unheard.get(who, set()).union(*(wishes[one] for one in _line_of(who, replaces)))
            if not known & ASKED_BY[act]:
                yield f"application {who}: {act}, and nobody had asked for it"


def _line_of(application: str, replaces: dict[str, str | None]) -> Iterator[str]:
    """This application and those it came from: whoever took several offers one after the other may know the first."""
    one: str | None = application
    while one:
        yield one
        one = replaces.get(one)


def _made_unheard(evidence: Evidence) -> dict[str, set[str]]:
    """Applications whose people were never told their id: they are known by their form."""
    forms = {deed.facts["form"] for deed in evidence.did("hold")}
    return {row["result_id"]: {"hold"} for row in evidence.rows("form_use") if row["form_id"] in forms}


def nobody_applied_for_others(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I9: each application comes from a form that somebody sent, or replaces one that does."""
    made = set(_made_unheard(evidence))
    replaces = {row["id"]: row["replaces_id"] for row in evidence.rows("application")}
    for row in evidence.rows("application"):
        *_, first = _line_of(row["id"], replaces)
        if first not in made:
            yield f"application {row['reference']} comes from no form that was sent"


def nobody_twice(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I14: the same person is on a departure once."""
    there = Counter(
        (row["departure_id"], row["person_index"], row["namesake"])
        for row in evidence.rows("visitor")
        if row["claims_place"]
    )
    for (departure, _person, _namesake), count in there.items():
        if count > 1:
            yield f"departure {departure}: the same person {count} times"


def everybody_is_answered(evidence: Evidence, trails: list[Trail]) -> Iterator[str]:
    """I20: each button that was pressed was answered for good."""
    for deed in evidence.deeds:
        if deed.outcome in {"", "unanswered"}:
            yield f"{deed.act} {deed.facts}: never answered: {deed.told[-300:]}"


LOOKS: dict[str, Callable[[Evidence, list[Trail]], Iterator[str]]] = {
    "I3": acknowledged_is_there,
    "I4": answer_is_what_was_done,
    "I5": form_is_done_once,
    "I6": form_sent_again_gives_the_same,
    "I7": cancelled_is_cancelled,
    "I8": nothing_without_a_wish,
    "I9": nobody_applied_for_others,
    "I14": nobody_twice,
    "I20": everybody_is_answered,
}
