"""What administrators decide: facts, call-offs, files, departures."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all
from tests.courses.drafts import schedule_draft
from tests.crashes.deeds.applying import a_walk
from tests.crashes.deeds.registry import Doing, deed
from tests.crashes.deeds.settling import two_walks
from tests.distancing.sheets import MEASURE, MEASURES, ORDER, ORDERS, REGIONS, shipped
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tests.rosters.gate import run_by
from tourbook import courses
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel
from tourbook.courses.models import Course, SiteMeasure
from tourbook.courses.planning import plan_ahead
from tourbook.db import db, transaction
from tourbook.distancing import (
    OrderDraft,
    enter_order,
    import_courses,
    import_measures,
    import_orders,
    import_regions,
    ruleset_version,
    withdraw_order,
)
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Measure, Order, TableCell
from tourbook.kst import parse_moment, start_of_day
from tourbook.operations import (
    Proposal,
    apply_change,
    call_off_departure,
    decide_due,
    decide_early,
    keep_running,
    take_back,
)

DAY = date(2026, 5, 20)
NOW = parse_moment(MONDAY_MORNING)


def changing(scene: Scene, step: Callable[[Session], object]) -> Doing:
    """The form of a change, shown before somebody else changes anything."""
    shown = ruleset_version(db.session())

    def act() -> Any:
        proposal = Proposal((step,), Words("변경", "A change"))
        told = {"foreseen": [], "expected_version": shown, "form_id": "the change"}
        return apply_change(proposal, **told, actor=COMMAND, now=scene.now)

    return Doing(act, scene.now)


def full_walk() -> Scene:
    scene, walk = a_walk()
    scene.apply(walk, 4)
    scene.apply(walk, 2)
    return scene


@deed()
def applies_an_order(_: Ground) -> Doing:
    scene = full_walk()
    values = {"entry": 900, "region_code": "41", "effective_from": DAY, "scale": "s", "level": "half"}
    moments = {"announced_at": scene.now, "known_at": scene.now, "applies_at": start_of_day(DAY)}
    return changing(scene, lambda session: session.add(Order(**values, **moments)))


@deed()
def withdraws_an_order(_: Ground) -> Doing:
    scene = full_walk()
    order = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    return changing(scene, lambda session: withdraw_order(session, order, actor=COMMAND, now=scene.now))


@deed()
def applies_a_measure(_: Ground) -> Doing:
    scene = full_walk()
    values = {"entry": 900, "course_id": scene.course_id, "kind": "suspension", "effective_from": DAY}
    told = {"announced_at": scene.now, "known_at": scene.now, "reason_ko": "이유", "reason_en": "a reason"}
    return changing(scene, lambda session: session.add(SiteMeasure(**values, **told)))


@deed()
def changes_the_table(_: Ground) -> Doing:
    scene = full_walk()
    values = {"scale": "s", "level": "half", "kind": "trail", "measure": Measure.PEOPLE, "amount": 3}
    return changing(scene, lambda session: session.add(TableCell(entry=900, known_at=scene.now, **values)))


def mistaken(scene: Scene) -> UUID:
    """A change that closes everything, applied and settled, whose letters are kept back still."""

    def step(session: Session) -> object:
        draft = OrderDraft(region_code="41", effective_from=DAY, scale="s", level="closed", announced_at=scene.now)
        return enter_order(session, draft, actor=COMMAND, now=scene.now)

    told = {"foreseen": [], "expected_version": None, "grace": timedelta(minutes=5)}
    made = apply_change(Proposal((step,), Words("변경", "A change")), **told, actor=COMMAND, now=scene.now)
    settle_all(scene)
    return made


@deed()
def takes_a_change_back(_: Ground) -> Doing:
    """What it answers is how many letters it suspended, which is none the second time."""
    scene = full_walk()
    mistake = mistaken(scene)
    return Doing(lambda: take_back(mistake, actor=COMMAND, now=scene.now) is None, scene.now)


@deed(transactions=2)
def settles_what_was_taken_back(_: Ground) -> Doing:
    """Two parties sit again; then nothing is left to settle."""
    scene = full_walk()
    take_back(mistaken(scene), actor=COMMAND, now=scene.now)
    return Doing(lambda: settle_all(scene), scene.now)


@deed()
def calls_a_departure_off(_: Ground) -> Doing:
    """Seats, a hold, somebody who waits, an offer to somebody who waits, and one to a party displaced elsewhere."""
    scene, (first, second) = two_walks()
    operator = run_by("paju", scene.course_id)
    scene.apply(first, 4)
    gone = scene.apply(second, 5)
    scene.apply(second, 3)
    scene.apply(second, 3, wait=True)
    scene.add_measure("2026-05-20", "2026-05-20")
    cancel(gone, actor=GUEST, now=scene.now)
    settle_all(scene)
    scene.hold(second, 1)
    told = {"reason_ko": "비", "reason_en": "rain", "actor": operator, "now": scene.now}
    return Doing(lambda: call_off_departure(second, **told) is None, scene.now)


def too_few() -> tuple[Scene, UUID]:
    """Two departures of a day that run with four people, at the moment at which that is decided: the second has two,
    and is to be merged into the first, which has three.
    """
    scene = build_scene()
    first, second = (scene.add_departure(f"{DAY}T{hour}:00") for hour in (10, 14))
    with transaction() as session:
        course = session.get_one(Course, scene.course_id)
        course.runs_from_people, course.decided_days_before, course.decided_at = 4, 4, time(10)
    scene.apply(first, 3)
    scene.apply(second, 2)
    scene.now = parse_moment("2026-05-16T10:00")
    settle_all(scene)
    return scene, second


@deed()
def decides_that_too_few_want_a_departure(_: Ground) -> Doing:
    """The one that is kept waits for the answers, so that there is one act to do."""
    scene, _second = too_few()
    return Doing(lambda: decide_due(now=scene.now) is None, scene.now)


@deed()
def calls_off_early_for_too_few(_: Ground) -> Doing:
    scene, second = too_few()
    operator = run_by("paju", scene.course_id)
    return Doing(lambda: decide_early(second, actor=operator, now=scene.now) is None, scene.now)


@deed()
def keeps_a_departure_running(_: Ground) -> Doing:
    scene, second = too_few()
    operator = run_by("paju", scene.course_id)
    told = {"reason_ko": "단체", "reason_en": "a class", "actor": operator, "now": scene.now}
    return Doing(lambda: keep_running(second, **told), scene.now)


def importing(act: Callable[..., object], *lines: str, **how: bool) -> Doing:
    """What it answers is how many lines were new, which differs the second time."""
    return Doing(lambda: act("\n".join(lines), **how, actor=COMMAND, now=NOW) is None, NOW)


@deed()
def imports_orders(ground: Ground) -> Doing:
    ground.reset("seeded")
    return importing(import_orders, ORDERS, ORDER, ORDER.replace("05-11", "05-18"), history=True)


@deed()
def imports_measures(ground: Ground) -> Doing:
    ground.reset("seeded")
    return importing(import_measures, MEASURES, MEASURE, MEASURE.replace("05-11", "05-18"))


@deed()
def imports_regions(ground: Ground) -> Doing:
    ground.reset("seeded")
    return importing(import_regions, REGIONS, "61,KR,새 도,New Province,,,", "61110,61,새 시,New City,,,")


@deed()
def imports_courses(ground: Ground) -> Doing:
    ground.reset("seeded")
    return importing(import_courses, shipped("courses.csv").replace("\npaju,", "\nyanggu,"))


def a_course(ground: Ground) -> Course:
    ground.reset("seeded")
    return courses.course_by_code(db.session(), "cheorwon")


@deed()
def generates_departures(ground: Ground) -> Doing:
    course = a_course(ground).id
    last = date(2026, 5, 8)

    def act() -> object:
        done = courses.generate_departures(course, date(2026, 5, 4), last, actor=COMMAND, now=NOW)
        return len(done.made) + done.there

    return Doing(act, NOW)


@deed()
def adds_a_departure(ground: Ground) -> Doing:
    course, start = a_course(ground).id, parse_moment("2026-06-05T15:00")

    def act() -> object:
        return courses.add_departure(course, start, capacity=7, actor=COMMAND, now=NOW).departure_id

    return Doing(act, NOW)


@deed(transactions=2)  # the second finds no course that is behind
def plans_departures_ahead(_: Ground) -> Doing:
    scene = build_scene()
    courses.add_schedule(scene.course_id, schedule_draft(weekdays=(4,)), actor=COMMAND, now=NOW)
    with transaction() as session:
        session.get_one(Course, scene.course_id).planned_until = date(2026, 6, 20)

    def act() -> None:
        while plan_ahead(now=NOW):
            pass

    return Doing(act, NOW)
