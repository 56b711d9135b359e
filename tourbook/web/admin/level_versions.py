"""What a level has meant at one time or another, and levels that are added to a scale."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from wtforms import SelectField
from wtforms.validators import InputRequired

from tourbook.courses import course_by_code
from tourbook.courses.models import Kind
from tourbook.db import db
from tourbook.distancing import LevelDraft, Version, add_level, versions_of
from tourbook.distancing.models import Level
from tourbook.errors import NotFound, Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Whole
from tourbook.web.admin.levels import level_words, scale_words
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.admin.table import kind_words, meaning_of
from tourbook.web.admin.trail import people_named
from tourbook.web.admin.trail_words import actor_words
from tourbook.web.forms import Form, Text, choices
from tourbook.web.present import in_lang, instant, said

NEEDED = (InputRequired(_("Fill this in.")),)
NEW = "+"
"""The choice of a scale that there is not yet."""


@dataclass(frozen=True)
class VersionRow:
    """One version of a cell; `state` is in_force, planned, ended or taken_back."""

    meaning: str
    begins: str
    until: str
    state: str
    entered: str
    source: str


class LevelForm(Form):
    """A level more: of a scale that there is, or the first of a new one."""

    scale = SelectField(_("Scale"), NEEDED)
    new_scale = Text(_("Code of the new scale"))
    level = Text(_("Code of the level"), NEEDED)
    name_ko = Text(_("Name, in Korean"), NEEDED)
    name_en = Text(_("Name, in English"), NEEDED)
    place = Whole(_("Place in the scale"), NEEDED)

    @classmethod
    def begun(cls) -> "LevelForm":
        """The form with the scales that there are."""
        form = cls()
        there = db.session.scalars(select(Level.scale).distinct().order_by(Level.scale))
        form.scale.choices = choices([*((one, scale_words(one)) for one in there), (NEW, gettext("A new scale"))])
        return form

    def draft(self) -> LevelDraft:
        """The level that was typed."""
        return LevelDraft(
            scale=(self.new_scale.data or "") if self.scale.data == NEW else self.scale.data,
            level=self.level.data or "",
            name_ko=self.name_ko.data or "",
            name_en=self.name_en.data or "",
            place=self.place.value,
        )


@blueprint.get("/table/versions")
@permission(Permission.ADMINISTRATOR)
def cell_versions() -> str:
    """All versions of one cell, as `?scale=`, `?level=` and `?whose=` name it."""
    scale, level, whose = (request.args.get(name, "") for name in ("scale", "level", "whose"))
    found = db.session.scalar(select(Level).where(Level.scale == scale, Level.level == level))
    if found is None:
        raise NotFound("no_such_page")
    name, of_whom = _whose(whose)
    versions = versions_of(db.session(), scale, level, **of_whom)
    return render_template(
        "admin/cell_versions.html",
        level=said(level_words(found)),
        whose=name,
        versions=_rows(versions, request_time()),
        change=url_for("admin.cell", scale=scale, level=level, whose=whose),
    )


@blueprint.route("/table/levels/new", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_level() -> Page:
    """Add a level to a scale, or begin a scale with it."""
    form = LevelForm.begun()
    if form.validate_on_submit():
        try:
            draft = form.draft()
            add_level(draft, form_id=form.form_id, actor=current_actor(), now=request_time())
        except Refused as refused:
            refused.field = "new_scale" if refused.field == "scale" else refused.field
            form.refuse(refused)
        else:
            flash(gettext("The level was added. Until you say here what it means, it lets nobody go."), "success")
            return redirect(url_for("admin.cell", scale=draft.scale, level=draft.level, whose="kind:trail"), 303)
    return form_page("admin/level_new.html", form)


def _whose(typed: str) -> tuple[str, dict[str, Any]]:
    """The kind of course or the course that is meant: its name, and what its cells are found by."""
    what, _colon, name = typed.partition(":")
    if what == "kind" and name in list(Kind):
        return kind_words(name), {"kind": name}
    if what == "course":
        course = course_by_code(db.session(), name)
        return in_lang(course, "name"), {"course_id": course.id}
    raise NotFound("no_such_page")


def _rows(versions: list[Version], now: datetime) -> list[VersionRow]:
    people = people_named([one.entered_by for one in versions if one.entered_by])
    return [
        VersionRow(
            meaning=meaning_of(one.cell),
            begins=instant(one.cell.known_at) if one.cell.known_at else gettext("from ever"),
            until=instant(one.until) if one.until else "–",
            state=_state(one, now),
            entered=_entered(one, people),
            source=one.source or "–",
        )
        for one in versions
    ]


def _state(version: Version, now: datetime) -> str:
    if version.cell.taken_back_at:
        return str(gettext("taken back"))
    if version.counts(now):
        return str(gettext("counts now"))
    begins = version.cell.known_at
    return str(gettext("to come") if begins and begins > now else gettext("replaced"))


def _entered(version: Version, people: dict[str, str]) -> str:
    if version.entered_at is None or version.entered_by is None:
        return str(gettext("with the installation"))
    return f"{instant(version.entered_at)}, {actor_words(version.entered_by, people)}"
