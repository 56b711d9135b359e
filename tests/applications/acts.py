"""What people may do on a random walk, and how often they do it. Each gives what came of it, or is refused."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import ENTRIES_OF_TESTS
from tests.applications.walk import DAY, HOUR, MINUTE, Acts, Walk, fresh
from tests.rosters.gate import gate_party
from tourbook import courses
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import (
    Asked,
    accept_offer,
    cancel,
    cancel_visitor,
    confirm,
    decline_offer,
    describe_party,
    extend_hold,
    give_contact,
    give_up,
    hold,
    hold_again,
    transfer,
)
from tourbook.applications.models import Allotment, Application, Attendance, Offer, OfferState, State, Visitor
from tourbook.courses.models import CourseFigures, Departure, SiteMeasure
from tourbook.distancing import withdraw_order
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Measure, Order, TableCell
from tourbook.kst import at, civil_day, start_of_day
from tourbook.operations import Proposal, apply_change, call_off_departure, preview
from tourbook.rosters import (
    GroupPlaces,
    admit_at_gate,
    change_allotment,
    mark_attendance,
    release_allotment,
    set_aside,
    undo_admission,
)

CONSENTS = {"personal_data", "conduct"}


# -- what people do ------------------------------------------------------------------------------------------------


def asks(walk: Walk) -> Any:
    return walk.scene.hold(walk.departure(), walk.random.choice([1, 1, 2, 2, 3, 4, 5]), wait=walk.random.random() < 0.7)


def applies(walk: Walk) -> Any:
    application = asks(walk)
    types(walk, application)
    leaves_contact(walk, application)
    return confirm(application, form_id=f"c{walk.number()}", actor=GUEST, now=walk.now).state


def types(walk: Walk, application: UUID | None = None) -> Any:
    application = application or walk.application()
    seats = fresh().get_one(Application, application).seats
    return describe_party(application, [walk.someone() for _ in range(seats)], actor=GUEST, now=walk.now)


def leaves_contact(walk: Walk, application: UUID | None = None) -> Any:
    return give_contact(
        application or walk.application(),
        contact=f"p{walk.number()}@example.kr",
        way="mail",
        consents=CONSENTS,
        actor=GUEST,
        now=walk.now,
    )


def confirms(walk: Walk) -> Any:
    return confirm(walk.application(), form_id=f"c{walk.number()}", actor=GUEST, now=walk.now).state


def extends(walk: Walk) -> Any:
    return extend_hold(walk.application(State.HELD, State.WAITING), actor=GUEST, now=walk.now)


def gives_up(walk: Walk) -> Any:
    return give_up(walk.application(), actor=GUEST, now=walk.now)


def asks_again(walk: Walk) -> Any:
    return hold_again(walk.application(State.EXPIRED), actor=GUEST, now=walk.now).state


def cancels(walk: Walk) -> Any:
    return cancel(walk.application(), actor=GUEST, now=walk.now)


def goes_elsewhere(walk: Walk) -> Any:
    told = {"form_id": f"t{walk.number()}", "actor": GUEST, "now": walk.now}
    return transfer(walk.application(), walk.departure(), **told)


def leaves_the_party(walk: Walk) -> Any:
    visitor = walk.any_of(select(Visitor.id).order_by(Visitor.id))
    return cancel_visitor(visitor, actor=GUEST, now=walk.now)


def accepts(walk: Walk) -> Any:
    offer = walk.any_of(select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.id))
    return accept_offer(offer, actor=GUEST, now=walk.now)


def declines(walk: Walk) -> Any:
    offer = walk.any_of(select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.id))
    return decline_offer(offer, actor=GUEST, now=walk.now)


def answers_late(walk: Walk) -> Any:
    offer = walk.any_of(select(Offer.id).where(Offer.state != OfferState.OPEN).order_by(Offer.id))
    return accept_offer(offer, actor=GUEST, now=walk.now)


# -- what is decided -----------------------------------------------------------------------------------------------


def _change(walk: Walk, step: Callable[[Session], object], *, show: bool = False) -> Any:
    proposal = Proposal((step,), Words("변경", "A change"))
    if show:
        preview(proposal, now=walk.now)
    return apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=walk.now)


def orders(walk: Walk) -> Any:
    first, known = walk.days(), walk.now + walk.random.choice([0, 0, 5, 50]) * HOUR
    values = {
        "entry": ENTRIES_OF_TESTS + walk.number(),
        "region_code": walk.random.choice(["KR", "41", "41480"]),
        "announced_at": known,
        "known_at": known,
        "effective_from": first,
        "planned_until": walk.random.choice([None, first + 3 * DAY, first + 20 * DAY]),
        "applies_at": start_of_day(first),
        "scale": "s",
        "level": walk.random.choice(["open", "half", "half", "closed"]),
        "party_max": walk.random.choice([None, None, 2, 4]),
        "ends_by_itself": walk.random.random() < 0.2,
        "overrides_local": walk.random.random() < 0.2,
    }
    return _change(walk, lambda session: session.add(Order(**values)), show=walk.random.random() < 0.3)


def withdraws(walk: Walk) -> Any:
    order = walk.any_of(select(Order.id).where(Order.withdrawn_at.is_(None)).order_by(Order.entry))
    return _change(walk, lambda session: withdraw_order(session, order, actor=COMMAND, now=walk.now))


def measures(walk: Walk) -> Any:
    first, capacity = walk.days(), walk.random.choice([None, 2, 5, 12])
    values = {
        "entry": ENTRIES_OF_TESTS + walk.number(),
        "course_id": walk.scene.course_id,
        "kind": "override" if capacity else "suspension",
        "announced_at": walk.now,
        "known_at": walk.now + walk.random.choice([0, 0, 30]) * HOUR,
        "effective_from": first,
        "planned_until": walk.random.choice([None, first + 2 * DAY]),
        "capacity": capacity,
        "raises": bool(capacity) and walk.random.random() < 0.5,
        "reason_ko": "이유",
        "reason_en": "a reason",
    }
    return _change(walk, lambda session: session.add(SiteMeasure(**values)), show=walk.random.random() < 0.3)


def ends_a_measure(walk: Walk) -> Any:
    measure = walk.any_of(select(SiteMeasure.id).order_by(SiteMeasure.entry))
    until = walk.days()
    return _change(
        walk, lambda session: courses.end_measure(session, measure, until=until, actor=COMMAND, now=walk.now)
    )


def changes_figures(walk: Walk) -> Any:
    figures = CourseFigures(
        course_id=walk.scene.course_id,
        entry=ENTRIES_OF_TESTS + walk.number(),
        capacity=walk.random.randrange(3, 25),
        party_limit=walk.random.choice([None, 3, 5]),
        known_at=walk.now,
    )
    return _change(walk, lambda session: session.add(figures))


def changes_the_table(walk: Walk) -> Any:
    measure, amount = walk.random.choice([(Measure.PERCENT, 30), (Measure.PEOPLE, 7), (Measure.NO_LIMIT, None)])
    cell = TableCell(
        entry=ENTRIES_OF_TESTS + walk.number(),
        scale="s",
        level="half",
        kind="trail",
        measure=measure,
        amount=amount,
        known_at=walk.now,
    )
    return _change(walk, lambda session: session.add(cell))


def adds_a_departure(walk: Walk) -> Any:
    starts_at = at(civil_day(walk.now) + walk.random.randrange(1, 20) * DAY, time(13, 30))
    return courses.add_departure(
        walk.scene.course_id, starts_at, capacity=walk.random.choice([None, 3]), actor=COMMAND, now=walk.now
    ).departure_id


def calls_off(walk: Walk) -> Any:
    return call_off_departure(
        walk.departure(), reason_ko="비", reason_en="rain", actor=walk.operator, now=walk.now
    ).parties


# -- groups --------------------------------------------------------------------------------------------------------


def sets_aside(walk: Walk) -> Any:
    until = walk.now + walk.random.choice([1, 5, 30]) * HOUR
    places = GroupPlaces(
        "단체", walk.random.randrange(1, 9), until, walk.random.choice([None, ("mail", "g@example.kr")])
    )
    return set_aside(walk.departure(), places, form_id=f"s{walk.number()}", actor=walk.operator, now=walk.now)


def _group(walk: Walk) -> UUID:
    return walk.any_of(select(Allotment.id).where(Allotment.released_at.is_(None)).order_by(Allotment.id))


def asks_for_a_group(walk: Walk) -> Any:
    """Somebody of a group types, and sometimes sends it in."""
    group, form = _group(walk), f"g{walk.number()}"
    asked = Asked(walk.random.randrange(1, 5), False, form, form, "ko", None, group)
    there = fresh().get_one(Allotment, group).departure_id
    application = hold(there, asked, form_id=form, actor=GUEST, now=walk.now).application_id
    if walk.random.random() < 0.6:
        types(walk, application)
        leaves_contact(walk, application)
        return confirm(application, form_id=f"c{walk.number()}", actor=GUEST, now=walk.now).state
    return application


def changes_a_group(walk: Walk) -> Any:
    places = GroupPlaces("단체", walk.random.randrange(1, 9), walk.now + walk.random.choice([2, 20]) * HOUR)
    return change_allotment(_group(walk), places, form_id=f"e{walk.number()}", actor=walk.operator, now=walk.now)


def releases_a_group(walk: Walk) -> Any:
    return release_allotment(_group(walk), actor=walk.operator, now=walk.now)


# -- at the gate ---------------------------------------------------------------------------------------------------


def turns_up(walk: Walk) -> Any:
    party = gate_party(0, visitors=[walk.someone() for _ in range(walk.random.randrange(1, 4))])
    departure = walk.any_of(_today(walk))
    return admit_at_gate(departure, party, form_id=f"g{walk.number()}", actor=walk.operator, now=walk.now).channel


def is_marked(walk: Walk) -> Any:
    visitor = walk.any_of(select(Visitor.id).where(Visitor.departure_id.in_(_today(walk))).order_by(Visitor.id))
    attendance = walk.random.choice([Attendance.NO_SHOW, Attendance.NO_SHOW, Attendance.ARRIVED, Attendance.EXPECTED])
    return mark_attendance(visitor, attendance, actor=walk.operator, now=walk.now).changed


def is_sent_away(walk: Walk) -> Any:
    return undo_admission(walk.application(), actor=walk.operator, now=walk.now)


def at_the_gate(walk: Walk) -> Any:
    """A busy hour before a departure."""
    for _ in range(6):
        walk.do(walk.random.choice([turns_up, is_marked, is_marked, is_sent_away]))


def _today(walk: Walk) -> Any:
    begins = start_of_day(civil_day(walk.now))
    return select(Departure.id).where(Departure.starts_at >= begins, Departure.starts_at < begins + DAY)


# -- time ----------------------------------------------------------------------------------------------------------


def minutes_pass(walk: Walk) -> Any:
    walk.scene.now += walk.random.choice([1, 5, 16]) * MINUTE


def hours_pass(walk: Walk) -> Any:
    walk.scene.now += walk.random.choice([1, 3, 12, 24]) * HOUR


def the_next_moment_comes(walk: Walk) -> Any:
    """To the very instant at which some departure is due."""
    moments = select(Departure.next_due_at).where(Departure.next_due_at > walk.now).order_by(Departure.next_due_at)
    moment = walk.any_of(moments.limit(2))
    if moment - walk.now < 4 * DAY:
        walk.scene.now = moment


def the_day_comes(walk: Walk) -> Any:
    """To half an hour before the next departure, where that is soon."""
    starts_at = walk.any_of(select(func.min(Departure.starts_at)).where(Departure.starts_at > walk.now))
    if starts_at and timedelta(0) < starts_at - 30 * MINUTE - walk.now < 3 * DAY:
        walk.scene.now = starts_at - 30 * MINUTE


ACTS: Acts = {
    asks: 8,
    applies: 30,
    types: 6,
    leaves_contact: 3,
    confirms: 3,
    extends: 2,
    gives_up: 2,
    asks_again: 4,
    cancels: 5,
    goes_elsewhere: 4,
    leaves_the_party: 5,
    accepts: 8,
    declines: 3,
    answers_late: 1,
    orders: 2,
    withdraws: 3,
    measures: 1,
    ends_a_measure: 3,
    changes_figures: 1,
    changes_the_table: 1,
    adds_a_departure: 2,
    calls_off: 0.5,
    sets_aside: 16,
    asks_for_a_group: 14,
    changes_a_group: 2,
    releases_a_group: 1,
    turns_up: 3,
    is_marked: 3,
    at_the_gate: 3,
    minutes_pass: 10,
    hours_pass: 2,
    the_next_moment_comes: 3,
    the_day_comes: 0.7,
}
