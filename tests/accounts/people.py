"""Made-up people with accounts."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask

from tourbook import accounts, clock
from tourbook.accounts import CompanionDetails, Newcomer
from tourbook.actor import COMMAND, Actor, Role
from tourbook.db import db, transaction

PASSWORD = "four words in a row"


@dataclass(frozen=True)
class Somebody:
    """Somebody with an account, and how to sign in as them."""

    mail: str
    password: str
    role: Role


def somebody(app: Flask, role: Role = Role.CITIZEN, *, mail: str | None = None, organisation: str = "paju") -> Somebody:
    """An account of that role, made as the command line makes it; operators work for `organisation`."""
    mail = mail or f"{role.value}@example.kr"
    works_for = organisation if role is Role.OPERATOR else None
    with app.app_context():
        with transaction() as session:
            accounts.enter_organisation(
                session, organisation, name_ko="파주시", name_en="Paju City", actor=COMMAND, now=clock.now()
            )
        accounts.add_person(
            Newcomer("김하늘", mail, PASSWORD), role=role, organisation=works_for, actor=COMMAND, now=clock.now()
        )
        db.session.remove()
    return Somebody(mail, PASSWORD, role)


def actor_of(person: Somebody) -> Actor:
    """The same person as the one who acts."""
    found = accounts.person_by_mail(db.session(), person.mail)
    assert found is not None
    person_id = found.id
    db.session.rollback()
    return Actor("person", person_id=person_id, role=person.role)


def keep_people(person: Somebody, number: int, now: datetime) -> Actor:
    """Let the account keep so many people for its next application; gives the one who acts."""
    people = [CompanionDetails(f"동행 {one}", date(1990, 1, 1 + one), "KR") for one in range(number)]
    holder = actor_of(person)
    accounts.keep_companions(people, actor=holder, now=now)
    return holder
