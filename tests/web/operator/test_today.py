"""The page of the day: what is read at arm's length, and the one button that comes next."""

from uuid import UUID

from tests.ground.pages import visit, words
from tests.rosters.gate import visitors
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Attendance
from tourbook.rosters import mark_attendance

TODAY = "/ko/operator/"


def arrive(desk: Desk, application_id: UUID, *, come: int) -> None:
    for visitor in visitors(application_id)[:come]:
        mark_attendance(visitor.id, Attendance.ARRIVED, actor=desk.gate.operator, now=desk.gate.now)


def test_it_says_how_many_came_how_many_are_missing_and_how_many_places_are_free(desk: Desk) -> None:
    arrive(desk, desk.gate.apply(3), come=2)

    shown = words(visit(desk.client, TODAY).mark("departure"))

    assert "도착 2 / 3명" in shown
    assert "미도착 1명" in shown
    assert "7자리 남음" in shown


def test_of_a_departure_that_was_called_off_it_says_who_had_come_and_of_no_places(desk: Desk) -> None:
    arrive(desk, desk.gate.apply(3), come=2)
    desk.open("/call-off").form(mark="call-off").submit(desk.client, reason="weather")

    page, roster = visit(desk.client, TODAY), desk.open()
    shown = words(page.mark("departure"))

    assert "도착 2 / 3명" in shown
    assert "도착 2" in roster.text
    assert "미도착" not in shown
    assert "남음" not in shown
    assert not page.has("next-check_in")


def test_before_it_leaves_people_are_checked_in_and_afterwards_the_rest_is_marked(desk: Desk) -> None:
    desk.gate.apply(2)

    before = visit(desk.client, TODAY)
    desk.stand_at("2026-05-20T09:55")
    visit(desk.client, TODAY)
    desk.stand_at("2026-05-20T10:05")
    after = visit(desk.client, TODAY)

    assert before.has("next-check_in")
    assert after.has("next-mark_rest")
    assert visit(desk.client, after.mark("next-mark_rest").get("href")).has("visitor")


def test_when_everybody_is_there_nothing_presses(desk: Desk) -> None:
    arrive(desk, desk.gate.apply(2), come=2)

    page = visit(desk.client, TODAY)

    assert not page.has("next-check_in")
    assert not page.has("next-mark_rest")


def test_the_level_a_suspension_and_the_freeze_line_stand_with_the_departure(desk: Desk) -> None:
    scene = desk.gate.scene
    scene.add_departure("2026-05-24T10:00")
    scene.add_measure("2026-05-24", "2026-05-24")

    page = visit(desk.client, "/ko/operator/?day=2026-05-24")

    assert "운영 중단" in words(page.mark("rules"))
    assert "명단 변경 가능: " in words(page.mark("departure"))


def test_names_that_are_due_tomorrow_are_asked_for(desk: Desk) -> None:
    desk.gate.scene.add_departure("2026-05-22T10:00")

    assert visit(desk.client, "/ko/operator/?day=2026-05-22").has("next-send_names")


def test_names_are_late_only_where_somebody_goes(desk: Desk) -> None:
    desk.gate.scene.add_departure("2026-05-20T15:00")
    nobody = visit(desk.client, TODAY).text
    desk.gate.apply(2)
    somebody = visit(desk.client, TODAY).text

    assert "명단 제출 기한 지남" not in nobody
    assert somebody.count("명단 제출 기한 지남") == 1


def test_a_departure_that_was_called_off_asks_for_nothing(desk: Desk) -> None:
    desk.gate.apply(2)
    assert desk.open("/call-off").form(mark="call-off").submit(desk.client, reason="weather").status == 200

    page = visit(desk.client, TODAY)

    assert not page.has("next-check_in")
    assert not page.has("rules")
