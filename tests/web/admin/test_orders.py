"""Orders are entered, scheduled and withdrawn."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, errors
from tourbook.distancing.models import Order
from tourbook.kst import parse_moment


def states(admin: Administrator, query: str = "") -> list[str]:
    """The states of the orders in the list."""
    return [words(list(row)[5]) for row in admin.open(f"/orders{query}").marked("order")]


def test_an_order_is_entered_as_typed(admin: Administrator, scene: Scene, session: Session):
    admin.apply(
        admin.preview_order(
            planned_until="2026-05-31",
            applies_at="2026-05-10 10:00",
            party_max="4",
            party_max_after_18="2",
            overrides_local="y",
            ends_by_itself="y",
        )
    )

    order = session.scalars(select(Order)).one()

    assert (order.region_code, order.scale, order.level) == ("41", "s", "half")
    assert (order.effective_from.isoformat(), order.planned_until.isoformat()) == ("2026-05-14", "2026-05-31")
    assert (order.announced_at, order.known_at) == (scene.now, scene.now)
    assert order.applies_at == parse_moment("2026-05-10T10:00")
    assert (order.party_max, order.party_max_after_18) == (4, 2)
    assert order.overrides_local
    assert order.ends_by_itself


def test_an_announcement_to_come_schedules_the_order(admin: Administrator, scene: Scene, session: Session):
    admin.apply(admin.preview_order(announced_at="2026-05-06 10:00"))

    assert session.scalars(select(Order.known_at)).one() == parse_moment("2026-05-06T10:00")
    assert states(admin) == ["Under embargo until Wed 6 May 2026, 10:00 KST"]


@pytest.mark.usefixtures("scene")
def test_days_and_moments_may_be_typed_the_korean_way(admin: Administrator, session: Session):
    typed = {
        "effective_from": "2026년 5월 14일",
        "planned_until": "２０２６．５．３１",
        "applies_at": "2026/05/10 10시",
    }

    admin.apply(admin.preview_order(**typed, party_max="４"))

    order = session.scalars(select(Order)).one()
    assert (order.effective_from.isoformat(), order.planned_until.isoformat()) == ("2026-05-14", "2026-05-31")
    assert order.applies_at == parse_moment("2026-05-10T10:00")
    assert order.party_max == 4


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-05-13T09:00", "Announced"), ("2026-05-14T09:00", "In force"), ("2026-06-02", "Ended")],
)
def test_the_list_says_where_an_order_stands(
    another: Callable[..., Administrator], scene: Scene, clock: StandingClock, today: str, expected: str
):
    scene.add_order("half", "2026-05-14", "2026-05-31")
    clock.stand_at(today)

    assert states(another()) == [expected]


def test_an_order_is_withdrawn_from_now_on(admin: Administrator, scene: Scene, session: Session, clock: StandingClock):
    order_id = scene.add_order("closed", "2026-05-14")
    clock.move(minutes=5)

    preview = admin.fill_in(f"/orders/{order_id}/withdraw", "withdraw-form")
    admin.apply(preview)

    assert session.get_one(Order, order_id, populate_existing=True).withdrawn_at == clock.now
    assert states(admin) == ["Withdrawn"]


def test_an_order_is_withdrawn_once(admin: Administrator, scene: Scene):
    order_id = scene.add_order("closed", "2026-05-14")
    scene.withdraw(order_id)

    page = admin.fill_in(f"/orders/{order_id}/withdraw", "withdraw-form")

    assert page.status == 422
    assert "withdrawn already" in page.text


def test_the_list_is_narrowed_by_the_address(admin: Administrator, scene: Scene):
    scene.add_order("half", "2026-05-04")
    scene.withdraw(scene.add_order("closed", "2026-05-20"))

    assert states(admin, "?state=withdrawn") == ["Withdrawn"]
    assert states(admin, "?region=41480") == []
    assert states(admin, "?region=41") == ["Withdrawn", "In force"]


@pytest.mark.parametrize("asked", ["2026-05-31", "2026-05-10"])
def test_who_moves_the_end_of_an_order_later_reads_both_days(admin: Administrator, scene: Scene, asked: str) -> None:
    order = scene.add_order("half", "2026-05-04", "2026-05-10")
    mine, others = (admin.open(f"/orders/{order}/end").form(mark="order-end-form") for _ in range(2))
    admin.apply(others.submit(admin.client, until="2026-05-24"))

    refused = mine.submit(admin.client, until=asked)

    assert refused.status == 422
    assert all(said in errors(refused) for said in ("24 May", f"{asked[-2:]} May"))
