"""A roster on paper, as a PDF and as a spreadsheet: the columns that its purpose needs, and no others."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from tourbook.applications.models import Attendance, Fee
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import in_seoul
from tourbook.rosters import PartyOnRoster, Purpose, Roster, Traveller, crew_of, read_roster
from tourbook.rosters.xlsx import Value, workbook
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.aside import aside_words
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.language import current_language
from tourbook.web.operator.answers import allowance_now
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.crew import paper_lines
from tourbook.web.operator.showing import came_by, conditions, fee_amount, status_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ON_PAPER = 200
SHARES = (9, 5, 3, 3, 6, 8, 7, 5, 5, 5)
"""How wide the columns of a roster are on paper, beside each other."""

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
        crew=_crew_lines(found),
        aside=aside_words(found.departure, found.course),
        rows=[[f"☐ {row[0]}", *row[1:]] for row in _rows(found, columns)],
    )


@blueprint.get("/departures/<uuid:departure_id>/manifest.pdf")
@permission(Permission.OPERATOR)
def manifest(departure_id: UUID) -> Response:
    """The same sheet as a PDF. Refuses `paper_too_long` where more people go than it can be made for in good time."""
    found = read_roster(departure_id, Purpose.PRINT, actor=current_actor(), now=request_time())
    if len(found.travellers) > MOST_ON_PAPER:
        raise Refused("paper_too_long", most=MOST_ON_PAPER)
    answer = make_response(manifest_of(found, request_time()))
    answer.mimetype = "application/pdf"
    name = f"roster-{found.course.code}-{in_seoul(found.departure.starts_at):%Y%m%d-%H%M}.pdf"
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer


def manifest_of(roster: Roster, now: datetime) -> bytes:
    """A roster on as many sheets as it needs, with its heading on each, and a box to tick for each person."""
    from tourbook.rosters.paper import Paper  # noqa: PLC0415 - a tenth of each start, and few processes make a paper

    columns = _gate_columns(roster)
    title = f"{present.in_lang(roster.course, 'name')} {present.instant(roster.departure.starts_at)}"
    paper = Paper(
        title,
        language=current_language(),
        foot=f"{title} · {_('Printed on %(moment)s', moment=present.instant(now))}",
        unwritten=_("Letters that this paper cannot show stand as their codes, for example [U+6F22]."),
        made_at=now,
        wide=True,
    )
    paper.head(title)
    place = present.in_lang(roster.course, "meeting_place")
    paper.say(f"{wording.people(len(roster.travellers))} · {place}")
    for line in _crew_lines(roster):
        paper.say(line)
    for line in aside_words(roster.departure, roster.course):
        paper.say(line)
    paper.say(_("Personal data: keep this sheet with you, and destroy it after the visit."), gray=True)
    rows = [["" if value is None else str(value) for value in row] for row in _rows(roster, columns)]
    head = [title for title, _value in columns]
    paper.rows(head, ([f"□ {row[0]}", *row[1:]] for row in rows), shares=SHARES[: len(columns)])
    return paper.finished()


def _crew_lines(roster: Roster) -> list[str]:
    """Who guides, in which vehicles, and what the gate is to know."""
    coming = {Attendance.EXPECTED, Attendance.ARRIVED}
    people = sum(visitor.attendance in coming for _party, visitor in roster.travellers)
    return paper_lines(crew_of(db.session(), roster.departure.id), people)


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
        (_("Name"), lambda _party, visitor: present.person_name(visitor.name)),
        (_("Reference"), lambda party, _visitor: party.reference),
        (_("No. in party"), lambda _party, visitor: visitor.place),
        (_("Age"), lambda _party, visitor: visitor.age or ""),
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
        (_("Name"), lambda _party, visitor: present.person_name(visitor.name)),
        (_("Date of birth"), lambda _party, visitor: visitor.birth_date.isoformat() if visitor.birth_date else ""),
        (_("Nationality"), lambda _party, visitor: wording.country(visitor.nationality)),
        (_("Passport number"), lambda _party, visitor: visitor.document or ""),
        (_("Reference"), lambda party, _visitor: party.reference),
    ]


def _fee(party: PartyOnRoster) -> str:
    return "" if party.fee == Fee.NONE else f"{fee_amount(party)} {status_words(party.fee.value, 'fee')}"
