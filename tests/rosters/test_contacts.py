"""A party's contact: opened for a task, while there is something to call about, and always written down."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import departure, refusal
from tests.rosters.gate import Gate, operator_of, trail
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application
from tourbook.db import db, new_id, transaction
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.notices import Notice, NoticeState
from tourbook.operations import call_off_departure
from tourbook.rosters import PartyContact, Task, read_contact, send_roster, to_call

# The departure leaves on 20 May at 10:00; its names are due two days before, at 24:00 of the 18th.
BEFORE_DUE, DUE, LAST_MINUTE, TOO_LATE = "2026-05-18T12:00", "2026-05-19T00:00", "2026-05-21T23:59", "2026-05-22T00:00"


def read(gate: Gate, party: UUID, task: Task = Task.GATE, *, at: str | None = None) -> PartyContact:
    return read_contact(party, task, actor=gate.operator, now=parse_moment(at) if at else gate.now)


def miss(party: UUID, *, state: NoticeState = NoticeState.FAILED) -> None:
    """Whatever the party was told is given up, or stands so."""
    with transaction() as session:
        for notice in session.scalars(select(Notice).where(Notice.subject_id == party)):
            notice.state = state


def called(gate: Gate) -> list[UUID]:
    row = departure(gate.departure_id)
    return [one.application_id for one in to_call(db.session(), row, gate.now)]


def test_a_contact_is_opened_whole_with_whom_to_ask_for(gate: Gate, session: Session):
    party = gate.apply(2, names=["강하늘", "이바다"])

    opened = read(gate, party)

    assert opened.address == session.get_one(Application, party).contact
    assert (opened.way, opened.name) == ("mail", "강하늘")


def test_opening_a_contact_is_written_down_with_who_when_whose_and_what_for(gate: Gate, session: Session):
    party = gate.apply(1)

    read(gate, party)

    (entry,) = trail(session, "contact_read")
    assert (entry.actor, entry.at, entry.subject_id) == (gate.operator.label, gate.now, party)
    assert entry.facts == {"purpose": "gate", "departure": str(gate.departure_id)}


@pytest.mark.parametrize(
    ("moment", "code"),
    [(BEFORE_DUE, "contact_too_early"), (TOO_LATE, "contact_too_late"), (DUE, ""), (LAST_MINUTE, "")],
)
def test_contacts_open_when_the_names_are_due_and_close_after_the_next_day(
    gate: Gate, session: Session, moment: str, code: str
):
    party = gate.apply(1)

    try:
        read(gate, party, at=moment)
        refused = ""
    except Conflict as conflict:
        refused = conflict.code

    assert refused == code
    assert len(trail(session, "contact_read")) == (0 if code else 1)


def test_contacts_open_early_where_the_names_were_sent_early(gate: Gate):
    party = gate.apply(1)
    send_roster(gate.departure_id, actor=gate.operator, now=parse_moment("2026-05-17T09:00"))

    assert read(gate, party, at="2026-05-17T09:01").address


def test_another_organisations_contacts_do_not_exist(gate: Gate, session: Session):
    party = gate.apply(1)
    stranger = operator_of(new_id())

    with pytest.raises(NotFound):
        read_contact(party, Task.GATE, actor=stranger, now=gate.now)
    assert trail(session, "contact_read") == []


def test_who_does_not_travel_is_not_called_for_the_gate(gate: Gate):
    party = gate.apply(1)
    cancel(party, actor=GUEST, now=gate.now)

    with pytest.raises(Conflict) as refused:
        read(gate, party)

    assert refusal(refused) == "not_on_the_roster"


def test_a_walk_up_without_a_contact_has_none_to_open(gate: Gate):
    with pytest.raises(Refused) as refused:
        read(gate, gate.admit(1).application_id)

    assert refusal(refused) == "no_contact_given"


def test_who_was_not_reached_may_be_called_before_the_names_are_due(gate: Gate, session: Session):
    party = gate.apply(1)
    miss(party)

    read(gate, party, Task.UNREACHED, at=BEFORE_DUE)

    assert trail(session, "contact_read")[0].facts["purpose"] == "unreached"


def test_who_was_reached_need_not_be_called(gate: Gate):
    party = gate.apply(1)
    miss(party, state=NoticeState.SENT)

    with pytest.raises(Conflict) as refused:
        read(gate, party, Task.UNREACHED)

    assert refusal(refused) == "reached_meanwhile"


def test_the_call_list_names_those_whose_last_notice_was_given_up_or_is_two_hours_late(gate: Gate):
    given_up, late, reached = gate.apply(1), gate.apply(1), gate.apply(1)
    miss(given_up)
    miss(reached, state=NoticeState.SENT)

    assert called(gate) == [given_up, late]


def test_a_notice_of_the_last_two_hours_may_still_arrive(gate: Gate):
    gate.apply(1)
    gate.scene.now = parse_moment("2026-05-10T10:59")
    soon = called(gate)
    gate.scene.now += timedelta(minutes=1)

    assert (soon, len(called(gate))) == ([], 1)


def test_whoever_cancelled_knows_it(gate: Gate):
    party = gate.apply(1)
    miss(party)
    cancel(party, actor=GUEST, now=gate.now)
    miss(party)

    assert called(gate) == []


def test_those_of_a_departure_that_was_called_off_are_on_the_call_list(gate: Gate):
    party = gate.apply(1)
    miss(party, state=NoticeState.SENT)
    call_off_departure(
        gate.departure_id, reason_ko="산불", reason_en="a forest fire", actor=gate.operator, now=gate.now
    )
    before = called(gate)
    miss(party)

    assert (before, called(gate)) == ([], [party])
    assert read(gate, party, Task.UNREACHED).address
