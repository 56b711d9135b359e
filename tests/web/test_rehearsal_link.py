"""The real site leads its staff to the site where they practise, and has no page of it."""

from flask.testing import FlaskClient

from tests.accounts.people import somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit
from tests.web.conftest import Build
from tests.web.signing import sign_in
from tourbook.actor import Role


def led(client: FlaskClient, path: str) -> Page:
    return visit(client, f"/en{path}")


def test_staff_of_the_real_site_are_led_to_it_and_nobody_else(build: Build, clock: StandingClock):
    app = build(rehearsal_url="https://rehearsal.tours.example.kr")
    for role, path in ((Role.ADMINISTRATOR, "/admin/"), (Role.OPERATOR, "/operator/")):
        client = app.test_client()
        assert sign_in(client, somebody(app, role, mail=f"{role.value}@example.kr")).status == 302
        assert led(client, path).mark("rehearsal-site").get("href") == "https://rehearsal.tours.example.kr"
    citizen = app.test_client()
    assert sign_in(citizen, somebody(app, Role.CITIZEN, mail="citizen@example.kr")).status == 302
    assert not led(citizen, "/").has("rehearsal-site")
    assert not led(app.test_client(), "/").has("rehearsal-site")


def test_no_other_site_says_that_it_is_a_rehearsal(build: Build, clock: StandingClock):
    page = led(build(environment="demo").test_client(), "/")

    assert not page.has("rehearsal")
    assert visit(build().test_client(), "/en/admin/rehearsal").status == 404
