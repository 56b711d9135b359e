"""The level table: what each level means for kinds of course and for single courses; changed by way of a preview."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from flask import render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from tourbook.courses import course_by_code, courses
from tourbook.courses.models import Kind
from tourbook.db import db
from tourbook.distancing import CellDraft, set_cell
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Level, Measure, TableCell
from tourbook.distancing.versions import became_known
from tourbook.errors import NotFound
from tourbook.operations import Proposal
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Moment, Whole
from tourbook.web.admin.levels import level_choices, scale_words
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.forms import Text, choices
from tourbook.web.present import in_lang, instant, said

KINDS = {Kind.TRAIL: Words("평화의 길 코스", "Trail routes"), Kind.PANMUNJEOM: Words("판문점 견학", "Panmunjeom tours")}
Key = tuple[str, str, str]  # scale, level, and whose: "kind:trail" or "course:paju"


@dataclass(frozen=True)
class CellView:
    """One cell: what it means now, what was entered for later, where it is changed, and where its versions are."""

    whose: str
    words: str
    later: list[str]
    href: str
    versions: str | None


@dataclass(frozen=True)
class LevelView:
    """A level with its cells by kind of course, and those of single courses."""

    name: str
    kinds: list[CellView]
    own: list[CellView]


MEANINGS = [
    ("percent", _("Part of the size, in per cent")),
    ("people", _("At most so many people")),
    ("closed", _("Closed, nobody may go")),
    ("no_limit", _("No limit")),
    ("inherit", _("As for its kind of course")),
]


class CellForm(ProposalForm):
    """What a level shall mean for a kind of course, or for one course."""

    level = SelectField(_("Level"), [InputRequired(_("Choose a level."))])
    whose = SelectField(_("For"), [InputRequired(_("Choose a kind of course or a course."))])
    measure = RadioField(
        _("Meaning"),
        [InputRequired(_("Choose what the level means."))],
        choices=choices(MEANINGS),
    )
    amount = Whole(_("Per cent, or people"))
    announced_at = Moment(_("Counts from"))
    source = Text(_("Cause or source"))
    condition_ko = Text(_("Condition, in Korean"))
    condition_en = Text(_("Condition, in English"))

    @classmethod
    def begun(cls) -> "CellForm":
        """The form with its choices, beginning with the cell that the address names."""
        scale, level, whose = (request.args.get(name, "") for name in ("scale", "level", "whose"))
        there = next((cell for key, cell in latest_cells() if key == (scale, level, whose)), None)
        form = cls(data={"whose": whose, **as_typed(there)})
        form.level.choices = choices(level_choices())
        form.whose.choices = choices(whose_choices())
        if request.method == "GET":
            form.level.data = f"{scale}/{level}"
        return form

    def proposal(self) -> Proposal:
        """To enter this meaning."""
        draft = self._draft()
        step = partial(set_cell, draft=draft, actor=current_actor(), now=request_time())
        return Proposal((step,), summary_of(draft))

    def _draft(self) -> CellDraft:
        scale, level = self.level.data.split("/", 1)
        for_what, _colon, name = self.whose.data.partition(":")
        return CellDraft(
            scale=scale,
            level=level,
            kind=name if for_what == "kind" else None,
            course=name if for_what == "course" else None,
            measure=self.measure.data,
            amount=self.amount.value if self.measure.data in {"percent", "people"} else None,
            announced_at=self.announced_at.value,
            source=self.source.data or "",
            condition_ko=self.condition_ko.data or None,
            condition_en=self.condition_en.data or None,
        )


@blueprint.get("/table")
@permission(Permission.ADMINISTRATOR)
def table() -> str:
    """The level table, a part for each scale."""
    levels = db.session.scalars(select(Level).order_by(Level.scale, Level.place))
    cells: dict[Key, list[TableCell]] = {}
    for key, cell in latest_cells(all_versions=True):
        cells.setdefault(key, []).append(cell)
    scales = [
        (scale, scale_words(scale), [_level(level, cells) for level in group])
        for scale, group in groupby(levels, lambda one: one.scale)
    ]
    return render_template("admin/table.html", scales=scales, kinds=[kind_words(kind) for kind in Kind])


@blueprint.route("/table/cell", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def cell() -> Page:
    """Say what a level means, by way of its preview."""
    return decide(CellForm.begun(), "admin/cell_form.html")


def kind_words(kind: str) -> str:
    """A kind of course in words."""
    if kind not in KINDS:
        raise NotFound("no_such_page")
    return said(KINDS[Kind(kind)])


def latest_cells(*, all_versions: bool = False) -> Iterator[tuple[Key, TableCell]]:
    """The cells by key, the latest first; each key's latest alone unless all versions are asked for."""
    codes = {course.id: course.code for course in courses(db.session())}
    seen = set()
    for row in db.session.scalars(
        select(TableCell).where(TableCell.taken_back_at.is_(None)).order_by(TableCell.entry.desc())
    ):
        key = (row.scale, row.level, f"course:{codes[row.course_id]}" if row.course_id else f"kind:{row.kind}")
        if all_versions or key not in seen:
            seen.add(key)
            yield key, row


def as_typed(cell: TableCell | None) -> dict[str, str | None]:
    """What was entered last, as somebody would type it."""
    if cell is None:
        return {}
    amount = None if cell.amount is None else str(cell.amount)
    conditions = {"condition_ko": cell.condition_ko, "condition_en": cell.condition_en}
    return {"measure": cell.measure.value, "amount": amount, **conditions}


def _level(level: Level, cells: dict[Key, list[TableCell]]) -> LevelView:
    views = [
        _cell(level, whose, name, cells.get((level.scale, level.level, whose), [])) for whose, name in whose_choices()
    ]
    count = len(Kind)
    return LevelView(in_lang(level, "name"), views[:count], [view for view in views[count:] if view.words != "–"])


def _cell(level: Level, whose: str, name: str, versions: list[TableCell]) -> CellView:
    now, at = request_time(), partial(url_for, scale=level.scale, level=level.level, whose=whose)
    known = max((one for one in versions if not one.known_at or one.known_at <= now), key=became_known, default=None)
    later = [one for one in reversed(versions) if one.known_at and one.known_at > now]
    return CellView(
        whose=name,
        words=meaning_of(known) if known else gettext("as for its kind of course") if later else "–",
        later=[
            gettext("%(meaning)s from %(moment)s", meaning=meaning_of(one), moment=instant(one.known_at))
            for one in later
            if one.known_at
        ],
        href=at("admin.cell"),
        versions=at("admin.cell_versions") if versions else None,
    )


def meaning_of(cell: TableCell) -> str:
    """What a version of a cell says, in words."""
    amount = cell.amount or 0
    words = {
        Measure.PERCENT: f"{amount} %",
        Measure.PEOPLE: ngettext("%(num)s person", "%(num)s people", amount),
        Measure.CLOSED: gettext("closed"),
        Measure.NO_LIMIT: gettext("no limit"),
        Measure.INHERIT: gettext("as for its kind of course"),
    }[cell.measure]
    condition = in_lang(cell, "condition")
    return f"{words}; {condition}" if condition else str(words)


def summary_of(draft: CellDraft) -> Words:
    """What to call a change of this cell."""
    names, whose = _names()[draft.scale, draft.level], _whose(draft)
    return Words(f"단계별 정원: {names.ko}, {whose.ko}", f"Level table: {names.en}, {whose.en}")


def _whose(draft: CellDraft) -> Words:
    """The course or the kind of course, in both languages."""
    if draft.course:
        course = course_by_code(db.session(), draft.course)
        return Words(course.name_ko, course.name_en)
    return KINDS[Kind(draft.kind or "")]


def _names() -> dict[tuple[str, str], Words]:
    return {(one.scale, one.level): Words(one.name_ko, one.name_en) for one in db.session.scalars(select(Level))}


def whose_choices() -> list[tuple[str, str]]:
    """The kinds of course, then the courses by code."""
    by_code = sorted(courses(db.session()), key=lambda one: one.code)
    kinds = [(f"kind:{kind.value}", kind_words(kind)) for kind in Kind]
    return kinds + [(f"course:{one.code}", in_lang(one, "name")) for one in by_code]
