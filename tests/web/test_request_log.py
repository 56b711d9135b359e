"""Each request has an id, and leaves one line that tells neither its address nor what was sent."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from tests.ground.pages import visit
from tests.web.conftest import Build
from tests.web.signing import signed_in
from tests.web.test_error_pages import app_that_fails, failing
from tourbook import logs
from tourbook.actor import Role
from tourbook.jobs import Job, every, run_due

pytestmark = pytest.mark.sqlite_only("what is logged does not depend on the database")
CANARIES = ("홍길동", "010-1234-5678", "M12345678", "SECRET-LINK", "hong@example.kr")


class Log:
    """What has been written so far."""

    def __init__(self) -> None:
        self.written = io.StringIO()

    def lines(self, message: str = "request") -> list[dict[str, object]]:
        told = [json.loads(line) for line in self.written.getvalue().splitlines()]
        return [one for one in told if one["message"] == message]


@pytest.fixture
def log() -> Iterator[Log]:
    """The log as production writes it."""
    log, root = Log(), logging.getLogger()
    handler, level = logging.StreamHandler(log.written), root.level
    handler.setFormatter(logs.JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield log
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_request_is_one_line(client: FlaskClient, log: Log) -> None:
    answer = client.get("/ko/help?name=홍길동")

    [told] = log.lines()
    assert (told["route"], told["method"], told["status"], told["role"]) == ("citizen.help_page", "GET", 200, "guest")
    assert told["request"] == answer.headers["X-Request-ID"]
    assert 0 <= told["milliseconds"] < 60_000
    assert set(told) <= {"time", "level", "logger", "message", *logs.FIELDS}


def test_staff_are_told_by_role_and_organisation(app, log: Log) -> None:
    client = signed_in(app, Role.OPERATOR)
    visit(client, "/ko/operator/")

    told = log.lines()[-1]
    assert told["role"] == "operator"
    assert re.fullmatch(r"[0-9a-f-]{36}", str(told["organisation"]))


def test_machines_that_watch_leave_no_lines(client: FlaskClient, log: Log) -> None:
    for address in ("/healthz", "/readyz", "/metrics"):
        client.get(address)

    assert log.lines() == []


@pytest.mark.parametrize("address", ["/ko/a/SECRET-LINK", "/ko/nowhere-M12345678?phone=010-1234-5678", "/홍길동"])
def test_an_address_is_never_told(client: FlaskClient, log: Log, address: str) -> None:
    client.get(address, headers={"Referer": "https://x/?hong@example.kr", "User-Agent": "홍길동"})

    assert len(log.lines()) == 1
    assert canaries_in(log) == []


def test_what_makes_an_error_is_never_told(build: Build, log: Log) -> None:
    client = app_that_fails(build, ValueError(" ".join(CANARIES))).test_client()
    token = visit(client, "/en/sign-in").form(mark="sign-in-form").values["csrf_token"]
    typed = {"name": CANARIES[0], "phone": CANARIES[1], "passport": CANARIES[2], "mail": CANARIES[4]}

    page = visit(client, "/en/fail?link=SECRET-LINK", method="POST", data={"csrf_token": token, **typed})

    number = page.mark("request-number").text
    [failed] = log.lines(f"request {number} (POST /<any(ko,en):lang>/fail) failed")
    assert failed["request"] == number == page.response.headers["X-Request-ID"]
    assert failed["exception"][0]["kind"] == "builtins.ValueError"
    assert log.lines()[-1]["status"] == 500
    assert canaries_in(log) == []


def test_what_fails_after_the_answer_is_told_by_its_route(build: Build, log: Log) -> None:
    app = build()
    app.config["TESTING"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.after_request(failing(ValueError("홍길동")))

    app.test_client().get("/ko/a/SECRET-LINK")

    assert canaries_in(log) == []
    assert any("exception" in json.loads(line) for line in log.written.getvalue().splitlines())


@pytest.mark.parametrize(
    ("proxies", "brought", "is_taken"),
    [
        (1, "0123456789abcdef0123456789abcdef", True),
        (1, "aaaa-bbbb", True),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, 'a" level="x12345', False),
        (0, "0123456789abcdef0123456789abcdef", False),
    ],
)
def test_an_id_is_taken_from_a_proxy_that_is_trusted_and_where_it_is_one(
    build: Build, log: Log, proxies: int, brought: str, is_taken: bool
) -> None:
    answer = build(trusted_proxies=proxies).test_client().get("/ko/help", headers={"X-Request-ID": brought})

    given = answer.headers["X-Request-ID"]
    assert (given == brought) is is_taken
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", given)
    assert log.lines()[0]["request"] == given


def test_files_are_numbered_too(client: FlaskClient, log: Log) -> None:
    with client.get("/static/css/site.css") as answer:
        assert answer.headers["X-Request-ID"]
    assert log.lines() == []


def test_the_timetable_tells_which_job_it_was(app, log: Log) -> None:
    def falls(*, now: datetime) -> None:
        raise ValueError("홍길동")

    done = iter([2, 0])
    jobs = tuple(Job(name, every(hours=1), act) for name, act in (("fall", falls), ("do", lambda now: next(done))))

    assert run_due(app, jobs) == {"fall": None, "do": 2}

    [failed], [did] = log.lines("job fall failed after doing 0"), log.lines("job done")
    assert (failed["job"], failed["exception"][0]["kind"]) == ("fall", "builtins.ValueError")
    assert (did["job"], did["done"]) == ("do", 2)
    assert canaries_in(log) == []


def canaries_in(log: Log) -> list[str]:
    written = log.written.getvalue()
    return [one for one in CANARIES if one in written or json.dumps(one)[1:-1] in written]
