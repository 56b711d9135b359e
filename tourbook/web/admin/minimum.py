"""The same for administrators, of every course: deciding early whether a departure runs that few people want."""

from functools import partial
from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response

from tourbook import courses as tours
from tourbook.db import db
from tourbook.web.access import Permission, permission
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.minimum import KeepForm, decided_early, deciding_page, kept_running


@blueprint.get("/departures/<uuid:departure_id>/minimum")
@permission(Permission.ADMINISTRATOR)
def minimum(departure_id: UUID) -> str:
    """How it stands, and what can be decided of it."""
    return _page(departure_id, KeepForm())


@blueprint.post("/departures/<uuid:departure_id>/minimum")
@permission(Permission.ADMINISTRATOR)
def keep_departure(departure_id: UUID) -> tuple[str, int] | Response:
    """Let it run with however few."""
    return kept_running(departure_id, _departures(departure_id), partial(_refused, departure_id))


@blueprint.post("/departures/<uuid:departure_id>/minimum/decide")
@permission(Permission.ADMINISTRATOR)
def end_departure(departure_id: UUID) -> tuple[str, int] | Response:
    """Call it off for too few people, and offer its parties another departure."""
    return decided_early(departure_id, _departures(departure_id), partial(_not_ended, departure_id))


def _departures(departure_id: UUID) -> str:
    session = db.session()
    course = tours.course_by_id(session, tours.departure_by_id(session, departure_id).course_id)
    return url_for("admin.departures", code=course.code)


def _not_ended(departure_id: UUID, why: str) -> str:
    db.session.rollback()  # as it is now, and not as it was found before the act
    return _page(departure_id, KeepForm(None), not_ended=why)


def _refused(departure_id: UUID, form: KeepForm) -> tuple[str, int]:
    return _page(departure_id, form, page_errors=True), 422


def _page(departure_id: UUID, form: KeepForm, *, page_errors: bool = False, not_ended: str = "") -> str:
    departure = tours.departure_by_id(db.session(), departure_id)
    shown = deciding_page(departure, tours.course_by_id(db.session(), departure.course_id))
    back = _departures(departure_id)
    return render_template(
        "admin/minimum.html",
        id=departure_id,
        shown=shown,
        form=form,
        back=back,
        page_errors=page_errors or bool(not_ended),
        not_ended=[not_ended] if not_ended else None,
    )
