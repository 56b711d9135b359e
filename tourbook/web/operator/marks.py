"""The buttons of a roster. Each is one act, harmless when pressed twice, and leads back to where it stood."""

from functools import partial
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from tourbook import rosters
from tourbook.applications.models import Application, Attendance, Fee, Visitor
from tourbook.db import db
from tourbook.rosters import mark_attendance, mark_condition, mark_fee, own_application, own_visitor
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.operator.answers import chosen, pressed
from tourbook.web.operator.blueprint import blueprint


@blueprint.post("/visitors/<uuid:visitor_id>/attendance")
@permission(Permission.OPERATOR)
def attendance(visitor_id: UUID) -> Response:
    """Arrived, did not come, turned away; or expected again."""
    visitor = _visitor(visitor_id)
    wanted = chosen(Attendance, "attendance")
    act = partial(mark_attendance, visitor_id, wanted, actor=current_actor(), now=request_time())
    return pressed(act, visitor.departure_id, at=visitor_id)


@blueprint.post("/visitors/<uuid:visitor_id>/condition")
@permission(Permission.OPERATOR)
def condition(visitor_id: UUID) -> Response:
    """What the level asks for was shown (`shown=1`); or it was not after all."""
    visitor = _visitor(visitor_id)
    shown = request.form.get("shown") == "1"
    act = partial(mark_condition, visitor_id, shown=shown, actor=current_actor(), now=request_time())
    return pressed(act, visitor.departure_id, at=visitor_id)


@blueprint.post("/applications/<uuid:application_id>/fee")
@permission(Permission.OPERATOR)
def fee(application_id: UUID) -> Response:
    """Paid, given back as a voucher, returned; or not after all."""
    application = _application(application_id)
    wanted = chosen(Fee, "fee")
    act = partial(mark_fee, application_id, wanted, actor=current_actor(), now=request_time())
    return pressed(act, application.departure_id, at=application_id)


@blueprint.post("/applications/<uuid:application_id>/undo-admission")
@permission(Permission.OPERATOR)
def undo_admission(application_id: UUID) -> Response:
    """Take back that a party was let in at the gate."""
    application = _application(application_id)
    act = partial(rosters.undo_admission, application_id, actor=current_actor(), now=request_time())
    return pressed(act, application.departure_id)


def _visitor(visitor_id: UUID) -> Visitor:
    return own_visitor(db.session(), visitor_id, actor=current_actor())


def _application(application_id: UUID) -> Application:
    return own_application(db.session(), application_id, actor=current_actor())
