"""The page of health: each figure with its state in words, and what to do where it is not fine."""

from collections import namedtuple
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.accounts.letters import answer_all, ask
from tests.applications.scene import Scene, settle_all
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.ground.pages import Page, words
from tests.notices.outbox import waiting
from tests.web.admin.deciding import Administrator
from tests.web.admin.test_timeline import counted
from tests.web.signing import signed_in
from tourbook.actor import Role
from tourbook.courses.models import Departure
from tourbook.durability import Forgets
from tourbook.heartbeat import Ran, write_runs
from tourbook.jobs import JOBS
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import health as figures
from tourbook.web.admin import health, job_words
from tourbook.web.admin import health_states as states

NOW = parse_moment(MONDAY_MORNING)
Disk = namedtuple("Disk", "total used free")


def ago(**length: float):
    return NOW - timedelta(**length)


def told(page: Page, test: str) -> list[str]:
    """How a figure stands, its state, and what to do."""
    return [words(cell) for cell in page.mark(f"check-{test}")][1:]


@pytest.mark.sqlite_only("states ask no database")
@pytest.mark.parametrize(
    ("ran", "failed", "expected"),
    [
        (ago(seconds=20), None, states.FINE),
        (ago(minutes=2, seconds=59), None, states.FINE),
        (ago(minutes=3, seconds=1), None, states.ACT),
        (None, None, states.ACT),
        (None, ago(seconds=5), states.ACT),
        (ago(seconds=20), ago(seconds=5), states.ACT),
        (ago(seconds=5), ago(seconds=20), states.FINE),
    ],
)
def test_a_job_that_fails_or_misses_its_runs_is_to_be_seen_to(ran, failed, expected) -> None:
    assert states.of_job(timedelta(seconds=20), ran, failed, NOW) == expected


@pytest.mark.sqlite_only("states ask no database")
@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, states.FINE),
        (ago(minutes=2), states.FINE),
        (ago(minutes=2, seconds=1), states.LOOK),
        (ago(minutes=10), states.LOOK),
        (ago(minutes=10, seconds=1), states.ACT),
    ],
)
def test_what_waits_too_long_is_looked_at_and_then_acted_on(since, expected) -> None:
    assert states.of_age(since, NOW, states.NOTICES_LOOK, states.NOTICES_ACT) == expected


@pytest.mark.sqlite_only("states ask no database")
@pytest.mark.parametrize(
    ("free", "total", "expected"),
    [
        (50e9, 100e9, states.FINE),
        (14e9, 100e9, states.LOOK),
        (4e9, 100e9, states.ACT),
        (0.9e9, 2e9, states.ACT),
        (0, 0, states.ACT),
    ],
)
def test_a_disk_is_judged_by_its_share_and_by_what_is_left(free, total, expected) -> None:
    assert states.of_disk(free, total) == expected


@pytest.mark.sqlite_only("states ask no database")
@pytest.mark.parametrize(
    ("found", "expected"), [([], "fine"), (["fine", "look"], "look"), (["act", "look", "fine"], "act")]
)
def test_the_most_urgent_state_counts(found, expected) -> None:
    assert states.worst(found) == expected


@pytest.mark.sqlite_only("words ask no database")
def test_every_job_has_words() -> None:
    assert set(job_words.JOBS) == {job.name for job in JOBS} - {"note what ran"}


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: Disk(100e9, 20e9, 80e9))


@pytest.mark.usefixtures("scene", "roomy")
def test_where_all_is_well_the_page_says_so(admin: Administrator, clock: StandingClock) -> None:
    write_runs([Ran("send mails", 15, clock.now)])

    page = admin.open("/health")

    assert "All is well" in words(page.mark("worst"))
    assert told(page, "timetable") == ["No job is late.", "Good", "–"]
    assert told(page, "outbox")[1:] == told(page, "backlog")[1:] == ["Good", "–"]
    assert "Send mails" in words(page.mark("jobs"))


@pytest.mark.usefixtures("scene", "roomy")
def test_a_timetable_that_never_ran_is_the_first_thing_to_see_to(admin: Administrator) -> None:
    page = admin.open("/health")

    assert "Somebody has to act now" in words(page.mark("worst"))
    assert told(page, "timetable")[:2] == ["It has never run here.", "Act now"]
    assert "flask tourbook jobs" in told(page, "timetable")[2]


@pytest.mark.usefixtures("scene")
def test_a_job_that_stands_still_is_named(admin: Administrator, clock: StandingClock) -> None:
    write_runs([Ran("send mails", 15, clock.now - timedelta(hours=1)), Ran("settle departures", 20, clock.now)])

    page = admin.open("/health")

    assert told(page, "timetable")[:2] == ["Send mails", "Act now"]
    assert [words(list(row)[2]) for row in page.marked("job")] == ["Act now", "Good"]


@pytest.mark.usefixtures("scene")
def test_notices_that_wait_and_that_failed_are_counted(
    admin: Administrator, session: Session, clock: StandingClock
) -> None:
    waiting(now=clock.now - timedelta(minutes=20))
    waiting(now=clock.now + timedelta(hours=1))
    failed = waiting(now=clock.now)
    session.execute(update(Notice).where(Notice.id == failed).values(state=NoticeState.FAILED))
    session.commit()

    page = admin.open("/health")

    assert told(page, "outbox")[:2] == ["1 now, the oldest since Mon 4 May 2026, 08:40 KST, 1 for later", "Act now"]
    assert told(page, "failed")[:2] == ["1", "To be looked at"]


@pytest.mark.parametrize(
    ("minutes", "stands", "state"),
    [
        (2, "2, the oldest since Mon 4 May 2026, 08:58 KST", "Good"),
        (3, "2, the oldest since Mon 4 May 2026, 08:57 KST", "To be looked at"),
        (11, "2, the oldest since Mon 4 May 2026, 08:49 KST", "Act now"),
    ],
)
@pytest.mark.usefixtures("scene")
def test_who_waits_for_an_email_to_choose_a_password_is_counted_until_there_is_one(
    admin: Administrator, clock: StandingClock, minutes: int, stands: str, state: str
) -> None:
    clock.move(minutes=-minutes)
    ask("nobody@example.kr", clock)
    clock.move(minutes=minutes)
    ask("someone@example.kr", clock)

    before = told(admin.open("/health"), "wishes")
    answer_all(clock)

    assert before[:2] == [stands, state]
    assert ("look at its job" in before[2]) is (state != "Good")
    assert told(admin.open("/health"), "wishes") == ["0", "Good", "–"]


def test_departures_over_capacity_and_those_behind_are_counted(
    another: Callable[..., Administrator], scene: Scene, session: Session, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 4)
    settle_all(scene)
    late = clock.now - timedelta(minutes=6)
    session.execute(update(Departure).where(Departure.id == walk).values(over_capacity=True, next_due_at=late))
    session.commit()

    page = another().open("/health")

    assert told(page, "over")[:2] == ["1", "To be looked at"]
    assert told(page, "backlog")[:2] == ["1, since Mon 4 May 2026, 08:54 KST", "Act now"]


@pytest.mark.parametrize(
    ("until", "state"), [(None, "Good"), ("2026-05-06", "Act now"), ("2026-05-20", "To be looked at")]
)
def test_orders_that_lapse_soon_and_those_without_an_end(
    admin: Administrator, scene: Scene, until: str | None, state: str
) -> None:
    scene.add_order("half", "2026-05-01", until)

    page = admin.open("/health")

    assert told(page, "lapse")[1] == state
    assert told(page, "open-ended")[0] == ("0" if until else "1")


@pytest.mark.usefixtures("scene")
def test_a_database_that_may_forget_is_said(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(admin.open("/health"), "database")[1] == "Good"
    monkeypatch.setattr(figures, "forgetful_settings", lambda _connection: ["fsync is off"])

    assert told(admin.open("/health"), "database")[1] == "Act now"


@pytest.mark.sqlite_only("words ask no database")
@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("why", Forgets)
@pytest.mark.parametrize(("lang", "fine"), [("ko", "보존됩니다"), ("en", "It keeps what")])
def test_why_it_may_forget_is_said_in_the_language_of_the_page(
    another: Callable[..., Administrator], monkeypatch: pytest.MonkeyPatch, why: Forgets, lang: str, fine: str
) -> None:
    admin = another(lang)
    assert fine in told(admin.open("/health"), "database")[0]
    monkeypatch.setattr(figures, "forgetful_settings", lambda _connection: [why])

    said = told(admin.open("/health"), "database")[0]

    assert fine not in said
    wanted = {
        ("ko", True): "메모리에만 저장됩니다",
        ("en", True): "It lives in memory only",
        ("ko", False): "안전하지 않은 설정: ",
        ("en", False): "Unsafe setting: ",
    }
    assert wanted[lang, why is Forgets.IN_MEMORY] in said
    assert why.value.split()[0] in said or why is Forgets.IN_MEMORY


@pytest.mark.usefixtures("scene")
def test_a_full_disk_is_said(admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: Disk(100e9, 98e9, 2e9))

    assert told(admin.open("/health"), "disk")[:2] == ["2 GB of 100 GB free", "Act now"]


@pytest.mark.usefixtures("scene")
def test_it_says_which_versions_run_and_no_secret(app: Flask, admin: Administrator) -> None:
    page = admin.open("/health")

    assert "SQLAlchemy" in words(page.mark("versions"))
    assert app.config["SECRET_KEY"] not in page.text
    assert "://" not in words(page.mark("checks"))


@pytest.mark.usefixtures("scene")
def test_it_takes_few_statements(admin: Administrator) -> None:
    admin.open("/health")
    with counted() as sent:
        admin.open("/health")

    assert len(sent) <= 26


def test_it_is_for_administrators(app: Flask, scene: Scene) -> None:
    assert signed_in(app, Role.OPERATOR).get("/en/admin/health").status_code == 403
