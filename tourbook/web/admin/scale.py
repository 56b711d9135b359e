"""All that the levels of a scale mean, changed in one form and looked at in one preview."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import FieldList, FormField, HiddenField, SelectField

from tourbook.db import db
from tourbook.distancing import CellDraft, set_cell
from tourbook.distancing.drafts import WITH_AMOUNT, cell_faults
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Level, TableCell
from tourbook.errors import NotFound, Refused, refuse_all
from tourbook.operations import Proposal
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Moment, Whole
from tourbook.web.admin.levels import scale_names, scale_words
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.admin.table import MEANINGS, as_typed, latest_cells, meaning_of, summary_of, whose_choices
from tourbook.web.forms import Form, Text, choices
from tourbook.web.present import in_lang

MOST_CELLS = 200  # of three fields each: a form that carries them has a thousand at most
SAYS_NOTHING = ("", _("Not said yet"))
MOVED = "cell_changed_meanwhile"


class CellRow(Form):
    """One cell: which it is, the version of it that was shown (its entry; 0: none), and what it shall mean."""

    cell = HiddenField()
    measure = SelectField(_("Meaning"), choices=choices([SAYS_NOTHING, *MEANINGS]))
    amount = Whole(_("Per cent, or people"))

    @property
    def key(self) -> tuple[str, str]:
        """The level, and whose cell it is."""
        level, _blank, rest = (self.cell.data or "").partition(" ")
        return level, rest.partition(" ")[0]

    @property
    def entry(self) -> int:
        """The version that was shown."""
        number = (self.cell.data or "").rpartition(" ")[2]
        return int(number) if number.isascii() and number.isdecimal() else 0

    @property
    def meaning(self) -> tuple[str, int | None]:
        """What was chosen; an amount counts only where one belongs."""
        measure = self.measure.data or ""
        return measure, self.amount.value if measure in WITH_AMOUNT else None

    def offer_what_fits(self) -> None:
        """Leave out what this cell cannot say: that it is as for its kind, or nothing where it says something."""
        unfit = {"inherit" if self.key[1].startswith("kind:") else None, "" if self.entry else None}
        said_so = [SAYS_NOTHING, *MEANINGS]
        self.measure.choices = choices([one for one in said_so if one[0] not in unfit])


@dataclass(frozen=True)
class Entering:
    """A cell that is to mean something else: its place in the form, the draft, and the version that was shown."""

    place: str
    draft: CellDraft
    made_from: int


class ScaleForm(ProposalForm):
    """What every level of a scale means for the kinds of course, and for courses that have a cell of their own."""

    cells = FieldList(FormField(CellRow), max_entries=MOST_CELLS)
    announced_at = Moment(_("Counts from"))
    source = Text(_("Cause or source"))
    scale = ""

    @classmethod
    def begun(cls, scale: str, levels: Sequence[Level]) -> "ScaleForm":
        """The form as the table is now, or as it was sent; refuses a scale without levels, and cells not of its own."""
        if not levels:
            raise NotFound("no_such_page")
        there = _latest(scale)
        own = {whose for _level, whose in there}
        keys = [(one.level, whose) for one in levels for whose, _name in whose_choices()]
        shown = [key for key in keys if _is_shown(key[1], own)]
        form = cls(data={"cells": [_row(key, there.get(key)) for key in shown[:MOST_CELLS]]})
        form.scale = scale
        sent = [field.form.key for field in form.cells]
        if len(set(sent)) < len(sent) or not set(sent) <= set(keys):
            raise NotFound("no_such_page")  # no page of ours sends them, and none could show them again
        for field in form.cells:
            field.form.offer_what_fits()
        return form

    def parts(self, levels: Sequence[Level]) -> Iterator[tuple[str, list[tuple[str, CellRow]]]]:
        """The rows of each level under its name, each with whose it is."""
        names = dict(whose_choices())
        for level in levels:
            rows = [entry.form for entry in self.cells if entry.form.key[0] == level.level]
            yield in_lang(level, "name"), [(names.get(row.key[1], row.key[1]), row) for row in rows]

    def proposal(self) -> Proposal:
        """To enter what differs from what was shown, all at once; refuses, at their fields, all that cannot be."""
        found = list(self._changed())
        if not found:
            raise Refused("no_change")
        refuse_all([fault for one in found for fault in _at(one.place, cell_faults(one.draft))])
        step = partial(_enter, found=found, told={"actor": current_actor(), "now": request_time()})
        return Proposal((step,), _summary(self.scale, [one.draft for one in found]))

    def _changed(self) -> Iterator[Entering]:
        shown = {one.entry: one for one in db.session.scalars(select(TableCell).where(TableCell.scale == self.scale))}
        for field in self.cells:
            row, was = field.form, shown.get(field.form.entry)
            if row.meaning != ((was.measure.value, was.amount) if was else ("", None)):
                yield Entering(field.name, self._draft(row, was), row.entry)

    def _draft(self, row: CellRow, was: TableCell | None) -> CellDraft:
        level, whose = row.key
        for_what, _colon, name = whose.partition(":")
        return CellDraft(
            scale=self.scale,
            level=level,
            kind=name if for_what == "kind" else None,
            course=name if for_what == "course" else None,
            measure=row.meaning[0],
            amount=row.meaning[1],
            announced_at=self.announced_at.value,
            source=self.source.data or "",
            condition_ko=was.condition_ko if was else None,
            condition_en=was.condition_en if was else None,
        )

    def refuse(self, refused: Refused) -> None:
        """Say it at its fields. Where somebody else was first, what they entered; the row is made from that now."""
        rows = {f"{field.name}-measure": field.form for field in self.cells}
        for one in (refused, *refused.others):
            if one.code == MOVED and one.field in rows:
                row = rows[one.field]
                stands = _latest(self.scale).get(row.key)
                row.cell.data = _named(row.key, stands)
                one.facts["stands"] = meaning_of(stands) if stands else gettext("nothing")
        super().refuse(refused)


@blueprint.route("/table/scales/<scale>", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def scale(scale: str) -> Page:
    """Say what several levels mean, by way of one preview."""
    levels = db.session.scalars(select(Level).where(Level.scale == scale).order_by(Level.place)).all()
    form = ScaleForm.begun(scale, levels)
    return decide(form, "admin/scale_form.html", scale=scale, name=scale_words(scale), parts=list(form.parts(levels)))


def _latest(scale: str) -> dict[tuple[str, str], TableCell]:
    return {(level, whose): cell for (of, level, whose), cell in latest_cells() if of == scale}


def _is_shown(whose: str, own: set[str]) -> bool:
    """Each kind of course, and each course that has a cell of its own in this scale."""
    return whose.startswith("kind:") or whose in own


def _row(key: tuple[str, str], cell: TableCell | None) -> dict[str, Any]:
    return {"cell": _named(key, cell), "measure": "", **as_typed(cell)}


def _named(key: tuple[str, str], shown: TableCell | None) -> str:
    """Which cell it is, and which version of it is shown."""
    return " ".join([*key, str(shown.entry if shown else 0)])


def _enter(session: Session, *, found: Sequence[Entering], told: dict[str, Any]) -> None:
    """Step: enter them all, or refuse with all that stands against any."""
    faults: list[Refused] = []
    for one in found:
        try:
            set_cell(session, one.draft, made_from=one.made_from, **told)
        except Refused as refused:
            faults += _at(one.place, [refused])
    refuse_all(faults)


def _at(place: str, faults: Iterable[Refused]) -> Iterator[Refused]:
    """The faults of one row, at its own fields."""
    for one in faults:
        field = f"{place}-{'amount' if one.field == 'amount' else 'measure'}"
        yield Refused(one.code, field=field, **one.facts)


def _summary(scale: str, drafts: Sequence[CellDraft]) -> Words:
    """Whom it is about where it is one cell, else how many of which scale."""
    if len(drafts) == 1:
        return summary_of(drafts[0])
    names = scale_names(scale)
    return Words(f"단계별 정원: {names.ko}, {len(drafts)}가지", f"Level table: {names.en}, {len(drafts)} meanings")
