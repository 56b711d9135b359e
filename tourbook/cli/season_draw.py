"""The draw of the demonstration: announced for days that nobody can apply for yet, open now, with entries for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import cycle, islice
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook.actor import COMMAND, GUEST, Actor, Role
from tourbook.applications import Asked, confirm, describe_party, enter, give_contact, settle_due
from tourbook.cli import made_up
from tourbook.courses import course_by_code
from tourbook.db import db
from tourbook.draws import RoundTerms, announce_round, departures_of, round_by_code
from tourbook.kst import at, civil_day

COURSE = "goseong"
ENTRIES = 36
OF_CITIZEN = 5
NUMBERS_FROM = 5_000  # of made-up people: no others in the season are counted so far
FIRST_DAY_AHEAD, LAST_DAY_AHEAD = 41, 43  # the course's window opens 28 days ahead, and a week has one closed day
MORNING, EVENING = time(10), time(18)
CONSENTS = {"personal_data", "conduct"}
SIZES = (2, 4, 3, 2, 5, 1, 4)
MOST_WANTED = (0, 0, 1, 0, 2, 0, 1, 3)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Entrant:
    """A party that enters: its number among made-up people, when it does so, how many they are, who signed in."""

    number: int
    moment: datetime
    size: int
    wants: int
    person_id: UUID | None


def code_of_draw(today: date) -> str:
    """What the draw is called in a demonstration that is made that day."""
    return f"{COURSE}-{today + FIRST_DAY_AHEAD * DAY:%Y-%m}"


def draw_events(now: datetime, *, citizen: UUID | None) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """What happens of the draw, each with its moment: it is announced, and parties enter, one of them the citizen's."""
    today = civil_day(now)
    code, opens_at = code_of_draw(today), at(today - 2 * DAY, MORNING)
    announced = opens_at - DAY
    yield announced, partial(_announce, _terms(code, today), announced)
    between = (now - opens_at) / (ENTRIES + 1)
    for place, (size, wants) in enumerate(islice(zip(cycle(SIZES), cycle(MOST_WANTED), strict=False), ENTRIES)):
        person_id = citizen if place == OF_CITIZEN else None
        entrant = _Entrant(NUMBERS_FROM + place, opens_at + place * between, size, wants, person_id)
        yield entrant.moment, partial(_enter, code, entrant)


def _terms(code: str, today: date) -> RoundTerms:
    closes = today + 5 * DAY
    return RoundTerms(
        code=code,
        first_day=today + FIRST_DAY_AHEAD * DAY,
        last_day=today + LAST_DAY_AHEAD * DAY,
        opens_at=at(today - 2 * DAY, MORNING),
        closes_at=at(closes, EVENING),
        value_at=at(closes + 2 * DAY, MORNING),
        left_overs_at=at(today + 13 * DAY, MORNING),
        source_ko="응모 마감 뒤 첫 로또의 당첨 번호 여섯 개, 작은 수부터 쉼표로 이어서(예: 4,9,17,23,31,44)",
        source_en="the six winning numbers of the first lottery after entries close, ascending, like 4,9,17,23,31,44",
        fallback_ko="그다음 회차의 당첨 번호",
        fallback_en="the numbers of the lottery after that",
    )


def _announce(terms: RoundTerms, now: datetime) -> None:
    """Announce it, and do what the timetable does: an entry's further choices are taken as they were settled last."""
    course_id = course_by_code(db.session(), COURSE).id
    announce_round(course_id, terms, form_id=f"demonstration {terms.code}", actor=COMMAND, now=now)
    while settle_due(now=now):
        pass


def _enter(code: str, entrant: _Entrant) -> None:
    """One party enters as people do on the web, with up to three choices."""
    session, now, sender = db.session(), entrant.moment, f"demonstration entry {entrant.number}"
    actor = Actor("person", person_id=entrant.person_id, role=Role.CITIZEN) if entrant.person_id else GUEST
    asked = Asked(entrant.size, False, browser=sender, address=sender, language="ko", person_id=entrant.person_id)
    round_ = round_by_code(session, code)
    choices = _choices(session, round_.id, entrant)
    held = enter(round_.id, choices, asked, form_id=sender, actor=actor, now=now)
    people = made_up.party(entrant.number, entrant.size, guests=False)
    describe_party(held.application_id, people, actor=actor, now=now)
    contact, way = made_up.contact(entrant.number)
    give_contact(held.application_id, contact=contact, way=way, consents=CONSENTS, actor=actor, now=now)
    confirm(held.application_id, form_id=f"{sender} sent", actor=actor, now=now)


def _choices(session: Session, round_id: UUID, entrant: _Entrant) -> list[UUID]:
    """The departure that it wants most, and those after it; every fourth party wants nothing else."""
    departures = [one.id for one in departures_of(session, round_id)]
    first = entrant.wants % len(departures)
    return (departures[first:] + departures[:first])[: 3 if entrant.number % 4 else 1]
