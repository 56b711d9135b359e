"""The checker finds what it says it finds: in a good day nothing, and each broken promise under its own name."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.chaos import checker
from tests.chaos.checker import violations
from tests.chaos.checker.evidence import Ask, Deed, Evidence, Sight, gathered
from tests.chaos.made_up_day import FIRST, SECOND, MadeUp, changed, good_day
from tests.ground.server import REPOSITORY

Spoil = Callable[[Evidence], object]
SOURCES = sorted(Path(checker.__file__).parent.glob("*.py"))


def deed(day: Evidence, act: str, **facts: object) -> Deed:
    (found,) = [one for one in day.did(act) if facts.items() <= one.facts.items()]
    return found


def entry(day: Evidence, act: str, who: str) -> dict:
    found = [row for row in day.rows("trail_entry") if (row["act"], row["subject_id"]) == (act, who)]
    return found[0]


def without(rows: list[dict], **values: object) -> None:
    rows[:] = [row for row in rows if not values.items() <= row.items()]


def one_seat_too_many(day: Evidence) -> None:
    """For a moment only: the end is as it should be."""
    entry(day, "departure_resized", FIRST)["facts"]["allowed"] = [0, 3]


def forgotten(day: Evidence) -> None:
    without(day.rows("application"), id="b")


def other_names(day: Evidence) -> None:
    day.sights.append(Sight(80, "b", 200, "confirmed", ("somebody else",)))


def other_departure(day: Evidence) -> None:
    deed(day, "hold", form="form b").facts["departure"] = "d2"


def refused_and_made(day: Evidence) -> None:
    day.tables["form_use"].append({"form_id": "form c", "result_id": "c"})


def made_twice(day: Evidence) -> None:
    deed(day, "hold", form="form b").asks.append(Ask(21, 22, 302, "onward", "another"))


def other_content_taken(day: Evidence) -> None:
    day.deeds.append(Deed("other_content", 25, {"form": "form b"}, [Ask(25, 26, 302, "onward", "b")], "onward", 26))


def sent_again_and_refused(day: Evidence) -> None:
    again = {**deed(day, "hold", form="form b").facts, "resent": True}
    day.deeds.append(Deed("hold", 25, again, [Ask(25, 26, 409, "refused")], "refused", 26))


def cancelled_and_there(day: Evidence) -> None:
    changed(day.rows("application"), {"id": "a"}, state="confirmed")


def cancelled_by_nobody(day: Evidence) -> None:
    day.deeds.remove(deed(day, "cancel"))


def asked_by_nobody(day: Evidence) -> None:
    without(day.rows("form_use"), result_id="b")


def entry_missing(day: Evidence) -> None:
    day.rows("trail_entry").remove(entry(day, "application_held", "e"))


def unlawful(day: Evidence) -> None:
    entry(day, "application_confirmed", "b")["act"] = "application_displaced"


def untold(day: Evidence) -> None:
    without(day.rows("notice"), kind="cancelled")


def not_sent(day: Evidence) -> None:
    day.mails.pop(0)


def told_of_nothing(day: Evidence) -> None:
    day.tables["notice"].append({**day.rows("notice")[0], "kind": "displaced"})


def mail_of_nothing(day: Evidence) -> None:
    day.mails.append({"id": f"<{uuid4()}@tourbook>", "to": []})


def repeated(day: Evidence) -> None:
    day.mails.append(day.mails[0])


def same_person(day: Evidence) -> None:
    changed(day.rows("visitor"), {"application_id": "d"}, person_index="person b")


def held_for_ever(day: Evidence) -> None:
    day.ended = 70 + 60 + 61


def confirmed_too_late(day: Evidence) -> None:
    entry(day, "application_held", "b")["at"] = -50


def overtaken(day: Evidence) -> None:
    """E waits too, came before D, and D is asked."""
    changed(day.rows("application"), {"id": "e"}, departure_id=FIRST, waiting_since=39.0, seats=1)
    entry(day, "application_waiting", "d").update(subject_id="e", act="waiting_joined")


def left_alone(day: Evidence) -> None:
    deed(day, "hold", form="form c").outcome = "unanswered"


def falsely_full(day: Evidence) -> None:
    """After A's cancellation was answered and before anybody else came, had D not been offered the seats."""
    day.rows("trail_entry").remove(entry(day, "offer_made", "d"))
    asked = {**deed(day, "hold", form="form c").facts, "form": "form f"}
    day.deeds.append(Deed("hold", 55, asked, [Ask(55, 55.5, 409, "full")], "full", 55.5))


def overcounted(day: Evidence) -> None:
    changed(day.rows("departure"), {"id": "d2"}, seats_taken=2)


SPOILT: list[tuple[str, Spoil]] = [
    ("I1", one_seat_too_many),
    ("I2", overcounted),
    ("I3", forgotten),
    ("I3", other_names),
    ("I3", other_departure),
    ("I4", refused_and_made),
    ("I5", made_twice),
    ("I6", other_content_taken),
    ("I6", sent_again_and_refused),
    ("I7", cancelled_and_there),
    ("I8", cancelled_by_nobody),
    ("I9", asked_by_nobody),
    ("I10", entry_missing),
    ("I10", unlawful),
    ("I11", untold),
    ("I11", not_sent),
    ("I12", told_of_nothing),
    ("I12", mail_of_nothing),
    ("I13", repeated),
    ("I14", same_person),
    ("I15", held_for_ever),
    ("I15", confirmed_too_late),
    ("I17", overtaken),
    ("I20", left_alone),
    ("I21", falsely_full),
]


def test_nothing_is_found_in_a_good_day() -> None:
    assert {name: found for name, found in violations(good_day()).items() if found} == {}


@pytest.mark.parametrize(("invariant", "spoil"), SPOILT, ids=lambda one: getattr(one, "__name__", one))
def test_a_broken_promise_is_found_under_its_name(invariant: str, spoil: Spoil) -> None:
    day = good_day()

    spoil(day)

    assert violations(day)[invariant]


def test_each_invariant_has_a_day_that_breaks_it() -> None:
    assert {invariant for invariant, _ in SPOILT} == set(violations(good_day()))


def test_a_refusal_is_believed_while_the_seats_may_have_been_taken() -> None:
    """The seats came free at 50, and somebody asked at 49.9 and was answered at 50.2."""
    day = good_day()
    asked = {**deed(day, "hold", form="form c").facts, "form": "form g"}
    day.deeds.append(Deed("hold", 49.9, asked, [Ask(49.9, 50.2, 409, "full")], "full", 50.2))

    assert not violations(day)["I21"]


def test_a_refusal_is_believed_under_a_smaller_size_that_nobody_was_settled_under() -> None:
    day = good_day()
    falsely_full(day)
    day.tables["site_measure"] = [{"id": "m", "course_id": "c1", "capacity": 2, "known_at": 54.0}]
    day.tables["measure_end"] = [{"measure_id": "m", "decided_at": 54.8}]
    day.deeds.append(Deed("change", 54.7, {}, [Ask(54.7, 55.2, 303, "page")], "page", 55.2))

    assert not violations(day)["I21"]


@pytest.mark.parametrize(
    ("displaced_at", "asked_at", "believed"), [(54.0, None, True), (30.0, 31.0, False), (56.0, None, False)]
)
def test_a_refusal_is_believed_while_somebody_displaced_is_to_be_asked_first(
    displaced_at: float, asked_at: float | None, *, believed: bool
) -> None:
    """A displaced party of another departure of the course, before, long before and after the refusal at 55."""
    day = good_day()
    falsely_full(day)
    there = {**entry(day, "application_held", "e"), "subject_id": "z", "number": 90, "facts": {"seats": 2}}
    day.rows("trail_entry").append({**there, "act": "application_displaced", "at": displaced_at})
    if asked_at:
        day.rows("trail_entry").append({**there, "act": "offer_made", "at": asked_at, "number": 91})

    assert (not violations(day)["I21"]) is believed


def test_a_refusal_is_believed_while_somebody_displaced_whose_offer_was_taken_back_is_to_be_asked_again() -> None:
    day = good_day()
    falsely_full(day)
    there = {**entry(day, "application_held", "e"), "subject_id": "z", "facts": {"seats": 2}}
    events = [("application_displaced", 30.0), ("offer_made", 31.0), ("offer_revoked", 54.0), ("offer_made", 56.0)]
    came = [{**there, "number": 90 + nth, "act": act, "at": at} for nth, (act, at) in enumerate(events)]
    day.rows("trail_entry").extend(came[:2])
    assert violations(day)["I21"]

    day.rows("trail_entry").extend(came[2:])

    assert not violations(day)["I21"]


@pytest.mark.parametrize(
    ("lost_on", "ends", "believed"),
    [(FIRST, None, True), (FIRST, "offer_accepted", False), (SECOND, None, False)],
)
def test_a_refusal_is_believed_while_somebody_who_lost_places_there_is_asked_elsewhere(
    lost_on: str, ends: str | None, *, believed: bool
) -> None:
    """Long before the refusal at 55 a party lost its places and was offered another departure."""
    day = good_day()
    falsely_full(day)
    there = {**entry(day, "application_held", "e"), "subject_id": "z", "facts": {"seats": 2}}
    lost = {**there, "number": 90, "act": "application_displaced", "at": 20.0, "departure_id": lost_on}
    day.rows("trail_entry").extend([lost, {**there, "number": 91, "act": "offer_made", "at": 21.0}])
    if ends:
        day.rows("trail_entry").append({**there, "number": 92, "act": ends, "at": 30.0})

    assert (not violations(day)["I21"]) is believed


def test_a_displaced_party_may_have_been_asked_as_long_ago_as_the_slowest_act_took() -> None:
    day = good_day()
    falsely_full(day)
    there = {**entry(day, "application_held", "e"), "subject_id": "z", "facts": {"seats": 2}}
    lost = {**there, "number": 90, "act": "application_displaced", "at": 30.0}
    day.rows("trail_entry").extend([lost, {**there, "number": 91, "act": "offer_made", "at": 31.0}])
    assert violations(day)["I21"]

    day.deeds.append(Deed("look", 10.0, {}, [Ask(10.0, 47.0, 200, "page")], "page", 47.0))

    assert not violations(day)["I21"]


def test_a_letter_may_be_under_way_for_each_sender_that_died() -> None:
    day = good_day()
    changed(day.rows("notice"), {"kind": "offer"}, state="waiting", due_at=day.ended + 300)
    assert violations(day)["I11"]

    day.kills.append({"kind": "timetable"})

    assert not violations(day)["I11"]


@pytest.mark.parametrize(
    ("freed_by_somebody", "under", "told_by_itself"), [(True, 7, True), (False, 8, True), (False, 7, False)]
)
def test_an_offer_taken_back_is_told_by_itself_unless_it_is_made_anew_in_the_same_settling(
    *, freed_by_somebody: bool, under: int, told_by_itself: bool
) -> None:
    """At one instant F's offer is taken back and made again: because E cancelled meanwhile, because the rules have
    changed once more, or by the limit alone.
    """
    day = MadeUp(good_day())
    day.lengths = {row["id"]: row["trail_length"] for row in day.evidence.rows("departure")}
    day.application("f", SECOND, "waiting", 1, waiting_since=75.0)
    day.entry(SECOND, 80, "offer_made", "f", seats=1)
    day.entry(SECOND, 85, "offer_revoked", "f", version=7)
    if freed_by_somebody:
        day.entry(SECOND, 85, "application_cancelled", "e", seats=1, **{"from": "held"})
    day.entry(SECOND, 85, "offer_made", "f", seats=1, version=under)
    for kind in ("offer", "offer"):
        day.notice(kind, "f")

    assert any("offer_revoked" in one for one in violations(day.evidence)["I11"]) is told_by_itself

    day.notice("offer_revoked", "f")

    assert any("offer_revoked" in one for one in violations(day.evidence)["I12"]) is not told_by_itself


@pytest.mark.parametrize("told", [True, False])
def test_who_leaves_the_list_with_an_offer_open_may_be_told_or_not(*, told: bool) -> None:
    """Declining is answered on the page, cancelling by letter; the trail is the same."""
    day = good_day()
    entry(day, "offer_accepted", "d")["act"] = "offer_declined"
    entry(day, "application_confirmed", "d")["act"] = "application_cancelled"
    changed(day.rows("notice"), {"kind": "confirmed", "subject_id": "d"}, kind="cancelled" if told else "link")

    assert not violations(day)["I11"]
    assert not violations(day)["I12"]


@pytest.mark.parametrize("asked", [True, False])
def test_who_took_one_offer_after_another_may_know_the_first_application_only(*, asked: bool) -> None:
    """D accepts, loses the places, and accepts again, each time by the first letter's link: two successors on."""
    day = MadeUp(good_day())
    for successor, before in (("d8", "d"), ("d9", "d8")):
        day.application(successor, FIRST, "confirmed", 2, replaces_id=before if asked else None)
        day.entry(FIRST, 70, "application_confirmed", successor, seats=2, **{"from": "held"})

    found = [one for one in violations(day.evidence)["I8"] if "application d9" in one]

    assert bool(found) is not asked


def test_a_repeat_is_allowed_for_each_sender_that_died() -> None:
    day = good_day()
    repeated(day)
    day.kills.append({"kind": "timetable"})

    assert not violations(day)["I13"]


def test_journals_are_put_together_ask_by_ask() -> None:
    lines = [
        {"event": "deed", "wall_at": 1.0, "deed": "x-1", "act": "hold", "departure": "a-b", "form": "f"},
        {"event": "ask", "wall_at": 1.1, "deed": "x-1", "ask": "x-2"},
        {"event": "lost", "wall_at": 1.2, "ask": "x-2", "why": "reset"},
        {"event": "ask", "wall_at": 1.3, "deed": "x-1", "ask": "x-3"},
        {"event": "answer", "wall_at": 1.4, "ask": "x-3", "status": 302, "word": "onward", "application": "c-d"},
        {"event": "end", "wall_at": 1.5, "deed": "x-1", "outcome": "onward", "application": "c-d", "reference": ""},
    ]

    (found,) = gathered(lines, {}, hold_seconds=60, ended=2).deeds

    assert (found.facts["departure"], found.application, found.outcome) == ("ab", "cd", "onward")
    assert [(ask.asked, ask.answered, ask.word) for ask in found.asks] == [(1.1, 0.0, "lost"), (1.3, 1.4, "onward")]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_checker_names_nothing_of_the_product(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]

    assert [name for name in named if name.split(".")[0] in {"tourbook", "config", "wsgi"}] == []
    assert [name for name in named if name.startswith("tests.") and not name.startswith("tests.chaos.checker")] == []


def test_nothing_of_the_product_is_loaded_with_the_checker() -> None:
    script = "import sys, tests.chaos.checker; print([name for name in sys.modules if name.startswith('tourbook')])"

    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
