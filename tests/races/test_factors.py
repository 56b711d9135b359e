"""Two browsers bring the same code of an app, or the same recovery code, at once: one of them is let in. Likewise what
a passkey signed; and of two that bring new passkeys for one challenge, one is taken.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.accounts.factors import add_factor, give, give_recovery, half_sign_in, owner_of
from tests.accounts.passkeys import add_passkey, bring, bring_new, device, to_add, to_use, whole_sign_in
from tests.accounts.people import Somebody, actor_of, somebody
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tests.races.test_last_seat import crowd
from tests.races.without_guards import meeting, without_numbers, without_row_locks
from tourbook import accounts
from tourbook.accounts import Confirmed, NewSignIn, factor_steps, factors, passkeys, totp
from tourbook.actor import Role
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import parse_moment

NOW = parse_moment(MONDAY_MORNING)
BROWSERS = 4
Way = Callable[[NewSignIn], NewSignIn]


@pytest.fixture
def person(database: Ground) -> Iterator[Somebody]:
    with database.app.app_context():
        yield somebody(database.app, Role.OPERATOR)
        db.session.remove()


@pytest.fixture(params=["app", "recovery"])
def way(person: Somebody, request: pytest.FixtureRequest) -> Way:
    """How the code is brought."""
    secret, added = add_factor(person, NOW)
    if request.param == "app":
        return lambda half: give(half, totp.code_at(secret, NOW), NOW)
    return lambda half: give_recovery(half, added.recovery_codes[0], NOW)


def let_in(database: Ground, person: Somebody, way: Way) -> int:
    """How many of several browsers are let in that bring the same code at once."""
    halves = [half_sign_in(person, NOW) for _ in range(BROWSERS)]

    answers = crowd(database, lambda number: way(halves[number]), BROWSERS)
    refused = [one.code for one in answers if isinstance(one, Refused)]
    assert set(refused) <= {"factor_code_wrong", "recovery_code_wrong"}
    return len([one for one in answers if isinstance(one, NewSignIn)])


def test_a_code_brought_by_several_at_once_lets_one_in(person: Somebody, way: Way, database: Ground) -> None:
    assert let_in(database, person, way) == 1


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_it_lets_several_in(
    person: Somebody, way: Way, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet = meeting(BROWSERS)

    def then_meet(done: Callable[..., Any]) -> Callable[..., Any]:
        def together(*given: Any, **named: Any) -> Any:
            found = done(*given, **named)
            meet()
            return found

        return together

    with monkeypatch.context() as patch:
        without_row_locks(patch, factor_steps)
        patch.setattr(factors.totp, "step_of", then_meet(totp.step_of))  # the step that counted last was read
        patch.setattr(factors.audit, "record", then_meet(factors.audit.record))  # so was that the code is unused
        assert let_in(database, person, way) > 1


def signed_once(database: Ground, person: Somebody) -> int:
    """How many are let in that bring one signature for one sign-in at once."""
    key = replace(device(), counts=False)  # else its counter would tell those who come later
    add_passkey(person, key, NOW)
    half = half_sign_in(person, NOW)
    answer = key.sign(to_use(half, NOW))

    answers = crowd(database, lambda _: bring(half, answer, NOW), BROWSERS)
    assert {one.code for one in answers if isinstance(one, Refused)} <= {"sign_in_again"}
    return len([one for one in answers if isinstance(one, NewSignIn)])


def made_once(database: Ground, person: Somebody) -> int:
    """How many passkeys are taken that several devices make for one challenge at once."""
    here = whole_sign_in(person, NOW).token
    accounts.begin_passkey(owner_of(person), token=here, now=NOW)
    made = [device(number).make(to_add(here, NOW)) for number in range(BROWSERS)]

    answers = crowd(database, lambda number: bring_new(here, made[number], person, NOW), BROWSERS)
    assert {one.code for one in answers if isinstance(one, Refused)} <= {"sign_in_again"}
    db.session.rollback()
    kept = accounts.passkeys_of(db.session(), actor_of(person).person_id)  # type: ignore[arg-type]  # a person has one
    assert len(kept) == len([one for one in answers if isinstance(one, Confirmed)])
    return len(kept)


@pytest.mark.parametrize("come", [signed_once, made_once])
def test_what_one_challenge_is_for_happens_once(
    person: Somebody, database: Ground, come: Callable[[Ground, Somebody], int]
) -> None:
    assert come(database, person) == 1


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
@pytest.mark.parametrize("come", [signed_once, made_once])
def test_control_without_the_lock_one_challenge_is_used_several_times(
    person: Somebody, database: Ground, come: Callable[[Ground, Somebody], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    meet = meeting(BROWSERS)

    def then_meet(row: Any, now: Any) -> bytes | None:
        found = _challenge_of(row, now)
        if met["armed"]:
            meet()
        return found

    _challenge_of, together, met = passkeys._challenge_of, crowd, {"armed": False}

    def armed(ground: Ground, act: Callable[[int], Any], size: int) -> list[Any]:
        met["armed"] = True  # what is asked before the crowd comes meets nobody
        return together(ground, act, size)

    with monkeypatch.context() as patch:
        without_row_locks(patch, factor_steps)
        without_numbers(patch)
        patch.setattr(passkeys, "_challenge_of", then_meet)
        patch.setitem(globals(), "crowd", armed)
        assert come(database, person) > 1
