"""Forgetting people on time: nobody can be read any more, everything is counted as before, and nobody who is owed
something is forgotten before.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, func, select, update
from sqlalchemy.orm import Session

from tests.applications.scene import settle_all
from tests.notices.outbox import settings
from tests.rosters.gate import APPLIED, Gate, build_gate, trail, visitors
from tests.rosters.test_allotments import aside
from tourbook.actor import GUEST
from tourbook.applications import cancel, hold_again
from tourbook.applications.closures import Appeal
from tourbook.applications.models import Application, Attendance, Fee, PriorityRight, State
from tourbook.db import db, transaction
from tourbook.errors import Conflict
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import check, forget_due, read_health
from tourbook.rosters import Crew, Purpose, arrange_crew, mark_attendance, read_roster
from tourbook.rosters.models import DepartureCrew

IN_TIME = parse_moment("2026-05-25T23:59")
AFTER = parse_moment("2026-05-26T00:00")
CAUSE = {"cause_ko": "사유", "cause_en": "reason"}


@pytest.fixture
def gate(session: Session) -> Gate:
    return build_gate()


def sent() -> None:
    """Every notice has left."""
    with transaction() as act:
        act.execute(update(Notice).values(state=NoticeState.SENT))


def application(session: Session, application_id: UUID) -> Application:
    session.rollback()
    return session.get_one(Application, application_id)


def readable(session: Session) -> list[str]:
    """The sealed columns of all tables about visits that still hold something."""
    session.rollback()
    found = []
    for table in db.metadata.sorted_tables:
        if table.name in {"person", "companion"}:
            continue
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and column.name.endswith("_sealed"):
                kept = select(func.count()).select_from(table).where(column.is_not(None), func.length(column) > 0)
                found += [f"{table.name}.{column.name}"] * bool(session.scalar(kept))
    return found


def test_five_days_after_the_visit_nobody_can_be_read_any_more(gate: Gate, session: Session) -> None:
    party = gate.apply(2, names=["김하늘", "Anna Schmidt"])
    crew = Crew(guide="박안내", phone="+821012345678")
    arrange_crew(gate.departure_id, crew, actor=gate.operator, now=gate.now)
    sent()

    assert forget_due(now=IN_TIME) == 0
    assert "visitor.name_sealed" in readable(session)
    assert forget_due(now=AFTER) == 2
    assert forget_due(now=AFTER) == 0

    assert readable(session) == []
    assert session.scalars(select(DepartureCrew)).all() == []
    it = application(session, party)
    assert (it.contact, it.token, it.forgotten_at) == (None, "", AFTER)
    assert (it.contact_index, it.browser_hash, it.address_hash) == (None, None, None)
    assert [(one.name, one.birth_date, one.document, one.name_index) for one in visitors(party)] == [
        ("", "", None, "")
    ] * 2


def test_a_groups_contact_and_link_are_forgotten_with_the_visit(gate: Gate, session: Session) -> None:
    gate.scene.now = parse_moment("2026-05-10T14:00")
    aside(gate)
    sent()

    assert forget_due(now=IN_TIME) == 0
    assert forget_due(now=AFTER) == 1

    assert readable(session) == []
    assert forget_due(now=AFTER) == 0


def test_it_is_written_down_without_a_name(gate: Gate, session: Session) -> None:
    gate.apply(2)
    sent()
    forget_due(now=AFTER)

    (entry,) = trail(session, "people_forgotten")
    assert entry.facts == {"applications": 1, "guides": 0, "groups": 0}
    assert entry.subject_id is None


def test_every_figure_is_the_same_and_nothing_is_found_against_it(gate: Gate, session: Session) -> None:
    party = gate.apply(3)
    gate.admit(1)
    mark_attendance(visitors(party)[0].id, Attendance.ARRIVED, actor=gate.operator, now=gate.now)
    sent()
    before = check(session, now=AFTER)
    session.rollback()

    forget_due(now=AFTER)

    after = check(session, now=AFTER)
    assert before.ok
    assert (after.counts, after.findings) == (before.counts, before.findings)


def test_an_operators_roster_of_then_counts_people_whose_names_are_gone(gate: Gate, session: Session) -> None:
    gate.apply(2)
    sent()
    forget_due(now=AFTER)

    roster = read_roster(gate.departure_id, Purpose.GATE, actor=gate.operator, now=AFTER)

    assert [(one.name, one.age, one.birth_date) for _, one in roster.travellers] == [("", None, None)] * 2


def test_what_was_cancelled_long_before_the_visit_is_forgotten_before_it(gate: Gate, session: Session) -> None:
    party, other = gate.apply(2), gate.apply(1)
    cancelled = parse_moment(APPLIED)
    cancel(party, actor=GUEST, now=cancelled)
    sent()

    assert forget_due(now=cancelled + timedelta(days=5)) == 0
    assert forget_due(now=cancelled + timedelta(days=6)) == 1
    assert application(session, party).forgotten_at is not None
    assert application(session, other).forgotten_at is None


def owe_a_right(session: Session, it: Application) -> None:
    it.state = State.DISPLACED
    session.add(PriorityRight(application_id=it.id, course_id=it.course_id, granted_at=it.created_at))


def owe_an_answer(session: Session, it: Application) -> None:
    session.add(Appeal(application_id=it.id, text="아팠습니다", made_at=it.created_at))


def owe_a_fee(_: Session, it: Application) -> None:
    it.state, it.fee = State.CALLED_OFF, Fee.PAID


def owe_a_notice(session: Session, it: Application) -> None:
    session.execute(update(Notice).where(Notice.subject_id == it.id).values(state=NoticeState.WAITING))


@pytest.mark.parametrize("owe", [owe_a_right, owe_an_answer, owe_a_fee, owe_a_notice])
def test_nobody_is_forgotten_who_is_still_owed_something(
    gate: Gate, session: Session, owe: Callable[[Session, Application], None]
) -> None:
    party, other = gate.apply(2), gate.apply(1)
    sent()
    with transaction() as act:
        owe(act, act.get_one(Application, party))

    assert forget_due(now=AFTER) == 1
    assert application(session, party).forgotten_at is None
    assert application(session, other).forgotten_at == AFTER


def test_a_right_that_ended_holds_nobody_back(gate: Gate, session: Session) -> None:
    party = gate.apply(2)
    sent()
    with transaction() as act:
        owe_a_right(act, act.get_one(Application, party))
        act.flush()  # the update meets it
        act.execute(update(PriorityRight).values(ended_at=AFTER))

    assert forget_due(now=AFTER) == 1


def test_many_are_forgotten_in_portions(gate: Gate, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tourbook.operations.forgetting.AT_ONCE", 2)
    for _ in range(5):
        gate.apply(1)
    sent()

    assert [forget_due(now=AFTER) for _ in range(4)] == [2, 2, 1, 0]


def test_what_is_kept_more_than_a_day_too_long_is_seen_by_whoever_looks_after_it(gate: Gate, session: Session) -> None:
    gate.apply(1)
    sent()

    def too_long(now: datetime) -> int:
        session.rollback()
        return read_health(session, now=now).kept_too_long

    assert (too_long(AFTER), too_long(AFTER + timedelta(days=1))) == (0, 1)
    forget_due(now=AFTER)
    assert too_long(AFTER + timedelta(days=1)) == 0


def test_how_long_is_a_setting(app: Flask, gate: Gate, session: Session) -> None:
    gate.apply(1)
    sent()
    with settings(app, forget_after_days=10):
        assert forget_due(now=AFTER + timedelta(days=4)) == 0
        assert forget_due(now=AFTER + timedelta(days=5)) == 1


def test_places_are_not_held_again_for_people_who_were_forgotten(gate: Gate, session: Session) -> None:
    """Whoever comes back then applies anew: with that application nobody could be reached, nor ever be forgotten."""
    gate.scene.now = parse_moment("2026-05-10T14:00")
    typed = gate.scene.hold(gate.departure_id, 2)
    gate.scene.now += timedelta(hours=1)
    settle_all(gate.scene)
    sent()
    later = gate.now + timedelta(days=6)
    forget_due(now=later)

    with pytest.raises(Conflict) as refusal:
        hold_again(typed, actor=GUEST, now=later)

    assert refusal.value.code == "people_forgotten"
    assert application(session, typed).state == State.EXPIRED
