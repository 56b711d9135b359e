"""Draws: announced, entered, sealed, drawn and given."""

from uuid import UUID

from sqlalchemy import select

from tests.applications.scene import build_scene
from tests.crashes.deeds.registry import Doing, deed
from tests.draws.lottery import STARTS, TERMS, VALUE, Lottery, build_lottery
from tests.ground.application import Ground
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import Asked, cancel, cancel_visitor, confirm, enter
from tourbook.applications.models import Visitor
from tourbook.db import db
from tourbook.draws import announce_round, draw_due, give_due, give_value, seal_due, tell_left_out_due, withdraw_round
from tourbook.operations import call_off_departure, tell_entrants_due


def a_round(*, drawn: bool = False) -> tuple[Lottery, list[UUID]]:
    """Whatever the value: one of two parties draws its second choice, one of two others nothing, and the last has
    cancelled. Five places each; sealed or drawn.
    """
    lottery = build_lottery(capacity=5)
    morning, noon, sunday = lottery.departures
    wished = [(morning, noon), (morning, noon), (sunday,), (sunday,)]
    parties = [lottery.enter(*choices, seats=4) for choices in wished]
    parties.append(lottery.enter(noon, seats=1))
    if drawn:
        lottery.close()
        cancel(parties[-1], actor=GUEST, now=lottery.now)
        lottery.draw()
    return lottery, parties


@deed()
def announces_a_round(_: Ground) -> Doing:
    scene = build_scene()
    for starts in STARTS:
        scene.add_departure(starts)

    def act() -> UUID:
        return announce_round(scene.course_id, TERMS, form_id="announced", actor=COMMAND, now=scene.now)

    return Doing(act, scene.now)


@deed()
def withdraws_a_round(_: Ground) -> Doing:
    lottery = build_lottery()
    return Doing(lambda: withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now), lottery.now)


@deed()
def begins_an_entry(_: Ground) -> Doing:
    lottery = build_lottery()
    asked = Asked(seats=2, wait=False, browser="b", address="a", language="ko", person_id=None)

    def act() -> UUID:
        form = "an entry"
        choices = lottery.departures[:2]
        return enter(lottery.round_id, choices, asked, form_id=form, actor=GUEST, now=lottery.now).application_id

    return Doing(act, lottery.now)


@deed()
def sends_an_entry_in(_: Ground) -> Doing:
    lottery = build_lottery()
    entry = lottery.begin(*lottery.departures[:2])
    lottery.fill_in(entry)
    return Doing(lambda: confirm(entry, form_id="sent in", actor=GUEST, now=lottery.now), lottery.now)


@deed()
def leaves_a_draw(_: Ground) -> Doing:
    lottery, parties = a_round()
    return Doing(lambda: cancel(parties[0], actor=GUEST, now=lottery.now), lottery.now)


# The last transaction of each finds nothing that is due any more.


@deed(transactions=2)
def seals_a_round(_: Ground) -> Doing:
    """One party never sent its entry in."""
    lottery, _parties = a_round()
    lottery.begin(lottery.departures[0])
    lottery.now = TERMS.closes_at

    def act() -> None:
        while seal_due(now=lottery.now):
            pass

    return Doing(act, lottery.now)


@deed()
def gives_the_value(_: Ground) -> Doing:
    lottery, _parties = a_round()
    lottery.close()
    lottery.now = TERMS.value_at
    return Doing(lambda: give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now), lottery.now)


@deed()  # whether anything is due is read before any transaction
def draws_a_round(_: Ground) -> Doing:
    lottery, _parties = a_round()
    lottery.close()
    lottery.now = TERMS.value_at
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now)

    def act() -> None:
        while draw_due(now=lottery.now):
            pass

    return Doing(act, lottery.now)


@deed(transactions=9)
def gives_what_was_drawn(_: Ground) -> Doing:
    """Three departures seat theirs, the reserve stands in line, they are opened, and it is written down."""
    lottery, _parties = a_round(drawn=True)

    def act() -> None:
        while give_due(now=lottery.now):
            pass

    return Doing(act, lottery.now)


@deed(transactions=1)
def tells_of_a_choice_called_off(_: Ground) -> Doing:
    lottery, _parties = a_round()
    call_off_departure(lottery.departures[1], reason_ko="날씨", reason_en="weather", actor=COMMAND, now=lottery.now)

    def act() -> None:
        while tell_entrants_due(now=lottery.now):
            pass

    return Doing(act, lottery.now)


@deed(transactions=2)
def tells_of_a_choice_left_out(_: Ground) -> Doing:
    lottery, _parties = a_round()
    lottery.add_order("open", "2026-07-11", "2026-07-11", party_max=2)
    lottery.add_order("open", "2026-07-12")
    lottery.close()

    def act() -> None:
        while tell_left_out_due(now=lottery.now):
            pass

    return Doing(act, lottery.now)


@deed()
def takes_somebody_out_of_an_entry(_: Ground) -> Doing:
    lottery, parties = a_round()
    somebody = select(Visitor.id).where(Visitor.application_id == parties[0]).limit(1)
    visitor_id = db.session.scalars(somebody).one()
    return Doing(lambda: cancel_visitor(visitor_id, actor=GUEST, now=lottery.now), lottery.now)
