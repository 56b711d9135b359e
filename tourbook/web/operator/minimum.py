"""Deciding before its moment whether a departure runs that few people want."""

from functools import partial
from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response

from tourbook.db import db
from tourbook.web.access import Permission, permission
from tourbook.web.minimum import KeepForm, decided_early, deciding_page, kept_running
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint


@blueprint.get("/departures/<uuid:departure_id>/minimum")
@permission(Permission.OPERATOR)
def minimum(departure_id: UUID) -> str:
    """How it stands, and what can be decided of it."""
    return _page(departure_id, KeepForm())


@blueprint.post("/departures/<uuid:departure_id>/minimum")
@permission(Permission.OPERATOR)
def keep_departure(departure_id: UUID) -> tuple[str, int] | Response:
    """Let it run with however few."""
    access_departure(departure_id)
    there = url_for("operator.roster", departure_id=departure_id)
    return kept_running(departure_id, there, partial(_refused, departure_id))


@blueprint.post("/departures/<uuid:departure_id>/minimum/decide")
@permission(Permission.OPERATOR)
def end_departure(departure_id: UUID) -> tuple[str, int] | Response:
    """Call it off for too few people, and offer its parties another departure."""
    access_departure(departure_id)
    there = url_for("operator.roster", departure_id=departure_id)
    return decided_early(departure_id, there, partial(_not_ended, departure_id))


def _not_ended(departure_id: UUID, why: str) -> str:
    db.session.rollback()  # as it is now, and not as it was found before the act
    return _page(departure_id, KeepForm(None), not_ended=why)


def _refused(departure_id: UUID, form: KeepForm) -> tuple[str, int]:
    return _page(departure_id, form, page_errors=True), 422


def _page(departure_id: UUID, form: KeepForm, *, page_errors: bool = False, not_ended: str = "") -> str:
    shown = deciding_page(*access_departure(departure_id))
    back = url_for("operator.roster", departure_id=departure_id)
    return render_template(
        "operator/minimum.html",
        id=departure_id,
        shown=shown,
        form=form,
        back=back,
        page_errors=page_errors or bool(not_ended),
        not_ended=[not_ended] if not_ended else None,
    )
