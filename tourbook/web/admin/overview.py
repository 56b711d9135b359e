"""Where things stand: what holds today, what comes next, and what somebody should look at."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, PriorityRight, State
from tourbook.courses import courses
from tourbook.courses.models import Departure, Round, SiteMeasure
from tourbook.db import db
from tourbook.distancing import facts_by_course
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order, TableCell
from tourbook.draws import waiting_for_value
from tourbook.kst import civil_day
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import Progress, progress, recent_changes
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.outlook import Lapse, Outlook, Turn, size_words
from tourbook.web.admin.why import people

CHANGES_LOOKED_AT = 5
COMING = 8


@dataclass(frozen=True)
class Applying:
    """A change that is not everywhere yet."""

    href: str
    summary: str
    settled: int
    ahead: int


@dataclass(frozen=True)
class Concern:
    """A number of things that somebody should look at, and where that is done."""

    count: int
    label: str
    colour: str
    test: str
    href: str | None = None


@blueprint.get("/")
@permission(Permission.ADMINISTRATOR)
def overview() -> str:
    """Where things stand."""
    session, now = db.session(), request_time()
    facts = facts_by_course(session)
    outlooks = [Outlook(course, facts[course.id], now) for course in courses(session)]
    today = [outlook.today for outlook in outlooks]
    coming = _coming(session, [turn for outlook in outlooks for turn in outlook.turns()], now)
    return render_template(
        "admin/overview.html",
        today=present.day(now),
        courses=[(one, people(one.party_max), _why(one.code, now)) for one in today],
        concerns=_concerns(session, now),
        lapses=_lapses([lapse for outlook in outlooks if (lapse := outlook.lapse())]),
        coming=coming[:COMING],
        more_coming=max(0, len(coming) - COMING),
        applying=_applying(session, now),
    )


def _why(code: str, now: datetime) -> str:
    return url_for("admin.why", course=code, start=f"{civil_day(now).isoformat()} 10:00")


def _concerns(session: Session, now: datetime) -> list[Concern]:
    """What needs somebody: counted, shown even where it is nothing."""
    ahead = Departure.starts_at > now
    over = _count(session, Departure, Departure.over_capacity, ahead)
    shrinking = _count(session, Application, Application.state == State.MUST_SHRINK)
    displaced = _count(session, PriorityRight, PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))
    failed = _count(session, Notice, Notice.state == NoticeState.FAILED)
    values = len(waiting_for_value(session, now))
    held = _count(session, Round, Round.held_at.is_not(None), Round.withdrawn_at.is_(None))
    at_draws, at_rights = url_for("admin.draws"), url_for("admin.rights")
    return [
        Concern(over, _("departures over capacity"), "danger" if over else "", "over-capacity"),
        Concern(shrinking, _("parties that must shrink"), "warning" if shrinking else "", "must-shrink"),
        Concern(displaced, _("parties that are asked first"), "warning" if displaced else "", "displaced", at_rights),
        Concern(failed, _("notices that could not be delivered"), "danger" if failed else "", "failed-notices"),
        Concern(values, _("draws that wait for their value"), "danger" if values else "", "value-due", at_draws),
        Concern(held, _("draws on hold"), "warning" if held else "", "draws-on-hold", at_draws),
    ]


def _count(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def _lapses(lapses: list[Lapse]) -> list[str]:
    """The reminders, courses with the same end together."""
    by_day = defaultdict(list)
    for lapse in lapses:
        by_day[lapse.last_day].append(lapse.course)
    past = by_day.pop(None, [])
    told = [_("%(courses)s: the last order has ended and nobody has decided since.", courses=", ".join(past))]
    return told[: bool(past)] + [
        _(
            "%(courses)s: the order ends on %(day)s, and none follows it. The size stays until somebody decides.",
            courses=", ".join(names),
            day=present.day(last_day),
        )
        for last_day, names in sorted(by_day.items())
        if last_day
    ]


def _coming(session: Session, turns: list[Turn], now: datetime) -> list[dict[str, str]]:
    """What comes next: turns of sizes, and facts that are entered but not announced yet."""
    by_what: dict[tuple[Any, str], list[str]] = defaultdict(list)
    for turn in turns:
        by_what[turn.day, f"{size_words(turn.before)} → {size_words(turn.after)}"].append(turn.course)
    found = [(present.day(day), day, ", ".join(names), what) for (day, what), names in by_what.items()]
    for moment, what in _announcements(session, now):
        found.append((present.instant(moment), civil_day(moment), _("Becomes known"), what))
    found.sort(key=lambda one: one[1])
    return [{"title": title, "when": when, "text": what, "state": "coming"} for when, _day, title, what in found]


def _announcements(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """Orders, measures and cells that are entered and count from a moment to come."""
    words: list[tuple[datetime, str]] = []
    for model, name in ((Order, _("An order")), (SiteMeasure, _("A measure")), (TableCell, _("A cell of the table"))):
        moments = session.scalars(select(model.known_at).where(model.known_at > now))
        words += [(moment, name) for moment in moments if moment]
    return words


def _applying(session: Session, now: datetime) -> list[Applying]:
    found = [progress(session, change.id, now=now) for change in recent_changes(session, CHANGES_LOOKED_AT)]
    return [
        Applying(
            href=url_for("admin.change", change_id=one.change.id),
            summary=_what_is_settled(one),
            settled=one.settled,
            ahead=one.ahead,
        )
        for one in found
        if not one.done and (one.undone or one.change.taken_back_at is None)  # the change that undid it has its own row
    ]


def _what_is_settled(one: Progress) -> str:
    summary = present.said(Words(one.change.summary_ko, one.change.summary_en))
    return _("Taken back: %(change)s", change=summary) if one.undone else summary
