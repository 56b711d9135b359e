"""Writing to everybody of a departure, or of a day: first what would leave and to how many, then the sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField

from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.notices import Kind, Letter, Way, previewed
from tourbook.rosters import (
    LONGEST_MESSAGE,
    Audience,
    MessageSent,
    audience_of,
    departures_to_write_about,
    letters_of,
    lost_for_now,
    message_flaws,
    send_message,
    texts_leave_at,
)
from tourbook.web import inputs, present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.forms import Form, LongText
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint


class MessageText(LongText):
    """What goes into letters and text messages."""

    longest = LONGEST_MESSAGE


class MessageForm(Form):
    """The text in both languages, and whether those who wait get it too. What is missing, the act says."""

    text_ko = MessageText(lazy_gettext("Message in Korean"))
    text_en = MessageText(lazy_gettext("Message in English"))
    waiting = BooleanField(lazy_gettext("Also to the parties on the waiting list"))

    @property
    def text(self) -> Words:
        """What was typed."""
        return Words(self.text_ko.data or "", self.text_en.data or "")

    def is_sound(self) -> bool:
        """Check the form, and say all that the act would refuse of the text."""
        valid, flaws = self.validate(), message_flaws(self.text)
        self.add_flaws(flaws)
        return valid and not flaws


@dataclass(frozen=True)
class _About:
    """The departures that a message is about, in words, where its form is, and where the way leads back."""

    departure_ids: Sequence[UUID]
    title: str
    here: str
    back: str
    back_words: str


@blueprint.get("/departures/<uuid:departure_id>/message")
@permission(Permission.OPERATOR)
def message(departure_id: UUID) -> Response:
    """Ask for the text, and say whom it would reach."""
    return _form_page(_about_departure(departure_id), MessageForm())


@blueprint.post("/departures/<uuid:departure_id>/message")
@permission(Permission.OPERATOR)
def message_now(departure_id: UUID) -> Response:
    """Show the letters and the count; with `stage` send, send them; with edit, back to the text."""
    return _answer(_about_departure(departure_id))


@blueprint.get("/days/<day>/message")
@permission(Permission.OPERATOR)
def message_to_day(day: str) -> Response:
    """The same for all departures of a day."""
    return _form_page(_about_day(day), MessageForm())


@blueprint.post("/days/<day>/message")
@permission(Permission.OPERATOR)
def message_to_day_now(day: str) -> Response:
    """Likewise."""
    return _answer(_about_day(day))


def _about_departure(departure_id: UUID) -> _About:
    departure, course = access_departure(departure_id)
    return _About(
        [departure_id],
        present.departure_name(departure, course),
        url_for("operator.message", departure_id=departure_id),
        url_for("operator.roster", departure_id=departure_id),
        _("Back to the roster"),
    )


def _about_day(typed: str) -> _About:
    day = inputs.day(typed)
    if day is None:
        raise NotFound("day_without_departures")
    found = departures_to_write_about(db.session(), day, actor=current_actor())
    title = _("All departures on %(day)s", day=present.day(day))
    here = url_for("operator.message_to_day", day=day.isoformat())
    return _About(found, title, here, url_for("operator.days", day=day.isoformat()), _("Back to the day"))


def _answer(about: _About) -> Response:
    form, stage = MessageForm(), request.form.get("stage")
    if stage == "edit":
        return _form_page(about, form)
    if not form.is_sound():
        return _form_page(about, form, status=422)
    if stage != "send":
        return _preview_page(about, form)
    try:
        sent = _sent(about, form)
    except Refused as refused:
        return _refused(about, form, refused)
    flash(_result(sent), "success")
    return redirect(about.back, 303)


def _sent(about: _About, form: MessageForm) -> MessageSent:
    return send_message(
        about.departure_ids,
        form.text,
        waiting=bool(form.waiting.data),
        shown=request.form.get("shown", ""),
        form_id=form.form_id,
        actor=current_actor(),
        now=request_time(),
    )


def _refused(about: _About, form: MessageForm, refused: Refused) -> Response:
    """Whoever is counted otherwise by now is shown anew at once, to be sent under a new one-time id."""
    if isinstance(refused, Conflict):
        return _preview_page(about, form.renewed(), refused=refused)
    form.refuse(refused)
    return _form_page(about, form, status=refused.status)


def _result(sent: MessageSent) -> str:
    return ngettext(
        "Sent to %(num)s party: %(mails)s by mail, %(texts)s by text message.",
        "Sent to %(num)s parties: %(mails)s by mail, %(texts)s by text message.",
        sent.parties,
        mails=sent.by_mail,
        texts=sent.by_text,
    )


def _audience(about: _About) -> Audience:
    """Everybody, those who wait too."""
    session, now = db.session(), request_time()
    return audience_of(session, about.departure_ids, waiting=True, actor=current_actor(), now=now)


def _form_page(about: _About, form: MessageForm, *, status: int = 200) -> Response:
    everybody = _audience(about)
    page = render_template(
        "operator/message.html",
        about=about,
        form=form,
        longest=LONGEST_MESSAGE,
        over=not everybody.departures,
        reached=len(everybody.with_places().reached),
        waiting=everybody.waiting,
        lost=_lost_for_now(everybody),
        unreachable=_unreachable(everybody),
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _preview_page(about: _About, form: MessageForm, *, refused: Refused | None = None) -> Response:
    everybody = _audience(about)
    chosen = everybody if form.waiting.data else everybody.with_places()
    letters, now = letters_of(chosen, form.text), request_time()
    page = render_template(
        "operator/message_preview.html",
        about=about,
        form=form,
        errors=[refusals.words_of(refused)] if refused else [],
        over=not chosen.departures,
        shown=chosen.mark,
        reached=len(letters),
        counts=_counts(chosen),
        by_text=chosen.by(Way.SMS),
        texts_wait=_texts_wait(letters, now),
        letters=_letters(letters[0]) if letters else [],
        lost=_lost_for_now(chosen),
        unreachable=_unreachable(chosen),
        page_errors=refused is not None,
    )
    return make_response(page, refused.status if refused else 200)


def _counts(chosen: Audience) -> list[tuple[str, str]]:
    """Who gets it, and how."""
    by_mail, by_text = chosen.by(Way.MAIL), chosen.by(Way.SMS)
    counted = [
        (_("By mail"), _parties(by_mail)),
        (_("By text message"), _parties(by_text)),
        (_("Of them waiting"), _parties(chosen.waiting) if chosen.waiting else ""),
    ]
    several = len(chosen.departures) > 1
    by_departure = [
        (present.departure_name(*one), _parties(_of(chosen, one[0]))) for one in chosen.departures if several
    ]
    return [(name, value) for name, value in [*counted, *by_departure] if value]


def _of(chosen: Audience, departure: Departure) -> int:
    return sum(one.departure.id == departure.id for one in chosen.reached)


def _parties(number: int) -> str:
    return ngettext("To %(num)s party", "To %(num)s parties", number)


def _texts_wait(letters: Sequence[Letter], now: datetime) -> str:
    leaves = texts_leave_at(letters, now)
    return present.instant(leaves) if leaves > now else ""


def _letters(letter: Letter) -> list[dict[str, Any]]:
    """One party's letter as it would leave in either language, without its way in."""
    return [
        {
            "language": language,
            "name": name,
            "mail": previewed(Kind.MESSAGE, letter.facts, language=language, way=Way.MAIL),
            "text": previewed(Kind.MESSAGE, letter.facts, language=language, way=Way.SMS).body,
        }
        for language, name in (("ko", _("In Korean")), ("en", _("In English")))
    ]


def _unreachable(chosen: Audience) -> dict[str, Any]:
    """The parties that left no contact, and of each of their departures the list of whom to call."""
    missed = chosen.without_contact
    departures = {one.departure.id: present.departure_name(one.departure, one.course) for one in missed}
    return {
        "references": [one.application.reference for one in missed],
        "calls": [(name, url_for("operator.calls", departure_id=one)) for one, name in departures.items()],
    }


def _lost_for_now(chosen: Audience) -> dict[str, Any] | None:
    """How many are not written to since a change that can still be taken back took their places, and until when."""
    lost = lost_for_now(db.session(), chosen, request_time())
    return {"parties": lost.parties, "until": present.clock_time(lost.until)} if lost else None
