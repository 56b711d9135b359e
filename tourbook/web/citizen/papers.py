"""What a party takes along: its square code, its confirmation on paper, and the confirmation by letter once more."""

from datetime import datetime
from typing import TYPE_CHECKING

from flask import current_app, flash, get_template_attribute, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tourbook.applications import send_confirmation_again
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.rosters import pass_of
from tourbook.rosters.codes import code_svg
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.application_facts import GOING, ApplicationFacts, application_facts
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.paper_facts import map_of
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import Own, access_application, access_own
from tourbook.web.language import current_language

if TYPE_CHECKING:
    from tourbook.rosters.paper import Paper

CODE_SIDE = 44
BESIDE_THE_CODE = 126
"""In millimetres: the square code on paper, and what stays for the words beside it."""


@blueprint.get("/applications/<reference>/pass.svg")
@permission(Permission.HOLDER)
def party_code(reference: str) -> Response:
    """The square code by which the party is found at the meeting place."""
    return Response(code_svg(pass_of(_going(reference).application)), mimetype="image/svg+xml")


@blueprint.get("/applications/<reference>/confirmation.pdf")
@permission(Permission.HOLDER)
def confirmation_paper(reference: str) -> Response:
    """The confirmation on paper."""
    own = _going(reference)
    paper = confirmation(db.session(), own, request_time())
    answer = Response(paper, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"confirmation-{own.application.reference}.pdf")
    return answer


@blueprint.post("/applications/<reference>/send-again")
@permission(Permission.HOLDER)
def confirmation_again(reference: str) -> Response:
    """Send the confirmation to the party's contact once more."""
    found, form = access_application(reference), Form()
    try:
        send_confirmation_again(found.id, form_id=form.form_id, actor=current_actor(), now=request_time())
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    else:
        flash(_("The confirmation is on its way to you once more."), "success")
    return redirect(url_for("citizen.application", reference=found.reference, _anchor="papers"))


def confirmation(session: Session, own: Own, now: datetime) -> bytes:
    """The paper of a party that has places, in the language of the page: what its page says, but for buttons."""
    it = application_facts(session, own, now)
    course, phone = it.journey.course, current_app.config["TOURBOOK"].contact_phone
    paper = _begun(it, now)
    paper.head(_("Confirmation of a visit"))
    paper.code(pass_of(own.application), it.reference, side=CODE_SIDE, top=paper.t_margin)
    paper.say(_status(it), strong=True)
    paper.facts(_what(it), width=BESIDE_THE_CODE)
    paper.set_y(max(paper.get_y(), paper.t_margin + CODE_SIDE + 10))
    paper.section(_("What happens next"))
    paper.points(" – ".join(filter(None, (str(step["title"]), str(step["when"])))) for step in it.next)
    paper.section(_("Meeting place"))
    paper.say(course.meeting_place, strong=True)
    if course.meeting:
        paper.say(course.meeting)
    paper.link_to(_("Look for it on a map:"), map_of(own.course))
    paper.section(_("What to bring"))
    paper.points([*(course.bring or [course.id_rule]), _("This reference: %(reference)s", reference=it.reference)])
    paper.section(_("Visitors"))
    paper.points(visitor["name"] for visitor in it.visitors)
    _say_help(paper, it, phone)
    return paper.finished()


def _going(reference: str) -> Own:
    own = access_own(reference)
    if own.application.state not in GOING:
        raise NotFound("paper_not_there")
    return own


def _begun(it: ApplicationFacts, now: datetime) -> "Paper":
    from tourbook.rosters.paper import Paper  # noqa: PLC0415 - a tenth of each start, and few processes make a paper

    made = _("Made on %(moment)s", moment=present.instant(now))
    return Paper(
        _("Confirmation of a visit, %(reference)s", reference=it.reference),
        language=current_language(),
        foot=f"{_('DMZ Visits')} · {it.reference} · {made}",
        unwritten=_("Letters that this paper cannot show stand as their codes, for example [U+6F22]."),
        made_at=now,
    )


def _status(it: ApplicationFacts) -> str:
    words = str(get_template_attribute("components/status.html", "words")(it.page, "application")).strip()
    if it.shrink is None:
        return words
    return f"{words}: {_('Parties of up to %(people)s may go now.', people=it.shrink.party_max)}"


def _what(it: ApplicationFacts) -> list[tuple[str, str]]:
    pairs = [
        (_("Reference"), it.reference),
        (_("Course"), it.journey.course.name),
        (_("Date and time"), it.journey.when),
        (_("Takes"), it.journey.course.minutes),
        (_("Number of people"), it.journey.people),
        (_("Fee"), it.journey.fee or _("free")),
        (_("Contact"), it.contact or "–"),
    ]
    return [(name, value) for name, value in pairs if value]


def _say_help(paper: "Paper", it: ApplicationFacts, phone: str) -> None:
    """Whom to ask, and where to cancel: on the application's page, which opens for its holder alone."""
    paper.section(_("Questions, changes, cancelling"))
    paper.say(_("Questions? Call %(phone)s on weekdays, 09:00–18:00 (KST).", phone=phone))
    page = url_for("citizen.application", reference=it.reference, _external=True)
    paper.link_to(_("If you cannot come, please cancel on the page of your application as early as you can:"), page)
    paper.say(
        _("The square code finds your party on the roster at the meeting place. It opens nothing else."), gray=True
    )
