"""People and roles at the command line: the first administrator, and what the pages do too."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.people import PASSWORD, somebody
from tests.commands import run
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook import accounts
from tourbook.accounts.models import Person
from tourbook.actor import Role


def add(database: Ground, mail: str, *role: str) -> str:
    return run(database, "people", "add", mail, "--name", "관리자", "--role", *role, "--password", PASSWORD).output


def signed_in_as(mail: str, clock: StandingClock) -> Role:
    return accounts.sign_in(mail=mail, password=PASSWORD, address="192.0.2.1", now=clock.now).role


def test_the_first_administrator_is_made_at_the_command_line(
    database: Ground, session: Session, clock: StandingClock
) -> None:
    said = add(database, "first@example.kr", "administrator")

    assert said == "first@example.kr can sign in as administrator\n"
    assert signed_in_as("first@example.kr", clock) is Role.ADMINISTRATOR


@pytest.mark.parametrize("mail", ["nomail", "x y@z.kr", "@z.kr", "a@"])
def test_what_is_no_mail_address_gets_no_account(database: Ground, session: Session, mail: str) -> None:
    done = run(database, "people", "add", mail, "--name", "관리자", "--role", "administrator", "--password", PASSWORD)

    assert done.exit_code == 1
    assert "write one like name@example.kr." in done.stderr
    assert session.scalars(select(Person)).all() == []


def test_nobody_has_an_account_without_a_name(database: Ground, session: Session) -> None:
    done = run(database, "people", "add", "a@z.kr", "--name", " ", "--role", "administrator", "--password", PASSWORD)

    assert done.exit_code == 1
    assert session.scalars(select(Person)).all() == []


def test_a_role_is_given_for_a_season_listed_and_ended(seeded: Ground, session: Session, clock: StandingClock) -> None:
    add(seeded, "first@example.kr", "administrator")
    add(seeded, "second@example.kr", "administrator")
    run(seeded, "people", "end", "second@example.kr", "--reason", "이동")

    days = ("--from", "2026-06-01", "--until", "2026-08-31", "--reason", "성수기")
    given = run(seeded, "people", "grant", "second@example.kr", "--role", "operator", "--organisation", "paju", *days)
    ended = run(seeded, "people", "end", "second@example.kr", "--until", "2026-06-30", "--reason", "일찍 끝남")
    listed = run(seeded, "people", "list").output

    role = "operator for paju from 2026-06-01 00:00 KST"
    assert given.output == f"second@example.kr: {role} until 2026-09-01 00:00 KST\n"
    assert ended.output == f"second@example.kr: {role} until 2026-07-01 00:00 KST\n"
    assert f"  {role} until 2026-07-01 00:00 KST\n" in listed
    assert "second@example.kr  관리자  coming\n" in listed


def test_an_account_is_closed_and_opened_and_signed_out(
    database: Ground, session: Session, clock: StandingClock
) -> None:
    add(database, "first@example.kr", "administrator")
    add(database, "second@example.kr", "administrator")
    signed_in_as("second@example.kr", clock)
    why = ("--reason", "이동")

    assert run(database, "people", "sign-out", "second@example.kr").output == "second@example.kr: 1 sign-ins ended\n"
    assert run(database, "people", "disable", "second@example.kr", *why).output == "second@example.kr: disabled\n"
    assert "was disabled already" in run(database, "people", "disable", "second@example.kr", *why).output
    assert run(database, "people", "enable", "second@example.kr", *why).output == "second@example.kr: open again\n"
    assert "was open already" in run(database, "people", "enable", "second@example.kr", *why).output
    assert signed_in_as("second@example.kr", clock) is Role.CITIZEN


def test_the_first_administrator_has_no_end(database: Ground, session: Session, clock: StandingClock) -> None:
    somebody(database.app, mail="citizen@example.kr")
    words = ("grant", "citizen@example.kr", "--role", "administrator", "--until", "2026-12-31", "--reason", "x")

    done = run(database, "people", *words)

    assert done.exit_code == 1
    assert "Nobody would be an administrator after --until" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("end", "first@example.kr", "--reason", "x"), "Nobody else would be an administrator without an end then"),
        (("disable", "first@example.kr", "--reason", "x"), "Nobody else would be an administrator"),
        (("grant", "nobody@example.kr", "--role", "administrator", "--reason", "x"), "There is no account"),
        (("grant", "first@example.kr", "--role", "administrator", "--reason", " "), "Say why, with --reason"),
        (("grant", "first@example.kr", "--role", "operator", "--reason", "x"), "An operator needs an --organisation"),
        (("grant", "first@example.kr", "--role", "administrator", "--reason", "x"), "There is a role in this time"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(
    database: Ground, session: Session, words: tuple[str, ...], said: str
) -> None:
    add(database, "first@example.kr", "administrator")

    done = run(database, "people", *words)

    assert done.exit_code == 1
    assert said in done.output
