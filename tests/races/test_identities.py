"""Several bring the same answer of the provider at once: one is signed in. Several accounts link one identity at once,
or one account several: one link is made. A link that is taken away while somebody comes in by it leaves nobody in.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text

from tests.accounts.factors import owner_of, untold
from tests.accounts.identities import come_in, link, may_link
from tests.accounts.people import Somebody, somebody
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tests.races.test_last_seat import crowd
from tests.races.without_guards import meeting, without_numbers, without_row_locks
from tourbook import accounts, once
from tourbook.accounts import NewSignIn, factor_steps, identities
from tourbook.accounts.models import IdentityLink, SignIn
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import parse_moment

NOW = parse_moment(MONDAY_MORNING)
BROWSERS = 4


@pytest.fixture
def people(database: Ground) -> Iterator[list[Somebody]]:
    with database.app.app_context():
        yield [somebody(database.app, mail=f"{number}@example.kr") for number in range(BROWSERS)]
        db.session.remove()


def codes(answers: list[Any]) -> set[str]:
    return {one.code for one in answers if isinstance(one, Refused)}


def signed_in(database: Ground, person: Somebody) -> int:
    """How many of several browsers are signed in that bring the same answer at once."""
    link(person, "somebody", may_link(person, NOW), NOW)

    answers = crowd(database, lambda _: come_in("somebody", "one state", NOW), BROWSERS)
    assert codes(answers) <= {"provider_used"}
    return len([one for one in answers if isinstance(one, NewSignIn)])


def links(database: Ground, link_one: Callable[[int], None]) -> tuple[int, list[Any]]:
    """How many links there are after several were made at once."""
    answers = crowd(database, link_one, BROWSERS)
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(IdentityLink)) or 0, answers


def test_what_came_back_signs_in_once(people: list[Somebody], database: Ground) -> None:
    assert signed_in(database, people[0]) == 1


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_note_it_signs_in_several_times(
    people: list[Somebody], database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "remember", lambda *_, **__: None)

    assert signed_in(database, people[0]) == BROWSERS


def test_of_several_accounts_that_link_one_identity_at_once_one_does(people: list[Somebody], database: Ground) -> None:
    allowed = [may_link(one, NOW) for one in people]

    made, answers = links(database, lambda number: link(people[number], "somebody", allowed[number], NOW))

    assert made == 1
    assert codes(answers) == {"identity_taken"}
    assert answers.count(None) == 1


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_unique_index_several_do(
    people: list[Somebody], database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = [may_link(one, NOW) for one in people]
    constraint = "uq_identity_link_identity_index"
    with database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE identity_link DROP CONSTRAINT {constraint}"))

    try:
        made, _ = links(database, lambda number: link(people[number], "somebody", allowed[number], NOW))
    finally:
        db.session.rollback()
        with database.engine.begin() as connection:
            connection.execute(delete(IdentityLink))
            connection.execute(text(f"ALTER TABLE identity_link ADD CONSTRAINT {constraint} UNIQUE (identity_index)"))
    assert made > 1


def test_what_was_said_of_the_password_links_once(people: list[Somebody], database: Ground) -> None:
    allowed = may_link(people[0], NOW)

    made, answers = links(database, lambda number: link(people[0], f"somebody {number}", allowed, NOW))

    assert made == 1
    assert codes(answers) == {"link_too_late"}


def taken_away(database: Ground, person: Somebody) -> int:
    """How many are signed in by a link that was taken away while they came, when all is done."""
    here, nonce = may_link(person, NOW)
    link(person, "somebody", (here, nonce), NOW)

    def act(number: int) -> object:
        if number == 0:
            return accounts.unlink_identity(owner_of(person), token=here, tell=untold, now=NOW)
        return come_in("somebody", f"state {number}", NOW)

    answers = crowd(database, act, BROWSERS)
    assert True in answers
    assert codes(answers) <= {"identity_unlinked"}
    db.session.rollback()
    return len(db.session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all()) - 1


def test_a_link_that_is_taken_away_meanwhile_leaves_nobody_in(people: list[Somebody], database: Ground) -> None:
    assert taken_away(database, people[0]) == 0


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_it_leaves_somebody_in(
    people: list[Somebody], database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet, sign_in_person, end = meeting(BROWSERS), identities.sign_in_person, identities.opening.end_sign_ins

    def after_the_others(done: Callable[..., Any]) -> Callable[..., Any]:
        def together(*given: Any, **named: Any) -> Any:
            meet()  # who comes in has read the link, and who takes it away ends what is there
            return done(*given, **named)

        return together

    def ends_first(*given: Any, **named: Any) -> Any:
        ended = end(*given, **named)
        meet()
        return ended

    with monkeypatch.context() as patch:
        without_row_locks(patch, factor_steps)
        without_numbers(patch)
        patch.setattr(identities, "sign_in_person", after_the_others(sign_in_person))
        patch.setattr(identities.opening, "end_sign_ins", ends_first)
        patch.setattr(identities, "forget_link", lambda *_: True)  # its row would be a lock too: it comes last here
        assert taken_away(database, people[0]) > 0
