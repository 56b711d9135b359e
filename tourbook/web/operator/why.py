"""Why a departure has its size: every step with its source and its dates, for now and for any past moment."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.db import db
from tourbook.distancing import allowance, facts_of, slot_of
from tourbook.distancing.causes import Cause
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.aside import aside_words
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import AsOfForm
from tourbook.web.operator.showing import conditions


@blueprint.get("/departures/<uuid:departure_id>/why")
@permission(Permission.OPERATOR)
def why(departure_id: UUID) -> Response:
    """The way to the number, as known at `?as_of=` (Korean time, not to come), else now."""
    departure, course = access_departure(departure_id)
    form = AsOfForm.asked(request.args, request_time())
    valid = form.validate()
    as_of = form.as_of.instant if valid else None
    as_of = as_of or request_time()
    answer = allowance(slot_of(departure), facts_of(db.session(), course.id), as_of)
    page = render_template(
        "operator/why.html",
        form=form,
        page_errors=not valid,
        title=present.departure_name(departure, course),
        here=url_for("operator.why", departure_id=departure_id),
        roster=url_for("operator.roster", departure_id=departure_id),
        as_of=present.instant(as_of),
        answer=answer,
        rows=[_row(cause) for cause in answer.causes],
        party_max=_("no limit") if answer.party_max is None else wording.people(answer.party_max),
        conditions=conditions(answer),
        aside=aside_words(departure, course),
    )
    return make_response(page, 200 if valid else 422)


def _row(cause: Cause) -> dict[str, Any]:
    return {
        "text": present.said(cause),
        "note": _source(cause),
        "since": " · ".join(_dates(cause)),
        "to": _number(cause),
    }


def _number(cause: Cause) -> str:
    if cause.value is None:
        return _("no limit")
    return wording.people(cause.value) if cause.component == "party" else present.number(cause.value)


def _source(cause: Cause) -> str:
    """Where the step comes from: the course, the departure, or the entry that somebody made."""
    kind, _space, entry = cause.source.partition(" ")
    words = {
        "course": _("Source: figures of the course"),
        "departure": _("Source: this departure's own size"),
        "order": _("Source: distancing order no. %(entry)s", entry=entry),
        "measure": _("Source: measure at this site no. %(entry)s", entry=entry),
    }
    return words.get(kind, _("Source: no order on record"))


def _dates(cause: Cause) -> Iterator[str]:
    if cause.public_at:
        yield _("announced %(moment)s", moment=present.instant(cause.public_at))
    if cause.first_day and cause.last_day:
        yield _("from %(first)s to %(last)s", first=present.day(cause.first_day), last=present.day(cause.last_day))
    elif cause.first_day:
        yield _("from %(day)s", day=present.day(cause.first_day))
