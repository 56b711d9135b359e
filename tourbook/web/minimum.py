"""The page of those who decide before its moment whether a departure runs that few people want."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.operations import (
    Affected,
    decide_early,
    foreseen_now,
    keep_running,
    standings_to_run,
)
from tourbook.web import present, refusals
from tourbook.web.access import current_actor, request_time
from tourbook.web.citizen.minimum import words_of
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.forms import Form, LongText


class Reason(LongText):
    """A reason that everybody may read."""

    longest = 300


class KeepForm(Form):
    """Why a departure runs although few people want it."""

    reason_ko = Reason(lazy_gettext("Reason in Korean"))
    reason_en = Reason(lazy_gettext("Reason in English"))


@dataclass(frozen=True)
class DecidingPage:
    """What the page of one departure says to those who decide: how it stands, and what calling it off now would do.

    `settled` says that nothing is to be decided any more; `short` that it would be called off as it stands, and
    `afterwards` why nobody can do so yet. The form carries the `counts` that were shown.
    """

    title: str
    called_off: str
    words: str
    settled: bool
    short: bool
    afterwards: str
    affected: Affected
    counts: str
    into: str
    moved: int


def deciding_page(departure: Departure, course: Course) -> DecidingPage:
    """What the page of those who decide says."""
    session, now = db.session(), request_time()
    standing = standings_to_run(session, [departure], course).get(departure.id)
    foreseen = foreseen_now(session, departure, course, now)
    decidable = foreseen is not None and not foreseen.standing.runs
    short = decidable and foreseen is not None and foreseen.standing.falls_short
    may_end = foreseen is not None and foreseen.may_end
    into = foreseen.into if foreseen else None
    return DecidingPage(
        title=present.departure_name(departure, course),
        called_off=str(present.in_lang(departure, "called_off") or "") if departure.called_off_at else "",
        words=words_of(departure, standing, now) if standing else "",
        settled=not decidable,
        short=short and may_end,
        afterwards=refusals.words("decided_afterwards") if short and not may_end else "",
        affected=foreseen.affected if foreseen else Affected(0, 0, 0, 0),
        counts=foreseen.counts if foreseen else "",
        into=present.instant(into.starts_at) if into else "",
        moved=foreseen.people if foreseen else 0,
    )


def decided_early(departure_id: UUID, there: str, page: Callable[[str], str]) -> tuple[str, int] | Response:
    """Call it off for too few people, and say whom that reached; what is refused is answered with the page as it is
    now, which says why.
    """
    try:
        shown = request.form.get("shown", "")
        reached = decide_early(departure_id, shown=shown, actor=current_actor(), now=request_time())
    except NotFound:
        raise
    except Refused as refused:
        return page(refusals.words_of(refused)), refused.status
    for said, kind in _result(reached):
        flash(said, kind)
    return redirect(there, 303)


def kept_running(
    departure_id: UUID, there: str, page: Callable[[KeepForm], tuple[str, int] | Response]
) -> tuple[str, int] | Response:
    """Let it run all the same; what is refused is answered with the form."""
    form = KeepForm()
    if form.validate():
        reasons = {"reason_ko": form.reason_ko.data or "", "reason_en": form.reason_en.data or ""}
        try:
            keep_running(departure_id, **reasons, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("It is settled: this departure runs."), "success")
            return redirect(there, 303)
    return page(form)


def _result(reached: Affected) -> list[tuple[str, str]]:
    said = ngettext(
        "Called off. %(num)s person was on it, and is told now.",
        "Called off. %(num)s people were on it, and are told now.",
        reached.people,
    )
    moved = ngettext(
        "%(num)s person is offered another departure.", "%(num)s people are offered another departure.", reached.moved
    )
    missed = ngettext(
        "%(num)s party left no contact: tell it yourself.",
        "%(num)s parties left no contact: tell them yourself.",
        reached.unreachable,
    )
    success = [said, *([moved] if reached.moved else [])]
    return [(one, "success") for one in success] + ([(missed, "warning")] if reached.unreachable else [])
