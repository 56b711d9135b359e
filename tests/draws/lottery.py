"""A small world for tests of draws: a round of three departures, and parties that enter for it."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import Asked, confirm, enter, settle_due
from tourbook.applications.models import Application
from tourbook.courses.models import Policy, Round
from tourbook.db import db
from tourbook.draws import RoundTerms, announce_round, draw_due, give_due, give_value, seal_due
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice

NOBODYS = UUID(int=0)
VALUE = "Lotto 1234: 4 9 17 23 31 44 + 7"
STARTS = ("2026-07-11T10:00", "2026-07-11T14:00", "2026-07-12T10:00")
TERMS = RoundTerms(
    code="july",
    first_day=date(2026, 7, 11),
    last_day=date(2026, 7, 12),
    opens_at=parse_moment("2026-05-04T08:00"),
    closes_at=parse_moment("2026-06-12T18:00"),
    value_at=parse_moment("2026-06-13T21:00"),
    left_overs_at=parse_moment("2026-06-20T10:00"),
    source_ko="로또 1234회 당첨 번호",
    source_en="the winning numbers of Lotto 1234",
    fallback_ko="다음 회차의 번호",
    fallback_en="those of the next draw",
)

_number = count(1)


@dataclass
class Lottery(Scene):
    """A scene with a round of the course's three departures, `starts` in July; entries are taken."""

    round_id: UUID = NOBODYS
    departures: tuple[UUID, ...] = ()

    @property
    def round(self) -> Round:
        """The round as it is now."""
        return db.session.get_one(Round, self.round_id, populate_existing=True)

    def begin(self, *choices: UUID, seats: int = 2) -> UUID:
        """Somebody in a browser of their own begins to type an entry; gives the application's id."""
        number = next(_number)
        asked = Asked(
            seats=seats,
            wait=False,
            browser=f"entrant {number}",
            address=f"10.9.{number // 250}.{number % 250}",
            language="en" if number % 2 else "ko",
            person_id=None,
        )
        form = f"entry {number}"
        return enter(self.round_id, choices, asked, form_id=form, actor=GUEST, now=self.now).application_id

    def enter(self, *choices: UUID, seats: int = 2, names: list[str] | None = None) -> UUID:
        """The whole way into the draw."""
        application_id = self.begin(*choices, seats=seats)
        self.fill_in(application_id, names=names)
        confirm(application_id, form_id=f"entered {next(_number)}", actor=GUEST, now=self.now)
        return application_id

    def close(self) -> None:
        """Entries close, and are sealed."""
        self.now = TERMS.closes_at
        while seal_due(now=self.now):
            pass

    def draw(self, value: str = VALUE) -> None:
        """The value becomes known, and the round is drawn."""
        self.now = TERMS.value_at
        give_value(self.round_id, value, actor=COMMAND, now=self.now)
        draw_due(now=self.now)

    def give(self) -> None:
        """Everybody gets what the draw gave."""
        while give_due(now=self.now):
            pass

    def settle(self) -> None:
        """Settle whatever is due."""
        while settle_due(now=self.now):
            pass


def build_lottery(
    now: str = "2026-05-04T09:00",
    *,
    policy: Policy = Policy.KEEP_EARLIEST,
    terms: RoundTerms = TERMS,
    capacity: int | None = None,
) -> Lottery:
    """Make the course, its departures in July and a round that draws them."""
    scene = build_scene(now, policy=policy)
    departures = tuple(scene.add_departure(starts, capacity) for starts in STARTS)
    round_id = announce_round(scene.course_id, terms, form_id="announced", actor=COMMAND, now=scene.now)
    lottery = Lottery(scene.now, scene.course_id, round_id, departures)
    lottery.settle()
    return lottery


def application(application_id: UUID) -> Application:
    """An application as it is now."""
    return db.session.get_one(Application, application_id, populate_existing=True)


def last_of(application_id: UUID) -> Application:
    """The application that a party has now: this one, or the one that replaced it."""
    wanted = select(Application).where(Application.replaces_id == application_id)
    return db.session.scalar(wanted.execution_options(populate_existing=True)) or application(application_id)


def last_facts(session: Session, application_id: UUID) -> dict:
    """What the last notice about an application was written from."""
    wanted = select(Notice.facts).where(Notice.subject_id == application_id).order_by(Notice.id.desc()).limit(1)
    return session.scalars(wanted).one()
