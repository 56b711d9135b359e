"""Notices: handing a letter or a text message over, and sending a link again."""

from functools import partial

from tests.crashes.deeds.applying import a_walk
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.notices.outbox import NOW, waiting
from tests.rosters.gate import build_gate
from tourbook.actor import GUEST
from tourbook.applications import remind_due, send_confirmation_again, send_link
from tourbook.applications.models import Application
from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.kst import parse_moment
from tourbook.notices import Way, deliver_due
from tourbook.rosters import audience_of, send_message


def delivering(way: Way) -> Doing:
    """All that is due goes out."""

    def act() -> None:
        while deliver_due(way=way, now=NOW):
            pass

    return Doing(act, NOW)


# The first claim, then what came of each of two with the next claim; at last one that finds nothing to claim.


@deed(transactions=4, sends=True)
def delivers_mail(_: Ground) -> Doing:
    waiting("confirmed")
    waiting("cancelled")
    return delivering(Way.MAIL)


@deed(transactions=4, sends=True)
def delivers_text_messages(_: Ground) -> Doing:
    for kind in ("confirmed", "cancelled"):
        waiting(kind, way="sms", contact="+821012345678")
    return delivering(Way.SMS)


@deed()
def sends_a_link_again(_: Ground) -> Doing:
    scene, walk = a_walk()
    party = db.session.get_one(Application, scene.apply(walk, 2))
    asked = (party.reference, party.contact)
    return Doing(partial(send_link, *asked, form_id="find", actor=GUEST, now=scene.now), scene.now)


@deed()
def writes_to_a_departure(_: Ground) -> Doing:
    gate = build_gate(6)
    for seats in (2, 1, 3):
        gate.apply(seats)
    told = {"actor": gate.operator, "now": gate.now}
    shown = audience_of(db.session(), [gate.departure_id], waiting=False, **told).mark
    text = Words("버스를 이용해 주세요.", "Please take the bus.")
    act = partial(send_message, [gate.departure_id], text, waiting=False, shown=shown, form_id="message", **told)
    return Doing(act, gate.now)


@deed()
def sends_a_confirmation_again(_: Ground) -> Doing:
    scene, walk = a_walk()
    party = scene.apply(walk, 2)
    return Doing(partial(send_confirmation_again, party, form_id="again", actor=GUEST, now=scene.now), scene.now)


@deed(transactions=2)  # the second finds nobody
def reminds_the_parties_of_a_departure(_: Ground) -> Doing:
    scene, walk = a_walk()
    scene.apply(walk, 2)
    scene.apply(walk, 3)
    near = parse_moment("2026-05-15T09:00")

    def act() -> None:
        while remind_due(now=near):
            pass

    return Doing(act, near)
