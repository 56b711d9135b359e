"""Times what must not tell who has an account: `python -m tests.timing [--tries 500] [--database sqlite] [--control]
[--what sign-in|forgotten|register]`.

Refused sign-ins with a wrong password, wishes for a new password, and wishes for an account: to an account that there
is, to one that is disabled, and to none. The bar: the times of each kind cannot be told from those of no account
(p > 0.01). `--control` lets the page look whose address it is: it computes no password where there is no account, and
writes the letter at once where there is one. That must be found out. It wants a machine with nothing else on it: noise
hides what is to be found.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from statistics import median
from time import perf_counter
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.ground.application import Ground, Grounds
from tests.ground.pages import visit
from tests.timing.ranks import chance
from tourbook import accounts, clock
from tourbook.accounts import Asking, Newcomer, passwords
from tourbook.accounts.models import Person
from tourbook.actor import COMMAND, Role
from tourbook.db import db, transaction
from tourbook.operations import answer_wishes

BAR = 0.01
NOBODY, THERE, DISABLED = "no account", "an account", "a disabled account"
KINDS = (NOBODY, THERE, DISABLED)
SEED = "who is there"
NEW_PASSWORD = "four other words in a row"


@dataclass(frozen=True)
class Asked:
    """A form whose answer takes as long whoever has the address: where it is, what is typed, and the usual answer."""

    path: str
    mark: str
    status: int
    typed: dict[str, str] = field(default_factory=dict)


FORMS = {
    "sign-in": Asked("/en/sign-in", "sign-in-form", 422, {"password": NEW_PASSWORD}),
    "forgotten": Asked("/en/sign-in/forgotten", "forgotten-form", 303),
    "register": Asked("/en/register", "register-form", 303, {"name": "김하늘"}),
}


def measure(ground: Ground, tries: int, form: Asked) -> dict[str, list[float]]:
    """The seconds of so many answers of each kind, in a mixed order, each to another network address."""
    mails = {kind: [f"{kind.replace(' ', '.')}.{number}@example.kr" for number in range(tries)] for kind in KINDS}
    with ground.app.app_context():
        _enter(mails[THERE])
        disabled = _enter(mails[DISABLED])
        with transaction() as session:
            session.execute(update(Person).where(Person.id.in_(disabled)).values(disabled_at=clock.now()))
        db.session.remove()
    order = [(kind, mail) for kind in KINDS for mail in mails[kind]]
    Random(SEED).shuffle(order)
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    asked = _answered(ground.app.test_client(), form, [mail for _, mail in order])
    for (kind, _), seconds in zip(order, asked, strict=True):
        times[kind].append(seconds)
    return times


def _enter(mails: list[str]) -> list[UUID]:
    newcomers = [Newcomer("김하늘", mail, "four words in a row") for mail in mails]
    return [accounts.add_person(one, role=Role.CITIZEN, actor=COMMAND, now=clock.now()) for one in newcomers]


def _answered(client: FlaskClient, form: Asked, mails: list[str]) -> Iterator[float]:
    token = visit(client, form.path).form(mark=form.mark).values["csrf_token"]
    for number, mail in enumerate(mails):
        typed = {"csrf_token": token, "form_id": f"form {number}", "mail": mail, **form.typed}
        there = {"REMOTE_ADDR": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}
        begun = perf_counter()
        answer = client.post(form.path, data=typed, environ_base=there)
        yield perf_counter() - begun
        if answer.status_code != form.status:
            raise SystemExit(f"[timing] {mail} was answered {answer.status_code} and not {form.status}")


def _looks_whose_it_is(patch: pytest.MonkeyPatch) -> None:
    """Take away what makes the times alike."""
    fits, ask = passwords.fits, accounts.wishes._ask

    def ask_and_answer(asking: Asking, form_id: str, now: datetime) -> None:
        ask(asking, form_id, now)
        if accounts.person_by_mail(db.session(), asking.mail):
            answer_wishes(now=now)

    patch.setattr(passwords, "fits", lambda password, stored: bool(stored) and fits(password, stored))
    patch.setattr(accounts.wishes, "_ask", ask_and_answer)


def main() -> int:
    """Print what each kind took, and how likely it is of one kind with no account; 1 where the bar does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.timing", description=__doc__)
    parser.add_argument("--tries", type=int, default=500)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--what", choices=list(FORMS), default="sign-in")
    parser.add_argument("--control", action="store_true", help="let the page look whose address it is")
    asked = parser.parse_args()
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        ground = Grounds(stack).on(asked.database)
        ground.reset()
        if asked.control:
            _looks_whose_it_is(patch)
        times = measure(ground, asked.tries, FORMS[asked.what])
    chances = {kind: chance(times[kind], times[NOBODY]) for kind in (THERE, DISABLED)}
    print(f"[timing] {asked.what}, {NOBODY}: {median(times[NOBODY]) * 1000:.2f} ms in the middle of {asked.tries}")
    for kind, found in chances.items():
        print(f"[timing] {kind}: {median(times[kind]) * 1000:.2f} ms; of one kind with no account: p = {found:.3g}")
    return int(min(chances.values()) <= BAR)


if __name__ == "__main__":
    sys.exit(main())
