"""Answering those who asked for a letter, to choose a new password or to get an account: the mailbox alone learns
whether its address has one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tourbook.accounts import Person, person_by_mail
from tourbook.accounts.link_models import LinkKind, Wish, WishKind
from tourbook.accounts.password_links import enter_link, keep_onward
from tourbook.accounts.registering import LASTS, enter_registration
from tourbook.accounts.wishes import close_wish, take_wishes
from tourbook.actor import GUEST
from tourbook.db import lock, transaction
from tourbook.notices import Kind, Way, enqueue


def answer_wishes(*, now: datetime) -> int:
    """Act: answer the wish that waits longest by a letter, and with it all of the same kind for that mail address; says
    how many those are. No account is given back that is disabled: its owner reads that no account is open.
    """
    with transaction() as session:
        wishes = take_wishes(session)
        if wishes:
            _answer(session, wishes[-1], now)
        for one in wishes:
            close_wish(one, now=now)
        return len(wishes)


def _answer(session: Session, wish: Wish, now: datetime) -> None:
    person = person_by_mail(session, wish.mail)
    if person is None and wish.kind is WishKind.ACCOUNT:
        token = enter_registration(wish, now=now)
        facts = {"deadline": (now + LASTS).isoformat()}
        _tell(session, Kind.REGISTER, wish, wish.language, now=now, facts=facts, link_token=token)
    elif person is None or person.disabled_at is not None:
        _tell(session, Kind.NO_ACCOUNT, wish, wish.language, now=now)
    elif wish.kind is WishKind.ACCOUNT:
        _tell(session, Kind.REGISTERED_ALREADY, wish, person.language, now=now)
    else:
        _send_link(session, person, wish, now)


def _send_link(session: Session, person: Person, wish: Wish, now: datetime) -> None:
    lock(session, Person, [person.id])
    link, token = enter_link(session, person, LinkKind.FORGOTTEN, actor=GUEST, now=now)
    keep_onward(wish, link)
    facts = {"deadline": link.ends_at.isoformat()}
    _tell(session, Kind.NEW_PASSWORD, wish, person.language, now=now, facts=facts, link_token=token)


def _tell(
    session: Session,
    kind: Kind,
    wish: Wish,
    language: str,
    *,
    now: datetime,
    facts: dict[str, Any] | None = None,
    link_token: str | None = None,
) -> None:
    where = {"contact": wish.mail, "way": Way.MAIL, "language": language}
    enqueue(session, kind, subject_id=None, link_token=link_token, facts=facts or {}, now=now, **where)
