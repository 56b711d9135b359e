"""Pages on which names are checked: for operators, and for the party of which somebody is not let in."""

from sqlalchemy import select

from tests.browser.shown import press, shown
from tests.browser.stage import NOW, Stage, Visit
from tourbook.actor import Role
from tourbook.applications.models import Application, Visitor
from tourbook.clearance.models import ClearanceChoice
from tourbook.db import db, transaction

# -- operators --------------------------------------------------------------------------------------------------------


def asked() -> tuple[Application, Visitor]:
    """The party of the season of which somebody is not let in, with that visitor."""
    db.session.rollback()
    choice = db.session.scalars(select(ClearanceChoice)).first()
    found = db.session.get_one(Application, choice.application_id), db.session.get_one(Visitor, choice.visitor_id)
    assert choice.answer is None
    assert choice.deadline > NOW
    return found


def of_its_departure(stage: Stage, path: str = "") -> Visit:
    party, _ = asked()
    return stage.seen_by(Role.OPERATOR, f"/operator/departures/{party.departure_id}/clearance{path}")


@shown("operator.clearance")
def clearance(stage: Stage) -> Visit:
    return of_its_departure(stage)


@shown("operator.clearance_replies")
def clearance_replies(stage: Stage) -> Visit:
    return of_its_departure(stage, "/army/replies")


@shown("operator.clearance_replies", then=press("try"), status=422)
def clearance_replies_left_empty(stage: Stage) -> Visit:
    return of_its_departure(stage, "/army/replies")


# -- the party --------------------------------------------------------------------------------------------------------


@shown("citizen.application")
def application_with_a_refusal(stage: Stage) -> Visit:
    return stage.opened(asked()[0])


@shown("citizen.refused_visitor")
def refused_visitor(stage: Stage) -> Visit:
    party, visitor = asked()
    return stage.opened(party, f"/visitors/{visitor.id}/refused")


@shown("citizen.refused_visitor", then=press("refused-submit"), status=422)
def refused_visitor_with_nothing_chosen(stage: Stage) -> Visit:
    party, visitor = asked()
    return stage.opened(party, f"/visitors/{visitor.id}/refused")


@shown("citizen.exchange_visitor")
def exchange_visitor(stage: Stage) -> Visit:
    party, visitor = asked()
    return stage.opened(party, f"/visitors/{visitor.id}/exchange")


@shown("citizen.exchange_visitor", then=press("exchange-submit"), status=422)
def exchange_visitor_left_empty(stage: Stage) -> Visit:
    party, visitor = asked()
    return stage.opened(party, f"/visitors/{visitor.id}/exchange")


def without_a_passport(stage: Stage) -> tuple[Application, Visitor]:
    """A party that has just applied, of which a foreign visitor gave no passport number."""
    walk = stage.departure()
    stage.guest().apply(walk, 2)
    party = db.session.scalars(select(Application).order_by(Application.id.desc())).first()
    with transaction() as session:
        visitor = session.scalars(select(Visitor).where(Visitor.application_id == party.id)).first()
        visitor.nationality = "DE"
    return party, visitor


@shown("citizen.application")
def application_with_missing_details(stage: Stage) -> Visit:
    return stage.opened(without_a_passport(stage)[0])


@shown("citizen.complete_visitor")
def complete_visitor(stage: Stage) -> Visit:
    party, visitor = without_a_passport(stage)
    return stage.opened(party, f"/visitors/{visitor.id}/complete")


@shown("citizen.complete_visitor", then=press("complete-submit"), status=422)
def complete_visitor_left_empty(stage: Stage) -> Visit:
    party, visitor = without_a_passport(stage)
    return stage.opened(party, f"/visitors/{visitor.id}/complete")
