"""Reminders: one for each confirmed party, by day, while places that are given back can still be used."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, departure, open_offer, refusal, state, told
from tests.notices.outbox import settings
from tests.rosters.gate import visitors
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import Reminder, accept_offer, cancel, release, remind_due
from tourbook.applications import reminding as reminding_module
from tourbook.applications.models import Application, State
from tourbook.courses.models import Course, Departure
from tourbook.db import db, transaction
from tourbook.errors import Conflict
from tourbook.jobs import run_due
from tourbook.kst import parse_moment
from tourbook.notices import Notice, rendered
from tourbook.operations import call_off_departure
from tourbook.quiet import may_be_written_to

STARTS = "2026-05-20T10:00"  # rosters change until 18 May, 24:00, so reminders leave from the 15th on


@pytest.fixture
def party(scene: Scene) -> UUID:
    """Four people with places on a departure of six."""
    return scene.apply(scene.add_departure(STARTS, 6), 4)


def remind_at(moment: str) -> int:
    return sum(iter(lambda: remind_due(now=parse_moment(moment)), 0))


def letter(session: Session) -> Notice:
    return session.scalars(select(Notice).where(Notice.kind == "reminder")).one()


@pytest.mark.parametrize("waits", [True, False])
def test_it_says_that_others_wait_only_where_somebody_does(
    scene: Scene, party: UUID, session: Session, waits: bool
) -> None:
    if waits:
        there = session.get_one(Application, party).departure_id
        scene.apply(there, 4, wait=True)

    remind_at("2026-05-15T09:00")

    assert letter(session).facts["waited_for"] is waits
    assert (
        "기다리는 분들" in rendered(letter(session)).body or "Others are waiting" in rendered(letter(session)).body
    ) is waits


@pytest.mark.parametrize(("least", "short"), [(5, True), (4, False)])
def test_it_says_of_a_departure_with_too_few_people_when_that_is_decided(
    scene: Scene, party: UUID, session: Session, least: int, short: bool
) -> None:
    with transaction() as at_work:
        course = at_work.get_one(Course, scene.course_id)
        course.runs_from_people, course.decided_days_before, course.decided_at = least, 3, time(18)

    remind_at("2026-05-15T09:00")

    found = letter(session)
    assert ("least" in found.facts) is short
    assert any(words in rendered(found).body for words in ("출발 여부는", "Whether it runs")) is short


def test_it_says_nothing_of_that_where_it_is_settled_that_the_departure_runs(
    scene: Scene, party: UUID, session: Session
) -> None:
    with transaction() as at_work:
        course = at_work.get_one(Course, scene.course_id)
        course.runs_from_people, course.decided_days_before, course.decided_at = 5, 3, time(18)
        there = at_work.get_one(Departure, at_work.get_one(Application, party).departure_id)
        there.runs_since = scene.now

    remind_at("2026-05-15T09:00")

    assert "least" not in letter(session).facts


def reminders(session: Session, party: UUID) -> int:
    session.rollback()
    return told(session, party).count("reminder")


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-05-14T12:00", 0),
        ("2026-05-15T08:59", 0),
        ("2026-05-15T09:00", 1),
        ("2026-05-15T20:00", 0),
        ("2026-05-18T19:59", 1),
        ("2026-05-19T09:00", 0),
    ],
)
def test_a_party_is_reminded_by_day_from_three_days_before_the_last_changes_until_these(
    party: UUID, session: Session, moment: str, sent: int
) -> None:
    assert remind_at(moment) == sent
    assert reminders(session, party) == sent


def test_a_party_is_reminded_once_however_often_the_timetable_looks(party: UUID, session: Session) -> None:
    for moment in ("2026-05-15T09:00", "2026-05-15T09:05", "2026-05-18T12:00"):
        remind_at(moment)

    assert reminders(session, party) == 1
    assert session.scalar(select(func.count()).select_from(Reminder)) == 1


def test_the_reminder_says_until_when_a_place_is_still_of_use_and_leads_to_giving_it_back(
    party: UUID, session: Session
) -> None:
    remind_at("2026-05-15T09:00")

    notice = session.scalars(select(Notice).where(Notice.kind == "reminder")).one()
    assert notice.facts["deadline"] == parse_moment("2026-05-19T00:00").isoformat()
    assert notice.contact_sealed is None  # it borrows the address of its application


def test_whoever_was_confirmed_a_moment_ago_is_reminded_a_day_later(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(STARTS, 6)
    scene.now = parse_moment("2026-05-16T12:00")
    late = scene.apply(walk, 2)

    assert remind_at("2026-05-17T11:59") == 0
    assert remind_at("2026-05-17T12:01") == 1
    assert reminders(session, late) == 1


def test_only_those_who_have_places_are_reminded(scene: Scene, session: Session) -> None:
    walk, off = scene.add_departure(STARTS, 4), scene.add_departure("2026-05-20T14:00", 4)
    going, gone, called_off = scene.apply(walk, 2), scene.apply(walk, 2), scene.apply(off, 2)
    cancel(gone, actor=GUEST, now=scene.now)
    scene.apply(walk, 2)
    waiting = scene.apply(walk, 1, wait=True)
    call_off_departure(off, reason_ko="비", reason_en="rain", actor=COMMAND, now=scene.now)

    remind_at("2026-05-15T09:00")

    assert [reminders(session, one) for one in (going, gone, called_off, waiting)] == [1, 0, 0, 0]


def test_the_setting_moves_the_days_and_zero_turns_reminders_off(app: Flask, party: UUID) -> None:
    with settings(app, reminder_days=0):
        assert remind_at("2026-05-16T12:00") == 0
    with settings(app, reminder_days=1):
        assert remind_at("2026-05-16T12:00") == 0
        assert remind_at("2026-05-17T12:00") == 1


def test_the_timetable_reminds_and_sends_in_one_run(app: Flask, party: UUID, clock) -> None:
    clock.stand_at("2026-05-15T10:00")

    done = run_due(app)

    assert done["remind parties"] == 1
    assert done["send mails"] == 2  # the confirmation, and the reminder


def remind_side_by_side(app: Flask, timetables: int = 4) -> list[int | str]:
    ready = Barrier(timetables)

    def look(_number: int) -> int | str:
        with app.app_context():
            ready.wait()
            try:
                return remind_due(now=parse_moment("2026-05-15T09:00"))
            except Exception as fault:  # noqa: BLE001 - what the database refuses is the point
                return type(fault).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(timetables) as threads:
        return list(threads.map(look, range(timetables)))


def test_four_timetables_at_once_remind_once(app: Flask, party: UUID, session: Session) -> None:
    session.rollback()

    done = remind_side_by_side(app)

    assert sorted(done) == [0, 0, 0, 1]
    assert reminders(session, party) == 1


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without our lock")
def test_without_the_lock_the_row_of_each_reminder_is_the_last_word(
    app: Flask, party: UUID, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.rollback()
    all_have_read = Barrier(4)
    read = reminding_module._parties

    def read_with_the_others(*given: object) -> object:
        found = read(*given)  # type: ignore[arg-type]  # handed on
        all_have_read.wait(timeout=20)
        return found

    monkeypatch.setattr(reminding_module, "_parties", read_with_the_others)
    monkeypatch.setattr(
        reminding_module, "_next_departure", lambda session, *_: session.scalars(select(Departure)).one()
    )

    done = remind_side_by_side(app)

    assert sorted(map(str, done)) == ["1", "IntegrityError", "IntegrityError", "IntegrityError"]
    assert reminders(session, party) == 1


def test_an_installation_without_courses_reminds_nobody(app: Flask, session: Session) -> None:
    assert remind_at("2026-05-15T12:00") == 0


def test_no_hour_of_the_night_may_be_written_to() -> None:
    hours = [may_be_written_to(parse_moment(f"2026-05-15T{hour:02}:30")) for hour in range(24)]

    assert hours == [9 <= hour < 20 for hour in range(24)]


# -- giving places back -----------------------------------------------------------------------------------------------


def give_back(party: UUID, *places: int, now) -> int:
    chosen = [visitor.id for visitor in visitors(party) if visitor.place in places]
    return release(party, chosen, actor=GUEST, now=now)


def test_places_that_some_of_a_party_give_back_are_offered_on_at_once(
    scene: Scene, party: UUID, session: Session
) -> None:
    walk = db.session.get_one(Application, party).departure_id
    scene.apply(walk, 2)
    waiting = scene.apply(walk, 2, wait=True)

    given = give_back(party, 1, 3, now=scene.now)

    assert given == 2
    assert (state(party), db.session.get_one(Application, party).seats) == (State.CONFIRMED, 2)
    assert open_offer(waiting)
    assert told(session, party) == ["confirmed", "released"]
    assert_sound(scene, session)


def test_a_whole_party_that_gives_all_back_is_cancelled_and_thanked_once(
    scene: Scene, party: UUID, session: Session
) -> None:
    walk = db.session.get_one(Application, party).departure_id

    given = [give_back(party, 0, 1, 2, 3, now=scene.now) for _ in range(2)]

    assert given == [4, 0]
    assert state(party) == State.CANCELLED
    assert departure(walk).seats_taken == 0
    assert told(session, party) == ["confirmed", "released"]
    facts = session.scalars(select(Notice.facts).where(Notice.kind == "released")).one()
    assert (facts["given_back"], facts["whole"]) == (4, True)
    assert_sound(scene, session)


def test_what_was_given_back_before_is_not_given_back_again(scene: Scene, party: UUID) -> None:
    assert [give_back(party, 0, now=scene.now), give_back(party, 0, 1, now=scene.now)] == [1, 1]
    assert db.session.get_one(Application, party, populate_existing=True).seats == 2


def test_a_party_that_had_to_shrink_and_gives_enough_back_is_confirmed_again(scene: Scene, party: UUID) -> None:
    scene.add_order("open", "2026-05-20", party_max=2)

    give_back(party, 0, 1, now=scene.now)

    assert state(party) == State.CONFIRMED


def test_strangers_and_parties_without_places_give_nothing_back(scene: Scene, party: UUID) -> None:
    walk = db.session.get_one(Application, party).departure_id
    scene.apply(walk, 2)
    waiting, others = scene.apply(walk, 1, wait=True), visitors(party)

    assert release(waiting, [others[0].id], actor=GUEST, now=scene.now) == 0
    with pytest.raises(Conflict) as error:
        give_back(waiting, 0, now=scene.now)

    assert refusal(error) == "state_changed"
    assert state(waiting) == State.WAITING


def test_nobody_gives_places_back_after_the_departure(party: UUID) -> None:
    with pytest.raises(Conflict) as error:
        give_back(party, 0, now=parse_moment("2026-05-20T10:00"))

    assert refusal(error) == "departure_left"


def test_an_accepted_place_that_somebody_gave_back_is_theirs(scene: Scene, party: UUID) -> None:
    walk = db.session.get_one(Application, party).departure_id
    scene.apply(walk, 2)
    waiting = scene.apply(walk, 2, wait=True)
    give_back(party, 0, 1, now=scene.now)

    accept_offer(open_offer(waiting).id, actor=GUEST, now=scene.now)  # type: ignore[union-attr]  # it is there

    assert state(waiting) == State.CONFIRMED
    assert departure(walk).seats_taken == 6
