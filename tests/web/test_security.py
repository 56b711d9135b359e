"""What somebody sees and does about the own sign-ins and the password, from several browsers."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.people import PASSWORD, Somebody, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.web.signing import sign_in, signed_in
from tourbook.accounts import device_of
from tourbook.actor import Role
from tourbook.audit import TrailEntry
from tourbook.db import db
from tourbook.kst import in_seoul
from tourbook.notices import Notice, rendered

SECURITY = "/en/account/security"
ANOTHER = "five other words in a row"
PHONE = "Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36"


@pytest.fixture
def me(app: Flask) -> Somebody:
    return somebody(app)


def browser(app: Flask, person: Somebody, *, user_agent: str = "") -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = user_agent
    assert sign_in(client, person).status == 302
    return client


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(SECURITY).status_code == 200


def change(client: FlaskClient, now: str, wanted: str) -> Page:
    return visit(client, SECURITY).form(mark="password-form").submit(client, password=now, new_password=wanted)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (PHONE, "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/125.0 Safari/537.36 Edg/125.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121.0 Safari/537.36", "Samsung Internet, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:126.0) Firefox/126.0", "Firefox, Mac"),
        ("curl/8.5.0", ""),
        ("<b>Chrome</b>", "Chrome"),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(user_agent: str, device: str):
    assert device_of(user_agent) == device


def test_the_page_lists_ones_own_sign_ins_and_marks_this_one(app: Flask, me: Somebody, clock: StandingClock):
    phone = browser(app, me, user_agent=PHONE)
    clock.move(minutes=5)
    here = browser(app, me)
    browser(app, somebody(app, mail="other@example.kr"), user_agent="Firefox, Windows")

    page = visit(here, SECURITY)

    assert "Browser that we do not recognise" in words(page.mark("sign-in-here"))
    assert len(page.marked("other-sign-in")) == 1
    assert "Chrome, Android" in words(page.mark("other-sign-in"))
    assert "Firefox" not in page.text
    assert is_signed_in(phone)


def test_one_sign_in_is_ended_at_its_next_request_and_no_other(app: Flask, me: Somebody):
    here, there, third = browser(app, me), browser(app, me, user_agent=PHONE), browser(app, me)

    (phone,) = [form for form in visit(here, SECURITY).forms if "Chrome, Android" in words(form.element)]
    phone.submit(here)

    assert [is_signed_in(one) for one in (here, there, third)] == [True, False, True]


def test_all_others_are_ended_at_once(app: Flask, me: Somebody):
    here, *others = (browser(app, me) for _ in range(3))
    stranger = browser(app, somebody(app, mail="other@example.kr"))

    page = visit(here, SECURITY).form(to="/others/end").submit(here)

    assert "2 other browsers are signed out." in page.text
    assert not page.has("end-others")
    assert is_signed_in(here)
    assert not any(map(is_signed_in, others))
    assert is_signed_in(stranger)


def test_nobody_ends_a_sign_in_of_somebody_else(app: Flask, me: Somebody):
    here, mine = browser(app, me), browser(app, me)
    address = next(form.action for form in visit(here, SECURITY).forms if "/sign-ins/" in form.action)
    stranger = browser(app, somebody(app, mail="other@example.kr"))
    token = visit(stranger, SECURITY).form(mark="password-form").values["csrf_token"]

    assert stranger.post(address, data={"csrf_token": token}).status_code == 302
    assert is_signed_in(here)
    assert is_signed_in(mine)


def test_another_password_ends_all_other_sign_ins_and_is_told_to_its_owner(app: Flask, me: Somebody):
    here, there = browser(app, me), browser(app, me)

    page = change(here, PASSWORD, ANOTHER)

    assert "The password is changed." in page.text
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert sign_in(app.test_client(), me).status == 422
    assert sign_in(app.test_client(), me, password=ANOTHER).status == 302
    with app.app_context():
        told = db.session.scalars(select(Notice)).one()
        assert (told.kind, told.contact, told.language) == ("account_changed", me.mail, "ko")
        assert "비밀번호가 변경되었습니다" in rendered(told).subject
        acts = set(db.session.scalars(select(TrailEntry.act)))
        assert {"password_changed", "sign_ins_ended"} <= acts


@pytest.mark.parametrize(
    ("now", "wanted", "field", "said"),
    [
        ("four words in a raw", ANOTHER, "password", "This is not your password now."),
        (PASSWORD, "too short", "new_password", "Use at least 10 characters."),
        (PASSWORD, "citizen-2026", "new_password", "Guessers try this password first."),
        (PASSWORD, "", "new_password", "Choose a new password."),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(
    app: Flask, me: Somebody, now: str, wanted: str, field: str, said: str
):
    here, there = browser(app, me), browser(app, me)

    page = change(here, now, wanted)

    assert page.status == 422
    assert said in words(page.mark("error-summary"))
    assert any(link.endswith(f"#{field}") for _, link in page.links())
    assert not {page.form(mark="password-form").values[name] for name in ("password", "new_password")} - {""}
    assert is_signed_in(there)
    assert sign_in(app.test_client(), me).status == 302


def test_guessing_the_password_in_a_browser_left_open_slows_down(app: Flask, me: Somebody):
    here = browser(app, me)
    for _ in range(5):
        assert change(here, "four words in a raw", ANOTHER).status == 422

    page = change(here, PASSWORD, ANOTHER)

    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0


def clock_time(moment: datetime) -> str:
    return f"{in_seoul(moment):%H:%M}"


def until(client: FlaskClient) -> str:
    told = words(visit(client, SECURITY).mark("stays-until"))
    return told.split("until ")[1][:5]


def test_each_page_says_until_when_one_stays_signed_in(app: Flask, me: Somebody, clock: StandingClock):
    client = browser(app, me)

    assert until(client) == clock_time(clock.now + timedelta(minutes=60))
    clock.move(minutes=40)
    assert until(client) == clock_time(clock.now + timedelta(minutes=60))
    for _ in range(31):
        clock.move(minutes=45)
        assert until(client)
    assert until(client) == clock_time(clock.now + timedelta(minutes=5)), "a day in all"


def test_staying_signed_in_counts_as_use_and_not_beyond_the_longest_time(app: Flask, clock: StandingClock):
    client = signed_in(app, Role.ADMINISTRATOR)
    stay = visit(client, SECURITY).form(to="/account/stay")

    for _ in range(52):
        clock.move(minutes=9)
        assert stay.submit(client, follow=False).status == 302
    assert is_signed_in(client)
    clock.move(minutes=9)
    assert is_signed_in(client)
    clock.move(minutes=9)

    assert not is_signed_in(client)
    assert stay.submit(client, follow=False).status == 403
