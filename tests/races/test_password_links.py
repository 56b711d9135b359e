"""A link to choose a password is used twice at once, an account is completed twice at once, and two timetables answer
one wish at once.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.people import Somebody, somebody
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tests.races.test_last_seat import crowd
from tests.races.without_guards import meet_after, meeting, without_row_locks
from tourbook.accounts import Asking, Browser, ask_for_letter, password_links, registering
from tourbook.accounts.link_models import LinkKind, PasswordLink, Wish, WishKind
from tourbook.accounts.roles import RoleTerms
from tourbook.actor import COMMAND, Role
from tourbook.db import db
from tourbook.errors import NotFound
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.operations import Invitee, answer_wishes, invite, wishes

NOW = parse_moment(MONDAY_MORNING)
KINDS = list(LinkKind)


@pytest.fixture
def person(database: Ground) -> Iterator[Somebody]:
    with database.app.app_context():
        somebody(database.app, Role.OPERATOR)  # so that there is Paju
        yield somebody(database.app)
        db.session.remove()


def wish(person: Somebody) -> None:
    asking = Asking(WishKind.NEW_PASSWORD, person.mail, "192.0.2.9", "ko")
    ask_for_letter(asking, form_id="a letter", now=NOW)


def link_of(person: Somebody, kind: LinkKind) -> str:
    if kind is LinkKind.INVITED:
        terms = RoleTerms(Role.OPERATOR, "paju", reason="새 담당자")
        invite(Invitee("이바다", "bada@example.kr", "ko", terms), form_id="f", actor=COMMAND, now=NOW)
    else:
        wish(person)
        answer_wishes(now=NOW)
    (link,) = [one.link for one in db.session.scalars(select(Notice)) if one.link]
    db.session.rollback()
    return str(link)


def both_choose(link: str, kind: LinkKind, ground: Ground) -> list[Any]:
    def choose(number: int) -> None:
        password_links.choose_password(link, f"password number {number}", kind, address="192.0.2.9", now=NOW)

    return crowd(ground, choose, size=2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_that_is_used_twice_at_once_chooses_one_password(
    person: Somebody, database: Ground, kind: LinkKind
) -> None:
    answers = both_choose(link_of(person, kind), kind, database)

    assert sorted(isinstance(one, NotFound) for one in answers) == [False, True]


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
@pytest.mark.parametrize("kind", KINDS)
def test_control_without_the_lock_a_link_chooses_two_passwords(
    person: Somebody, database: Ground, monkeypatch: pytest.MonkeyPatch, kind: LinkKind
) -> None:
    link = link_of(person, kind)
    without_row_locks(monkeypatch, password_links)
    meet_after(monkeypatch, password_links, "_open", meeting(2))

    assert both_choose(link, kind, database) == [None, None]


def account_link() -> str:
    asking = Asking(WishKind.ACCOUNT, "haneul@example.kr", "192.0.2.9", "ko", name="김하늘")
    ask_for_letter(asking, form_id="an account", now=NOW)
    answer_wishes(now=NOW)
    (link,) = [one.link for one in db.session.scalars(select(Notice)) if one.link]
    db.session.rollback()
    return str(link)


def both_complete(link: str, ground: Ground) -> list[str]:
    """What the two are told: whose password it is, or why not."""

    def complete(number: int) -> object:
        told = {"browser": Browser(f"192.0.2.{number}"), "tell": lambda *_: None, "now": NOW}
        return registering.complete_registration(link, f"password number {number}", **told)

    return sorted(getattr(one, "code", "made") for one in crowd(ground, complete, size=2))


def test_a_link_that_is_used_twice_at_once_makes_one_account(person: Somebody, database: Ground) -> None:
    assert person.mail
    assert both_complete(account_link(), database) == ["made", "registration_gone"]


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_the_second_runs_into_the_account_of_the_first(
    person: Somebody, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = account_link()
    without_row_locks(monkeypatch, registering)
    meet_after(monkeypatch, registering, "_open", meeting(2))

    assert person.mail
    assert both_complete(link, database) == ["made", "mail_taken"]


def links_after_two(ground: Ground) -> list[int]:
    """How many links there are after two timetables answered at once, and what each of them did."""
    did = crowd(ground, lambda _: answer_wishes(now=NOW), size=2)
    db.session.rollback()
    return [len(db.session.scalars(select(PasswordLink)).all()), *sorted(did)]


def test_a_wish_that_two_timetables_find_is_answered_once(person: Somebody, database: Ground) -> None:
    wish(person)

    assert links_after_two(database) == [1, 0, 1]


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_lock_a_wish_is_answered_twice(
    person: Somebody, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(person)
    meet = meeting(2)

    def without_lock(session: Session) -> Any:
        found = session.scalars(select(Wish).where(Wish.answered_at.is_(None))).all()
        meet()
        return found

    monkeypatch.setattr(wishes, "take_wishes", without_lock)

    assert links_after_two(database) == [2, 1, 1]
