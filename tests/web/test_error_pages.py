import io
import logging
from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, InternalError, OperationalError, ProgrammingError

from tests.ground.pages import Page, visit
from tests.web.conftest import Build
from tourbook.connections import StillSilent
from tourbook.errors import Conflict, NotAllowed, NotFound, Refused, TooMany
from tourbook.web.access import Permission, permission
from tourbook.web.error_pages import PAGES

pytestmark = pytest.mark.sqlite_only("pages of failure ask no database")


def failing(error: Exception) -> Callable[..., None]:
    @permission(Permission.PUBLIC)
    def view(**_: object) -> None:
        raise error

    return view


def app_that_fails(build: Build, error: Exception) -> Flask:
    """The application as in production, with a page at /<lang>/fail that fails so."""
    app = build()
    app.config["TESTING"] = False
    app.add_url_rule("/<any(ko,en):lang>/fail", "fail", failing(error), methods=["GET", "POST"])
    return app


@pytest.mark.parametrize("status", [status for status in PAGES if status not in {500, 503}])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_failure_says_in_both_languages_what_to_do(build: Build, status: int, lang: str):
    def view(**_: object) -> None:
        abort(status)

    app = build()
    app.add_url_rule("/<any(ko,en):lang>/fail", "fail", permission(Permission.PUBLIC)(view))

    page = visit(app.test_client(), f"/{lang}/fail")

    assert (page.status, page.language) == (status, lang)
    assert page.has(f"error-{status}")
    assert len(page.heading) > 4
    assert page.link("첫 화면으로" if lang == "ko" else "To the home page").endswith(f"/{lang}/")


@pytest.mark.parametrize(
    ("refused", "status", "says"),
    [
        (Refused("party_too_large", party_max=4), 422, "Parties of up to 4 people"),
        (NotFound("application_unknown"), 404, "There is no such application"),
        (NotAllowed("wrong_role"), 403, "This page is for staff with other duties."),
        (Conflict("full", free=1, seats=2), 409, "One place is free"),
        (TooMany("sign_in_busy", seconds=7), 429, "Try again in 7 seconds."),
    ],
)
def test_a_refusal_that_no_page_expected_is_told_in_its_own_words(
    build: Build, refused: Refused, status: int, says: str
):
    page = visit(app_that_fails(build, refused).test_client(), "/en/fail")

    assert page.status == status
    assert says in page.text
    assert page.response.headers.get("Retry-After") == ("7" if status == 429 else None)


def test_a_bug_is_logged_under_the_number_that_the_page_shows(build: Build, caplog: pytest.LogCaptureFixture):
    client = app_that_fails(build, ZeroDivisionError("name of a visitor")).test_client()

    page = visit(client, "/en/fail?token=secret")

    number = page.mark("request-number").text or ""
    assert page.status == 500
    assert "Something went wrong on our side" in page.text
    assert "ZeroDivision" not in page.html
    assert number
    assert f"request {number} (GET /<any(ko,en):lang>/fail) failed" in caplog.text
    assert "secret" not in caplog.text


def test_two_failures_have_two_numbers(build: Build):
    client = app_that_fails(build, ZeroDivisionError()).test_client()

    assert (
        visit(client, "/ko/fail").mark("request-number").text != visit(client, "/ko/fail").mark("request-number").text
    )


def test_a_database_that_does_not_answer_is_said_to_be_busy(build: Build, caplog: pytest.LogCaptureFixture):
    page = visit(
        app_that_fails(build, OperationalError("SELECT 1", None, Exception("database is locked"))).test_client(),
        "/en/fail",
    )

    assert page.status == 503
    assert int(page.response.headers["Retry-After"]) > 0
    assert "We cannot answer right now" in page.text
    assert any(record.levelno == logging.ERROR for record in caplog.records)


def test_a_sentence_that_the_database_does_not_understand_is_a_bug(build: Build, caplog: pytest.LogCaptureFixture):
    error = ProgrammingError("SELEC 1", None, Exception("syntax error"))

    page = visit(app_that_fails(build, error).test_client(), "/en/fail")

    assert page.status == 500
    assert "syntax error" in caplog.text


def test_a_database_that_refuses_a_statement_is_a_bug_and_not_a_busy_hour(build: Build):
    page = visit(app_that_fails(build, DataError("SELECT 1", None, Exception())).test_client(), "/en/fail")

    assert page.status == 500


def test_a_connection_that_was_lost_is_no_bug_whatever_the_driver_calls_it(build: Build):
    lost = InternalError("SELECT 1", None, Exception(), connection_invalidated=True)

    assert visit(app_that_fails(build, lost).test_client(), "/en/fail").status == 503


def test_people_turned_away_while_the_database_is_silent_are_a_line_in_the_log(
    build: Build, caplog: pytest.LogCaptureFixture
):
    silent = OperationalError("SELECT 1", None, StillSilent("it fell silent"))

    visit(app_that_fails(build, silent).test_client(), "/en/fail")

    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "turned away: the database is silent" in line.getMessage()
    assert line.exc_info is None


class TestNoAnswerToAForm:
    """Whether a form was done is not known where the database did not answer: it comes back, to be sent again."""

    def sent(self, build: Build, lang: str = "en", **typed: object) -> Page:
        app = app_that_fails(build, OperationalError("COMMIT", None, Exception("no answer in time")))
        client = app.test_client()
        token = visit(client, f"/{lang}/sign-in").form(mark="sign-in-form").values["csrf_token"]
        return visit(client, f"/{lang}/fail?day=1", method="POST", data={"csrf_token": token, **typed})

    @pytest.mark.parametrize(
        ("lang", "says"),
        [("ko", "잠시 뒤 같은 양식을 다시 보내 주세요."), ("en", "Send the same form again in a moment")],
    )
    def test_nothing_that_was_typed_is_lost_and_the_one_time_id_stays(self, build: Build, lang: str, says: str):
        page = self.sent(build, lang, name="홍길동", form_id="once")

        assert (page.status, page.language) == (503, lang)
        assert says in page.text
        assert int(page.response.headers["Retry-After"]) > 0
        form = page.form(mark="send-again")
        assert form.action.endswith(f"/{lang}/fail?day=1")
        assert {"name": "홍길동", "form_id": "once"}.items() <= form.values.items()

    def test_a_button_without_a_field_can_be_pressed_again_too(self, build: Build):
        assert self.sent(build).has("send-again")

    @pytest.mark.parametrize("typed", [{"note": "900101-1234567"}, {"file": (io.BytesIO(b"a,b"), "orders.csv")}])
    def test_what_may_not_or_cannot_be_carried_along_is_to_be_sent_from_its_own_page(
        self, build: Build, typed: dict[str, object]
    ):
        page = self.sent(build, **typed)

        assert page.status == 503
        assert not page.has("send-again")
        assert "Go back: browsers mostly keep what you typed." in page.text

    def test_a_form_that_nobody_vouches_for_is_not_handed_back(self, build: Build):
        app = app_that_fails(build, ZeroDivisionError())
        app.before_request_funcs[None].insert(0, failing(OperationalError("SELECT 1", None, Exception())))

        page = visit(app.test_client(), "/en/fail", method="POST", data={"name": "홍길동"})

        assert page.status == 503
        assert not page.has("send-again")


def test_pages_of_failure_need_no_database(build: Build):
    app = build(database_url="sqlite:////nowhere/at/all.sqlite")
    app.config["TESTING"] = False
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = "a token"

    page = visit(client, "/ko/nowhere")

    assert page.status == 503
    assert not page.has("sign-out")


def test_a_wrong_method_says_which_are_right(client: FlaskClient):
    answer = client.delete("/ko/help")

    assert answer.status_code in {400, 405}
    assert client.open("/ko/help", method="PROPFIND").status_code == 405
    assert "GET" in client.open("/ko/help", method="PROPFIND").headers["Allow"]


def test_too_large_a_request_is_refused_with_a_page(client: FlaskClient):
    page = visit(client, "/en/sign-in", method="POST", data={"mail": "x" * 3_000_000})

    assert page.status == 413
    assert "A file may have up to 2 MB." in page.text


@pytest.mark.parametrize("name", ["visitors-²-name", "visitors-１-name", f"visitors-{'9' * 5000}-name", "a[b]", "김"])
@pytest.mark.parametrize("kind", ["text", "file"])
def test_a_field_that_no_form_has_is_refused_with_a_sentence(client: FlaskClient, name: str, kind: str):
    data = {name: "x" if kind == "text" else (io.BytesIO(b"x"), "x.csv")}

    page = visit(client, "/en/sign-in", method="POST", data=data)

    assert page.status == 400
    assert "The browser sent" in page.text


@pytest.mark.parametrize("place", ["path", "query", "name", "form", "field"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_characters_that_no_database_keeps_are_refused_with_a_sentence(client: FlaskClient, place: str, lang: str):
    bad = "a\0b"
    answers = {
        "path": lambda: visit(client, f"/{lang}/courses/a%00b"),
        "query": lambda: visit(client, f"/{lang}/sign-in?next=a%00b"),
        "name": lambda: visit(client, f"/{lang}/sign-in?a%00b=1"),
        "form": lambda: visit(client, f"/{lang}/sign-in", method="POST", data={"mail": bad, "csrf_token": "x"}),
        "field": lambda: visit(client, f"/{lang}/sign-in", method="POST", data={bad: "1"}),
    }

    page = answers[place]()

    assert page.status == 400
    assert ("붙여 넣지 말고" if lang == "ko" else "holds characters that cannot be stored") in page.text


def test_broken_characters_never_break_a_page(client: FlaskClient):
    for query in ("%ED%A0%80", "%FF%FE", "%C3%28", "%EF%BF%BF", "%F4%90%80%80"):
        assert client.get(f"/ko/sign-in?next={query}").status_code in {200, 400}
        assert client.get(f"/ko/{query}").status_code in {404, 400}
        assert (
            client.post(
                "/ko/sign-in", data=f"mail={query}", content_type="application/x-www-form-urlencoded"
            ).status_code
            == 400
        )


@pytest.mark.parametrize("disposition", ["form-data", 'form-data; filename="a.csv"', 'form-data; name=""'])
def test_a_part_of_a_form_that_has_no_name_is_refused(client: FlaskClient, disposition: str):
    body = f"--b\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--b--\r\n"

    page = client.post("/ko/sign-in", data=body, content_type="multipart/form-data; boundary=b")

    assert page.status_code == 400


class TestForgedForms:
    """A form counts only with the token of its own page."""

    def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(self, client: FlaskClient):
        page = visit(client, "/en/sign-in", method="POST", data={"mail": "a@example.kr", "password": "x"})

        assert page.status == 400
        assert "this site takes a form only from its own page" in page.text
        assert "a@example.kr" not in page.html

    def test_a_token_of_another_browser_is_worth_nothing(self, app: Flask, client: FlaskClient):
        stolen = visit(app.test_client(), "/en/sign-in").form(mark="sign-in-form").values["csrf_token"]
        visit(client, "/en/sign-in")

        assert client.post("/en/sign-in", data={"csrf_token": stolen}).status_code == 400

    def test_what_was_typed_on_our_own_page_can_be_sent_again(self, build: Build):
        app = build()
        taken = []

        @permission(Permission.PUBLIC)
        def act() -> str:
            from flask import request  # noqa: PLC0415 - the view of this test alone

            taken.append(request.form["reason"])
            return "done"

        app.add_url_rule("/<any(ko,en):lang>/act", "act", act, methods=["POST"])
        client = app.test_client()

        old = visit(
            client,
            "/en/act",
            method="POST",
            data={"csrf_token": "too old", "reason": "heavy rain", "form_id": "once"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert (old.status, taken) == (400, [])
        form = old.form(mark="send-again")
        assert form.values["form_id"] == "once"
        form.submit(client)

        assert taken == ["heavy rain"]

    def test_a_resident_number_is_not_handed_back(self, client: FlaskClient):
        page = visit(
            client,
            "/en/help",
            method="POST",
            data={"note": "900101-1234567"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )

        assert "900101" not in page.html
