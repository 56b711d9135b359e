"""Pages of groups: places that are set aside, for operators and for the group itself."""

from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page

from tests.browser.pages_of_operators import seen
from tests.browser.shown import each, fill, press, shown
from tests.browser.stage import NOW, Stage, Visit
from tests.rosters.gate import gate_party, operator_of
from tourbook.actor import Actor
from tourbook.applications.models import Allotment
from tourbook.courses import course_by_code
from tourbook.db import db
from tourbook.rosters import GroupPlaces, enter_by_telephone, release_allotment, set_aside


def of_paju() -> Actor:
    return operator_of(course_by_code(db.session(), "paju").organisation_id)


def school_on(stage: Stage, *, people: int = 2) -> Allotment:
    """A school on a departure of its own, with a party of so many who are named."""
    walk, actor = stage.departure(), of_paju()
    places = GroupPlaces("파주 한빛초등학교", 12, NOW + timedelta(hours=9), ("mail", "school@example.kr"))
    group = set_aside(walk, places, form_id=f"school of {walk}", actor=actor, now=NOW)
    for number in range(0, people, 2):
        party = gate_party(2, contact=("sms", "+821012345678"))
        told = {"form_id": f"party {number} of {walk}", "actor": actor, "now": NOW}
        enter_by_telephone(walk, party, allotment_id=group, **told)
    return db.session.get_one(Allotment, group)


def of_its_departure(group: Allotment, path: str = "") -> str:
    return f"departures/{group.departure_id}{path}"


def ended(stage: Stage) -> UUID:
    group = school_on(stage).id
    release_allotment(group, actor=of_paju(), now=NOW)
    return group


@shown("operator.groups")
def groups_of_a_departure(stage: Stage) -> Visit:
    return seen(stage, of_its_departure(school_on(stage), "/groups"))


@shown("operator.groups", then=press("group-submit"), status=422)
def group_left_empty(stage: Stage) -> Visit:
    return seen(stage, f"departures/{stage.departure()}/groups")


@shown("operator.group")
def group_that_names_people(stage: Stage) -> Visit:
    return seen(stage, f"groups/{school_on(stage).id}")


@shown("operator.group")
def group_that_has_ended(stage: Stage) -> Visit:
    return seen(stage, f"groups/{ended(stage)}")


@shown("operator.telephone")
def party_of_a_group(stage: Stage) -> Visit:
    group = school_on(stage)
    return seen(stage, of_its_departure(group, f"/telephone?allotment={group.id}&seats=2"))


@shown("operator.roster")
def roster_with_a_group(stage: Stage) -> Visit:
    return seen(stage, of_its_departure(school_on(stage)))


@shown("operator.why")
def why_with_a_group(stage: Stage) -> Visit:
    return seen(stage, of_its_departure(school_on(stage), "/why"))


@shown("citizen.departure")
def departure_with_a_group(stage: Stage) -> Visit:
    return Visit(f"/departures/{school_on(stage).departure_id}")


@shown("citizen.group")
def group_for_itself(stage: Stage) -> Visit:
    return Visit(f"/groups/{school_on(stage).token}")


@shown("citizen.group", then=press("group-hold"), status=422)
def group_without_a_number(stage: Stage) -> Visit:
    return Visit(f"/groups/{school_on(stage).token}")


@shown("citizen.group")
def group_that_is_full(stage: Stage) -> Visit:
    return Visit(f"/groups/{school_on(stage, people=12).token}")


@shown("citizen.group")
def group_whose_time_is_over(stage: Stage) -> Visit:
    return Visit(f"/groups/{db.session.get_one(Allotment, ended(stage)).token}")


def as_of_before(page: Page) -> None:
    """As if somebody had changed the group since the page was opened."""
    for name in ("made_from", "shown"):
        page.locator(f"[name='{name}']").evaluate("field => { field.value = 'what stood before' }")


@shown("operator.group", then=each(as_of_before, fill("seats", "11"), press("group-submit")), status=422)
def group_changed_meanwhile(stage: Stage) -> Visit:
    return seen(stage, f"groups/{school_on(stage).id}")


@shown("operator.group", then=each(as_of_before, press("group-release")), status=422)
def group_not_released(stage: Stage) -> Visit:
    return seen(stage, f"groups/{school_on(stage).id}")


@shown("operator.print_roster")
def paper_with_a_group(stage: Stage) -> Visit:
    return seen(stage, of_its_departure(school_on(stage), "/print"))


@shown("citizen.group")
def group_that_lost_places(stage: Stage) -> Visit:
    group = school_on(stage)
    group.seats, group.yielded = 8, 4
    db.session.commit()
    return Visit(f"/groups/{group.token}")
