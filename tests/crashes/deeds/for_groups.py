"""Places set aside for a group: making, changing, filling and ending them; and forgetting people."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update

from tests.applications.scene import settle_all
from tests.crashes.deeds.registry import Doing, deed
from tests.crashes.deeds.settling import of_the_timetable, settling
from tests.ground.application import Ground
from tests.rosters.gate import Gate, build_gate
from tourbook.actor import GUEST
from tourbook.applications import Asked, cancel, confirm, hold, remind_groups
from tourbook.applications.models import Allotment
from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import forget_due, seal_names_of_groups
from tourbook.rosters import Crew, GroupPlaces, arrange_crew, change_allotment, release_allotment, set_aside

ENDS = "2026-05-16T18:00"
SIX = GroupPlaces("학교", 6, parse_moment(ENDS), ("mail", "school@example.kr"))


def open_gate() -> Gate:
    """Ten seats of which one party has three; applications are open."""
    gate = build_gate()
    gate.apply(3)
    gate.scene.now = parse_moment("2026-05-10T14:00")
    settle_all(gate)
    return gate


def a_group() -> tuple[Gate, UUID]:
    """Six seats for a group, of which a party of two has its part; another party waits for four."""
    gate = open_gate()
    allotment = set_aside(gate.departure_id, SIX, form_id="aside", actor=gate.operator, now=gate.now)
    typed = by_link(gate, allotment)()
    finish(gate, typed)
    gate.scene.apply(gate.departure_id, 4, wait=True)
    return gate, allotment


def by_link(gate: Gate, allotment: UUID, form: str = "group") -> Callable[[], UUID]:
    """Two of the group begin to type, by its link."""
    asked, here, now = Asked(2, False, form, form, "ko", None, allotment), gate.departure_id, gate.now
    return lambda: hold(here, asked, form_id=form, actor=GUEST, now=now).application_id


def finish(gate: Gate, typed: UUID) -> None:
    """Fill in what was begun, and send it in."""
    gate.scene.fill_in(typed)
    confirm(typed, form_id=f"confirm {typed}", actor=GUEST, now=gate.now)


@deed()
def sets_places_aside(_: Ground) -> Doing:
    gate = open_gate()
    here, actor, now = gate.departure_id, gate.operator, gate.now
    return Doing(lambda: set_aside(here, SIX, form_id="aside", actor=actor, now=now), now)


@deed()
def sets_fewer_places_aside(_: Ground) -> Doing:
    """What is not the group's any more is offered to the party that waits for it."""
    gate, allotment = a_group()
    fewer, actor, now = replace(SIX, seats=2), gate.operator, gate.now
    return Doing(lambda: change_allotment(allotment, fewer, form_id="fewer", actor=actor, now=now), now)


@deed()
def lets_a_group_go(_: Ground) -> Doing:
    """How many places were freed is for the page alone: asked again, there are none left to free."""
    gate, allotment = a_group()
    actor, now = gate.operator, gate.now

    def once() -> None:
        release_allotment(allotment, actor=actor, now=now)

    return Doing(once, now)


@deed()
def goes_with_a_group(_: Ground) -> Doing:
    gate, allotment = a_group()
    return Doing(by_link(gate, allotment, "another"), gate.now)


@deed()
def leaves_a_group(_: Ground) -> Doing:
    """Its places are the group's again, and nobody else's."""
    gate = open_gate()
    allotment = set_aside(gate.departure_id, SIX, form_id="aside", actor=gate.operator, now=gate.now)
    party = by_link(gate, allotment)()
    finish(gate, party)
    return Doing(lambda: cancel(party, actor=GUEST, now=gate.now), gate.now)


@deed(transactions=2)
def settles_the_end_of_a_group(_: Ground) -> Doing:
    gate, _allotment = a_group()
    gate.scene.now = parse_moment(ENDS)
    return settling(gate.scene)


@deed(transactions=2)
def settles_a_cut_with_a_group(_: Ground) -> Doing:
    """Places without a name give way first, with a word to the group."""
    gate, _allotment = a_group()
    gate.scene.add_order("half", "2026-05-20", "2026-05-20")
    return settling(gate.scene)


@deed()
def reminds_a_group(_: Ground) -> Doing:
    gate, _allotment = a_group()
    gate.scene.now = parse_moment("2026-05-13T18:00")
    return of_the_timetable(remind_groups, gate.scene)


@deed()
def forgets_people(_: Ground) -> Doing:
    """A party, its notices, a guide and the contact of a group, days after they came."""
    gate, _allotment = a_group()
    crew = Crew(guide="박안내", phone="+821012345678")
    arrange_crew(gate.departure_id, crew, actor=gate.operator, now=gate.now)
    with transaction() as session:
        session.execute(update(Notice).values(state=NoticeState.SENT))
        assert session.scalars(select(Allotment)).one().contact
    gate.scene.now = parse_moment("2026-05-26T00:00")
    db.session.rollback()
    return of_the_timetable(forget_due, gate.scene)


@deed()
def seals_the_name_of_a_group(_: Ground) -> Doing:
    """The code of before wrote it in plain writing."""
    gate, _allotment = a_group()
    with transaction() as session:
        session.execute(update(Allotment).values(group_name_before="김하늘 선생님 반"))
    db.session.rollback()
    return of_the_timetable(seal_names_of_groups, gate.scene)
