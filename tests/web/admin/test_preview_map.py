"""The map of a change: where it takes places from how many people."""

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator


def test_the_map_says_where_people_lose_their_places(admin: Administrator, scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 4)
    scene.apply(walk, 3)
    scene.add_departure("2026-05-21T10:00")

    page = admin.preview_order(level="s/closed")

    [course] = page.marked("touched-course")
    assert words(course) == "7 Walk 2 departures, 7 people displaced"
    dots = [words(one) for one in page.mark("change-map").iter() if one.get("class") == "dot-number"]
    assert dots == ["7"]
    assert words(page.mark("apply")) == "Apply: 7 people displaced, 0 offers"


def test_what_comes_later_is_on_it_too(admin: Administrator, scene: Scene) -> None:
    scene.apply(scene.add_departure("2026-05-20T10:00"), 2)

    page = admin.preview_order(level="s/closed", public_from="2026-05-04 09:20")

    assert words(page.mark("touched-course")).endswith("1 departure, 2 people displaced")


def test_a_change_that_touches_nothing_has_no_map(admin: Administrator, scene: Scene) -> None:
    assert not admin.preview_order().has("change-map")
