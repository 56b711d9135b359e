"""Pages of operators: the day, the roster, people at the gate."""

from datetime import time, timedelta
from uuid import UUID

from tests.browser.shown import each, fill, press, shown
from tests.browser.stage import NOW, OWN_DAY, TODAY, Stage, Visit
from tests.rosters.gate import operator_of
from tourbook.actor import Role
from tourbook.courses import course_by_code
from tourbook.db import db, transaction
from tourbook.rosters import Crew, Vehicle, arrange_crew, call_next, draw_number, hand_out, mark_gone, revoke_roster


def seen(stage: Stage, path: str) -> Visit:
    return stage.seen_by(Role.OPERATOR, f"/operator/{path}")


def of_today(stage: Stage, path: str = "") -> Visit:
    return seen(stage, f"departures/{stage.existing('paju', TODAY)}{path}")


def of_another_day(stage: Stage, path: str = "") -> Visit:
    return seen(stage, f"departures/{stage.existing('paju', TODAY + timedelta(days=15))}{path}")


WRITTEN = each(
    fill("text_ko", "주차장이 공사 중입니다. 버스를 이용해 주세요."),
    fill("text_en", "The car park is closed. Please take the bus."),
    press("preview"),
)


@shown("operator.days")
def days(stage: Stage) -> Visit:
    return seen(stage, "")


@shown("operator.days")
def day_without_departures(stage: Stage) -> Visit:
    return seen(stage, "?day=2020-01-01")


@shown("operator.roster")
def roster_of_today(stage: Stage) -> Visit:
    return of_today(stage)


@shown("operator.roster")
def roster_of_another_day(stage: Stage) -> Visit:
    return of_another_day(stage)


@shown("operator.roster")
def roster_narrowed(stage: Stage) -> Visit:
    return of_today(stage, "?show=arrived")


@shown("operator.roster", then=press("search-submit"))
def roster_searched(stage: Stage) -> Visit:
    return of_today(stage)


@shown("operator.roster", then=press("show-contact"))
def roster_with_a_contact(stage: Stage) -> Visit:
    return of_today(stage)


@shown("operator.calls")
def nobody_to_call(stage: Stage) -> Visit:
    return of_today(stage, "/calls")


@shown("operator.walk_up")
def walk_up(stage: Stage) -> Visit:
    return of_today(stage, "/walk-up?seats=2")


@shown("operator.walk_up", then=press("walk-up-submit"), status=422)
def walk_up_left_empty(stage: Stage) -> Visit:
    return of_today(stage, "/walk-up?seats=2")


@shown("operator.walk_up")
def walk_up_before_the_day(stage: Stage) -> Visit:
    return of_another_day(stage, "/walk-up")


@shown("operator.telephone")
def entered_by_telephone(stage: Stage) -> Visit:
    return of_another_day(stage, "/telephone?seats=2")


@shown("operator.telephone")
def telephone_after_applications(stage: Stage) -> Visit:
    return of_today(stage, "/telephone")


@shown("operator.message")
def message_to_a_departure(stage: Stage) -> Visit:
    return of_another_day(stage, "/message")


@shown("operator.message", then=press("preview"), status=422)
def message_left_empty(stage: Stage) -> Visit:
    return of_another_day(stage, "/message")


@shown("operator.message", then=WRITTEN)
def message_before_it_is_sent(stage: Stage) -> Visit:
    return of_today(stage, "/message")


@shown("operator.message", then=WRITTEN)
def message_that_nobody_would_get(stage: Stage) -> Visit:
    return of_another_day(stage, "/message")


@shown("operator.message_to_day", then=WRITTEN)
def message_to_a_day_before_it_is_sent(stage: Stage) -> Visit:
    return seen(stage, f"days/{TODAY}/message")


@shown("operator.crew")
def guide_and_vehicles(stage: Stage) -> Visit:
    arrange(stage)
    return of_today(stage, "/crew")


@shown("operator.crew", then=each(fill("vehicles-0-seats", "many"), press("crew-submit")), status=422)
def guide_and_vehicles_refused(stage: Stage) -> Visit:
    return of_another_day(stage, "/crew")


@shown("operator.roster")
def roster_with_guide_and_vehicles(stage: Stage) -> Visit:
    arrange(stage)
    return of_today(stage)


@shown("operator.days")
def day_with_guide_and_vehicles(stage: Stage) -> Visit:
    arrange(stage)
    return seen(stage, "")


def arrange(stage: Stage) -> None:
    """Today of Paju has a guide, and a vehicle that is too small."""
    operator = operator_of(course_by_code(db.session(), "paju").organisation_id)
    crew = Crew("정해설", "+821098765432", (Vehicle("71가 1234", 1),), "정문 대신 동문으로 들어갑니다.")
    arrange_crew(stage.existing("paju", TODAY), crew, actor=operator, now=NOW)


@shown("operator.call_off")
def call_off_asked(stage: Stage) -> Visit:
    return of_another_day(stage, "/call-off")


@shown("operator.call_off", then=press("call-off-submit"), status=422)
def call_off_without_a_reason(stage: Stage) -> Visit:
    return of_another_day(stage, "/call-off")


def few_people_on(stage: Stage) -> UUID:
    """A departure of Paju that nobody has applied for yet, and that is decided ahead."""
    walk = stage.departure()
    declare_a_minimum()
    return walk


def declare_a_minimum() -> None:
    """From now on Paju runs from four people, which is decided four days before."""
    with transaction() as session:
        course = course_by_code(session, "paju")
        course.runs_from_people, course.decided_days_before, course.decided_at = 4, 4, time(10)
        course.minimum_since = NOW


@shown("operator.minimum")
def minimum_to_be_decided(stage: Stage) -> Visit:
    return seen(stage, f"departures/{few_people_on(stage)}/minimum")


@shown("operator.minimum", then=press("keep-submit"), status=422)
def kept_running_without_a_reason(stage: Stage) -> Visit:
    return seen(stage, f"departures/{few_people_on(stage)}/minimum")


@shown("operator.roster")
def roster_with_few_people(stage: Stage) -> Visit:
    return seen(stage, f"departures/{few_people_on(stage)}")


@shown("operator.days")
def day_with_few_people(stage: Stage) -> Visit:
    few_people_on(stage)
    return seen(stage, f"?day={OWN_DAY}")


@shown("operator.standby")
def standby_before_the_day(stage: Stage) -> Visit:
    return of_another_day(stage, "/standby")


@shown("operator.standby")
def standby_with_numbers(stage: Stage) -> Visit:
    draw_numbers(stage)
    return of_today(stage, "/standby")


@shown("operator.standby", then=press("draw-number-submit"), status=422)
def standby_without_a_number_of_people(stage: Stage) -> Visit:
    return of_today(stage, "/standby")


def draw_numbers(stage: Stage) -> None:
    """One is called, one waits, one has gone."""
    session, walk = db.session(), stage.existing("paju", TODAY)
    operator = operator_of(course_by_code(session, "paju").organisation_id)
    told = {"actor": operator, "now": NOW}
    drawn = [draw_number(walk, people, form_id=f"of a page {people}", **told) for people in (1, 2, 3)]
    call_next(walk, form_id="call of a page", **told)
    mark_gone(drawn[2].number_id, **told)


@shown("operator.figures")
def figures_of_operators(stage: Stage) -> Visit:
    return seen(stage, "figures")


@shown("operator.figures", status=422)
def figures_of_no_day(stage: Stage) -> Visit:
    return seen(stage, "figures?first=soon")


@shown("operator.no_shows")
def no_shows_of_operators(stage: Stage) -> Visit:
    return seen(stage, "no-shows")


@shown("operator.no_shows")
def no_shows_of_another_time(stage: Stage) -> Visit:
    return seen(stage, "no-shows?first=2019-01-01&last=2019-01-02")


@shown("operator.fees")
def fees_to_return(stage: Stage) -> Visit:
    return seen(stage, "fees")


@shown("operator.print_roster")
def roster_on_paper(stage: Stage) -> Visit:
    return of_today(stage, "/print")


@shown("operator.why")
def why_for_operators(stage: Stage) -> Visit:
    return of_another_day(stage, "/why")


@shown("operator.find")
def find_visitors(stage: Stage) -> Visit:
    return seen(stage, "find")


@shown("operator.find", then=press("find-submit"), status=422)
def find_visitors_left_empty(stage: Stage) -> Visit:
    return seen(stage, "find")


@shown("operator.check_in")
def check_in_asked(stage: Stage) -> Visit:
    return of_today(stage, "/check-in")


@shown("operator.check_in")
def check_in_before_the_day(stage: Stage) -> Visit:
    return of_another_day(stage, "/check-in")


@shown("operator.check_in", then=press("check-in-submit"), status=422)
def check_in_left_empty(stage: Stage) -> Visit:
    return of_today(stage, "/check-in")


@shown("operator.check_in", then=each(fill("code", "김"), press("check-in-submit")))
def check_in_of_a_name(stage: Stage) -> Visit:
    return of_today(stage, "/check-in")


@shown("operator.check_in", then=each(fill("code", "TOURBOOK:1:ABCD-2345:X:Y:Z"), press("check-in-submit")))
def check_in_of_a_forged_code(stage: Stage) -> Visit:
    return of_today(stage, "/check-in")


@shown("operator.check_in", then=each(fill("code", "nobody"), press("check-in-submit")))
def check_in_of_nobody(stage: Stage) -> Visit:
    return of_today(stage, "/check-in")


@shown("operator.offline")
def roster_for_a_device(stage: Stage) -> Visit:
    return of_today(stage, "/offline")


@shown("operator.offline")
def roster_on_devices(stage: Stage) -> Visit:
    walk, operator = stage.existing("paju", TODAY), operator_of(course_by_code(db.session(), "paju").organisation_id)
    handed = [hand_out(walk, actor=operator, now=NOW) for _ in range(2)]
    revoke_roster(handed[0].roster_id, actor=operator, now=NOW)
    return of_today(stage, "/offline")
