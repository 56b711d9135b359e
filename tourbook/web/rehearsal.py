"""Practising: the page on which the clock of a rehearsal is moved and its data are put back. No other site has it."""

from contextvars import Context
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from tourbook import clock, patience, practice
from tourbook.actor import Role
from tourbook.db import db
from tourbook.errors import Conflict, NotAllowed, Refused
from tourbook.kst import in_seoul
from tourbook.practice import Rehearsal, What
from tourbook.web import refusals
from tourbook.web.access import Permission, permission, request_time, signed_in
from tourbook.web.admin.fields import Moment
from tourbook.web.forms import Form
from tourbook.web.language import PREFIX
from tourbook.web.present import instant

blueprint = Blueprint("rehearsal", __name__, url_prefix=f"{PREFIX}/admin/rehearsal")

Page = str | Response | tuple[str, int]

LAYOUTS = {Role.ADMINISTRATOR: "layouts/admin.html", Role.OPERATOR: "layouts/operator.html"}
STEPS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
NEXT = "next"
SHOWN = 8
AT_ONCE = 20.0
"""Seconds that one page may take to live through what lies between."""
WORDS = {
    What.LETTER: _("Letters leave"),
    What.GRACE_ENDS: _("A change can no longer be taken back without a trace"),
    What.SETTLE: _("A deadline ends or a rule changes: departures are settled"),
    What.DECIDE: _("It is decided whether departures run"),
    What.DRAW_OPENS: _("A draw takes entries"),
    What.DRAW_CLOSES: _("Entries of a draw are sealed"),
    What.VALUE: _("The value of a draw is known: an administrator enters it"),
    What.FALLBACK: _("What counts if the value of a draw does not come is known"),
    What.LEFT_OVERS: _("Left-over places of a draw are free for everybody"),
    What.RIGHT_NEARLY_ENDS: _("Parties are reminded that their right ends"),
    What.RIGHT_ENDS: _("Priority rights end"),
    What.CHOICE_ENDS: _("The time to answer after a refusal ends"),
    What.GROUP_REMINDER: _("Groups are reminded that their places end"),
    What.MORNING: _("Morning: reminders, and what was not to wake anybody, leave"),
}


class MoveForm(Form):
    """To which moment the clock goes: by a button that says how far, or to the one that was typed."""

    moment = Moment(_("Move the clock to"))

    @property
    def by(self) -> str:
        """The button that was pressed; empty for the one of the moment."""
        return request.form.get("by", "")

    def target(self, now: datetime) -> datetime:
        """That moment. Refuses none."""
        to = _first_due(now) if self.by == NEXT else now + STEPS[self.by] if self.by in STEPS else self.moment.value
        if to is None:
            raise Refused("clock_moment_missing", field="moment")
        return to


def init_app(app: Flask) -> None:
    """Give a rehearsal its pages, and every page of it the band that says so; nothing to any other site."""
    if not app.config["TOURBOOK"].rehearses:
        return
    app.register_blueprint(blueprint)
    app.context_processor(_band)


def _band() -> dict[str, Any]:
    return {"rehearsal_now": request_time()}


@blueprint.before_request
def _only_staff() -> None:
    person = signed_in()
    if person is not None and person.role not in LAYOUTS:
        raise NotAllowed("wrong_role")


@blueprint.get("")
@permission(Permission.SIGNED_IN)
def show() -> str:
    """What the clock shows, what falls due next, and the ways to move on."""
    return _page(MoveForm(moment=request.args.get("moment", "")))


@blueprint.post("")
@permission(Permission.SIGNED_IN)
def move() -> Page:
    """Move the clock forward, and do what falls due on the way, as if the time had passed."""
    form, now = MoveForm(), request_time()
    if form.validate():
        try:
            content = {"by": form.by, "moment": form.moment.data or ""}
            to = practice.begin_move(form.form_id, content, partial(form.target, now), now=now)
            if to:
                return _moved(to)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for("rehearsal.show"), 303)
    return _page(form, page_errors=True), 422


@blueprint.route("/reset", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def reset() -> Page:
    """Put everything back as it was at the beginning; what is lost is said first."""
    refused = ""
    if request.method == "POST":
        try:
            with patience.bounded(patience.of_thorough_work(current_app.config["TOURBOOK"])):
                practice.begin_anew(machine=clock.of_the_machine())
        except Conflict as outdated:
            refused = refusals.words_of(outdated)
        else:
            flash(gettext("The rehearsal has begun again."), "success")
            return redirect(url_for("rehearsal.show"), 303)
    page = render_template("admin/rehearsal_reset.html", form=Form(), refused=refused, **_facts())
    return (page, 409) if refused else page


def _moved(to: datetime) -> Response:
    """Live through what lies between, in a context without this request: what it does is the timetable's."""
    db.session.rollback()
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # jobs have contexts of their own
    shown = Context().run(app.extensions["tourbook.jobs"].live_through, app, to, seconds=AT_ONCE)
    if shown >= to:
        words = gettext("The clock shows %(moment)s. What fell due until then is done.", moment=instant(shown))
        flash(words, "success")
        return redirect(url_for("rehearsal.show"), 303)
    words = gettext(
        "The clock has come to %(moment)s. More falls due on the way than can be done at one time: move it on.",
        moment=instant(shown),
    )
    flash(words, "warning")
    return redirect(url_for("rehearsal.show", moment=f"{in_seoul(to):%Y-%m-%d %H:%M}"), 303)


def _first_due(now: datetime) -> datetime:
    [first] = practice.due_ahead(db.session(), most=1, now=now)
    return first.at


def _page(form: MoveForm, *, page_errors: bool = False) -> str:
    session, now = db.session(), request_time()
    person = signed_in()
    ahead = practice.due_ahead(session, most=SHOWN, now=now)
    return render_template(
        "admin/rehearsal.html",
        form=form,
        page_errors=page_errors,
        layout=LAYOUTS[person.role if person else Role.ADMINISTRATOR],
        now=now,
        next=ahead[0].at,
        ahead=[(instant(one.at), WORDS[one.what], "–" if one.what is What.MORNING else one.number) for one in ahead],
        **_facts(),
    )


def _facts() -> dict[str, Any]:
    found = db.session.scalars(select(Rehearsal)).one()
    lost = practice.losses(db.session(), found)
    return {
        "began_at": found.began_at,
        "lost": [
            ngettext("%(num)s application", "%(num)s applications", lost.applications),
            ngettext("%(num)s change of rules", "%(num)s changes of rules", lost.changes),
            ngettext("%(num)s letter", "%(num)s letters", lost.letters),
        ],
    }
