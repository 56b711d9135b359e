"""Draws: which there are, one of them from its announcement to its result, entering, and the file of the result."""

import hashlib
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from tourbook.courses import course_by_id
from tourbook.courses.models import Round
from tourbook.db import db
from tourbook.draws import departures_of, published, round_by_code, rounds, written
from tourbook.errors import NotFound, Refused
from tourbook.web import present, refusals
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.draw_facts import ListedDraw, days_in_words, draw_facts, listed_draws
from tourbook.web.citizen.draw_moments import Phase, phase_of
from tourbook.web.citizen.draw_outcome import outcome_facts
from tourbook.web.citizen.expiry import carried_on
from tourbook.web.citizen.forms import EntryForm
from tourbook.web.citizen.standing import Standing, standings
from tourbook.web.citizen.step_pages import another_page_for_entry
from tourbook.web.citizen.typing import Typing, ask_to_enter, let_go, typing_of
from tourbook.web.holder import access_own_by_id, browser_id, remember
from tourbook.web.kept_pages import kept, kept_with_blanks

A_YEAR = 31_536_000
"""In seconds: as long as a browser may keep what never changes."""


@blueprint.get("/draws")
@permission(Permission.PUBLIC)
@kept
def draws() -> str:
    """All draws: those that take entries, those to come, and those that are drawn, the latest first."""
    session, now = db.session(), request_time()
    found = listed_draws(session, rounds(session), now)
    return render_template(
        "citizen/draws.html",
        open=_in_phase(found, Phase.OPEN, Phase.ON_HOLD),
        coming=_in_phase(found, Phase.COMING),
        over=_in_phase(found, Phase.CLOSED, Phase.SEALED, Phase.DRAWN)[::-1],
    )


def _in_phase(found: list[ListedDraw], *phases: Phase) -> list[ListedDraw]:
    return [one for one in found if one.phase in phases]


@blueprint.get("/draws/<code>")
@permission(Permission.PUBLIC)
def draw(code: str) -> Response:
    """A draw; `receipt` in the query asks what came of an entry, `first` fills in the first choice."""
    browser_id()  # two tabs that send the entry in the same instant are one browser already
    return make_response(_draw_for_everybody(code))


@kept_with_blanks
def _draw_for_everybody(code: str) -> str:
    form = EntryForm(data={"choice_0": request.args.get("first", "")})
    return draw_page(round_by_code(db.session(), code), form).get_data(as_text=True)


@blueprint.post("/draws/<code>/enter")
@permission(Permission.PUBLIC)
def draw_enter(code: str) -> Response:
    """Begin an entry, and go on to its visitors; what was typed for another application is kept."""
    round_, form = round_by_code(db.session(), code), EntryForm()
    if not form.validate():
        return draw_page(round_, form, status=422)
    if form.let_go:
        let_go(Typing(*access_own_by_id(form.let_go), request_time()))
    try:
        begun = ask_to_enter(round_.id, form.choices, form.seats.data or 0, form_id=form.form_id)
    except Refused as refused:
        return _not_begun(round_, form, refused)
    return carried_on(typing_of(begun.application_id))


@blueprint.get("/draws/<code>/result.json")
@permission(Permission.PUBLIC)
def draw_result(code: str) -> Response:
    """The published draw as a file, from which anybody can compute it again; it never changes."""
    session = db.session()
    round_ = round_by_code(session, code)
    if round_.drawn_at is None:
        raise NotFound("draw_not_drawn", value_at=round_.value_at)
    answer, tag = Response(mimetype="application/json"), _tag_of(round_)
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    answer.headers["Content-Disposition"] = f'attachment; filename="draw-{round_.code}.json"'
    found = None if request.if_none_match.contains_weak(tag) else published(session, round_)
    if found:
        answer.response = map(str.encode, written(found))
    return answer.make_conditional(request)


def _tag_of(round_: Round) -> str:
    """All of the result follows from what was sealed and the value; the file says when it was sealed, too."""
    return hashlib.sha256(f"{round_.seal}\n{round_.value}\n{round_.sealed_at}".encode()).hexdigest()[:32]


def draw_page(round_: Round, form: EntryForm, *, status: int = 200, said: str | None = None) -> Response:
    """The page of a draw; `said` is why the entry could not be begun."""
    session, now = db.session(), request_time()
    course = course_by_id(session, round_.course_id)
    found = standings(session, departures_of(session, round_.id), course, now)
    if phase_of(round_, now) is Phase.OPEN:
        _offer(form, found)
    receipt = request.args.get("receipt")
    facts = draw_facts(session, round_, found, now)
    page = render_template(
        "citizen/draw.html",
        it=facts,
        course=present.in_lang(course, "name"),
        course_code=course.code,
        days=days_in_words(found[0].day, found[-1].day) if found else "",
        form=form,
        receipt=receipt,
        outcome=outcome_facts(session, round_, receipt, facts.nobody_goes) if receipt is not None else None,
        said=said,
        page_errors=status == 422,
    )
    return make_response(page, status)


def _offer(form: EntryForm, found: list[Standing]) -> None:
    """Give the form the departures that can be chosen, those left out that take nobody at present, and the sizes that a
    party may have.
    """
    there = [one for one in found if one.departure.called_off_at is None and one.outlook.allowed]
    form.name([(one.departure.id, one.when) for one in there])
    form.offer(*(one.outlook for one in there))


def _not_begun(round_: Round, form: EntryForm, refused: Refused) -> Response:
    """Why the entry cannot be begun, with all that was chosen."""
    if refused.code == "hold_exists" and "application_id" in refused.facts:
        mine = UUID(refused.facts["application_id"])
        remember(mine)  # this browser's, even where another tab of it made it in the same instant
        return another_page_for_entry(typing_of(mine), round_.code, form)
    if refused.field or refused.code == "form_reused":
        form.refuse(refused)
        return draw_page(round_, form, status=refused.status)
    answer = draw_page(round_, form, status=refused.status, said=refusals.words_of(refused))
    answer.headers.extend(refusals.retry_after(refused))
    return answer
