"""The clearance of a departure: who is missing what, the names to hand over, and that they were handed over."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.clearance import (
    Authority,
    DepartureClearance,
    Listed,
    NextList,
    PersonToCheck,
    Standing,
    SubmissionFile,
    read_clearance,
    read_submission,
    record_submission,
)
from tourbook.errors import NotFound, Refused
from tourbook.kst import in_seoul
from tourbook.rosters.xlsx import Value, workbook
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.clearance_words import authority_name
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.files import XLSX
from tourbook.web.operator.showing import status_words

LIST_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
WORST = (Standing.REFUSED, Standing.MISSING, Standing.READY, Standing.SUBMITTED, Standing.CLEARED)


@blueprint.get("/departures/<uuid:departure_id>/clearance")
@permission(Permission.OPERATOR)
def clearance(departure_id: UUID) -> str:
    """Who stands where, and what is to be handed over to whom, by when."""
    now = request_time()
    found = read_clearance(departure_id, actor=current_actor(), now=now)
    return render_template(
        "operator/clearance.html",
        id=departure_id,
        title=f"{present.in_lang(found.course, 'name')} {present.instant(found.departure.starts_at)}",
        counts=[(one.value, count) for one in WORST if (count := _count(found, one))],
        freeze=present.deadline(found.when.freeze_at),
        frozen=found.when.is_frozen(now),
        closed=found.departure.called_off_at is not None or now >= found.departure.starts_at,
        authorities=[_authority(found, one.authority, now) for one in found.demands],
        people=[_person(one) for one in found.people],
    )


@blueprint.get("/departures/<uuid:departure_id>/clearance/<authority>/names.xlsx")
@permission(Permission.OPERATOR)
def clearance_file(departure_id: UUID, authority: str) -> Response:
    """The names to hand over next, with what the authority asks for; with `?list=` those of a list that was handed
    over. Made now and kept nowhere.
    """
    chosen = known_authority(authority)
    try:
        file = read_submission(
            departure_id, chosen, number=_list_asked_for(), actor=current_actor(), now=request_time()
        )
    except NotFound:
        raise
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
        return back(departure_id)
    head = [_("No. of list"), _("Change"), *_columns()]
    footer = f"{present.in_lang(file.course, 'name')} {present.instant(file.departure.starts_at)}"
    answer = make_response(workbook(_("Names"), head, _rows(file), footer=footer))
    answer.mimetype = XLSX
    name = f"names-{file.course.code}-{in_seoul(file.departure.starts_at):%Y%m%d-%H%M}-{authority}-{file.number}.xlsx"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _list_asked_for() -> int | None:
    """The number of a list that was handed over; None: the next one. NotFound for what is no number of a list."""
    asked = request.args.get("list")
    if asked is None:
        return None
    if not LIST_NUMBER.fullmatch(asked):
        raise NotFound("list_unknown")
    return int(asked)


@blueprint.post("/departures/<uuid:departure_id>/clearance/<authority>/submitted")
@permission(Permission.OPERATOR)
def clearance_submitted(departure_id: UUID, authority: str) -> Response:
    """Write down that the names which the page showed were handed over."""
    chosen, mark = known_authority(authority), request.form.get("mark", "")
    try:
        number = record_submission(departure_id, chosen, mark=mark, actor=current_actor(), now=request_time())
        words = _("List %(number)s for %(authority)s is written down as handed over.")
        flash(words % {"number": number, "authority": authority_name(chosen)}, "success")
    except NotFound:
        raise
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return back(departure_id)


def known_authority(name: str) -> Authority:
    """The authority that an address names; NotFound for any other."""
    try:
        return Authority(name)
    except ValueError as unknown:
        raise NotFound("authority_unknown") from unknown


def back(departure_id: UUID) -> Response:
    """To the page of the departure's clearance, or to where it is said that there is none."""
    access_departure(departure_id)
    return redirect(url_for("operator.clearance", departure_id=departure_id), 303)


def _count(found: DepartureClearance, standing: Standing) -> int:
    return sum(one.checked.standing is standing for one in found.people)


def _authority(found: DepartureClearance, authority: Authority, now: datetime) -> dict[str, Any]:
    due, upcoming = found.when.due[authority], found.upcoming[authority]
    done = [one for one in found.submitted if one.authority is authority]
    missing = sum(one.checked.by[authority] is Standing.MISSING for one in found.people)
    waiting = sum(one.checked.by[authority] is Standing.SUBMITTED for one in found.people)
    return {
        "name": authority_name(authority),
        "value": authority.value,
        "due": _due(due, now),
        "late": now >= due and upcoming.has_news and upcoming.number == 1,
        "missing": missing,
        "waiting": waiting,
        "done": [(one.number, _done(one.number, one.submitted_at)) for one in done],
        "next": _next(upcoming) if upcoming.has_news else None,
        "mark": upcoming.mark,
        "answerable": bool(done),
    }


def _due(due: datetime, now: datetime) -> str:
    words = _("Names were due by %(moment)s") if now >= due else _("Names to be handed over by %(moment)s")
    return words % {"moment": present.deadline(due)}


def _done(number: int, moment: datetime) -> str:
    if number == 1:
        return _("First list: %(moment)s", moment=present.instant(moment))
    return _("Amendment %(number)s: %(moment)s", number=number - 1, moment=present.instant(moment))


def _next(upcoming: NextList) -> str:
    came, went = upcoming.count(Listed.CAME), upcoming.count(Listed.WENT)
    if upcoming.number == 1:
        return ngettext("First list: %(num)s person", "First list: %(num)s people", came)
    return _("Amendment %(number)s: %(came)s come, %(went)s go", number=upcoming.number - 1, came=came, went=went)


def _person(one: PersonToCheck) -> dict[str, Any]:
    found = one.checked
    return {
        "name": present.person_name(one.name),
        "meta": [
            _("%(reference)s, visitor %(number)s", reference=found.application.reference, number=found.number),
            " · ".join(_standing(who, stands) for who, stands in found.by.items()),
            _("Their word: %(note)s", note=one.note) if one.note else "",
            _("The party chooses until %(moment)s", moment=present.deadline(one.choice.deadline)) if one.choice else "",
        ],
        "standing": found.standing.value,
    }


def _standing(authority: Authority, standing: Standing) -> str:
    return f"{authority_name(authority)}: {status_words(standing.value, 'clearance')}"


def _columns() -> list[str]:
    names = [_("Reference"), _("No. in party"), _("Name"), _("Date of birth"), _("Nationality"), _("Passport number")]
    return [*names, _("Answer"), _("Note")]


def _rows(file: SubmissionFile) -> list[list[Value]]:
    """The last two columns are for the authority's answer."""
    changes = {Listed.CAME: _("added"), Listed.WENT: _("taken out"), Listed.STAYS: ""}
    return [
        [
            file.number,
            changes[one.listed] if file.number > 1 else "",
            one.reference,
            one.number,
            present.person_name(one.name),
            one.birth_date.isoformat() if one.birth_date else "",
            wording.country(one.nationality),
            one.document or "",
            "",
            "",
        ]
        for one in file.people
    ]
