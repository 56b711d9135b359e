"""The page on which staff move the clock and begin again; the band on every page; the way there from the real site."""

from datetime import timedelta

import pytest

from tests.ground.pages import visit, words
from tests.practice.conftest import BEGAN_AT, Practice
from tourbook import clock, jobs
from tourbook.actor import Role
from tourbook.db import db, transaction
from tourbook.practice import Rehearsal

BAND = {"ko": "2026년 5월 4일(월) 09:00", "en": "Mon 4 May 2026, 09:00 KST"}


def now_after(**length: float) -> bool:
    """Does the clock show so much after the beginning?"""
    return timedelta(0) <= clock.now() - BEGAN_AT - timedelta(**length) < timedelta(seconds=4)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_page_says_that_it_is_a_rehearsal_and_what_its_clock_shows(rehearsal: Practice, lang: str):
    client = rehearsal.app.test_client()

    for path in ("/", "/search", "/sign-in", "/mailbox", "/help", "/nothing/here"):
        page = visit(client, f"/{lang}{path}")
        assert BAND[lang] in words(page.mark("rehearsal")), path
        assert not page.has("rehearsal-link")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR])
def test_a_button_moves_the_clock_by_so_much(rehearsal: Practice, role: Role):
    client = rehearsal.browser(role)

    for by, length in (("minute", {"minutes": 1}), ("hour", {"minutes": 61}), ("day", {"days": 1, "minutes": 61})):
        page = rehearsal.move(client, by=by)
        assert page.status == 200
        assert "The clock shows" in page.text
        assert page.has("rehearsal-link")
        assert now_after(**length)


def test_the_button_of_the_next_thing_moves_to_it(rehearsal: Practice):
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        rehearsal.scene.hold(walk, 2)
        db.session.remove()
    client = rehearsal.browser(Role.ADMINISTRATOR)
    before = visit(client, "/en/admin/rehearsal")
    assert "Mon 4 May 2026, 09:15 KST" in words(before.mark("clock"))

    rehearsal.move(client, by="next")

    assert now_after(minutes=15)


def test_a_moment_is_typed_and_the_clock_goes_there(rehearsal: Practice):
    client = rehearsal.browser(Role.ADMINISTRATOR)

    rehearsal.move_to(client, "2026.5.5 10시")

    assert now_after(days=1, hours=1)


REFUSED = (
    ("", "Enter the moment to which the clock goes"),
    ("2026-05-04 08:59", "The clock goes forward only, and shows Mon 4 May 2026, 09:00 KST already"),
    ("2026-08-30", "at most 100 days forward"),
    ("tomorrow", "is not a time"),
)


def test_a_moment_that_is_not_ahead_is_refused_at_its_field(rehearsal: Practice):
    client = rehearsal.browser(Role.ADMINISTRATOR)

    for typed, told in REFUSED:
        page = rehearsal.move_to(client, typed)
        assert page.status == 422
        assert told in words(page.mark("error-summary"))
        assert [link.get("href") for link in page.mark("error-summary").iter("a")] == ["#moment"]
    assert now_after(days=0)


def test_a_button_that_is_none_is_like_no_moment(rehearsal: Practice):
    client = rehearsal.browser(Role.ADMINISTRATOR)

    assert rehearsal.move(client, by="century").status == 422


def test_the_same_form_sent_twice_moves_once(rehearsal: Practice):
    client = rehearsal.browser(Role.ADMINISTRATOR)
    form = visit(client, "/en/admin/rehearsal").form(mark="move-form")

    for _ in range(2):
        assert form.submit(client, by="hour", follow=False).status == 303

    assert now_after(hours=1)


def test_a_moment_that_is_sent_twice_is_no_moment_of_the_past(rehearsal: Practice):
    client = rehearsal.browser(Role.ADMINISTRATOR)
    form = visit(client, "/en/admin/rehearsal").form(mark="moment-form")

    for _ in range(2):
        assert form.submit(client, moment="2026-05-05 10:00", follow=False).status == 303

    assert now_after(days=1, hours=1)


def test_what_does_not_fit_into_one_page_is_said_and_the_moment_kept(
    rehearsal: Practice, monkeypatch: pytest.MonkeyPatch
):
    client = rehearsal.browser(Role.ADMINISTRATOR)
    live_through = jobs.live_through
    monkeypatch.setattr(jobs, "live_through", lambda app, until, seconds: live_through(app, until, seconds=-seconds))

    page = rehearsal.move_to(client, "2026-05-06 10:00")

    assert "More falls due on the way" in page.text
    assert page.form(mark="moment-form").values["moment"] == "2026-05-06 10:00"


@pytest.mark.parametrize("path", ["", "/reset"])
def test_it_is_for_staff_alone(rehearsal: Practice, path: str):
    assert visit(rehearsal.browser(Role.CITIZEN), f"/en/admin/rehearsal{path}").status == 403
    guest = rehearsal.app.test_client().get(f"/en/admin/rehearsal{path}")
    assert guest.status_code == 302
    assert "/sign-in" in guest.headers["Location"]


def test_beginning_again_is_for_administrators(rehearsal: Practice):
    client = rehearsal.browser(Role.OPERATOR)

    assert not visit(client, "/en/admin/rehearsal").has("reset")
    assert visit(client, "/en/admin/rehearsal/reset").status == 403


def test_beginning_again_says_what_is_lost_and_does_it(rehearsal: Practice):
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        for _ in range(2):
            rehearsal.scene.apply(walk, 2)
        db.session.remove()
    client = rehearsal.browser(Role.ADMINISTRATOR)
    rehearsal.move(client, by="hour")
    page = visit(client, "/en/admin/rehearsal/reset")
    assert "2 applications" in words(page.mark("lost"))
    assert not now_after(hours=0)

    done = page.form(mark="reset-form").submit(client)

    assert "The rehearsal has begun again" in done.text
    assert now_after(hours=0)
    assert "0 applications" in words(visit(client, "/en/admin/rehearsal/reset").mark("lost"))


def test_a_rehearsal_of_an_older_schema_says_who_makes_it_anew(rehearsal: Practice):
    client = rehearsal.browser(Role.ADMINISTRATOR)
    with rehearsal.app.app_context(), transaction() as session:
        session.query(Rehearsal).update({"revision": "0030"})

    page = visit(client, "/en/admin/rehearsal/reset").form(mark="reset-form").submit(client)

    assert page.status == 409
    assert "prepare --anew" in words(page.mark("refused"))
