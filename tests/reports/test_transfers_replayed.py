"""A party that went on another date, played again: it goes there too, and stays where it is where that has no room."""

from dataclasses import replace

from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.reports.test_replay import NEXT_WALK, WALK, assert_as_it_was, demand_of
from tourbook.actor import GUEST
from tourbook.applications import transfer
from tourbook.reports import AS_IT_WAS, play
from tourbook.reports.demand import Stay


def test_who_went_on_another_date_goes_there_again(scene: Scene, session: Session) -> None:
    own, other = scene.add_departure(WALK, 4), scene.add_departure(NEXT_WALK, 4)
    party, waits = scene.apply(own, 4), scene.apply(own, 2, wait=True)
    transfer(party, other, form_id="a transfer", actor=GUEST, now=scene.now)

    demand = demand_of(session, scene)
    outcome = play(demand, AS_IT_WAS)

    assert [act.kind for act in demand.acts if act.party == party] == ["ask", "send", "transfer"]
    assert outcome.stays[party] == Stay("seated", other)
    assert outcome.stays[waits] == Stay("waiting")
    assert_as_it_was(session, scene)


def test_where_there_is_no_room_for_it_the_party_stays(scene: Scene, session: Session) -> None:
    own, other = scene.add_departure(WALK, 4), scene.add_departure(NEXT_WALK, 4)
    party = scene.apply(own, 3)
    transfer(party, other, form_id="a transfer", actor=GUEST, now=scene.now)

    demand = demand_of(session, scene)
    gone = {other: replace(demand.departures[other], called_off=True)}
    shut = replace(demand, departures={**demand.departures, **gone})

    assert play(shut, AS_IT_WAS).stays[party] == Stay("seated", own)
