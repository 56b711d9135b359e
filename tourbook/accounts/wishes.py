"""Wishes for a letter: somebody forgot the password, or wants an account.

Whoever asks, about whatever address, the same statements run and the same is said. The timetable looks whose address it
is, and answers by a letter (operations/wishes.py); so neither words nor time tell who has an account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from tourbook import once, seal
from tourbook.accounts import limits, rules
from tourbook.accounts.haste import folded
from tourbook.accounts.link_models import Wish, WishKind
from tourbook.accounts.password_links import forget_links
from tourbook.accounts.rules import Allowance
from tourbook.db import transaction
from tourbook.errors import Refused, TooMany

WISHES_KEPT = timedelta(days=1)
LONGEST_ONWARD = 500


@dataclass(frozen=True)
class Asking:
    """Who asks for a letter: the mail address as typed, from which network address, in which language.

    A newcomer says a name too. Whoever came from a page may go on there.
    """

    kind: WishKind
    mail: str
    address: str
    language: str
    name: str | None = None
    onward: str | None = None


def ask_for_letter(asking: Asking, *, form_id: str, now: datetime) -> None:
    """Act: write down that somebody wants a letter, whoever has that address. The same form, sent again, asks once;
    with another address, after a slip, it asks for that.

    Refuses `letters_asked_often`, alike for a mail address and for a network address that too many were asked for or
    from, until when there are fewer again.
    """
    try:
        _ask(asking, form_id, now)
    except Refused as refused:
        if refused.code != "form_reused":
            raise
        _ask(asking, form_id, now)  # a twin in flight is done by now


def _ask(asking: Asking, form_id: str, now: datetime) -> None:
    index = seal.keyring().blind_index
    mail, place = index("mail", folded(asking.mail)), index("wish address", asking.address)
    once_id = index("wish form", form_id, asking.kind, mail, asking.name or "")
    with transaction() as session:
        if once.earlier_result(session, once_id, {}):
            return
        _refuse_often(session, mail, place, now)
        wish = Wish(kind=asking.kind, language=asking.language, mail_index=mail, address_hash=place, asked_at=now)
        wish.mail, wish.name, wish.onward = asking.mail.strip(), asking.name, _short(asking.onward)
        session.add(wish)
        once.remember(session, once_id, {}, result_id=wish.id, now=now)


def _short(onward: str | None) -> str | None:
    return onward if onward and len(onward) <= LONGEST_ONWARD else None


def _refuse_often(session: Session, mail: str, place: str, now: datetime) -> None:
    lately = session.execute(
        select(Wish.mail_index, Wish.address_hash, Wish.asked_at).where(
            or_(Wish.mail_index == mail, Wish.address_hash == place), Wish.asked_at > now - WISHES_KEPT
        )
    ).all()
    to_it = [one.asked_at for one in lately if one.mail_index == mail]
    from_there = [one.asked_at for one in lately if one.address_hash == place]
    free = (
        *_free_at(rules.LETTERS_TO_ONE_ADDRESS, to_it, now),
        *_free_at([limits.letters_from_one_network()], from_there, now),
    )
    opens_at = max(free, default=now)
    if opens_at > now:
        seconds = ceil((opens_at - now).total_seconds())
        raise TooMany("letters_asked_often", field="mail", seconds=seconds, minutes=ceil(seconds / 60))


def _free_at(allowances: Sequence[Allowance], asked: Sequence[datetime], now: datetime) -> list[datetime]:
    lately = (one.free_at([at for at in asked if at > now - one.within]) for one in allowances)
    return [at for at in lately if at]


def take_wishes(session: Session) -> Sequence[Wish]:
    """The wish that waits longest, and all others of its kind for the same mail address: one letter answers them. A
    step; it locks them, and leaves to another timetable what that is at.
    """
    waiting = select(Wish).where(Wish.answered_at.is_(None)).with_for_update(skip_locked=True)
    first = session.scalar(waiting.order_by(Wish.asked_at, Wish.id).limit(1))
    if first is None:
        return []
    alike = (Wish.mail_index == first.mail_index, Wish.kind == first.kind)
    return session.scalars(waiting.where(*alike).order_by(Wish.asked_at, Wish.id)).all()


def waiting_wishes(session: Session) -> tuple[int, datetime | None]:
    """How many wishes nobody has answered yet, and since when the oldest waits. A query."""
    waiting = select(func.count(), func.min(Wish.asked_at)).where(Wish.answered_at.is_(None))
    count, oldest = session.execute(waiting).one()
    return count, oldest


def close_wish(wish: Wish, *, now: datetime) -> None:
    """Note that a wish is answered, and empty what nobody needs any more. A step."""
    wish.answered_at = now
    if wish.token_hash is None:
        wish.onward = None
    if wish.token_hash is None or wish.kind is WishKind.NEW_PASSWORD:
        wish.mail = wish.name = None


def forget_wishes(*, now: datetime) -> int:
    """Act: forget wishes after a day, those with a link when that is over, and old links of people who forgot their
    password; says how many rows went.
    """
    with transaction() as session:
        over = (Wish.asked_at < now - WISHES_KEPT, or_(Wish.ends_at.is_(None), Wish.ends_at < now))
        gone = session.scalars(delete(Wish).where(*over).returning(Wish.id)).all()
        return len(gone) + forget_links(session, before=now - WISHES_KEPT)
