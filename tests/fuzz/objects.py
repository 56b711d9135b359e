"""What stands in addresses, and a few of each kind: those first for which most can be asked."""

from datetime import timedelta

from sqlalchemy import select

from tests.ground.moments import MONDAY_MORNING
from tourbook.accounts.link_models import LinkKind, PasswordLink
from tourbook.accounts.models import Companion, Organisation, Passkey, Person, SignIn
from tourbook.accounts.role_models import RoleGrant
from tourbook.actor import Role
from tourbook.applications import Appeal
from tourbook.applications.models import Allotment, Application, Offer, OfferState, Visitor
from tourbook.clearance.models import ClearanceChoice, ClearanceDemand
from tourbook.courses.models import Break, Course, Departure, Round, Schedule, SiteMeasure
from tourbook.db import db
from tourbook.distancing.models import Level, Order
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.rosters import StandbyNumber
from tourbook.rosters.models import HandedRoster

NOW = parse_moment(MONDAY_MORNING)
MANY = 24

_REFUSED = select(ClearanceChoice.visitor_id)
_ASKED = select(ClearanceChoice.application_id)
_LACKING = select(Visitor.application_id).where(Visitor.nationality == "DE")
_CHECKED = select(ClearanceDemand.course_id)
_UNCHECKED = (
    select(Application.id)
    .join(Departure, Departure.id == Application.departure_id)
    .where(Departure.course_id.not_in(_CHECKED), Departure.starts_at > NOW + timedelta(days=1))
)
_ADMINISTRATORS = select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMINISTRATOR)
_INVITED = select(PasswordLink.person_id).where(PasswordLink.kind == LinkKind.INVITED)
OBJECTS = {
    "code": select(Course.code).order_by(Course.code.desc()),
    "scale": select(Level.scale).distinct().order_by(Level.scale),
    # What has left comes last: nothing can be asked for there.
    "departure_id": select(Departure.id).order_by(Departure.starts_at < NOW, Departure.starts_at, Departure.id),
    "application_id": select(Application.id).order_by(Application.id.desc()),
    "reference": select(Application.reference).order_by(
        *(Application.id.not_in(first) for first in (_ASKED, _LACKING, _UNCHECKED)), Application.id
    ),
    "visitor_id": select(Visitor.id).order_by(Visitor.id.not_in(_REFUSED), Visitor.nationality != "DE", Visitor.id),
    "authority": select(ClearanceDemand.authority),
    "offer_id": select(Offer.id).where(Offer.state == OfferState.OPEN),
    "notice_id": select(Notice.id),
    "order_id": select(Order.id),
    "round_id": select(Round.id).order_by(Round.held_at.is_(None), Round.id),
    "measure_id": select(SiteMeasure.id),
    "stop_id": select(SiteMeasure.stop_id).where(SiteMeasure.stop_id.is_not(None)),
    "schedule_id": select(Schedule.id),
    "break_id": select(Break.id),
    "appeal_id": select(Appeal.id),
    "companion_id": select(Companion.id),
    "passkey_id": select(Passkey.id).order_by(Passkey.id.desc()),  # first the one of whom these addresses are meant for
    "sign_in_id": select(SignIn.id).where(SignIn.awaits.is_(None)).order_by(SignIn.id.desc()),
    # Not whoever asks, as nobody decides about the own account; whoever still has to choose a password comes first.
    "person_id": select(Person.id).where(Person.id.not_in(_ADMINISTRATORS)).order_by(Person.id.not_in(_INVITED)),
    "grant_id": select(RoleGrant.id).order_by(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.id.desc()),
    "organisation_id": select(Organisation.id).order_by(Organisation.retired_at.is_(None), Organisation.code.desc()),
    "roster_id": select(HandedRoster.id),
    "allotment_id": select(Allotment.id),
    "number_id": select(StandbyNumber.id).order_by(StandbyNumber.number.desc()),
}


def few(query: object) -> list[str]:
    """Some of what is asked for, as it stands in an address."""
    return [str(one) for one in db.session.scalars(query).all()[:MANY]]  # type: ignore[call-overload]  # any select
