"""The command line as others rely on it: names, options, JSON keys, exit codes, sentences instead of tracebacks."""

import csv
import json
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from config import Config
from tests.commands import run
from tests.distancing.worlds import DATA
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.courses import course_by_code
from tourbook.courses.models import Departure
from tourbook.db import db

PROJECT = Path(__file__).resolve().parents[1]
KEYS = {"capacity", "party_max", "closed", "basis", "scale", "level", "causes", "conditions"}
CAUSE_KEYS = {"component", "kind", "source", "from", "to", "announced_at", "value", "ko", "en"}


def asked(ground: Ground, *words: str) -> dict[str, object]:
    done = run(ground, "allowance", *words, "--json")
    assert done.exit_code == 0, done.output
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.fixture
def with_history(seeded: Ground, clock: StandingClock) -> Ground:
    seeded.command("tourbook", "orders", "import", str(DATA / "distancing_orders.csv"), "--history")
    seeded.command("tourbook", "measures", "import", str(DATA / "site_measures.csv"), "--history")
    return seeded


# Asking.


def test_the_history_of_panmunjeom_comes_out_to_the_number(with_history: Ground, tmp_path: Path) -> None:
    expected = list(csv.DictReader((DATA / "panmunjeom_expected.csv").read_text("utf-8").splitlines()))
    queries = tmp_path / "queries.csv"
    lines = [f"panmunjeom,{row['start']},90,{row['start']}" for row in expected]
    queries.write_text("\n".join(["course,start,minutes,as_of", *lines]))

    done = run(with_history, "allowance", "--batch", str(queries), "--json")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["capacity"] for answer in answers] == [int(row["capacity"]) for row in expected]
    assert [answer["closed"] for answer in answers] == [row["capacity"] == "0" for row in expected]
    assert done.exit_code == 0


def test_an_answer_has_the_keys_that_others_rely_on(with_history: Ground) -> None:
    answer = asked(with_history, "panmunjeom", "--start", "2021-11-30T15:00", "--as-of", "2021-11-29T12:00")

    assert set(answer) == KEYS
    assert (answer["capacity"], answer["party_max"], answer["closed"]) == (20, 5, False)
    assert (answer["basis"], answer["scale"], answer["level"]) == ("order", "recovery", "phase1")
    causes = answer["causes"]
    assert isinstance(causes, list)
    assert all(set(cause) == CAUSE_KEYS for cause in causes)
    assert [cause["component"] for cause in causes] == ["base", "party", "level", "measure"]


def test_nothing_known_is_null(seeded: Ground, clock: StandingClock) -> None:
    answer = asked(seeded, "panmunjeom", "--start", "2026-05-12T15:00")

    assert (answer["basis"], answer["scale"], answer["level"]) == ("none", None, None)


def test_times_are_korean_unless_they_say_otherwise(with_history: Ground) -> None:
    korean = asked(with_history, "panmunjeom", "--start", "2020-12-15T00:30", "--as-of", "2020-12-14T12:00")
    universal = asked(with_history, "panmunjeom", "--start", "2020-12-14T15:30+00:00", "--as-of", "2020-12-14T03:00Z")

    assert korean == universal
    assert korean["capacity"] == 0


def test_as_of_is_now_unless_it_is_said(with_history: Ground, clock: StandingClock) -> None:
    clock.stand_at("2021-11-22T09:59")
    before = asked(with_history, "panmunjeom", "--start", "2021-11-30T15:00")
    clock.stand_at("2021-11-22T10:00")

    assert (before["capacity"], asked(with_history, "panmunjeom", "--start", "2021-11-30T15:00")["capacity"]) == (0, 20)


def test_the_length_decides_about_the_evening(with_history: Ground) -> None:
    evening = ["cheorwon", "--start", "2021-07-15T16:00", "--as-of", "2021-07-15T00:00"]
    panmunjeom = ["panmunjeom", "--start", "2021-07-20T16:30", "--as-of", "2021-07-20T00:00"]

    assert asked(with_history, *evening)["party_max"] == asked(with_history, *evening, "--minutes", "121")["party_max"]
    assert asked(with_history, *panmunjeom)["party_max"] == 4
    assert asked(with_history, *panmunjeom, "--minutes", "91")["party_max"] == 2


def test_a_departure_that_exists_answers_with_its_own_size(seeded: Ground, clock: StandingClock) -> None:
    run(seeded, "departures", "add", "panmunjeom", "--start", "2026-05-12T15:00", "--capacity", "15")

    assert asked(seeded, "panmunjeom", "--start", "2026-05-12T15:00")["capacity"] == 15
    assert asked(seeded, "panmunjeom", "--start", "2026-05-12T14:00")["capacity"] == 40


def test_people_get_an_explanation_in_both_languages(with_history: Ground) -> None:
    done = run(with_history, "allowance", "panmunjeom", "--start", "2021-11-30T15:00", "--as-of", "2021-11-29T12:00")

    assert "판문점 견학 · Panmunjeom tour, 2021-11-30 15:00 KST" in done.stdout
    assert "20 people may go, in parties of up to 5 (basis order, scale recovery, level phase1)" in done.stdout
    assert "단계적 일상회복" in done.stdout
    assert "restart in smaller groups" in done.stdout


def test_of_a_moment_to_come_it_is_said_that_it_is_not_for_everybody(seeded: Ground, clock: StandingClock) -> None:
    tour = ("panmunjeom", "--start", "2026-05-30T15:00", "--as-of")

    to_come = run(seeded, "allowance", *tour, (clock.now + timedelta(days=1)).isoformat())
    now = run(seeded, "allowance", *tour, clock.now.isoformat())

    assert "under embargo" in to_come.stdout
    assert "공개 전" in to_come.stdout
    assert "under embargo" not in now.stdout


def test_an_explanation_names_no_party_limit_above_that_of_the_course(with_history: Ground) -> None:
    tour = ("panmunjeom", "--start", "2021-11-30T15:00", "--as-of", "2021-11-29T12:00")

    assert "parties of up to 5" in run(with_history, "allowance", *tour).stdout
    limits = {cause["value"] for cause in asked(with_history, *tour)["causes"] if cause["component"] == "party"}
    assert limits == {5}
    assert "parties of up to 10" not in run(with_history, "allowance", *tour).stdout


def test_a_closed_departure_is_called_closed(with_history: Ground) -> None:
    done = run(with_history, "allowance", "panmunjeom", "--start", "2021-02-03T10:00", "--as-of", "2021-02-03T10:00")

    assert "as known at 2021-02-03 10:00 KST: closed (basis order, scale 5step, level 2.5)" in done.stdout


def test_an_unknown_course_is_a_sentence_and_no_json(seeded: Ground, clock: StandingClock) -> None:
    done = run(seeded, "allowance", "nowhere", "--start", "2026-05-12T15:00", "--json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "There is no course “nowhere”; `tourbook seed` adds the first ones.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["allowance", "--json"],
        ["allowance", "panmunjeom", "--json"],
        ["allowance", "panmunjeom", "--start", "yesterday", "--json"],
        ["allowance", "panmunjeom", "--start", "2026-05-12T15:00", "--minutes", "0"],
        ["allowance", "panmunjeom", "--batch", "-"],
        ["allowance", "--batch", "/nowhere.csv"],
        ["orders", "import", "/nowhere.csv"],
        ["departures", "add", "panmunjeom"],
        ["departures", "generate", "panmunjeom", "--from", "2026-05-01", "--until", "May"],
    ],
)
def test_a_question_that_cannot_be_read_says_how_to_ask(seeded: Ground, words: list[str]) -> None:
    done = run(seeded, *words)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "Error: " in done.stderr


def test_a_batch_with_a_fault_answers_nothing(seeded: Ground, clock: StandingClock) -> None:
    queries = b"course,start,minutes,as_of\npaju,2026-05-12T10:00,,\nnowhere,2026-05-12T10:00,,\npaju,soon,0,\n"

    done = run(seeded, "allowance", "--batch", "-", "--json", stdin=queries)

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "Nothing was done: 2 problems.",
        "line 3: there is no course with the code nowhere.",
        "line 4: start: “soon” is not a time; write it as 2021-11-22 or 2021-11-22T10:00 (Korean time).",
    ]


def test_a_batch_needs_neither_length_nor_moment(seeded: Ground, clock: StandingClock) -> None:
    done = run(seeded, "allowance", "--batch", "-", "--json", stdin=b"course,start\npaju,2026-05-12T10:00\n")

    assert json.loads(done.stdout)["capacity"] == 20


# Departures.


def test_adding_a_departure_prints_its_id_and_nothing_else(seeded: Ground, clock: StandingClock) -> None:
    words = ("departures", "add", "panmunjeom", "--start", "2026-05-30T15:00")
    first, again = run(seeded, *words), run(seeded, *words)

    with seeded.app.app_context():
        departure = db.session.get_one(Departure, UUID(first.stdout.strip()))
        assert departure.course_id == course_by_code(db.session(), "panmunjeom").id
    assert again.stdout == first.stdout
    assert again.stderr == "this departure was there already\n"


def test_a_departure_of_another_size_at_that_minute_is_refused(seeded: Ground, clock: StandingClock) -> None:
    words = ("departures", "add", "panmunjeom", "--start", "2026-05-30T15:00")
    run(seeded, *words)

    done = run(seeded, *words, "--capacity", "10")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "There is a departure at that time with another capacity (the course's, not 10).\n"


def test_generating_says_what_it_made_and_left_out(seeded: Ground, clock: StandingClock) -> None:
    words = ("departures", "generate", "panmunjeom", "--from", "2026-05-01", "--until", "2026-05-10")

    assert run(seeded, *words).stdout == (
        "panmunjeom: 3 departures made, 0 were there already; days left out: 1 (holiday), 2 (past)\n"
    )
    assert run(seeded, *words).stdout.startswith("panmunjeom: 0 departures made, 3 were there already")


# Keeping.


def test_settings_explains_every_setting_and_shows_no_secret(seeded: Ground) -> None:
    done = run(seeded, "settings")

    for name in re.findall(r'"((?:TOURBOOK_)?[A-Z_]{4,})",', (PROJECT / "config.py").read_text()):
        assert name in done.stdout
    config: Config = seeded.app.config["TOURBOOK"]
    assert config.secret_key not in done.stdout
    assert config.database_url not in done.stdout
    assert "default: 15; here: 15" in done.stdout


def test_check_says_that_everything_holds(seeded: Ground, clock: StandingClock) -> None:
    as_json = json.loads(run(seeded, "check", "--json").stdout)

    assert run(seeded, "check").stdout.startswith("everything holds (")
    assert (as_json["ok"], as_json["findings"]) == (True, [])
    assert as_json["counts"]["departures"] == 0


def test_check_fails_where_something_does_not_hold(seeded: Ground, clock: StandingClock) -> None:
    run(seeded, "departures", "add", "panmunjeom", "--start", "2026-05-30T15:00")
    run(seeded, "jobs", "--once")
    with seeded.app.app_context():
        departure = db.session.scalars(select(Departure)).one()
        departure.seats_taken = 3
        db.session.commit()

    done = run(seeded, "check")

    assert done.exit_code == 1
    assert "something does not hold" in done.stdout
    assert run(seeded, "check", "--json").exit_code == 1


def test_jobs_once_does_what_is_due_and_stops(seeded: Ground, clock: StandingClock) -> None:
    run(seeded, "departures", "add", "panmunjeom", "--start", "2026-05-30T15:00")

    done = run(seeded, "jobs", "--once")

    assert done.exit_code == 0
    assert "settle departures: 1" in done.stdout
    with seeded.app.app_context():
        assert db.session.scalars(select(Departure.allowed)).all() == [40]
