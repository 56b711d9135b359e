"""The audit trail as a file: what the page shows for the same search, without anybody's name, sent while it is read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Flask, abort, current_app
from flask_babel import force_locale
from sqlalchemy import Select
from werkzeug.wrappers import Response

from tourbook.audit import TrailEntry, note_export
from tourbook.db import db
from tourbook.kst import civil_day, in_seoul
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.trail import (
    MOST_IN_A_FILE,
    TrailForm,
    about,
    named_in,
    newest_first,
    older_than,
    subjects_of,
    wanted_entries,
)
from tourbook.web.admin.trail_facts import facts_words
from tourbook.web.admin.trail_words import act_words
from tourbook.web.csv_files import csv_stream
from tourbook.web.language import current_language

AT_ONCE = 500
HEAD = ("at", "act", "act_in_words", "about", "actor", "facts")
IN_SOMEBODYS_OWN_WORDS = frozenset({"reason", "reason_given"})
UNREADABLE = 422


@blueprint.get("/trail.csv")
@permission(Permission.ADMINISTRATOR)
def trail_csv() -> Response:
    """The entries that fit, the latest first; the file itself is noted in the trail before anything of it is sent."""
    form, now = TrailForm.asked(), request_time()
    if not form.validate():
        abort(UNREADABLE)
    wanted = wanted_entries(form).where(TrailEntry.at <= now)
    note_export(_asked(form), actor=current_actor(), now=now)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the request ends before the file
    return csv_stream(_chunks(app, current_language(), wanted), f"trail-{civil_day(now):%Y%m%d}.csv")


def _asked(form: TrailForm) -> dict[str, Any]:
    """What was searched for, as ids and codes: what somebody typed beyond these may be a name."""
    asked = {
        "act": form.act.data,
        "actor": form.actor.data,
        "about": [str(one) for one in subjects_of(form.subject.data)] if form.subject.data else None,
        "first_day": form.first.value and form.first.value.isoformat(),
        "last_day": form.last.value and form.last.value.isoformat(),
    }
    return {name: value for name, value in asked.items() if value}


def _chunks(app: Flask, language: str, wanted: Select[Any]) -> Iterator[list[Sequence[str]]]:
    """The head, and then a line for each entry, read some at a time from where the last ones ended; nothing is held
    between two readings, however slowly the file is taken.
    """
    yield [HEAD]
    left, further = MOST_IN_A_FILE, wanted
    while left:
        with app.app_context(), force_locale(language):
            rows = db.session.scalars(newest_first(further).limit(min(AT_ONCE, left))).all()
            named = named_in(rows)
            lines: list[Sequence[str]] = [_line(row, named) for row in rows]
        yield lines
        left -= len(rows)
        if len(rows) < AT_ONCE:
            return
        further = older_than(wanted, rows[-1])


def _line(row: TrailEntry, named: Mapping[str, str]) -> list[str]:
    facts = {name: value for name, value in row.facts.items() if name not in IN_SOMEBODYS_OWN_WORDS}
    return [
        in_seoul(row.at).isoformat(timespec="seconds"),
        row.act,
        act_words(row.act),
        about(row, dict(named)),
        row.actor,
        facts_words(facts, dict(named)),
    ]
