"""Looking for places on all courses: by days, people, place, walking and access; all of it stands in the address."""

from urllib.parse import urlencode

from flask import make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tourbook.courses import courses, regions
from tourbook.db import db
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.found import find_places
from tourbook.web.citizen.search_form import SearchForm
from tourbook.web.kept_pages import kept_with_blanks

KEPT = ("last_day", "people", "region", "level", "weekday", "wheelchair", "toilets")
"""What of a search stays when it goes on from a later day."""


@blueprint.get("/search")
@permission(Permission.PUBLIC)
def search() -> Response:
    """Where there are places; an address that cannot be read is answered with 422 and the form as it was filled in."""
    form = _asked(db.session())
    if form.validate():
        return make_response(_answer_for_everybody())
    return make_response(render_template("citizen/search.html", form=form, page_errors=True), 422)


@kept_with_blanks
def _answer_for_everybody() -> str:
    session = db.session()
    form = _asked(session)
    form.validate()
    found = find_places(session, form.wish, request_time())
    return render_template("citizen/search.html", form=form, found=found, later=_later)


def _later(first_day: str) -> str:
    """The same search from that day on."""
    asked = {name: request.args.getlist(name) for name in KEPT if name in request.args}
    return f"{url_for('citizen.search')}?{urlencode({**asked, 'first_day': first_day}, doseq=True)}#found"


def _asked(session: Session) -> SearchForm:
    there = {course.region_code for course in courses(session)}
    named = [(one.code, str(present.in_lang(one, "name"))) for one in regions(session) if one.code in there]
    return SearchForm.asked(named)
