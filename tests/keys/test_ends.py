"""The end of a month's keys: an old copy of the database cannot be read any more, with all that anybody still has."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.crashes.child import run
from tests.ground.application import Ground
from tests.ground.databases import kept_rows, restore
from tests.keys.conftest import OpenStore
from tests.keys.values import of_visits, readable
from tests.notices.outbox import settings
from tests.rosters.gate import Gate, build_gate, visitors
from tests.rosters.test_allotments import aside
from tourbook.actor import Role
from tourbook.applications.closures import Appeal
from tourbook.applications.models import Application
from tourbook.clearance.models import Authority, Standing, VisitorClearance
from tourbook.db import transaction
from tourbook.keyring import Keyring
from tourbook.keys import DataKey, refuse_without_keys
from tourbook.keystore import KeyState
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import check, forget_due, look_after_keys, note_states
from tourbook.rosters import Crew, arrange_crew

HOUR = timedelta(hours=1)
EACH = 5
"""Of so many points one is died at."""
LAST_MOMENT = parse_moment("2026-06-05T23:59")
OVER = parse_moment("2026-06-06T00:00")
"""The last day of May and five more have passed."""


@pytest.fixture
def gate(session: Session) -> Gate:
    """A departure of May with something in every sealed column that there is."""
    made = build_gate()
    made.scene.now = parse_moment("2026-05-10T14:00")
    aside(made, 3)
    made.scene.now = parse_moment("2026-05-20T09:30")
    party = made.apply(2, names=["김하늘", "Anna Schmidt"])
    made.admit(1, contact=("sms", "+821012345678"))
    crew = Crew(guide="박안내", phone="+821087654321")
    arrange_crew(made.departure_id, crew, actor=made.operator, now=made.now)
    with transaction() as act:
        first = visitors(party)[0]
        first.document = "M12345678"
        act.add(Appeal(application_id=party, text="아팠습니다", made_at=made.now, decided_at=made.now, granted=True))
        act.add(
            VisitorClearance(
                visitor_id=first.id,
                authority=Authority.NIS,
                standing=Standing.CLEARED,
                answered_at=made.now,
                note="생년월일 확인",
            )
        )
        act.execute(update(Notice).values(state=NoticeState.SENT))
    return made


def end_the_month() -> None:
    """What the timetable does after the month, once all have been forgotten."""
    while forget_due(now=OVER):
        pass
    assert look_after_keys(now=OVER) == 0, "it was destroyed before acts under way could have ended"
    while look_after_keys(now=OVER + HOUR):
        pass


def states(session: Session) -> dict[str, list[str]]:
    session.rollback()
    found: dict[str, list[str]] = {}
    for one in session.scalars(select(DataKey).order_by(DataKey.month, DataKey.number)):
        found.setdefault(one.month, []).append(one.state.value)
    session.rollback()
    return found


def test_a_copy_from_before_cannot_be_read_with_all_that_is_left(
    gate: Gate, session: Session, database: Ground, open_store: OpenStore
) -> None:
    somebody(database.app, Role.CITIZEN)
    before = readable(session)
    assert {place.partition(".")[0] for place in before} >= {
        *("application", "visitor", "notice", "allotment", "appeal", "visitor_clearance", "departure_crew", "person")
    }, "the control holds nothing to be read"
    copy = kept_rows(database.engine)

    end_the_month()
    restore(database.engine, copy)
    open_store()  # as a process that starts today, with today's store, master key and secret

    after = readable(session)
    assert of_visits(after) == {}
    assert after == before - of_visits(before), "accounts end with no month"


def test_a_copy_that_is_put_back_starts_and_is_forgotten_again(
    gate: Gate, session: Session, database: Ground, open_store: OpenStore
) -> None:
    copy = kept_rows(database.engine)
    end_the_month()
    restore(database.engine, copy)
    open_store()

    refuse_without_keys()
    end_the_month()

    assert check(session, now=OVER).counts
    assert states(session)["2026-05"] == ["destroyed"]
    assert of_visits(readable(session)) == {}
    assert not any(visitors(one) and visitors(one)[0].name for one in session.scalars(select(Application.id)))


def test_an_old_store_that_is_put_back_loses_again_what_is_on_record_as_destroyed(
    gate: Gate, session: Session, open_store: OpenStore
) -> None:
    old = _content(open_store())
    end_the_month()
    ring = open_store()
    ring.store.path.write_bytes(old)
    assert [bool(one.wrapped) for one in ring.stored() if one.month == "2026-05"] == [True]

    note_states(now=OVER + 2 * HOUR)

    assert [bool(one.wrapped) for one in open_store().stored() if one.month == "2026-05"] == [False]


def test_control_while_its_key_is_there_the_copy_is_read(
    gate: Gate, session: Session, database: Ground, open_store: OpenStore
) -> None:
    copy, before = kept_rows(database.engine), readable(session)
    while forget_due(now=OVER):
        pass
    assert of_visits(readable(session)) == {"appeal.text": 1}, "appeals are kept longer, by a job of their own"
    restore(database.engine, copy)
    open_store()

    assert readable(session) == before


def test_nothing_is_left_of_the_key_and_its_end_is_on_record(gate: Gate, session: Session, ring: Keyring) -> None:
    [key] = [one for one in ring.stored() if one.month == "2026-05"]
    folder = ring.store.path.parent
    end_the_month()

    assert key.wrapped
    assert [one.wrapped for one in ring.stored() if one.id == key.id] == [b""]
    assert not any(key.wrapped.hex() in file.read_bytes().hex() for file in folder.iterdir())
    row = session.get_one(DataKey, key.id)
    assert (row.state, row.retired_at, row.destroyed_at) == (KeyState.DESTROYED, OVER, OVER + HOUR)


def test_the_month_keeps_its_key_until_its_last_people_are_due(gate: Gate, session: Session) -> None:
    while look_after_keys(now=LAST_MOMENT):
        pass

    assert states(session)["2026-05"] == ["active"]


def test_figures_are_the_same_and_nothing_is_found_against_it(gate: Gate, session: Session) -> None:
    with transaction() as act:
        act.execute(delete(VisitorClearance))  # nobody was handed over, as the recount knows
    before = check(session, now=OVER)
    session.rollback()
    end_the_month()

    after = check(session, now=OVER)
    assert before.ok
    assert (after.counts, after.findings) == (before.counts, before.findings)


def test_who_is_still_owed_something_is_sealed_by_a_later_key_and_the_month_ends(
    gate: Gate, session: Session, database: Ground, open_store: OpenStore
) -> None:
    owed = session.scalars(select(Appeal.application_id)).one()
    with transaction() as act:
        act.execute(update(Appeal).values(decided_at=None, granted=None))
    copy = kept_rows(database.engine)
    end_the_month()

    assert [one.name for one in visitors(owed)] == ["김하늘", "Anna Schmidt"]
    assert states(session) == {"2026-05": ["destroyed"], "2026-06": ["active"]}
    restore(database.engine, copy)
    open_store()
    assert of_visits(readable(session)) == {}


def test_what_is_written_about_a_month_that_is_over_is_sealed_by_a_later_key(gate: Gate, session: Session) -> None:
    end_the_month()
    with transaction() as act:
        late = act.scalars(select(Application)).first()
        assert late is not None
        late.contact = "late@example.kr"
    with transaction() as act:
        act.execute(update(Application).where(Application.id != late.id).values(contact_sealed=None))

    assert readable(session) == {"application.contact": 1, "appeal.text": 1}
    assert states(session) == {"2026-05": ["destroyed"], "2026-06": ["active"]}


def test_how_long_a_month_lasts_is_the_setting_of_forgetting(gate: Gate, session: Session, database: Ground) -> None:
    with settings(database.app, forget_after_days=10):
        look_after_keys(now=OVER)
        assert states(session)["2026-05"] == ["active"]
        look_after_keys(now=OVER + timedelta(days=5))
        assert states(session)["2026-05"] == ["retired"]


def test_whoever_is_killed_on_the_way_is_gone_on_from(
    gate: Gate, session: Session, database: Ground, open_store: OpenStore
) -> None:
    """At statements and around commits, other ones on each database; the store is not in step with the record then."""
    with transaction() as act:
        act.execute(update(Appeal).values(decided_at=None, granted=None))
    while forget_due(now=OVER):
        pass
    look_after_keys(now=OVER)
    begun, stored = kept_rows(database.engine), _content(open_store())
    expected = None

    for point in range(database.dialect == "sqlite", 1_000, EACH):
        restore(database.engine, begun)
        open_store().store.path.write_bytes(stored)
        died = run(database, lambda: _all_of(OVER + HOUR), die_at=point)
        open_store()
        _all_of(OVER + HOUR)
        found = readable(session), states(session)
        expected = expected or found
        assert found == expected, f"killed at {point}: {died.points[-1]}"
        if not died.died:
            break

    assert point > 15
    assert expected[0]["visitor.name"] == 2
    assert expected[1] == {"2026-05": ["destroyed"], "2026-06": ["active"]}


def _all_of(now: object) -> None:
    while look_after_keys(now=now):
        pass


def _content(ring: Keyring) -> bytes:
    return Path(ring.store.path).read_bytes()
