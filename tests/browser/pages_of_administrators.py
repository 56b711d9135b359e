"""Pages of administrators: what is in force, what changes, and what a change does."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from tests.browser.pages_of_citizens import appeal_of_somebody
from tests.browser.pages_of_operators import few_people_on
from tests.browser.shown import choose_from, each, fill, press, put_on_list, shown
from tests.browser.stage import TODAY, Stage, Visit
from tourbook.actor import Role
from tourbook.cli.season_draw import code_of_draw
from tourbook.courses.models import Round, SiteMeasure
from tourbook.db import db, new_id
from tourbook.distancing.models import Order
from tourbook.operations import recent_changes

SOON = (TODAY + timedelta(days=5)).isoformat()
DRAW = code_of_draw(TODAY)


def seen(stage: Stage, path: str) -> Visit:
    return stage.seen_by(Role.ADMINISTRATOR, f"/admin/{path}")


for name, endpoint, path in (
    ("overview", "admin.overview", ""),
    ("access_records_to_be_looked_through", "admin.records", "records"),
    ("access_records_of_this_month", "admin.records", "records?month=2026-05"),
    ("timeline", "admin.timeline", "timeline"),
    ("timeline_of_a_season", "admin.timeline", "timeline?weeks=18"),
    ("new_order_for_a_day", "admin.new_order", f"orders/new?region_code=41&effective_from={SOON}"),
    ("orders", "admin.orders", "orders"),
    ("new_order", "admin.new_order", "orders/new"),
    ("import_orders", "admin.import_orders", "orders/import"),
    ("measures", "admin.measures", "measures"),
    ("new_measure", "admin.new_measure", "measures/new"),
    ("stops", "admin.all_stops", "stops"),
    ("new_stop", "admin.new_stop", "stops/new"),
    ("import_measures", "admin.import_measures", "measures/import"),
    ("changes", "admin.changes", "changes"),
    ("table", "admin.table", "table"),
    ("new_cell", "admin.cell", "table/cell"),
    ("cell", "admin.cell", "table/cell?scale=4level&level=2&whose=kind:trail"),
    ("scale", "admin.scale", "table/scales/4level"),
    ("cell_versions", "admin.cell_versions", "table/versions?scale=4level&level=2&whose=kind:trail"),
    ("cell_without_versions", "admin.cell_versions", "table/versions?scale=4level&level=2&whose=course:paju"),
    ("new_level", "admin.new_level", "table/levels/new"),
    ("courses", "admin.courses", "courses"),
    ("new_course", "admin.new_course", "courses/new"),
    ("import_courses", "admin.import_courses", "courses/import"),
    ("course_of_administrators", "admin.course", "courses/paju"),
    ("edit_course", "admin.edit_course", "courses/paju/edit"),
    ("course_way", "admin.course_way", "courses/paju/way"),
    ("authorities", "admin.authorities", "courses/paju/authorities"),
    ("figures", "admin.figures", "courses/paju/figures"),
    ("course_calendar", "admin.course_calendar", "courses/paju/calendar"),
    ("new_schedule", "admin.new_schedule", "courses/paju/schedules"),
    ("new_break", "admin.new_break", "courses/paju/breaks"),
    ("departures_of_a_course", "admin.departures", "courses/paju/departures"),
    ("draws_of_administrators", "admin.draws", "draws"),
    ("new_draw", "admin.new_draw", "draws/new"),
    ("draw_of_administrators", "admin.draw", f"draws/{DRAW}"),
    ("exceptions", "admin.exceptions", "exceptions"),
    ("rights", "admin.rights", "rights"),
    ("no_shows_of_administrators", "admin.no_shows", "no-shows"),
    ("reports", "admin.reports", "reports"),
    ("replay", "admin.replay", "reports/replay"),
    ("replayed", "admin.replay", "reports/replay?course=cheorwon&policies=keep_earliest"),
    ("no_appeals", "admin.appeals", "appeals?decided=1"),
    ("holidays", "admin.holidays", "holidays"),
    ("health", "admin.health", "health"),
    ("trail", "admin.trail", "trail"),
    ("trail_with_nothing_found", "admin.trail", "trail?first=2019-01-01&last=2019-01-02"),
    ("why_asked", "admin.why", "why"),
    ("why_for_administrators", "admin.why", f"why?course=panmunjeom&start={SOON}T15:00"),
):
    put_on_list(name, endpoint, partial(seen, path=path))

for name, endpoint, path, button in (
    ("new_order_left_empty", "admin.new_order", "orders/new", "preview"),
    ("import_orders_left_empty", "admin.import_orders", "orders/import", "preview"),
    ("new_measure_left_empty", "admin.new_measure", "measures/new", "preview"),
    ("new_stop_left_empty", "admin.new_stop", "stops/new", "preview"),
    ("scale_left_as_it_is", "admin.scale", "table/scales/4level", "preview"),
    ("new_level_left_empty", "admin.new_level", "table/levels/new", "save"),
    ("figures_left_empty", "admin.figures", "courses/paju/figures", "preview"),
    ("authority_left_empty", "admin.authorities", "courses/paju/authorities", "save"),
    ("new_draw_left_empty", "admin.new_draw", "draws/new", "preview"),
    ("new_course_left_empty", "admin.new_course", "courses/new", "save"),
    ("import_courses_left_empty", "admin.import_courses", "courses/import", "save"),
    ("new_schedule_left_empty", "admin.new_schedule", "courses/paju/schedules", "save"),
    ("new_break_left_empty", "admin.new_break", "courses/paju/breaks", "save"),
    ("departures_without_days", "admin.departures", "courses/paju/departures", "generate"),
    ("departure_without_a_start", "admin.departures", "courses/paju/departures", "add"),
    ("exception_left_empty", "admin.exceptions", "exceptions", "save"),
    ("holiday_left_empty", "admin.holidays", "holidays", "save"),
):
    put_on_list(name, endpoint, partial(seen, path=path), then=press(button), status=422)


@shown("admin.appeals")
def appeals(stage: Stage) -> Visit:
    appeal_of_somebody()
    return seen(stage, "appeals")


@shown("admin.appeal")
def appeal_of_a_party(stage: Stage) -> Visit:
    return seen(stage, f"appeals/{appeal_of_somebody().id}")


put_on_list("appeal_without_a_decision", "admin.appeal", appeal_of_a_party, then=press("decide"), status=422)


@shown("admin.withdraw_draw")
def withdraw_draw(stage: Stage) -> Visit:
    return seen(stage, f"draws/{db.session.scalars(select(Round.id).where(Round.code == DRAW)).one()}/withdraw")


put_on_list("draw_that_somebody_has_entered", "admin.withdraw_draw", withdraw_draw, then=press("withdraw"), status=422)


@shown("admin.withdraw")
def withdraw_order(stage: Stage) -> Visit:
    return seen(stage, f"orders/{db.session.scalars(select(Order.id)).first()}/withdraw")


@shown("admin.move_end")
def move_end_of_an_order(stage: Stage) -> Visit:
    return seen(stage, f"orders/{db.session.scalars(select(Order.id)).first()}/end")


put_on_list("timeline_of_no_day", "admin.timeline", partial(seen, path="timeline?from=soon"), status=422)


@shown("admin.end")
def end_measure(stage: Stage) -> Visit:
    return seen(stage, f"measures/{db.session.scalars(select(SiteMeasure.id)).first()}/end")


@shown("admin.end_stop")
def end_of_a_stop(stage: Stage) -> Visit:
    measure = db.session.scalars(select(SiteMeasure)).first()
    measure.stop_id, measure.cause = measure.stop_id or new_id(), "military"
    db.session.commit()
    return seen(stage, f"stops/{measure.stop_id}/end")


@shown("admin.change")
def change_that_was_applied(stage: Stage) -> Visit:
    return seen(stage, f"changes/{recent_changes(db.session(), 1)[0].id}")


@shown("admin.take_change_back")
def take_a_change_back(stage: Stage) -> Visit:
    return seen(stage, f"changes/{recent_changes(db.session(), 1)[0].id}/take-back")


@shown(
    "admin.new_order",
    then=each(
        choose_from("region_code", "41"),
        choose_from("level", "4level/4"),
        fill("effective_from", SOON),
        press("preview"),
    ),
)
def preview_of_an_order(stage: Stage) -> Visit:
    return seen(stage, "orders/new")


@shown("admin.edit_course", then=each(choose_from("policy", "keep_earliest"), press("save")))
def terms_looked_at_once_more(stage: Stage) -> Visit:
    return seen(stage, "courses/paju/edit")


@shown("admin.course_calendar", then=each(fill("schedules-0-times", "11:00 14:00"), press("preview")))
def what_another_calendar_does(stage: Stage) -> Visit:
    return seen(stage, "courses/paju/calendar")


@shown("admin.course_calendar", then=each(fill("schedules-0-times", ""), press("preview")), status=422)
def calendar_without_times(stage: Stage) -> Visit:
    return seen(stage, "courses/paju/calendar")


@shown("admin.withdraw", then=press("preview"))
def preview_of_a_withdrawal(stage: Stage) -> Visit:
    return withdraw_order(stage)


@shown("admin.minimum")
def minimum_decided_by_an_administrator(stage: Stage) -> Visit:
    return seen(stage, f"departures/{few_people_on(stage)}/minimum")


@shown("admin.minimum", then=press("keep-submit"), status=422)
def kept_running_by_an_administrator_without_a_reason(stage: Stage) -> Visit:
    return seen(stage, f"departures/{few_people_on(stage)}/minimum")
