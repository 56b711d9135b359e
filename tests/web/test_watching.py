"""What machines ask: who may, what they are told, and that no figure goes by an address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.accounts.letters import answer_all, ask
from tests.applications.scene import build_scene
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.ground.server import TEST_SECRET
from tests.web.conftest import Build
from tourbook.accounts.models import FailedSignIn
from tourbook.db import db, transaction
from tourbook.heartbeat import Ran, write_runs
from tourbook.web import watching
from tourbook.web.metrics import EXTENSION

TOKEN = "a-token-that-is-long-enough-to-be-one"
ABROAD = {"REMOTE_ADDR": "198.51.100.7"}
READY = {"ready": True, "failing": []}


@pytest.fixture
def heartbeat(database: Ground, clock: StandingClock) -> Callable[[], None]:
    def beat() -> None:
        with database.app.app_context():
            write_runs([Ran("settle departures", 20, clock.now)])

    return beat


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching.shutil, "disk_usage", lambda _: _Disk(100 * 10**9, 50 * 10**9))


@pytest.fixture(autouse=True)
def _nothing_kept(app: Flask) -> None:
    app.extensions[EXTENSION].read_at = None


class _Disk:
    def __init__(self, total: int, free: int) -> None:
        self.total, self.free = total, free


def figures(answer: TestResponse) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.get_data(as_text=True))
    return {
        (sample.name, frozenset((name, of) for name, of in sample.labels.items() if name != "process")): sample.value
        for family in families
        for sample in family.samples
    }


def figure(client: FlaskClient, name: str, **labels: str) -> float | None:
    return figures(client.get("/metrics")).get((name, frozenset(labels.items())))


def failing(client: FlaskClient) -> list[str]:
    answer = client.get("/readyz")
    found = answer.get_json()
    assert answer.status_code == (503 if found["failing"] else 200)
    assert found["ready"] is not bool(found["failing"])
    return [one["check"] for one in found["failing"]]


def test_it_is_ready_when_nothing_is_missing(client: FlaskClient, heartbeat: Callable[[], None]) -> None:
    heartbeat()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.get_json()) == (200, READY)
    assert answer.headers["Cache-Control"] != "public"


def test_a_timetable_that_stands_still_is_told(
    client: FlaskClient, heartbeat: Callable[[], None], clock: StandingClock
) -> None:
    assert failing(client) == ["timetable"]
    heartbeat()
    clock.move(minutes=3)
    assert failing(client) == []
    clock.move(seconds=1)
    assert failing(client) == ["timetable"]


def test_a_schema_that_migrations_have_not_reached_is_told(client: FlaskClient, app, heartbeat) -> None:
    heartbeat()
    with app.app_context(), transaction() as session:
        [there] = session.execute(text("SELECT version_num FROM alembic_version")).scalars()
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert failing(client) == ["migrations"]
    finally:
        with app.app_context(), transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :there"), {"there": there})


def test_a_full_disk_is_told(client: FlaskClient, heartbeat, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat()
    monkeypatch.setattr(watching.shutil, "disk_usage", lambda _: _Disk(100 * 10**9, 10**9 - 1))

    assert failing(client) == ["disk"]


@pytest.mark.sqlite_only("the database is none at all")
def test_a_database_that_does_not_answer_is_told_and_is_a_figure(build_anywhere: Build) -> None:
    client = build_anywhere("sqlite:////nowhere/at/all.sqlite").test_client()

    assert failing(client) == ["database"]
    assert figure(client, "tourbook_database_up") == 0
    assert figure(client, "tourbook_requests_total", route="readyz", method="GET", status="503") == 1


@pytest.mark.sqlite_only("who may ask does not depend on the database")
@pytest.mark.parametrize("address", ["/readyz", "/metrics"])
class TestWhoMayAsk:
    """Programs of this machine, and whoever brings the token."""

    def status(self, build: Build, address: str, *, local: bool = False, proxies: int = 0, **headers: str) -> int:
        client = build(watch_token=TOKEN, trusted_proxies=proxies).test_client()
        sent = {name.replace("_", "-"): of for name, of in headers.items()}
        return client.get(address, headers=sent, environ_base={} if local else ABROAD).status_code

    def test_this_machine_may(self, build: Build, heartbeat, address: str) -> None:
        heartbeat()
        assert self.status(build, address, local=True) == 200

    def test_strangers_are_told_that_there_is_no_such_page(self, build: Build, address: str) -> None:
        assert self.status(build, address) == 404
        assert self.status(build, address, Authorization=f"Bearer {TOKEN}x") == 404
        assert self.status(build, address, Authorization="Bearer ") == 404
        assert self.status(build, address, Authorization=f"Basic {TOKEN}") == 404

    def test_whoever_brings_the_token_may(self, build: Build, heartbeat, address: str) -> None:
        heartbeat()
        assert self.status(build, address, Authorization=f"Bearer {TOKEN}") == 200

    def test_no_token_is_set_so_none_is_right(self, build: Build, address: str) -> None:
        client = build().test_client()

        assert client.get(address, headers={"Authorization": "Bearer "}, environ_base=ABROAD).status_code == 404

    def test_what_a_proxy_of_this_machine_passes_on_is_not_of_this_machine(self, build: Build, address: str) -> None:
        assert self.status(build, address, local=True, X_Forwarded_For="198.51.100.7") == 404
        assert self.status(build, address, local=True, proxies=1, X_Forwarded_For="127.0.0.1, 198.51.100.7") == 404

    def test_production_answers_under_the_number_of_the_machine(
        self, database: Ground, build: Build, heartbeat, address: str
    ) -> None:
        heartbeat()
        settings = {
            "environment": "production",
            "public_url": "https://tours.example.kr",
            "secret_key": TEST_SECRET,  # under it the keys are wrapped that earlier tests left on record
            "keys": str(database.app.extensions["tourbook.keyring"].store.path),
            "keep_pages": True,
        }
        client = build(**settings).test_client()

        assert client.get(address, base_url="http://127.0.0.1:8000").status_code == 200
        assert client.get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200
        assert client.get("/ko/help", base_url="http://127.0.0.1:8000").status_code == 400


def test_seats_are_counted_by_state(client: FlaskClient, session: Session) -> None:
    scene = build_scene()
    departure = scene.add_departure("2026-05-20T10:00", capacity=4)
    scene.apply(departure, 3)
    scene.apply(departure, 2, wait=True)

    assert figure(client, "tourbook_seats", state="confirmed") == 3
    assert figure(client, "tourbook_seats", state="waiting") == 2
    assert figure(client, "tourbook_seats", state="displaced") == 0
    assert figure(client, "tourbook_departures_over_capacity") == 0
    assert figure(client, "tourbook_notices", state="due") >= 1


def test_wishes_for_letters_are_counted_until_they_are_answered(
    app: Flask, client: FlaskClient, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tourbook.web.metrics.SECONDS", 0.0)
    names = ("tourbook_wishes", "tourbook_wish_oldest_seconds")
    with app.app_context():
        ask("nobody@example.kr", clock)
        clock.move(minutes=3)
        ask("someone@example.kr", clock)
        before = [figure(client, name) for name in names]
        answer_all(clock)

    assert before == [2, 180]
    assert [figure(client, name) for name in names] == [0, 0]


def test_figures_are_read_anew_only_after_some_seconds(
    build: Build, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build()
    seconds = 100.0
    monkeypatch.setattr("tourbook.web.metrics.monotonic", lambda: seconds)
    client, name = app.test_client(), "tourbook_sign_ins_refused_last_hour"
    before = figure(client, name)
    with app.app_context(), transaction() as session:
        session.add(FailedSignIn(mail_index="a", address_hash="b", at=clock.now - timedelta(minutes=59)))
        session.add(FailedSignIn(mail_index="a", address_hash="b", at=clock.now - timedelta(minutes=61)))

    assert (before, figure(client, name)) == (0, 0)
    seconds += 10
    assert figure(client, name) == 1


def test_the_timetable_has_a_lag_as_a_whole_and_by_job(
    client: FlaskClient, heartbeat: Callable[[], None], clock: StandingClock
) -> None:
    heartbeat()
    clock.move(seconds=70)

    found = figures(client.get("/metrics"))

    assert found["tourbook_timetable_lag_seconds", frozenset()] == 70
    assert found["tourbook_job_lag_seconds", frozenset({("job", "settle departures")})] == 70
    assert found["tourbook_job_failing", frozenset({("job", "settle departures")})] == 0


def test_requests_are_counted_by_route_and_never_by_address(build: Build) -> None:
    client = build().test_client()
    client.get("/ko/help?q=010-1234-5678")
    client.get("/ko/a/SECRET-TOKEN-OF-A-LINK")
    client.get("/ko/nowhere-M12345678")

    body = client.get("/metrics").get_data(as_text=True)

    assert 'route="citizen.help_page",status="200"' in body
    assert 'route="none",status="404"' in body
    assert all(canary not in body for canary in ("010-1234", "SECRET", "M12345678", "/ko/"))


def test_connections_of_this_process_are_counted(client: FlaskClient, app) -> None:
    found = figures(client.get("/metrics"))

    with app.app_context():
        held = db.engine.pool.checkedin() + db.engine.pool.checkedout()
    assert sum(of for (name, _), of in found.items() if name == "tourbook_database_connections") == held
    assert any(name == "tourbook_build_info" for name, _ in found)
