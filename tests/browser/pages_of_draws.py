"""Pages of draws: one that takes entries, one that is drawn, and what somebody sees who entered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from tests.browser.pages_of_citizens import newest
from tests.browser.shown import press, shown
from tests.browser.stage import NOW, TODAY, Stage, Visit, shown_to
from tests.web.citizen.draws import begin, entered
from tests.web.citizen.people import reference_on
from tourbook.actor import COMMAND, SYSTEM, Role
from tourbook.applications import settle_departure
from tourbook.courses import course_by_code
from tourbook.db import db
from tourbook.draws import RoundTerms, announce_round, draw_due, give_due, give_value, round_by_code, seal_due
from tourbook.operations import StopDraft, apply_change, stop_proposal

COURSE = "cheorwon"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Announced:
    """A round for a day of its own, and when its entries close."""

    code: str
    days_ahead: int
    closes_at: datetime

    @property
    def path(self) -> str:
        """The page of the draw."""
        return f"/draws/{self.code}"


OPEN = Announced("july", 70, NOW + 3 * A_DAY)
HELD = Announced("september", 80, NOW + 3 * A_DAY)
DRAWN = Announced("august", 90, NOW - 2 * A_DAY)
STOPPED = Announced("october", 85, NOW + 3 * A_DAY)
MISSED = Announced("november", 95, NOW - 2 * A_DAY)


@shown("citizen.draws")
def draws(stage: Stage) -> Visit:
    announce(stage, OPEN)
    return Visit("/draws")


@shown("citizen.draw")
def draw_open(stage: Stage) -> Visit:
    announce(stage, OPEN)
    return Visit(OPEN.path)


@shown("citizen.draw", then=press("enter"), status=422)
def draw_with_nothing_chosen(stage: Stage) -> Visit:
    announce(stage, OPEN)
    return Visit(OPEN.path)


@shown("citizen.draw")
def draw_with_the_outcome_of_an_entry(stage: Stage) -> Visit:
    return Visit(f"{DRAWN.path}?receipt={drawn_entry(stage)}")


@shown("citizen.draw")
def draw_on_hold(stage: Stage) -> Visit:
    put_on_hold(stage)
    return Visit(HELD.path)


@shown("admin.resume_draw")
def draw_to_go_on(stage: Stage) -> Visit:
    return stage.seen_by(Role.ADMINISTRATOR, f"/admin/draws/{put_on_hold(stage)}/resume")


@shown("admin.resume_draw", then=press("preview"), status=422)
def draw_to_go_on_left_empty(stage: Stage) -> Visit:
    return draw_to_go_on(stage)


@shown("admin.missed_value")
def value_that_did_not_come(stage: Stage) -> Visit:
    announce(stage, MISSED)
    seal_due(now=MISSED.closes_at)
    round_id = round_by_code(db.session(), MISSED.code).id
    return stage.seen_by(Role.ADMINISTRATOR, f"/admin/draws/{round_id}/missed")


@shown("admin.missed_value", then=press("missed"), status=422)
def value_that_did_not_come_without_what_follows(stage: Stage) -> Visit:
    return value_that_did_not_come(stage)


@shown("citizen.departure")
def departure_by_draw(stage: Stage) -> Visit:
    return Visit(f"/departures/{announce(stage, OPEN)[0]}")


@shown("citizen.visitors")
def visitors_of_an_entry(stage: Stage) -> Visit:
    guest = stage.guest()
    page = begin(guest, *announce(stage, OPEN), seats=1)
    return shown_to(guest, page)


@shown("citizen.application")
def application_entered(stage: Stage) -> Visit:
    entered(stage.guest(), *announce(stage, OPEN), seats=2)
    return stage.opened(newest())


@shown("citizen.application")
def application_entered_with_choices_that_are_stopped(stage: Stage) -> Visit:
    entered(stage.guest(), *announce(stage, STOPPED), seats=2, path=STOPPED.path)
    application = newest()
    stop_the_day_of(STOPPED)
    return stage.opened(application)


@cache
def stop_the_day_of(one: Announced) -> None:
    """The course is stopped on that day; the timetable has not put the round on hold yet."""
    day = TODAY + one.days_ahead * A_DAY
    draft = StopDraft(cause="military", first_day=day, last_day=day, courses=(COURSE,))
    proposal = stop_proposal(db.session(), draft, actor=COMMAND, now=NOW)
    apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=NOW)


@cache
def announce(stage: Stage, one: Announced) -> tuple[UUID, UUID]:
    """Two departures of four places, and the round that gives them; there once for all pages."""
    day = TODAY + one.days_ahead * A_DAY
    morning, noon = (stage.add(COURSE, f"{day}T{time}", capacity=4) for time in ("10:00", "14:00"))
    terms = RoundTerms(
        code=one.code,
        first_day=day,
        last_day=day,
        opens_at=one.closes_at - 7 * A_DAY,
        closes_at=one.closes_at,
        value_at=one.closes_at + A_DAY,
        left_overs_at=one.closes_at + 5 * A_DAY,
        source_ko="로또 1234회 당첨 번호(동행복권 누리집에 공개)",
        source_en="the winning numbers of Lotto 1234, as the lottery publishes them",
        fallback_ko="다음 회차의 당첨 번호",
        fallback_en="the winning numbers of the next Lotto",
    )
    course = course_by_code(db.session(), COURSE)
    announced_at = one.closes_at - 6 * A_DAY
    announce_round(course.id, terms, form_id=one.code, actor=COMMAND, now=announced_at)
    for departure_id in (morning, noon):
        settle_departure(departure_id, actor=SYSTEM, now=announced_at)
    return morning, noon


@cache
def put_on_hold(stage: Stage) -> UUID:
    """A round of which every departure is stopped; gives its id."""
    announce(stage, HELD)
    round_ = round_by_code(db.session(), HELD.code)
    round_.held_at, round_.held_ko, round_.held_en = NOW, "군 작전 및 안보 상황", "Military reasons"
    db.session.commit()
    return round_.id


@cache
def drawn_entry(stage: Stage) -> str:
    """The receipt of an entry that was drawn."""
    choices = announce(stage, DRAWN)
    with stage.earlier(hours=72):
        receipt = reference_on([entered(stage.guest(), *choices, seats=2, path=DRAWN.path) for _ in range(3)][-1])
    seal_due(now=DRAWN.closes_at)
    value_at = DRAWN.closes_at + A_DAY
    give_value(round_by_code(db.session(), DRAWN.code).id, "4 9 17 23 31 44 + 7", actor=COMMAND, now=value_at)
    draw_due(now=value_at)
    while give_due(now=value_at):
        pass
    return receipt
