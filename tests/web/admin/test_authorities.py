"""An administrator says who checks the names of a course, and by when."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.clearance import demands_on


def save(admin: Administrator, **typed: str):
    return admin.fill_in("/courses/walk/authorities", "authority-form", **typed)


def test_an_authority_is_added_and_its_terms_are_changed(admin: Administrator, scene: Scene, session: Session) -> None:
    assert admin.open("/courses/walk/authorities").has("no-authorities")

    save(admin, authority="army", days="14", passports="y")
    page = save(admin, authority="army", days="10")

    assert rows(page, "authorities") == [["Army unit of the area", "10 days before", "no"]]
    assert [(one.authority.value, one.due_days) for one in demands_on(session, scene.course_id)] == [("army", 10)]


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(("days", "said"), [("1", "2"), ("29", "28"), ("", "Fill this in")])
def test_days_that_cannot_be_are_refused(admin: Administrator, days: str, said: str) -> None:
    page = save(admin, authority="nis", days=days)

    assert page.status == 422
    assert said in errors(page)
    assert page.has("no-authorities")


@pytest.mark.usefixtures("scene")
def test_days_that_leave_no_exchange_are_saved_with_a_warning(admin: Administrator) -> None:
    assert "nobody could go in place of a visitor" in save(admin, authority="nis", days="2").text
    assert "nobody could go in place of a visitor" not in save(admin, authority="nis", days="7").text


@pytest.mark.usefixtures("scene")
def test_the_page_of_the_course_leads_there(admin: Administrator) -> None:
    assert any("/courses/walk/authorities" in str(link) for link in admin.open("/courses/walk").links())
