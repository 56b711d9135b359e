"""Each loss under its own cause: by what the departure had become as small as it was when the party was moved."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all
from tests.reports.test_fairness import MAY, report
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, CourseFigures, Policy
from tourbook.db import transaction
from tourbook.distancing import CellDraft, raise_version, set_cell
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order
from tourbook.operations import Proposal, StopDraft, apply_change, stop_proposal
from tourbook.reports import Alternative, OrderChanged, replay_season

EARLY, LATE = "2026-05-22T10:00", "2026-05-26T10:00"


def moved(session: Session, scene: Scene) -> dict[str, tuple[int | None, ...]]:
    """By the English name of what moved them: parties and people that lost places, and parties asked to shrink."""
    return {
        row.what.name.en: tuple(row.figures[name] for name in ("displaced", "people", "asked_to_shrink"))
        for row in report(session, scene).moved
    }


def test_what_is_settled_only_after_several_changes_counts_for_the_one_that_made_it_so_small(
    scene: Scene, session: Session
) -> None:
    early, late = scene.add_departure(EARLY), scene.add_departure(LATE)
    scene.apply(early, 3)
    scene.apply(late, 5)
    scene.apply(late, 4)
    scene.add_order("closed", "2026-05-26")
    scene.now += timedelta(minutes=1)
    scene.add_order("closed", "2026-05-22")
    scene.now += timedelta(minutes=1)
    scene.add_order("open", "2026-06-20")
    settle_all(scene)

    assert moved(session, scene) == {
        "Region 41, Level closed from Tue 26 May 2026": (2, 9, 0),
        "Region 41, Level closed from Fri 22 May 2026": (1, 3, 0),
    }


def test_a_measure_that_is_public_later_has_its_own_losses_from_its_minute(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(LATE)
    scene.apply(walk, 5)
    scene.apply(walk, 2)
    scene.add_measure("2026-05-26", "2026-05-26", known_at=scene.now + timedelta(hours=8))
    scene.add_order("open", "2026-05-20", party_max=4)
    settle_all(scene)
    scene.now += timedelta(hours=9)
    scene.add_order("open", "2026-06-20")
    settle_all(scene)

    assert moved(session, scene) == {
        "Walk: a reason": (2, 7, 0),
        "Region 41, Level open from Wed 20 May 2026": (0, 0, 1),
    }


def test_who_did_not_become_smaller_in_time_lost_its_places_by_what_limits_parties(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure(LATE)
    scene.apply(walk, 5)
    scene.add_order("open", "2026-05-20", party_max=4)
    settle_all(scene)
    scene.add_measure("2026-05-26", kind="override", capacity=10)
    scene.now += timedelta(days=10)
    settle_all(scene)

    assert moved(session, scene) == {"Region 41, Level open from Wed 20 May 2026": (1, 5, 1)}


def test_entries_of_before_it_was_kept_tell_by_the_figures_who_was_too_large(scene: Scene, session: Session) -> None:
    test_who_did_not_become_smaller_in_time_lost_its_places_by_what_limits_parties(scene, session)
    with transaction() as writing:
        (entry,) = writing.scalars(select(TrailEntry).where(TrailEntry.act == "application_displaced"))
        entry.facts = {name: fact for name, fact in entry.facts.items() if name != "too_large"}

    assert moved(session, scene) == {"Region 41, Level open from Wed 20 May 2026": (1, 5, 1)}


def test_whoever_loses_places_to_a_smaller_entry_of_the_level_table_lost_them_by_it(
    scene: Scene, session: Session
) -> None:
    scene.apply(scene.add_departure(LATE, 10), 5)
    scene.add_order("half", "2026-05-20")
    settle_all(scene)
    scene.now += timedelta(hours=1)
    draft = CellDraft(scale="s", level="half", measure="percent", amount=40, kind="trail")
    summary = Words("단계별 정원", "Level table: half")
    step = lambda writing: set_cell(writing, draft, actor=COMMAND, now=scene.now)  # noqa: E731 - a step of one line
    apply_change(Proposal((step,), summary), foreseen=[], expected_version=None, actor=COMMAND, now=scene.now)
    settle_all(scene)

    assert moved(session, scene) == {"Level table: half": (1, 5, 0)}


def test_whoever_loses_places_to_a_smaller_course_lost_them_by_its_figures(scene: Scene, session: Session) -> None:
    scene.apply(scene.add_departure(LATE), 5)
    with transaction() as writing:
        writing.add(CourseFigures(course_id=scene.course_id, entry=2, capacity=4, party_limit=5, known_at=scene.now))
        raise_version(writing)
    settle_all(scene)

    assert moved(session, scene) == {"Walk: size 4": (1, 5, 0)}


def test_a_stop_has_one_row_under_the_name_that_it_was_given(scene: Scene, session: Session) -> None:
    scene.apply(scene.add_departure(LATE), 5)
    first = report(session, scene).period.first
    draft = StopDraft(cause="asf", first_day=first, courses=("walk",))
    proposal = stop_proposal(session, draft, actor=COMMAND, now=scene.now)
    session.rollback()
    apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=scene.now)
    scene.now += timedelta(minutes=1)
    scene.add_order("half", "2026-05-20")
    settle_all(scene)

    (row,) = report(session, scene).moved

    assert row.what.name.en.startswith("Walk: Access is closed to keep African swine fever out")
    assert (row.what.kind, row.figures["displaced"], row.figures["waiting"]) == ("change", 1, 1)


def test_volunteers_who_went_in_the_end_went_for_what_asked_for_them(session: Session) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    walk = scene.add_departure(LATE, 10)
    scene.apply(walk, 5)
    scene.apply(walk, 5)
    scene.add_order("half", "2026-05-20")
    settle_all(scene)
    scene.now += timedelta(minutes=1)
    scene.add_measure("2026-05-26", kind="override", capacity=5)
    settle_all(scene)
    scene.now += timedelta(days=5)
    settle_all(scene)

    assert moved(session, scene) == {"Region 41, Level half from Wed 20 May 2026": (1, 5, 0)}


def test_the_table_says_of_an_order_what_playing_the_season_without_it_would_have_spared(
    scene: Scene, session: Session
) -> None:
    early, late = scene.add_departure(EARLY), scene.add_departure(LATE)
    scene.apply(early, 3)
    scene.apply(late, 5)
    scene.add_order("closed", "2026-05-26")
    settle_all(scene)
    scene.now += timedelta(hours=1)
    scene.add_measure("2026-05-22", "2026-05-22")
    settle_all(scene)
    session.rollback()
    entry = session.scalars(select(Order.entry)).one()

    course = session.get_one(Course, scene.course_id)
    without = [Alternative(order=OrderChanged(entry, "never", None))]
    was, spared = replay_season(session, course, MAY, without, now=scene.now).played

    by_order = moved(session, scene)["Region 41, Level closed from Tue 26 May 2026"]
    assert by_order[:2] == (was.parties_lost - spared.parties_lost, was.people_lost - spared.people_lost) == (1, 5)
