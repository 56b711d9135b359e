"""Priority rights by course, as administrators see them: counts and ages, no names."""

from collections.abc import Callable

from tests.applications.scene import Scene, open_offer, settle_all
from tests.ground.moments import StandingClock
from tests.web.admin.deciding import Administrator, rows
from tourbook.actor import GUEST
from tourbook.applications import accept_offer


def test_nothing_is_open_where_nobody_lost_places(admin: Administrator, scene: Scene):
    assert rows(admin.open("/rights"), "rights") == [["Walk", "0", "–", "–", "0", "never"]]


def test_open_rights_are_counted_with_their_age_and_the_last_re_opening(
    another: Callable[..., Administrator], scene: Scene, clock: StandingClock
):
    walk = scene.add_departure("2026-05-25T10:00")
    first = scene.apply(walk, 3, names=["김하나", "이두리", "박세찬"])
    scene.apply(walk, 2)
    scene.apply(walk, 4)
    scene.add_measure("2026-05-25", "2026-05-25")
    settle_all(scene)
    clock.move(days=3)
    scene.now = clock.now
    scene.add_departure("2026-05-26T10:00", 6)
    settle_all(scene)
    offer = open_offer(first)
    assert offer is not None
    accept_offer(offer.id, actor=GUEST, now=scene.now)

    page = another().open("/rights")

    assert rows(page, "rights") == [
        ["Walk", "2", "6 people", "Mon 4 May 2026 (3 days old)", "0", "Thu 7 May 2026: 2 asked, 1 served"]
    ]
    assert "김하나" not in page.text


def test_rights_that_end_soon_are_counted(another: Callable[..., Administrator], scene: Scene, clock: StandingClock):
    scene.apply(scene.add_departure("2026-05-25T10:00"), 2)
    scene.add_measure("2026-05-25", "2026-05-25")
    settle_all(scene)
    clock.move(days=352)

    assert rows(another().open("/rights"), "rights")[0][4] == "1"


def test_the_overview_leads_there(admin: Administrator):
    assert admin.open("/").mark("displaced").find(".//a").get("href").endswith("/admin/rights")
