"""The preview of a change names what its application then does: departures, parties, offers and notices."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import ENTRIES_OF_TESTS, Scene, build_scene, settle_all
from tests.ground.application import Ground
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel, keep_by_exception
from tourbook.applications.decided import Limit
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, CourseFigures, Departure, Policy, SiteMeasure
from tourbook.db import db, transaction
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Measure, Order, TableCell
from tourbook.errors import Conflict
from tourbook.kst import start_of_day
from tourbook.notices.models import Notice
from tourbook.operations import Preview, Proposal, apply_change, check, preview, progress

ACTS = {
    "displace": "application_displaced",
    "displace_large": "application_displaced",
    "ask_to_shrink": "application_must_shrink",
    "ask_anew": "shrink_asked_anew",
    "restore": "application_confirmed",
    "offer": "offer_made",
    "revoke": "offer_revoked",
    "set_aside": "set_aside",
    "take_back": "taken_back",
}

FIRST_DAY = date(2026, 5, 14)


def propose(scene: Scene, *rows: Any) -> Proposal:
    """A proposal that adds these rows."""
    return Proposal(tuple(lambda session, row=row: session.add(row) for row in rows), Words("변경", "A change"))


def order(scene: Scene, level: str, days: int, **changed: Any) -> Order:
    first = changed.pop("effective_from", FIRST_DAY)
    values: dict[str, Any] = {
        "entry": ENTRIES_OF_TESTS,
        "region_code": "41",
        "announced_at": scene.now,
        "known_at": scene.now,
        "applies_at": start_of_day(first),
        "effective_from": first,
        "planned_until": first + timedelta(days=days),
        "scale": "s",
        "level": level,
    }
    return Order(**{**values, **changed})


def apply_and_compare(scene: Scene, proposal: Proposal, again: Proposal) -> Preview:
    """Preview, apply, settle, and hold what happened against what was shown."""
    shown = preview(proposal, now=scene.now)
    before = _figures()
    told_before = _notices()

    change_id = apply_change(
        again, foreseen=shown.foreseen, expected_version=shown.version, actor=COMMAND, now=scene.now
    )
    settle_all(scene)

    moved = Counter((ACTS[m.kind], m.party.id) for m in shown.now.moves if m.kind in ACTS)
    after = _figures()
    assert _notices() - told_before == shown.now.notices
    assert _made_since(change_id) == moved
    assert {one.departure_id: one.after for one in shown.now.touched if one.before != one.after} == {
        departure: after[departure] for departure in after if after[departure] != before[departure]
    }
    reached = progress(db.session(), change_id, now=scene.now)
    assert reached.done
    assert not reached.missing
    assert not reached.unforeseen
    report = check(db.session(), now=scene.now)
    assert report.ok, report.findings
    return shown


def _figures() -> dict[UUID, Limit]:
    db.session.rollback()
    db.session.expire_all()
    return {row.id: Limit(row.allowed, row.party_max) for row in db.session.scalars(select(Departure))}


def _notices() -> Counter[str]:
    return Counter(db.session.scalars(select(Notice.kind)))


def _made_since(change_id: UUID) -> Counter[tuple[str, UUID | None]]:
    version = db.session.scalar(select(TrailEntry.facts).where(TrailEntry.subject_id == change_id))["version"]
    entries = db.session.execute(
        select(TrailEntry.act, TrailEntry.subject_id, TrailEntry.facts).where(TrailEntry.act.in_(set(ACTS.values())))
    )
    return Counter((act, subject) for act, subject, facts in entries if facts.get("version") == version)


# -- by example ------------------------------------------------------------------------------------------------------


def test_a_preview_changes_nothing_and_names_the_displaced(session: Session) -> None:
    scene = build_scene()
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 4)

    shown = preview(propose(scene, order(scene, "closed", 20)), now=scene.now)

    assert [move.party.id for move in shown.now.parties("displace")] == [party]
    assert shown.now.people("displace") == 4
    assert (shown.now.seats_closed, shown.now.seats_opened) == (20, 0)
    assert session.scalar(select(Order)) is None
    assert session.get_one(Departure, walk).seats_taken == 4


def test_two_administrators_at_once_do_not_overwrite_each_other(session: Session) -> None:
    scene = build_scene()
    shown = preview(propose(scene, order(scene, "half", 20)), now=scene.now)
    scene.add_order("closed", "2026-05-20")

    with pytest.raises(Conflict) as error:
        apply_change(
            propose(scene, order(scene, "half", 20)),
            foreseen=[],
            expected_version=shown.version,
            actor=COMMAND,
            now=scene.now,
        )

    assert error.value.code == "rules_changed"


@pytest.mark.parametrize(("name", "value"), [("policy", Policy.CANCEL_ALL), ("offer_hours", 2)])
def test_what_was_shown_under_other_terms_of_a_course_is_not_applied(
    session: Session, name: str, value: object
) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    proposal = propose(scene, order(scene, "half", 20))
    shown = preview(proposal, now=scene.now)
    before: Any = {"foreseen": shown.foreseen, "expected_version": shown.version, "expected_terms": shown.terms}
    with transaction() as meanwhile:
        setattr(meanwhile.get_one(Course, scene.course_id), name, value)

    with pytest.raises(Conflict, match="rules_changed"):
        apply_change(proposal, **before, actor=COMMAND, now=scene.now)

    assert session.scalar(select(Order)) is None
    again = preview(proposal, now=scene.now)
    assert apply_change(proposal, **{**before, "expected_terms": again.terms}, actor=COMMAND, now=scene.now)


def test_a_change_that_is_announced_for_later_shows_its_moment(session: Session) -> None:
    scene = build_scene()
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 4)
    later = scene.now + timedelta(days=2)

    shown = preview(propose(scene, order(scene, "closed", 20, announced_at=later, known_at=later)), now=scene.now)

    assert not shown.now.moves
    announced = next(stage for stage in shown.stages if stage.moment == later)
    assert announced.people("displace") == 4


def test_a_local_order_that_ends_under_a_wider_one_is_pointed_out(session: Session) -> None:
    scene = build_scene()
    scene.add_order("half", "2026-05-10", "2026-06-30")

    shown = preview(propose(scene, order(scene, "open", 5, region_code="41480")), now=scene.now)

    assert [note.en for note in shown.notes] == [
        "The order for Region 41480 ends on Tue 19 May 2026; from the next day the order for Region 41 applies."
    ]


def test_departures_that_become_smaller_after_the_last_day_of_an_order_are_pointed_out(session: Session) -> None:
    scene = build_scene()
    for day in ("2026-05-15", "2026-05-20", "2026-05-27"):
        scene.apply(scene.add_departure(f"{day}T10:00"), 4)

    goes_on = preview(propose(scene, order(scene, "closed", 5)), now=scene.now)
    ends = preview(propose(scene, order(scene, "closed", 5, ends_by_itself=True)), now=scene.now)

    (note,) = goes_on.notes
    assert "has a last day, Tue 19 May 2026, but does not end by itself" in note.en
    assert "2 of them, from Wed 20 May 2026 to Wed 27 May 2026" in note.en
    assert "2개 회차(2026년 5월 20일(수)부터 2026년 5월 27일(수)까지)" in note.ko
    assert not ends.notes


def test_an_order_after_whose_last_day_nothing_becomes_smaller_is_not_pointed_out(session: Session) -> None:
    scene = build_scene()
    scene.apply(scene.add_departure("2026-05-15T10:00"), 4)
    scene.apply(scene.add_departure("2026-05-27T10:00"), 4)

    wider = order(scene, "open", 20, effective_from=date(2026, 5, 20), entry=ENTRIES_OF_TESTS + 1)

    shown = preview(propose(scene, order(scene, "closed", 5), wider), now=scene.now)

    assert not shown.notes


# -- by property -----------------------------------------------------------------------------------------------------

facts = st.one_of(
    st.tuples(st.just("order"), st.sampled_from(["open", "half", "closed"]), st.integers(0, 12), st.integers(0, 6)),
    st.tuples(st.just("measure"), st.sampled_from([None, 3, 8, 15]), st.integers(0, 12), st.booleans()),
    st.tuples(st.just("cell"), st.sampled_from([(Measure.PERCENT, 30), (Measure.PEOPLE, 7), (Measure.NO_LIMIT, None)])),
    st.tuples(st.just("figures"), st.integers(4, 24), st.integers(2, 6)),
)
parties = st.tuples(
    st.integers(0, 3), st.integers(1, 5), st.sampled_from(["apply", "apply", "wait", "hold", "cancel", "keep"])
)
worlds = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(list(Policy)),
        "skip_bound": st.integers(0, 3),
        "capacity": st.sampled_from([None, 6, 10]),
        "earlier": st.lists(facts, max_size=2),
        "parties": st.lists(parties, min_size=2, max_size=14),
        "change": st.lists(facts, min_size=1, max_size=2),
        "hours": st.sampled_from([0, 1, 25, 24 * 8]),
    }
)


def _row(scene: Scene, fact: tuple[Any, ...], number: int) -> Any:
    kind, *rest = fact
    if kind == "order":
        level, days, limit = rest
        return order(scene, level, days, entry=number, party_max=limit or None)
    if kind == "cell":
        ((measure, amount),) = rest
        return TableCell(
            entry=number, scale="s", level="half", kind="trail", measure=measure, amount=amount, known_at=scene.now
        )
    if kind == "figures":
        capacity, limit = rest
        return CourseFigures(
            course_id=scene.course_id, entry=number, capacity=capacity, party_limit=limit, known_at=scene.now
        )
    capacity, days, raises = rest
    return SiteMeasure(
        entry=number,
        course_id=scene.course_id,
        kind="override" if capacity else "suspension",
        announced_at=scene.now,
        known_at=scene.now,
        effective_from=FIRST_DAY,
        planned_until=FIRST_DAY + timedelta(days=days),
        capacity=capacity,
        raises=bool(raises and capacity),
        reason_ko="이유",
        reason_en="a reason",
    )


def _populate(scene: Scene, world: dict[str, Any]) -> None:
    walks = [scene.add_departure(f"2026-05-{day}T10:00", world["capacity"]) for day in (15, 18, 20, 24)]
    for where, seats, what in world["parties"]:
        try:
            if what == "hold":
                scene.hold(walks[where], seats)
            else:
                application = scene.apply(walks[where], seats, wait=what == "wait")
                if what == "cancel":
                    cancel(application, actor=GUEST, now=scene.now)
                if what == "keep":
                    keep_by_exception(application, reason="a reason", actor=COMMAND, now=scene.now)
        except Conflict:
            continue  # full, or closed by an earlier fact: a world like any other


@pytest.mark.long
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_what_is_shown_is_what_is_done(database: Ground, world: dict[str, Any]) -> None:
    database.reset()
    with database.app.app_context():
        scene = build_scene(policy=world["policy"], skip_bound=world["skip_bound"])
        _populate(scene, world)
        for number, fact in enumerate(world["earlier"]):
            proposal = propose(scene, _row(scene, fact, ENTRIES_OF_TESTS + number))
            apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=scene.now)
            settle_all(scene)
        settle_all(scene)
        scene.now += timedelta(hours=world["hours"])

        change = list(enumerate(world["change"], start=ENTRIES_OF_TESTS + 1000))
        proposals = [propose(scene, *(_row(scene, fact, entry) for entry, fact in change)) for _ in "12"]
        apply_and_compare(scene, *proposals)
