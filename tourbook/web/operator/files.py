"""A roster on paper and as a spreadsheet: the columns that its purpose needs, and no others."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from tourbook.applications.models import Fee
from tourbook.kst import in_seoul
from tourbook.rosters import PartyOnRoster, Purpose, Roster, Traveller, read_roster
from tourbook.rosters.xlsx import Value, workbook
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.operator.answers import allowance_now
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.showing import came_by, conditions, fee_amount, status_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Column = tuple[str, Callable[[PartyOnRoster, Traveller], Value]]


@blueprint.get("/departures/<uuid:departure_id>/print")
@permission(Permission.OPERATOR)
def print_roster(departure_id: UUID) -> str:
    """The roster for paper, with a box to tick for each person."""
    found = read_roster(departure_id, Purpose.PRINT, actor=current_actor(), now=request_time())
    columns = _gate_columns(found)
    return render_template(
        "operator/print.html",
        course_name=present.in_lang(found.course, "name"),
        when=present.instant(found.departure.starts_at),
        place=present.in_lang(found.course, "meeting_place"),
        people=wording.people(len(found.travellers)),
        printed=present.instant(request_time()),
        head=[title for title, _value in columns],
        rows=[[f"☐ {row[0]}", *row[1:]] for row in _rows(found, columns)],
    )


@blueprint.get("/departures/<uuid:departure_id>/roster.xlsx")
@permission(Permission.OPERATOR)
def roster_xlsx(departure_id: UUID) -> Response:
    """The roster as a spreadsheet: `?for=submission` with identities, to be sent; else for use at the gate."""
    wanted = request.args.get("for")
    if wanted not in {None, Purpose.SUBMISSION}:
        abort(400)
    to_submit = wanted is not None
    purpose = Purpose.SUBMISSION if to_submit else Purpose.GATE_FILE
    found = read_roster(departure_id, purpose, actor=current_actor(), now=request_time())
    columns = _submission_columns() if to_submit else _gate_columns(found)
    head = [title for title, _value in columns]
    footer = f"{present.in_lang(found.course, 'name')} {present.instant(found.departure.starts_at)}"
    answer = make_response(workbook(_("Roster"), head, _rows(found, columns), footer=footer))
    answer.mimetype = XLSX
    name = f"roster-{found.course.code}-{in_seoul(found.departure.starts_at):%Y%m%d-%H%M}-{purpose.value}.xlsx"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _rows(roster: Roster, columns: list[Column]) -> list[list[Value]]:
    return [[value(party, visitor) for _title, value in columns] for party, visitor in roster.travellers]


def _gate_columns(roster: Roster) -> list[Column]:
    """What is needed at the meeting place; contacts are masked, identities left out, a party's fee stands once."""
    columns: list[Column] = [
        (_("Name"), lambda _party, visitor: visitor.name),
        (_("Reference"), lambda party, _visitor: party.reference),
        (_("No. in party"), lambda _party, visitor: visitor.place),
        (_("Age"), lambda _party, visitor: visitor.age),
        (_("Nationality"), lambda _party, visitor: wording.country(visitor.nationality)),
        (_("Contact"), lambda party, _visitor: party.contact or ""),
        (_("Fee"), lambda party, visitor: _fee(party) if visitor == party.visitors[0] else ""),
        (_("Status"), lambda _party, visitor: status_words(visitor.attendance.value, "visitor")),
        (_("Came as"), lambda party, _visitor: came_by(party.channel)),
    ]
    if conditions(allowance_now(roster.departure, roster.course)):
        columns.append((_("Condition shown"), lambda _party, visitor: _("yes") if visitor.condition_shown else ""))
    return columns


def _submission_columns() -> list[Column]:
    """What those need who let people pass: identities, and nothing about contacts or money."""
    return [
        (_("Name"), lambda _party, visitor: visitor.name),
        (_("Date of birth"), lambda _party, visitor: visitor.birth_date.isoformat()),
        (_("Nationality"), lambda _party, visitor: wording.country(visitor.nationality)),
        (_("Passport number"), lambda _party, visitor: visitor.document or ""),
        (_("Reference"), lambda party, _visitor: party.reference),
    ]


def _fee(party: PartyOnRoster) -> str:
    return "" if party.fee == Fee.NONE else f"{fee_amount(party)} {status_words(party.fee.value, 'fee')}"
