"""Files of orders and measures: uploaded or pasted, all lines or none, by way of the preview like every change."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.courses import Imported, enter_measures, read_measures
from tourbook.courses.files import Sheet
from tourbook.courses.imports import MEASURE_COLUMNS
from tourbook.distancing import enter_orders, read_orders
from tourbook.distancing.facts import Words
from tourbook.distancing.imports import ORDER_COLUMNS
from tourbook.errors import Refused
from tourbook.operations import Proposal
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.admin.sheets import SheetForm

SHOWN_LINES = 20


class ImportForm(SheetForm, ProposalForm):
    """A file that is entered by way of its preview; what was uploaded is carried along as text."""

    name: Words
    name_en_of_one: str
    read: Callable[[bytes | str], Sheet[Any]]
    enter: Callable[..., Imported]
    imported: Imported | None = None

    def proposal(self) -> Proposal:
        """To enter every line that is not there yet."""
        sheet = self.read(self.content)
        count = len(sheet.lines)
        name_en = self.name_en_of_one if count == 1 else self.name.en
        words = Words(f"{self.name.ko} 파일 {count}줄 등록", f"A file of {count} {name_en}")
        return Proposal((_Entering(self, sheet, current_actor(), request_time()),), words)

    def warnings(self) -> list[str]:
        """Lines that are there already, and lines that are odd."""
        if self.imported is None:
            return []
        odd = [
            gettext("Line %(line)s: %(problem)s", line=one.line, problem=refusals.problem_words(one.code, one.facts))
            for one in self.imported.warnings
        ]
        return [*_there_already(self.imported.there), *odd]

    def carried(self) -> list[tuple[str, str]]:
        """The content as text."""
        return [("text", self.text.data or "")]


class _Entering:
    """The step that enters a sheet, and tells the form what came of it."""

    def __init__(self, form: ImportForm, sheet: Sheet[Any], actor: Actor, now: datetime) -> None:
        self._form, self._sheet, self._actor, self._now = form, sheet, actor, now

    def __call__(self, session: Session) -> None:
        """Refuses the whole file for one bad line, and a file that brings nothing."""
        imported = self._form.enter(session, self._sheet, actor=self._actor, now=self._now)
        if not imported.entered:
            raise Refused("no_change", field="file")
        self._form.imported = imported


class OrdersForm(ImportForm):
    """A file of distancing orders."""

    name = Words("거리두기 조치", "distancing orders")
    name_en_of_one = "distancing order"
    columns = ORDER_COLUMNS
    read = staticmethod(read_orders)
    enter = staticmethod(enter_orders)


class MeasuresForm(ImportForm):
    """A file of measures at one site."""

    name = Words("현장 조치", "measures at one site")
    name_en_of_one = "measure at one site"
    columns = MEASURE_COLUMNS
    read = staticmethod(read_measures)
    enter = staticmethod(enter_measures)


@blueprint.route("/orders/import", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def import_orders() -> Page:
    """Enter a file of orders, by way of its preview."""
    return decide(OrdersForm(), "admin/import_orders.html")


@blueprint.route("/measures/import", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def import_measures() -> Page:
    """Enter a file of measures, by way of its preview."""
    return decide(MeasuresForm(), "admin/import_measures.html")


def _there_already(lines: list[int]) -> list[str]:
    if not lines:
        return []
    shown = ", ".join(map(str, lines[:SHOWN_LINES])) + (" …" if len(lines) > SHOWN_LINES else "")
    words: str = ngettext(
        "%(num)s line is there already and changes nothing: %(lines)s",
        "%(num)s lines are there already and change nothing: %(lines)s",
        len(lines),
        lines=shown,
    )
    return [words]
