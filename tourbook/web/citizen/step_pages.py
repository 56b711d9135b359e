"""The pages of applying. Each is made in one place, whether it is opened, refused, or given back as it was typed."""

import secrets
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from uuid import UUID

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.rules import kept_out
from tourbook.courses.models import Round
from tourbook.db import db
from tourbook.distancing import facts_of
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.citizen.answers import contact_rows, visit_rows, visitor_rows
from tourbook.web.citizen.bringing import own_companions, own_mail, own_name
from tourbook.web.citizen.course import facts_with_region
from tourbook.web.citizen.draw_moments import Phase, line_of, phase_of
from tourbook.web.citizen.facts import CourseFacts
from tourbook.web.citizen.forms import ContactForm, EntryForm, PartyForm, VisitorsForm
from tourbook.web.citizen.reasons import Reasons, reasons
from tourbook.web.citizen.set_steps import Blanked, Row, can_be_set, filled_step
from tourbook.web.citizen.standing import Standing, nearest, standings
from tourbook.web.citizen.steps import steps
from tourbook.web.citizen.typing import Typing
from tourbook.web.forms import Form

ONCE_ONLY = frozenset(
    ["csrf_token", "form_id", "departure", "seats", "wait", "choice_0", "choice_1", "choice_2", "instead", "companions"]
)


def visitors_page(found: Typing, form: VisitorsForm, *, status: int = 200) -> Response:
    """The page that asks who goes."""
    form.complete(found.application.seats)
    form.offer(own_companions())
    return _page("visitors", found, form, status, barred=status >= 400 and bool(kept_out(form.so_far, found.admission)))


def fresh_visitors_page(found: Typing) -> Response:
    """The same page before anything was typed into it."""
    if not can_be_set():
        return visitors_page(found, VisitorsForm.for_party(found.application.seats, (), own_name=own_name()))
    facts, seats = course_words(found), found.application.seats
    same = (facts.who, facts.age)
    form = partial(VisitorsForm.for_party, seats, ())
    return make_response(filled_step("visitors", found, facts, same=same, form=form))


def fresh_contact_page(found: Typing) -> Response:
    """The page that asks for the contact and the consents, before anything was typed into it."""
    form = partial(ContactForm.for_application, None, set())
    if not can_be_set():
        return contact_page(found, form(own_mail=own_mail()))
    facts = course_words(found)
    return make_response(filled_step("contact", found, facts, same=tuple(facts.conduct), form=form))


def contact_page(found: Typing, form: ContactForm, *, status: int = 200) -> Response:
    """The page that asks for the contact and the consents."""
    return _page("contact", found, form, status)


def check_page(found: Typing, form: Form, *, status: int = 200) -> Response:
    """The page with all answers."""
    rules = facts_of(db.session(), found.course.id)
    facts, why = facts_with_region(found.course, rules), reasons(found.departure, rules, found.now)
    rows = {"visit": visit_rows(found), "visitors": visitor_rows(found), "contact": contact_rows(found)}
    if status == 200 and can_be_set():
        return make_response(_filled_check(found, facts, why, rows))
    return _page("check", found, form, status, rows=rows, reasons=why)


def _filled_check(found: Typing, facts: CourseFacts, why: Reasons, rows: dict[str, list[Row]]) -> str:
    answers = Blanked(rows)
    same = (facts.fee_line, facts.id_rule, facts.skip_rule, *why.conditions)
    return filled_step("check", found, facts, same=same, form=Form, answers=answers, reasons=why)


def expired_page(found: Typing, refused: Refused | None = None) -> Response:
    """What can be done where the places are not kept any more; `refused` says why they cannot be had again.

    What was sent along is kept on the page, in every form of it.
    """
    if found.enters:
        return _expired_entry_page(found, refused)
    session, seats = db.session(), found.application.seats
    (one,) = standings(session, [found.departure], found.course, found.now)
    fits = one.outlook.admits(seats)
    page = render_template(
        "citizen/apply/expired.html",
        typing=found,
        one=one,
        again=_again(found) if one.takes_applications and fits and refused is None else None,
        wait=_choice(found, one, wait=True) if one.takes_applications and one.has_list and not fits else None,
        others=[
            (other, _choice(found, other)) for other in nearest(session, one.departure, one.course, seats, found.now)
        ],
        said=refusals.words_of(refused) if refused else None,
        page_errors=refused is not None and refused.status == HTTPStatus.UNPROCESSABLE_ENTITY,
        form_id=secrets.token_urlsafe(16),
    )
    return make_response(page, refused.status if refused else 200)


def _expired_entry_page(found: Typing, refused: Refused | None) -> Response:
    """An entry that was not sent in by the time: begin it anew while entries are taken."""
    round_ = db.session.get(Round, found.departure.round_id)
    page = render_template(
        "citizen/apply/expired_entry.html",
        typing=found,
        line=line_of(round_, found.now) if round_ else "",
        again=_entry_again(found, round_) if round_ and phase_of(round_, found.now) is Phase.OPEN else None,
        form_id=secrets.token_urlsafe(16),
    )
    return make_response(page, refused.status if refused else 200)


def _entry_again(found: Typing, round_: Round) -> tuple[str, dict[str, str]]:
    """Where to enter for the same once more, and what to send along."""
    return url_for("citizen.draw_enter", code=round_.code), {
        **entry_fields(found.application.choices or (), found.application.seats),
        "instead": str(found.id),
        **what_was_typed(),
    }


def entry_fields(choices: Iterable[UUID | str], seats: int | None) -> dict[str, str]:
    """The fields of an entry's form."""
    return {"seats": str(seats)} | {f"choice_{place}": str(choice) for place, choice in enumerate(choices)}


def another_page(found: Typing, departure_id: UUID, form: PartyForm) -> Response:
    """This browser types an application already: go on there, or take the places instead."""
    fields = {"departure": str(departure_id), "seats": str(form.seats.data)} | ({"wait": "1"} if form.wait.data else {})
    return _another(found, url_for("citizen.elsewhere", application_id=found.id), fields, form.form_id)


def another_page_for_entry(found: Typing, code: str, form: EntryForm) -> Response:
    """This browser types an application already: go on there, or enter the draw instead."""
    fields = {**entry_fields(form.choices, form.seats.data), "instead": str(found.id)}
    return _another(found, url_for("citizen.draw_enter", code=code), fields, form.form_id)


def _another(found: Typing, instead: str, fields: dict[str, str], form_id: str) -> Response:
    page = render_template("citizen/apply/another.html", typing=found, instead=instead, fields=fields, form_id=form_id)
    return make_response(page, 409)


def course_words(found: Typing) -> CourseFacts:
    """What people have to know of the course that is being applied for."""
    return facts_with_region(found.course, facts_of(db.session(), found.course.id))


def _page(step: str, found: Typing, form: Form, status: int, **shown: object) -> Response:
    page = render_template(
        f"citizen/apply/{step}.html",
        typing=found,
        form=form,
        facts=course_words(found),
        steps=steps(step),
        page_errors=status >= 400,
        **shown,
    )
    return make_response(page, status)


def _again(found: Typing) -> tuple[str, dict[str, str]]:
    """Where to ask for the same places, and what to send along."""
    if found.can_be_held_again:
        return url_for("citizen.again", application_id=found.id), what_was_typed()
    return _choice(found, None)


def _choice(found: Typing, one: Standing | None, *, wait: bool = False) -> tuple[str, dict[str, str]]:
    """Where to ask for something else, and what to send along."""
    departure = one.departure if one else found.departure
    fields = {"departure": str(departure.id), "seats": str(found.application.seats), **what_was_typed()}
    return url_for("citizen.elsewhere", application_id=found.id), fields | ({"wait": "1"} if wait else {})


def what_was_typed() -> dict[str, str]:
    """The fields of the step that came with this request, for a form that carries them on."""
    return {name: value for name, value in request.form.items() if name not in ONCE_ONLY}
