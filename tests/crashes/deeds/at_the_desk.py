"""What staff do at their desks: entering a party that calls, calling one, keeping courses and their calendar."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from datetime import date

from tests.courses.drafts import course_draft, schedule_draft
from tests.crashes.deeds.deciding import NOW, a_course
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.rosters.gate import build_gate, gate_party
from tourbook import courses
from tourbook.actor import COMMAND
from tourbook.courses import CourseTerms
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.rosters import Task, enter_by_telephone, read_contact


@deed(transactions=2)
def enters_a_party_that_calls(_: Ground) -> Doing:
    gate = build_gate(6)
    gate.apply(3)
    gate.scene.now = parse_moment("2026-05-10T14:00")
    party = gate_party(2, contact=("sms", "+821012345678"))

    def act() -> object:
        return enter_by_telephone(gate.departure_id, party, form_id="call", actor=gate.operator, now=gate.now)

    return Doing(act, gate.now)


@deed(trail_entry=1, access_record=1)  # each opening of a contact is written down
def opens_a_contact(_: Ground) -> Doing:
    gate = build_gate(6)
    party = gate.apply(3)
    return Doing(lambda: read_contact(party, Task.GATE, actor=gate.operator, now=gate.now).application_id, gate.now)


def twice_at_most(act: Callable[[], object]) -> None:
    """What is refused because it has been done is done."""
    with suppress(Refused):
        act()


@deed()
def adds_a_course(ground: Ground) -> Doing:
    """Its code is taken the second time, by what was added the first time."""
    ground.reset("seeded")
    return Doing(lambda: twice_at_most(lambda: courses.add_course(course_draft(), actor=COMMAND, now=NOW)), NOW)


@deed()
def adds_a_schedule(ground: Ground) -> Doing:
    course = a_course(ground).id
    return Doing(lambda: courses.add_schedule(course, schedule_draft(), actor=COMMAND, now=NOW), NOW)


@deed()
def adds_a_break(ground: Ground) -> Doing:
    course = a_course(ground).id
    days = (date(2026, 7, 1), date(2026, 7, 9))
    told = {"reason_ko": "장마", "reason_en": "rains", "actor": COMMAND, "now": NOW}
    return Doing(lambda: courses.add_break(course, *days, **told), NOW)


@deed()
def takes_a_break_out(ground: Ground) -> Doing:
    """What is not there any more is gone, whoever is told so the second time."""
    course = a_course(ground).id
    told = {"reason_ko": "장마", "reason_en": "rains", "actor": COMMAND, "now": NOW}
    pause = courses.add_break(course, date(2026, 7, 1), date(2026, 7, 9), **told)
    return Doing(lambda: twice_at_most(lambda: courses.remove_break(pause, actor=COMMAND, now=NOW)), NOW)


@deed()
def enters_a_holiday(ground: Ground) -> Doing:
    ground.reset("seeded")
    told = {"name_ko": "쉬는 날", "name_en": "A holiday", "actor": COMMAND, "now": NOW}
    return Doing(lambda: courses.set_holiday(date(2026, 7, 17), **told), NOW)


@deed()
def edits_a_course(ground: Ground) -> Doing:
    """Its departures are settled anew."""
    course = a_course(ground).id
    courses.generate_departures(course, date(2026, 5, 4), date(2026, 5, 5), actor=COMMAND, now=NOW)
    terms = CourseTerms(
        **{field.name: getattr(course_draft(fee_krw=7000), field.name) for field in fields(CourseTerms)}
    )
    return Doing(lambda: courses.edit_course(course, terms, actor=COMMAND, now=NOW) is None, NOW)
