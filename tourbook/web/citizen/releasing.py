"""Giving places back by the link in a reminder: opening it shows what can be done, and one tap does it."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, ValidationError

from tourbook.applications import release
from tourbook.applications.queries import successor_of, visitors_of
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.application_facts import GOING, ApplicationFacts, application_facts
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.given_back import GoesTo, goes_to, thanks
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import Own, access_own, back_to, open_by_link, remember


class ReleaseForm(Form):
    """Who of a party does not come; `all` is the button for nobody."""

    there: Mapping[str, str]
    visitors = SelectMultipleField(lazy_gettext("Who does not come?"), validate_choice=False)

    def offer(self, own: Own) -> "ReleaseForm":
        """Let those who are in the party be chosen."""
        self.there = {str(one.id): one.name for one in visitors_of(db.session(), own.application.id)}
        self.visitors.choices = list(self.there.items())
        return self

    def validate_visitors(self, field: SelectMultipleField) -> None:
        """Somebody must be named, be it somebody who has left since."""
        if not field.data and not self.leaving:
            raise ValidationError(_("Choose who does not come."))

    @property
    def leaving(self) -> list[UUID]:
        """Whose places are given back: everybody's, or those of the chosen."""
        chosen = self.there if "all" in request.form else self.visitors.data or ()
        return [UUID(one) for one in self.there if one in chosen]


@blueprint.get("/a/<token>/release")
@permission(Permission.HOLDER)
def open_release(token: str) -> Response:
    """The link in a reminder: opens the application, or what replaced it, and gives nothing back."""
    application = open_by_link(token)
    successor = successor_of(db.session(), application.id)
    if successor:
        remember(successor.id)
    return redirect(url_for("citizen.release_places", reference=(successor or application).reference))


@blueprint.get("/applications/<reference>/release")
@permission(Permission.HOLDER)
def release_places(reference: str) -> str | Response:
    """Are you coming? Where the party has places."""
    own = access_own(reference)
    it = application_facts(db.session(), own, request_time())
    return _page(own, it, ReleaseForm().offer(own)) if _has_places(own, it) else _nothing_to_release(reference)


@blueprint.post("/applications/<reference>/release")
@permission(Permission.HOLDER)
def release_places_now(reference: str) -> str | Response | tuple[str, int]:
    """Give back the places of all (`all`), or of the chosen."""
    own = access_own(reference)
    it = application_facts(db.session(), own, request_time())
    if not _has_places(own, it):
        return _nothing_to_release(reference)
    form = ReleaseForm().offer(own)
    if not form.validate():
        return _page(own, it, form, page_errors=True), 422
    try:
        to = goes_to(db.session(), own, request_time())
        given = release(own.application.id, form.leaving, actor=current_actor(), now=request_time())
        flash(thanks(given, to) if given else _("These places have been given back already."), "success")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return back_to(reference)


def _has_places(own: Own, it: ApplicationFacts) -> bool:
    return own.application.state in GOING and it.can_cancel


def _page(own: Own, it: ApplicationFacts, form: ReleaseForm, *, page_errors: bool = False) -> str:
    for_others = goes_to(db.session(), own, request_time()) is not GoesTo.NOBODY
    return render_template("citizen/release.html", it=it, form=form, for_others=for_others, page_errors=page_errors)


def _nothing_to_release(reference: str) -> Response:
    flash(_("There are no places to give back any more. Below you see how your application stands."), "info")
    return back_to(reference)
