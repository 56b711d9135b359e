"""A season to look at: three people who sign in, rules that change, and parties that apply, all around today.

It is lived through with the product's own acts, in order of time, each with the moment at which it would have
happened. Nothing in it is drawn by chance, and repeating it only adds the departures of the days since.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, cycle
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.accounts import Newcomer, add_person, person_by_mail
from tourbook.accounts.shared import share
from tourbook.actor import COMMAND, GUEST, Actor, Role
from tourbook.applications import (
    Asked,
    cancel_visitor,
    confirm,
    describe_party,
    give_contact,
    hold,
    settle_due,
)
from tourbook.applications.models import Application, Attendance
from tourbook.applications.queries import visitors_of
from tourbook.cli import made_up
from tourbook.cli.season_before import COURSE as COURSE_BEFORE
from tourbook.cli.season_before import askings_before, departures_before, events_before
from tourbook.cli.season_clearance import clearance_events, first_authorities
from tourbook.cli.season_dates import dates_events
from tourbook.cli.season_draw import code_of_draw, draw_events
from tourbook.cli.season_policy import declare_another_policy
from tourbook.cli.season_way import make_up_a_way
from tourbook.courses import (
    MeasureDraft,
    add_break,
    add_departure,
    breaks_of,
    course_by_code,
    courses,
    departures_between,
    enter_measure,
    generate_departures,
    roster_due,
    window,
)
from tourbook.courses.models import Course, Departure, Kind
from tourbook.db import db, transaction
from tourbook.distancing import OrderDraft, allowance, enter_order, facts_by_course, slot_of
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order
from tourbook.kst import civil_day, start_of_day
from tourbook.operations import Proposal, apply_change
from tourbook.rosters import mark_attendance, send_roster

DAYS_AHEAD = 60
BEGUN_DAYS_AGO = 45
DEPARTURES_WITH_PARTIES = 6
PASSWORD = "walk-the-dmz-trail"  # noqa: S105 - shown to everybody who runs the demonstration; production refuses it
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CONSENTS = {"personal_data", "conduct"}

TOO_MANY = 0.2
FILLINGS = (0.9, 0.45, 0.7, 0.2, 1.0, 0.55)
SIZES = (5, 2, 4, 1, 3, 2)
PAST_DAYS = (3, 5, 7, 10)
PAST_SIZES = (2, 1, 3, 2, 1, 2, 1, 2)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who signs in to the demonstration."""

    mail: str
    name: str
    role: Role
    organisation: str | None = None


PEOPLE = (
    DemoPerson("citizen@example.kr", "김하늘", Role.CITIZEN),
    DemoPerson("operator@example.kr", "파주 담당자", Role.OPERATOR, "paju"),
    DemoPerson("admin@example.kr", "관리자", Role.ADMINISTRATOR),
)


@dataclass(frozen=True)
class _Plan:
    """A party that applies: when, for which departure of which course, and how many they are."""

    moment: datetime
    course: Course
    departure: Departure
    size: int


def add_season(*, now: datetime) -> Iterator[str]:
    """Add what is missing of the season, and say in lines what there is to see."""
    for person in PEOPLE:
        yield _add(person, now)
    session = db.session()
    if not session.scalar(select(func.count()).select_from(Order)):
        _announce_orders(now)
        declare_another_policy(session, now=_ago(now, BEGUN_DAYS_AGO))
        make_up_a_way(session, now=_ago(now, BEGUN_DAYS_AGO))
    first_authorities(session, now=_ago(now, BEGUN_DAYS_AGO))
    yield from _fill_calendar(session, now)
    if not session.scalar(select(func.count()).select_from(Application)):
        yield f"applications: {_live_through(session, now)}"
        yield f"draw: {code_of_draw(civil_day(now))}, entries are taken"
    while settle_due(now=now):
        pass


def _add(person: DemoPerson, now: datetime) -> str:
    if person_by_mail(db.session(), person.mail) is None:
        newcomer = Newcomer(name=person.name, mail=person.mail, password=PASSWORD)
        add_person(newcomer, role=person.role, organisation=person.organisation, actor=COMMAND, now=now)
    with transaction() as session:
        there = person_by_mail(session, person.mail)
        if there:
            share(session, there)
    return f"sign in as {person.role.value}: {person.mail}, password {PASSWORD}"


def _announce_orders(now: datetime) -> None:
    """What has held for weeks: half size at Panmunjeom, half size in Cheorwon until it relaxes, all of it elsewhere."""
    today = civil_day(now)
    began = today - (BEGUN_DAYS_AGO - 5) * DAY
    draft = partial(OrderDraft, scale="4level", evidence="demonstration")
    standing = (
        draft(region_code="41", level="2", effective_from=began, planned_until=today + 40 * DAY, party_max=8),
        draft(region_code="51780", level="3", effective_from=began, planned_until=today + 20 * DAY, party_max=4),
        draft(region_code="51820", level="1", effective_from=began, planned_until=today + 40 * DAY),
    )
    _decide(standing, Words("거리두기 단계 시행", "Distancing levels"), at_moment=_ago(now, BEGUN_DAYS_AGO - 3))


def _decide(drafts: Iterable[OrderDraft], summary: Words, *, at_moment: datetime) -> None:
    """Announce orders and enter them at the same moment."""
    announced = [OrderDraft(**(vars(draft) | {"announced_at": at_moment})) for draft in drafts]
    steps = tuple(partial(_enter, draft=draft, now=at_moment) for draft in announced)
    apply_change(Proposal(steps, summary), foreseen=[], expected_version=None, actor=COMMAND, now=at_moment)


def _enter(session: Session, *, draft: OrderDraft, now: datetime) -> object:
    return enter_order(session, draft, actor=COMMAND, now=now)


def _fill_calendar(session: Session, now: datetime) -> Iterator[str]:
    """Breaks beyond the days that are shown, departures within them, and one today for the operator's course."""
    today = civil_day(now)
    begun = _ago(now, BEGUN_DAYS_AGO)
    made = 0
    for course in courses(session):
        if course.kind == Kind.TRAIL and not breaks_of(session, course.id):
            _add_breaks(course, today + DAYS_AHEAD * DAY, begun)
        done = generate_departures(course.id, today, today + DAYS_AHEAD * DAY, actor=COMMAND, now=begun)
        made += len(done.made)
    own = course_by_code(session, "paju")
    if not departures_between(session, today, today, course_ids=[own.id]):
        made += not add_departure(own.id, _afternoon(today), actor=COMMAND, now=begun).was_there
    yield f"departures: {made} made until {today + DAYS_AHEAD * DAY}"


def _add_breaks(course: Course, after: date, now: datetime) -> None:
    """The next summer break and the next winter break that leave the shown days alone, and one closed day in them."""
    summer = next(day for day in (date(after.year, 7, 1), date(after.year + 1, 7, 1)) if day > after)
    winter = next(day for day in (date(after.year, 12, 1), date(after.year + 1, 12, 1)) if day > after)
    closed = after - (DAYS_AHEAD - 25) * DAY
    for first, last, reason in (
        (summer, date(summer.year, 8, 31), Words("혹서기 휴무", "Summer break")),
        (winter, date(winter.year + 1, 3, 31), Words("동절기 휴무", "Winter break")),
        (closed, closed, Words("시설 점검", "Maintenance")),
    ):
        add_break(course.id, first, last, reason_ko=reason.ko, reason_en=reason.en, actor=COMMAND, now=now)


def _live_through(session: Session, now: datetime) -> int:
    """Parties apply, some for a draw, and meanwhile rules change: Cheorwon relaxes, Goseong closes for days, Gyeonggi
    limits parties.
    """
    past = list(_past_departures(session, now))
    before = departures_before(session, now)
    plans = [*_plans(session, now), *_past_plans(session, past), *_plans_before(session, before)]
    citizen = person_by_mail(session, PEOPLE[0].mail)
    own = _of_citizen(plans, civil_day(now)) if citizen else set()
    events: list[tuple[datetime, Callable[[], object]]] = [
        (plan.moment, partial(_apply, plan, number, citizen.id if citizen and number in own else None))
        for number, plan in enumerate(plans)
    ]
    changes = ((_ago(now, 4), _relax_cheorwon), (_ago(now, 3), _suspend_goseong), (now - HOUR * 3, _limit_parties))
    events += [(moment, partial(change, moment)) for moment, change in changes]
    events += _names_of_today(session, now)
    events += clearance_events(session, now)
    events += dates_events(session, now, citizen=citizen.id if citizen else None)
    events += [(one.starts_at, partial(_mark_who_came, session, one)) for one in past]
    events += draw_events(now, citizen=citizen.id if citizen else None)
    events += events_before(before, now)
    for _, happens in sorted(events, key=lambda event: event[0]):
        happens()
    return len(plans)


def _plans(session: Session, now: datetime) -> Iterator[_Plan]:
    """Who applies for what: some of the departures that could be applied for by now, filled differently; the last two
    of each course full to the last seat, and asked for by more.
    """
    facts = facts_by_course(session)
    fillings = cycle(FILLINGS)
    for course in courses(session):
        chosen = _chosen(session, course, now)
        for departure in chosen:
            opens_at = window(course, departure).opens_at
            seats = allowance(slot_of(departure), facts[course.id], opens_at)
            largest = seats.party_max or max(SIZES)
            shares = (1, TOO_MANY) if departure in chosen[-2:] else (next(fillings),)
            sizes = chain.from_iterable(_sizes(round(seats.capacity * share), largest) for share in shares)
            for place, size in enumerate(sizes):
                yield _Plan(opens_at + timedelta(minutes=1 + 30 * place), course, departure, size)


def _past_departures(session: Session, now: datetime) -> Iterator[Departure]:
    """What the operator's course has behind it, so that it can be looked back at."""
    own = course_by_code(session, "paju")
    for days in PAST_DAYS:
        starts_at = _afternoon(civil_day(now) - days * DAY)
        made = add_departure(own.id, starts_at, actor=COMMAND, now=_ago(now, BEGUN_DAYS_AGO))
        yield session.get_one(Departure, made.departure_id)


def _past_plans(session: Session, past: Iterable[Departure]) -> Iterator[_Plan]:
    """Small parties that applied for them, some early and some late."""
    own = course_by_code(session, "paju")
    for departure in past:
        opens_at = window(own, departure).opens_at
        for place, size in enumerate(PAST_SIZES):
            yield _Plan(opens_at + place * DAY + HOUR, own, departure, size)


def _plans_before(session: Session, departures: Sequence[Departure]) -> Iterator[_Plan]:
    course = course_by_code(session, COURSE_BEFORE)
    return (_Plan(moment, course, one, size) for moment, one, size in askings_before(session, departures))


def _mark_who_came(session: Session, departure: Departure) -> None:
    """Every fourth party stayed away; of the largest, one person."""
    parties = session.scalars(
        select(Application).where(Application.departure_id == departure.id).order_by(Application.id)
    ).all()
    for turn, party in enumerate(parties):
        for place, visitor in enumerate(visitors_of(session, party.id)):
            missing = turn % 4 == 1 or (party.seats == max(PAST_SIZES) and place == 0)
            mark = Attendance.NO_SHOW if missing else Attendance.ARRIVED
            mark_attendance(visitor.id, mark, actor=COMMAND, now=departure.starts_at)


def _chosen(session: Session, course: Course, now: datetime) -> list[Departure]:
    """Some of the course's departures from today on whose window has been open for two days."""
    today = civil_day(now)
    ahead = departures_between(session, today, today + 30 * DAY, course_ids=[course.id])
    open_by_now = [one for one in ahead if window(course, one).opens_at + 2 * DAY < now]
    return open_by_now[:: max(1, len(open_by_now) // DEPARTURES_WITH_PARTIES)]


def _sizes(people: int, largest: int) -> Iterator[int]:
    """Parties until that many people have applied."""
    sizes = cycle(SIZES)
    while people > 0:
        size = min(next(sizes), largest, people)
        yield size
        people -= size


def _of_citizen(plans: list[_Plan], today: date) -> set[int]:
    """The demo's citizen applies once for each course but Cheorwon, and is the last who asks at Panmunjeom."""
    wanted = {"panmunjeom": today + 3 * DAY, "paju": today + 16 * DAY, "goseong": today + 19 * DAY}
    found: dict[str, int] = {}
    for number, plan in enumerate(plans):
        first_day = wanted.get(plan.course.code)
        if first_day and civil_day(plan.departure.starts_at) >= first_day:
            found.setdefault(plan.course.code, number)
    at_panmunjeom = [number for number, plan in enumerate(plans) if plan.course.code == "panmunjeom"]
    return {*found.values(), *at_panmunjeom[-1:]}


def _apply(plan: _Plan, number: int, person_id: UUID | None) -> None:
    """One party applies as people do on the web; a full departure puts it on the waiting list."""
    actor = Actor("person", person_id=person_id, role=Role.CITIZEN) if person_id else GUEST
    abroad = plan.course.who == "all" and made_up.is_abroad(number)
    sender, language = f"demonstration {number}", "en" if abroad else "ko"
    asked = Asked(plan.size, wait=True, browser=sender, address=sender, language=language, person_id=person_id)
    held = hold(plan.departure.id, asked, form_id=sender, actor=actor, now=plan.moment)
    later = plan.moment + timedelta(minutes=4)
    people = made_up.party(number, plan.size, guests=abroad)
    describe_party(held.application_id, people, actor=actor, now=later)
    contact, way = (PEOPLE[0].mail, "mail") if person_id else made_up.contact(number)
    give_contact(held.application_id, contact=contact, way=way, consents=CONSENTS, actor=actor, now=later)
    confirm(held.application_id, form_id=f"{sender} sent", actor=actor, now=later)


def _relax_cheorwon(now: datetime) -> None:
    """From about three weeks ahead the full size again; until then the announced level changes nothing."""
    first = civil_day(now) + 25 * DAY
    draft = OrderDraft(
        region_code="51780",
        scale="4level",
        level="1",
        effective_from=first,
        planned_until=first + 25 * DAY,
        party_max=8,
        evidence="demonstration",
    )
    _decide([draft], Words("철원군 1단계로 완화", "Cheorwon relaxes to level 1"), at_moment=now)


def _suspend_goseong(now: datetime) -> None:
    """The path must be mended: three days, on which parties have been confirmed."""
    first = civil_day(now) + 22 * DAY
    draft = MeasureDraft(
        course="goseong",
        kind="suspension",
        announced_at=now,
        effective_from=first,
        effective_until=first + 2 * DAY,
        reason_ko="철책길 보수 공사",
        reason_en="Repair works on the fence path",
        evidence="demonstration",
    )
    summary = Words("고성 A코스 사흘간 운영 중단", "Goseong course A suspended for three days")
    step = partial(_enter_measure, draft=draft, now=now)
    apply_change(Proposal((step,), summary), foreseen=[], expected_version=None, actor=COMMAND, now=now)


def _enter_measure(session: Session, *, draft: MeasureDraft, now: datetime) -> object:
    return enter_measure(session, draft, actor=COMMAND, now=now)


def _limit_parties(now: datetime) -> None:
    """From two weeks ahead, parties in Gyeonggi may be four at most; larger ones are asked to shrink."""
    first = civil_day(now) + 15 * DAY
    draft = OrderDraft(
        region_code="41",
        scale="4level",
        level="2",
        effective_from=first,
        planned_until=first + 14 * DAY,
        party_max=4,
        evidence="demonstration",
    )
    _decide([draft], Words("경기도 사적모임 4명까지", "Gyeonggi: parties of up to four"), at_moment=now)


def _names_of_today(session: Session, now: datetime) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """The names of the operator's first departure today were sent before they were due; since then somebody left."""
    today, own = civil_day(now), course_by_code(session, "paju")
    departure = departures_between(session, today, today, course_ids=[own.id])[0]
    sent = roster_due(own, departure.starts_at) - HOUR
    yield sent, partial(send_roster, departure.id, actor=COMMAND, now=sent)
    yield _ago(now, 5), partial(_cancel_somebody, session, departure.id, _ago(now, 5))


def _cancel_somebody(session: Session, departure_id: UUID, now: datetime) -> None:
    """The last of the largest party cannot come."""
    party = select(Application).where(Application.departure_id == departure_id).order_by(Application.seats.desc())
    largest = session.scalars(party.limit(1)).one()
    cancel_visitor(visitors_of(session, largest.id)[-1].id, actor=GUEST, now=now)


def _ago(now: datetime, days: int) -> datetime:
    """Ten in the morning, so many days before."""
    return start_of_day(civil_day(now) - days * DAY) + timedelta(hours=10)


def _afternoon(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=14)
