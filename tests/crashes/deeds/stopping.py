"""Stops from outside, draws on hold, and exceptions: who keeps places out of turn."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from tests.applications.scene import Scene, settle_all
from tests.crashes.deeds.applying import a_walk
from tests.crashes.deeds.drawing import a_round
from tests.crashes.deeds.registry import Doing, deed
from tests.draws.lottery import TERMS, Lottery
from tests.draws.test_holding import ANEW, lift, stop
from tests.ground.application import Ground
from tourbook.actor import COMMAND
from tourbook.applications import decide_exception, end_exception, keep_by_exception
from tourbook.db import db
from tourbook.draws import end_holds_due, hold_due, resume_round, seal_due, tell_news_due, tell_withdrawn_due
from tourbook.operations import (
    Proposal,
    StopDraft,
    apply_change,
    end_of_stop_proposal,
    note_stopped_choices,
    stop_proposal,
    stops,
    tell_entrants_due,
)

DRAFT = StopDraft(cause="military", first_day=date(2026, 5, 20), courses=("walk",))


def a_full_walk() -> tuple[Scene, UUID]:
    """Two parties, and nothing left of six places; gives the one that was confirmed last."""
    scene, walk = a_walk()
    scene.apply(walk, 4)
    return scene, scene.apply(walk, 2)


def deciding(scene: Scene, proposal: Proposal, *, form: str = "the stop") -> UUID:
    told = {"foreseen": [], "expected_version": None, "form_id": form}
    return apply_change(proposal, **told, actor=COMMAND, now=scene.now)


@deed()
def stops_a_course(_: Ground) -> Doing:
    scene, _party = a_full_walk()
    proposal = stop_proposal(db.session(), DRAFT, actor=COMMAND, now=scene.now)
    return Doing(lambda: deciding(scene, proposal), scene.now)


@deed()
def lifts_a_stop(_: Ground) -> Doing:
    scene, _party = a_full_walk()
    deciding(scene, stop_proposal(db.session(), DRAFT, actor=COMMAND, now=scene.now))
    settle_all(scene)
    (stopped,) = stops(db.session())
    proposal = end_of_stop_proposal(db.session(), stopped.id, date(2026, 5, 19), actor=COMMAND, now=scene.now)
    return Doing(lambda: deciding(scene, proposal, form="its end"), scene.now)


# -- exceptions ------------------------------------------------------------------------------------------------------


@deed()
def keeps_a_party_by_exception(_: Ground) -> Doing:
    scene, party = a_full_walk()
    return Doing(lambda: keep_by_exception(party, reason="a wheelchair", actor=COMMAND, now=scene.now), scene.now)


@deed()
def ends_an_exception(_: Ground) -> Doing:
    scene, party = a_full_walk()
    keep_by_exception(party, reason="a wheelchair", actor=COMMAND, now=scene.now)
    return Doing(lambda: end_exception(party, actor=COMMAND, now=scene.now), scene.now)


@deed()
def puts_a_party_back_by_exception(_: Ground) -> Doing:
    """It has let pass what it was offered when the course was open again."""
    scene, party = a_full_walk()
    order = scene.add_order("closed", "2026-05-20")
    settle_all(scene)
    scene.withdraw(order)
    settle_all(scene)
    scene.now += timedelta(days=2)
    settle_all(scene)

    def act() -> None:
        decide_exception(party, reason="a wheelchair", actor=COMMAND, now=scene.now)

    return Doing(act, scene.now)


# -- draws -----------------------------------------------------------------------------------------------------------


def a_stopped_round() -> tuple[Lottery, UUID]:
    """Every departure of a round with entries is stopped; gives the measure."""
    lottery, _parties = a_round()
    measure = stop(lottery)
    lottery.settle()
    return lottery, measure


def on_hold() -> tuple[Lottery, UUID]:
    lottery, measure = a_stopped_round()
    hold_due(now=lottery.now)
    return lottery, measure


@deed(transactions=2)
def puts_a_draw_on_hold(_: Ground) -> Doing:
    """The second finds no other."""
    lottery, _measure = a_stopped_round()

    def act() -> None:
        while hold_due(now=lottery.now):
            pass

    return Doing(act, lottery.now)


@deed(transactions=2)
def tells_of_a_draw_on_hold(_: Ground) -> Doing:
    """All are told at once; the second finds nobody."""
    lottery, _measure = on_hold()

    def act() -> None:
        while tell_news_due(now=lottery.now):
            pass

    return Doing(act, lottery.now)


@deed()
def lets_a_draw_go_on(_: Ground) -> Doing:
    lottery, measure = on_hold()
    lift(lottery, measure)
    lottery.settle()
    lottery.now = TERMS.closes_at
    seal_due(now=lottery.now)
    moments = replace(ANEW)
    return Doing(lambda: resume_round(lottery.round_id, moments, actor=COMMAND, now=lottery.now), lottery.now)


@deed(transactions=7)
def ends_a_hold_with_the_last_departure(_: Ground) -> Doing:
    """The round is withdrawn, those of each first choice are told, and it is written down that everybody was; two acts
    find nothing.
    """
    lottery, _measure = on_hold()
    lottery.now = lottery.now.replace(year=2027)
    lottery.settle()

    def act() -> None:
        for due in (end_holds_due, tell_withdrawn_due):
            while due(now=lottery.now):
                pass

    return Doing(act, lottery.now)


@deed(transactions=3)
def tells_of_stopped_choices(_: Ground) -> Doing:
    """It is noted which choices are stopped, and that there are no others; then those who chose them are told."""
    lottery, _parties = a_round()
    stop(lottery, "2026-07-12", "2026-07-12")
    lottery.settle()

    def act() -> None:
        for due in (note_stopped_choices, tell_entrants_due):
            while due(now=lottery.now):
                pass

    return Doing(act, lottery.now)
