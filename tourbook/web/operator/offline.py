"""The roster without network: handed to one device, its marks taken when it is back, taken back when it is lost.

The page itself holds no names, so that it may be kept by the browser; names come by a POST, whose answer is written
down as every look at names is, and the device keeps them under a key that cannot be taken out of it.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.models import Attendance
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.kst import civil_day
from tourbook.rosters import (
    HandedOut,
    Judged,
    MarksTaken,
    OfflineMark,
    RosterOut,
    hand_out,
    handing_out_fault,
    keep_until,
    revoke_roster,
    rosters_out,
    take_marks,
)
from tourbook.rosters.offline_rules import MOST_MARKS
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint

MARK_ID = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
WORKER = "js/offline_worker.js"


@blueprint.get("/departures/<uuid:departure_id>/offline")
@permission(Permission.OPERATOR)
def offline(departure_id: UUID) -> str:
    """The roster of this device, filled in by its script; and which devices have one."""
    departure, course = access_departure(departure_id)
    return render_template(
        "operator/offline.html",
        id=departure.id,
        title=f"{present.clock_time(departure.starts_at)} {present.in_lang(course, 'name')}",
        day={"text": present.day(departure.starts_at), "href": _day_href(departure.starts_at)},
        over=present.instant(keep_until(departure)),
        not_now=_why_not_now(departure),
        out=[_out(one) for one in rosters_out(db.session(), departure.id)],
    )


def _why_not_now(departure: Departure) -> str:
    """Why no device is given the names now, in words; empty where one may be."""
    fault = handing_out_fault(departure, request_time())
    return refusals.words_of(fault) if fault else ""


@blueprint.get("/departures/<uuid:departure_id>/offline/worker.js")
@permission(Permission.OPERATOR)
def offline_worker(departure_id: UUID) -> Response:
    """The script that answers for this one page when there is no network, and for no other."""
    access_departure(departure_id)
    answer = make_response((Path(str(current_app.static_folder)) / WORKER).read_bytes())
    answer.mimetype = "text/javascript"
    answer.headers["Service-Worker-Allowed"] = url_for("operator.offline", departure_id=departure_id)
    return answer


@blueprint.post("/departures/<uuid:departure_id>/offline/hand-out")
@permission(Permission.OPERATOR)
def hand_out_roster(departure_id: UUID) -> Response:
    """Give this device the roster, with a token of its own."""
    now = request_time()
    return _answered(lambda: _handed(hand_out(departure_id, actor=current_actor(), now=now), now))


@blueprint.post("/departures/<uuid:departure_id>/offline/marks")
@permission(Permission.OPERATOR)
def take_offline_marks(departure_id: UUID) -> Response:
    """Take what was marked without network, and say what became of each mark."""
    access_departure(departure_id)
    token, sent = request.form.get("token", ""), request.form.get("marks", "")
    actor, now = current_actor(), request_time()

    def take() -> dict[str, Any]:
        marks, unreadable = marks_of(sent)
        return _taken(take_marks(departure_id, token, marks, actor=actor, now=now), unreadable)

    return _answered(take)


@blueprint.post("/handed-rosters/<uuid:roster_id>/revoke")
@permission(Permission.OPERATOR)
def revoke_handed_roster(roster_id: UUID) -> Response:
    """Take a roster back that is out on a device."""
    departure_id = revoke_roster(roster_id, actor=current_actor(), now=request_time())
    flash(refusals.words("roster_taken_back"), "success")
    return redirect(url_for("operator.offline", departure_id=departure_id), 303)


def marks_of(sent: str) -> tuple[list[OfflineMark], list[str]]:
    """The marks that a device sends, as JSON, and the ids of those that cannot be read, which stand in nobody's way;
    refuses `marks_unreadable` where that is no list of marks, or none can be read.
    """
    try:
        listed = json.loads(sent)
    except (ValueError, RecursionError) as fault:
        raise Refused("marks_unreadable") from fault
    if not isinstance(listed, list) or len(listed) > MOST_MARKS:
        raise Refused("marks_unreadable")
    read = [(one, _mark_or_none(one)) for one in listed]
    marks = [mark for _, mark in read if mark]
    if listed and not marks:
        raise Refused("marks_unreadable")
    return marks, [one["id"] for one, mark in read if mark is None and isinstance(one, dict) and _is_id(one.get("id"))]


def _is_id(said: object) -> bool:
    return isinstance(said, str) and MARK_ID.fullmatch(said) is not None


def _mark_or_none(said: Any) -> OfflineMark | None:
    try:
        return _mark(said)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def _mark(said: dict[str, Any]) -> OfflineMark:
    at = datetime.fromisoformat(said["at"])
    if not MARK_ID.fullmatch(said["id"]) or at.tzinfo is None:
        raise ValueError("no one-time id, or no moment")
    return OfflineMark(
        id=said["id"],
        visitor_id=UUID(said["visitor"]),
        was=Attendance(said["was"]),
        attendance=Attendance(said["attendance"]),
        at=at,
        decided=said.get("decided") is True,
    )


def _answered(act: Callable[[], dict[str, Any]]) -> Response:
    """What an act gives, as JSON; what it refuses, or cannot find, as a sentence with its code."""
    try:
        return jsonify(act())
    except Refused as refused:
        answer = jsonify({"refused": refused.code, "sentence": refusals.words_of(refused)})
        answer.status_code = 404 if isinstance(refused, NotFound) else 422
        return answer


def _handed(one: HandedOut, now: datetime) -> dict[str, Any]:
    return {
        "token": one.token,
        "now": now.isoformat(),
        "keep_until": one.keep_until.isoformat(),
        "marks_until": one.marks_until.isoformat(),
        "parties": [
            {
                "reference": party.reference,
                "code": party.code,
                "people": [
                    {"id": str(who.id), "name": who.name, "attendance": who.attendance.value} for who in party.people
                ],
            }
            for party in one.parties
        ],
    }


def _taken(taken: MarksTaken, unreadable: list[str]) -> dict[str, Any]:
    judged = dict.fromkeys(unreadable, Judged.UNREADABLE) | taken.judged
    return {
        "judged": {key: one.value for key, one in judged.items()},
        "standing": {str(key): attendance.value for key, attendance in taken.standing.items()},
    }


def _out(one: RosterOut) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "handed": present.instant(one.handed_at),
        "revoked": present.instant(one.revoked_at) if one.revoked_at else None,
        "over": request_time() >= one.keep_until,
    }


def _day_href(starts_at: datetime) -> str:
    return url_for("operator.days", day=civil_day(starts_at).isoformat())
