"""Letters to mail addresses, and the links in them."""

from sqlalchemy import select

from tests.ground.moments import StandingClock
from tourbook.accounts import Asking, ask_for_letter
from tourbook.accounts.link_models import WishKind
from tourbook.db import db
from tourbook.notices import Notice, rendered
from tourbook.operations import answer_wishes

HERE = "192.0.2.1"


def ask(
    mail: str,
    clock: StandingClock,
    *,
    kind: WishKind = WishKind.NEW_PASSWORD,
    address: str = HERE,
    onward: str | None = None,
) -> None:
    """Somebody asks for a letter to that address, with a form of its own."""
    named = {"name": "김하늘"} if kind is WishKind.ACCOUNT else {}
    asking = Asking(kind, mail, address, "ko", onward=onward, **named)
    ask_for_letter(asking, form_id=f"{mail} {address} {clock.now.isoformat()}", now=clock.now)


def answer_all(clock: StandingClock) -> int:
    """The timetable answers all who wait; says how many."""
    done = 0
    while found := answer_wishes(now=clock.now):
        done += found
    return done


def letters() -> list[Notice]:
    """All letters, the latest last."""
    db.session.rollback()
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def links(part: str) -> list[str]:
    """The addresses in the letters that have this part, the latest last."""
    words = [word for one in letters() for word in rendered(one).body.split()]
    return [f"/{word.split('/', 3)[3]}" for word in words if part in word]
