"""The fee: paid at the meeting place, given back as a local voucher."""

from datetime import datetime
from uuid import UUID

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import Application, Fee, State
from tourbook.applications.settle import locked_departure
from tourbook.db import transaction
from tourbook.errors import Conflict
from tourbook.rosters.rules import TRAVELLING, check_day, check_fee_step
from tourbook.rosters.visible import own_application

SETTLED_AT_THE_GATE = TRAVELLING | {State.CALLED_OFF}


def mark_fee(application_id: UUID, fee: Fee, *, actor: Actor, now: datetime) -> Application:
    """Act: write down that a party's fee was paid, given back as a voucher or returned; each can be taken back.

    Twice does no harm. Locks the departure. Refuses before the departure's day, a party that is not expected (unless
    its departure was called off: then what was paid is returned), and a step that leaves another out.
    """
    with transaction() as session:
        application = own_application(session, application_id, actor=actor)
        departure = locked_departure(session, application.departure_id)
        session.refresh(application)
        if application.fee == fee:
            return application
        check_day(departure.starts_at, now)
        if application.state not in SETTLED_AT_THE_GATE:
            raise Conflict("not_on_the_roster", state=application.state.value)
        check_fee_step(application.fee, fee)
        facts = {"was": application.fee.value, "krw": application.fee_krw}
        audit.record(session, f"fee_{fee.value}", subject=application, actor=actor, now=now, facts=facts)
        application.fee = fee
        return application
