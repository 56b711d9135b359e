"""Draws at the command line: announced, given their value, published and verified, as others rely on it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from tests.commands import run
from tests.draws.lottery import TERMS, VALUE, Lottery, build_lottery
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND
from tourbook.draws import draw_due, round_by_code, seal_due, withdraw_round
from tourbook.kst import parse_moment

OPTIONS = {
    "--code": "july",
    "--first-day": "2026-07-11",
    "--last-day": "2026-07-12",
    "--opens": "2026-05-04T12:00",
    "--closes": "2026-06-12T18:00",
    "--value-at": "2026-06-13T21:00",
    "--left-overs": "2026-06-20T10:00",
    "--source-ko": "로또 1234회 당첨 번호",
    "--source-en": "the winning numbers of Lotto 1234",
    "--fallback-ko": "다음 회차의 번호",
    "--fallback-en": "those of the next draw",
}
KEYS = {
    "missed_at",
    "code",
    "course",
    "state",
    "departures",
    "entries",
    "people",
    "opens_at",
    "closes_at",
    "value_at",
    "left_overs_at",
    "seal",
    "value",
    "sealed_at",
    "fallback_at",
    "by_fallback",
}


def announce(ground: Ground, **changed: str) -> Result:
    """Announce the draw of July, with other options where they are named."""
    options = OPTIONS | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    return run(ground, "draw", "announce", "walk", *(word for option in options.items() for word in option))


def drawn(ground: Ground, lottery: Lottery, clock: StandingClock) -> Result:
    """Entries close, the value is entered at the command line, and the timetable draws."""
    lottery.close()
    clock.stand_at("2026-06-13T21:00")
    given = run(ground, "draw", "value", "july", VALUE)
    draw_due(now=clock.now)
    return given


@pytest.fixture
def lottery(session: Session, clock: StandingClock) -> Lottery:
    """A draw of three departures in July, for which entries are taken. Monday 4 May 2026, 09:00."""
    return build_lottery(clock.now.isoformat())


def test_a_draw_is_announced_and_its_moments_are_korean(
    database: Ground, lottery: Lottery, session: Session, clock: StandingClock
) -> None:
    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)

    done = announce(database)

    assert done.stdout == "july: announced, 3 departures of walk\n"
    announced = round_by_code(session, "july")
    assert (announced.closes_at, announced.left_overs_at) == (TERMS.closes_at, TERMS.left_overs_at)
    assert announced.source_ko == "로또 1234회 당첨 번호"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": "other"}, "The departure of 2026-07-11 10:00 KST belongs to another draw."),
        ({"code": "July!"}, "This cannot be a code; use small letters"),
        ({"last_day": "2026-07-01"}, "The last day (2026-07-01) lies before the first (2026-07-11)."),
        (
            {"value_at": "2026-06-12T18:00"},
            "The moments must follow each other: entries open, entries close",
        ),
        ({"closes": "2026-05-04T08:59"}, "Entries would have closed already."),
        ({"source_en": " "}, "Needed in both languages, but empty: source_en."),
        ({"code": "other", "first_day": "2026-07-01", "last_day": "2026-07-02"}, "The course has no departures"),
    ],
)
def test_an_announcement_that_cannot_be_kept_is_told_in_a_sentence(
    database: Ground, lottery: Lottery, changed: dict[str, str], told: str
) -> None:
    done = announce(database, **changed)

    assert done.exit_code == 1
    assert done.stderr.startswith(told)


def test_a_code_names_one_draw(database: Ground, lottery: Lottery) -> None:
    lottery.add_departure("2026-08-01T10:00")

    done = announce(database, first_day="2026-08-01", last_day="2026-08-01")

    assert (done.exit_code, done.stderr) == (1, "There is a draw with this code already.\n")


def test_draws_are_listed(database: Ground, lottery: Lottery, clock: StandingClock) -> None:
    lottery.enter(lottery.departures[0], seats=3)

    [row] = [json.loads(line) for line in run(database, "draw", "list", "--json").stdout.splitlines()]

    assert set(row) == KEYS
    assert (row["code"], row["course"], row["state"]) == ("july", "walk", "open")
    assert (row["departures"], row["entries"], row["people"]) == (3, 1, 3)
    assert row["closes_at"] == "2026-06-12T18:00:00+09:00"
    for_people = run(database, "draw", "list").stdout
    assert for_people.startswith("july: walk, open, 3 departures, 1 entry (3 people); opens 2026-05-04T08:00")


def test_a_value_is_entered_once_its_moment_has_come(database: Ground, lottery: Lottery, clock: StandingClock) -> None:
    early = run(database, "draw", "value", "july", VALUE)

    given = drawn(database, lottery, clock)

    other = run(database, "draw", "value", "july", "another")
    assert early.stderr.startswith("The value is known from 2026-06-13 21:00 KST on")
    assert VALUE in given.stdout
    assert (other.exit_code, VALUE in other.stderr) == (1, True)


def test_after_a_late_seal_the_command_asks_for_the_fallback_or_for_a_withdrawal(
    database: Ground, lottery: Lottery, session: Session, clock: StandingClock
) -> None:
    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)
    announced = announce(database, fallback_at="2026-06-15T21:00")
    seal_due(now=parse_moment("2026-06-14T00:00"))
    clock.stand_at("2026-06-15T21:00")

    late = run(database, "draw", "value", "july", VALUE)
    given = run(database, "draw", "value", "july", VALUE, "--fallback")

    assert announced.exit_code == 0
    assert late.stderr.startswith("Entries were sealed at 2026-06-14 00:00 KST, when the value may have been known")
    assert given.exit_code == 0
    assert round_by_code(session, "july").by_fallback


def test_that_a_value_did_not_come_is_said_before_what_counts_instead_is_taken(
    database: Ground, lottery: Lottery, session: Session, clock: StandingClock
) -> None:
    lottery.close()
    clock.stand_at("2026-06-14T09:00")

    unsaid = run(database, "draw", "value", "july", VALUE, "--fallback")
    without = run(database, "draw", "missed", "july")
    said = run(database, "draw", "missed", "july", "--fallback-at", "2026-06-20T21:00")
    value = run(database, "draw", "value", "july", VALUE)
    clock.stand_at("2026-06-20T21:00")
    given = run(database, "draw", "value", "july", VALUE, "--fallback")

    assert "nobody has said that the value did not come" in unsaid.stderr.lower()
    assert "--fallback-at a moment to come" in without.stderr
    assert said.stdout == "july: the value did not come; what counts instead is known from 2026-06-20 21:00 KST on\n"
    assert "known from 2026-06-20 21:00 KST on, with --fallback" in value.stderr
    assert given.exit_code == 0
    assert round_by_code(session, "july").by_fallback


def test_a_draw_that_was_sealed_too_late_is_withdrawn_at_the_command_line(
    database: Ground, lottery: Lottery, clock: StandingClock
) -> None:
    lottery.enter(lottery.departures[0])
    refused = run(database, "draw", "withdraw", "july")
    seal_due(now=TERMS.value_at)
    clock.stand_at("2026-06-14T00:00")

    late = run(database, "draw", "value", "july", VALUE, "--fallback")
    done = run(database, "draw", "withdraw", "july")

    assert refused.exit_code == 1
    assert "withdraw the draw with `tourbook draw withdraw`" in late.stderr
    assert done.stdout == "july: withdrawn\n"


def test_what_is_published_is_verified_by_its_own_file(
    database: Ground, lottery: Lottery, clock: StandingClock, tmp_path: Path
) -> None:
    early = run(database, "draw", "publish", "july")
    for _ in range(12):
        lottery.enter(*lottery.departures[:2], seats=4)
    drawn(database, lottery, clock)

    file = tmp_path / "july.json"
    file.write_text(run(database, "draw", "publish", "july").stdout, encoding="utf-8")

    assert (early.exit_code, "not drawn yet" in early.stderr) == (1, True)
    verified = run(database, "draw", "verify", str(file)).stdout
    assert verified.startswith("Right: 12 entries, 10 drawn, 2 in reserve.")
    assert "Sealed at 2026-06-12T18:00:00+09:00" in verified


def test_a_draw_that_is_not_there_is_told(database: Ground, lottery: Lottery) -> None:
    for words in (("publish", "june"), ("value", "june", VALUE)):
        done = run(database, "draw", *words)

        assert (done.exit_code, done.stderr) == (
            1,
            "There is no such draw; `tourbook draw list` shows those there are.\n",
        )


def test_a_departure_on_a_day_of_a_draw_is_said_to_join_it_or_to_come_too_late(
    database: Ground, lottery: Lottery, clock: StandingClock
) -> None:
    joined = run(database, "departures", "add", "walk", "--start", "2026-07-12T16:00")
    clock.stand_at("2026-06-12T18:00")
    late = run(database, "departures", "add", "walk", "--start", "2026-07-12T17:00")

    assert joined.stderr == "1 joined the draw july\n"
    assert late.stderr == "1 closed until 2026-06-20 10:00 KST, as the draw july takes no more entries\n"
