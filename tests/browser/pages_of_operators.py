"""Pages of operators: the day, the roster, people at the gate."""

from datetime import timedelta

from tests.browser.shown import press, shown
from tests.browser.stage import NOW, TODAY, Stage, Visit
from tests.rosters.gate import operator_of
from tourbook.actor import Role
from tourbook.courses import course_by_code
from tourbook.db import db
from tourbook.rosters import call_next, draw_number, mark_gone


def seen(stage: Stage, path: str) -> Visit:
    return stage.seen_by(Role.OPERATOR, f"/operator/{path}")


def of_today(stage: Stage, path: str = "") -> Visit:
    return seen(stage, f"departures/{stage.existing('paju', TODAY)}{path}")


def of_another_day(stage: Stage, path: str = "") -> Visit:
    return seen(stage, f"departures/{stage.existing('paju', TODAY + timedelta(days=15))}{path}")


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


@shown("operator.call_off")
def call_off_asked(stage: Stage) -> Visit:
    return of_another_day(stage, "/call-off")


@shown("operator.call_off", then=press("call-off-submit"), status=422)
def call_off_without_a_reason(stage: Stage) -> Visit:
    return of_another_day(stage, "/call-off")


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
