"""What has happened on the small installation before anybody tries its pages: something of everything."""

from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from tests.applications.scene import Scene, settle_all
from tests.fuzz.oddities import PLAUSIBLE
from tests.ground.moments import MONDAY_MORNING
from tests.rosters.gate import gate_party, operator_of
from tourbook.accounts import Asking, Newcomer, add_person, ask_for_letter
from tourbook.accounts.link_models import WishKind
from tourbook.accounts.roles import RoleTerms
from tourbook.actor import COMMAND, GUEST, Role
from tourbook.applications import Appeal, Asked, cancel, confirm, enter
from tourbook.applications.acts.details import contact_index
from tourbook.applications.models import Application, Attendance, Fee, Visitor
from tourbook.clearance import Authority, import_replies, read_clearance, record_submission, require_clearance
from tourbook.courses import add_break, course_by_code
from tourbook.courses.models import Course, Round
from tourbook.db import db, new_id, transaction
from tourbook.distancing import OrderDraft, enter_order
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Level
from tourbook.draws import RoundTerms, announce_round, seal_due
from tourbook.heartbeat import Ran, write_runs
from tourbook.kst import civil_day, parse_moment
from tourbook.operations import (
    Invitee,
    Proposal,
    add_organisation,
    answer_wishes,
    apply_change,
    invite,
    retire_organisation,
)
from tourbook.rosters import (
    GroupPlaces,
    admit_at_gate,
    call_next,
    draw_number,
    hand_out,
    mark_attendance,
    set_aside,
)
from tourbook.rosters.models import HandedRoster
from tourbook.seal import token_hash

NOW = parse_moment(MONDAY_MORNING)
YESTERDAY = "2026-05-03T10:00"
TODAY, SOON, FULL, SHUT, TIGHT, FREED = (
    "2026-05-04T15:00",
    "2026-05-22T10:00",
    "2026-05-23T10:00",
    "2026-05-24T10:00",
    "2026-05-26T10:00",
    "2026-05-27T10:00",
)
PLACES = {TODAY: None, SOON: None, FULL: 4, SHUT: None, TIGHT: None, FREED: 2}
LONG_AGO, LATELY, AN_HOUR_AGO = "2026-04-10T11:00", "2026-05-01T11:00", "2026-05-04T08:00"
ROUNDS = (
    ("spring", 11, "2026-04-11", "2026-04-20", "2026-05-01", "2026-05-10"),
    ("summer", 12, "2026-05-01", "2026-05-15", "2026-05-16", "2026-05-20"),
    ("autumn", 13, "2026-05-06", "2026-05-15", "2026-05-16", "2026-05-20"),
    ("winter", 14, "2026-05-06", "2026-05-15", "2026-05-16", "2026-05-20"),
)
EACH = 3


def make_a_past() -> None:
    """Let everything happen to an installation that was seeded; its clock stands at NOW."""
    course = course_by_code(db.session(), "paju")
    scene = Scene(parse_moment(LONG_AGO), course.id)
    on = {starts: scene.add_departure(starts, places) for starts, places in PLACES.items()}
    there = Scene(parse_moment(LONG_AGO), course_by_code(db.session(), "cheorwon").id)
    elsewhere = there.add_departure(TODAY)
    unchecked = there.add_departure(SOON)
    for seats in (2, 1, 3):
        scene.apply(on[TODAY], seats)
    there.apply(elsewhere, 2)
    _stay_away(scene)
    _apply_lately(scene, on)
    there.now = scene.now
    there.apply(unchecked, 2)  # no authority checks names there, and they are not final yet
    _decide(scene)
    _begin_a_scale()
    _draw(scene)
    there.add_departure("2026-07-24T10:00")  # the day that could be drawn
    scene.now = parse_moment(AN_HOUR_AGO)
    scene.hold(on[SOON])
    scene.now = NOW
    for step in range(EACH):
        _type(scene, on[SOON], step)
    settle_all(scene)
    _admit(course, on[TODAY])
    _set_aside(course, on[SOON])
    _invite()
    _ask_for_letters()
    _check_names(scene, course, on[SOON])
    _change_lately(scene)
    _declare_a_minimum(course)
    _give_known_contacts()
    # Wherever its clock stands, the timetable has run: /readyz is no failure.
    write_runs([Ran("settle departures", 20, NOW + timedelta(days=365))])


def _stay_away(scene: Scene) -> None:
    """Yesterday nobody came of two parties; one of them has appealed. A third had paid, and gets its fee back."""
    walk, course = scene.add_departure(YESTERDAY, None), db.session.get_one(Course, scene.course_id)
    parties = [scene.apply(walk, 1) for _ in range(2)]
    assert course.organisation_id is not None
    operator = operator_of(course.organisation_id)
    for visitor in db.session.scalars(select(Visitor.id).where(Visitor.departure_id == walk)).all():
        mark_attendance(visitor, Attendance.NO_SHOW, actor=operator, now=parse_moment(YESTERDAY))
    with transaction() as session:
        session.add(Appeal(application_id=parties[1], text="사정이 있었습니다.", made_at=NOW))
    paid = scene.apply(walk, 1)
    cancel(paid, actor=GUEST, now=scene.now)
    db.session.get_one(Application, paid).fee = Fee.PAID
    db.session.commit()


def _apply_lately(scene: Scene, on: dict[str, UUID]) -> None:
    """Parties that fill a departure, wait for it, lose one, and are offered freed places."""
    scene.now = parse_moment(LATELY)
    scene.apply(on[FULL], 4)
    scene.apply(on[FULL], 2, wait=True)
    scene.apply(on[SHUT], 2)
    scene.apply(on[TIGHT], 4)
    leaving = scene.apply(on[FREED], 2)
    scene.apply(on[FREED], 1, wait=True)
    cancel(leaving, actor=GUEST, now=scene.now)


def _decide(scene: Scene) -> None:
    """A day is shut, an order limits parties to two on another, and there is a break."""
    scene.add_measure("2026-05-24", "2026-05-24", entry=9001, stop_id=new_id(), cause="asf")
    scene.add_order("2", "2026-05-26", "2026-05-26", region_code="41480", scale="4level", party_max=2, entry=9002)
    condition = {"condition_ko": "접종 증명", "condition_en": "proof of vaccination"}
    scene.add_order("1", "2026-05-04", "2026-05-04", region_code="41480", scale="4level", entry=9003, **condition)
    day = civil_day(NOW + timedelta(days=60))
    add_break(scene.course_id, day, day, reason_ko="점검", reason_en="maintenance", actor=COMMAND, now=scene.now)
    settle_all(scene)


def _begin_a_scale() -> None:
    """A scale whose level means nothing yet: the first who says what it means is shown a preview."""
    with transaction() as session:
        session.add(Level(scale="1step", level="first", place=1, name_ko="첫 단계", name_en="First level"))


def _draw(scene: Scene) -> None:
    """A draw that waits for its value, one that takes entries, one that will, and one on hold that may go on."""
    scene.now = parse_moment(LONG_AGO)
    days = [scene.add_departure(f"2026-07-{day}T10:00") for _, day, *_ in ROUNDS]
    settle_all(scene)
    for code, day, *moments in ROUNDS:
        opens, closes, value, left_overs = map(parse_moment, moments)
        words = {
            "source_ko": "복권 번호",
            "source_en": "a lottery",
            "fallback_ko": "다음 번호",
            "fallback_en": "the next",
        }
        at = {"opens_at": opens, "closes_at": closes, "value_at": value, "left_overs_at": left_overs}
        days_drawn = {"first_day": date(2026, 7, day), "last_day": date(2026, 7, day)}
        terms = RoundTerms(code=code, **days_drawn, **at, **words)
        announced = announce_round(scene.course_id, terms, form_id=code, actor=COMMAND, now=scene.now)
        if code == "spring":
            scene.now = opens
            asked = Asked(seats=2, wait=False, browser="entrant", address="10.8.8.8", language="ko", person_id=None)
            entry = enter(announced, days[:1], asked, form_id="entry", actor=GUEST, now=scene.now).application_id
            scene.fill_in(entry)
            confirm(entry, form_id="entered", actor=GUEST, now=scene.now)
            seal_due(now=closes)
            scene.now = parse_moment(LONG_AGO)
        if code == "winter":
            round_ = db.session.get_one(Round, announced)
            round_.held_at, round_.held_ko, round_.held_en = NOW, "군 작전", "Military reasons"
            db.session.commit()


def _type(scene: Scene, departure_id: UUID, step: int) -> None:
    """Somebody who has come so far in applying: nothing typed yet, visitors, all of it."""
    held = scene.hold(departure_id, 2)
    if step:
        scene.fill_in(held)
    if step == 1:
        application = db.session.get_one(Application, held)
        application.contact = None
        db.session.commit()


def _check_names(scene: Scene, course: Course, departure_id: UUID) -> None:
    """Names are checked: of two parties that were handed over somebody is refused in one, and in the other nobody was
    answered about; of a third a passport number is missing.
    """
    told = {"actor": COMMAND, "now": NOW}
    require_clearance(course.id, Authority.ARMY, due_days=14, asks_passport=True, **told)
    refused, other, lacking = (scene.apply(departure_id, seats) for seats in (3, 2, 1))
    for party, reference in ((refused, "ABCD-2345"), (other, "EFGH-6789")):  # whom the good sheet is about
        db.session.get_one(Application, party).reference = reference
    db.session.scalars(select(Visitor).where(Visitor.application_id == lacking)).one().nationality = "DE"
    db.session.commit()
    mark = read_clearance(departure_id, **told).upcoming[Authority.ARMY].mark
    record_submission(departure_id, Authority.ARMY, mark=mark, **told)
    import_replies(departure_id, Authority.ARMY, "reference,visitor,answer\nABCD-2345,2,refused", **told)


def _change_lately(scene: Scene) -> None:
    """A change that can still be taken back; it is about days on which nobody goes."""
    far_off = OrderDraft(region_code="41480", effective_from=date(2027, 5, 1), scale="4level", level="1")
    made = partial(enter_order, draft=replace(far_off, announced_at=NOW), actor=COMMAND, now=NOW)
    told = {"foreseen": [], "expected_version": None, "grace": timedelta(minutes=5)}
    apply_change(Proposal((made,), Words("먼 변경", "A change far off")), **told, actor=COMMAND, now=NOW)
    settle_all(scene)


def _declare_a_minimum(course: Course) -> None:
    """What is decided from now on; so far too few people have places on most departures."""
    course.runs_from_people, course.decided_days_before, course.decided_at = 12, 4, time(10)
    course.minimum_since = NOW
    db.session.commit()


def _give_known_contacts() -> None:
    """Every party is reached where forms are filled in with: who proves an application by its contact knows it."""
    for one in db.session.scalars(select(Application).where(Application.contact_index.is_not(None))):
        one.contact, one.contact_way = PLAUSIBLE["contact"], "mail"
        one.contact_index = contact_index(PLAUSIBLE["contact"])
    db.session.commit()


def _admit(course: Course, departure_id: UUID) -> None:
    """Somebody without an application has come to the gate, and others wait there with numbers."""
    assert course.organisation_id is not None
    operator = operator_of(course.organisation_id)
    admit_at_gate(
        departure_id,
        gate_party(condition_shown=True, authority_agreed=True),
        form_id="a walk-up",
        actor=operator,
        now=NOW,
    )
    for number in range(EACH):
        draw_number(departure_id, 1, form_id=f"number {number}", actor=operator, now=NOW)
    call_next(departure_id, form_id="a call", actor=operator, now=NOW)
    handed = hand_out(departure_id, actor=operator, now=NOW)
    with transaction() as session:
        session.get_one(HandedRoster, handed.roster_id).token_hash = token_hash(PLAUSIBLE["token"])


def _set_aside(course: Course, departure_id: UUID) -> None:
    """Places for a school, which still has to name somebody."""
    assert course.organisation_id is not None
    places = GroupPlaces("학교", 4, NOW + timedelta(days=3), ("mail", "school@example.kr"))
    set_aside(departure_id, places, form_id="a school", actor=operator_of(course.organisation_id), now=NOW)


def _ask_for_letters() -> None:
    """Somebody has got a letter to choose a new password, another one to make an account; and two who cannot, letters
    that say so.
    """
    forgetful = Newcomer("박산", "forgetful@example.kr", "four words in a row")
    add_person(forgetful, role=Role.CITIZEN, actor=COMMAND, now=NOW)
    asked = ((WishKind.NEW_PASSWORD, "nobody@example.kr"), (WishKind.ACCOUNT, "newcomer@example.kr"))
    for kind in WishKind:
        for mail in ("forgetful@example.kr", *(one for what, one in asked if what is kind)):
            name = "최새로" if kind is WishKind.ACCOUNT else None
            asking = Asking(kind, mail, "10.7.7.7", "ko", name=name)
            ask_for_letter(asking, form_id=f"a letter to {mail} for {kind}", now=NOW)
            answer_wishes(now=NOW)


def _invite() -> None:
    """Somebody who is to work here from June on, and has not chosen a password yet; and an office that was retired."""
    terms = RoleTerms(Role.OPERATOR, "paju", first_day=date(2026, 6, 1), reason="성수기")
    told = {"actor": COMMAND, "now": NOW}
    invite(Invitee("이바다", "bada@example.kr", "ko", terms), form_id="an invitation", **told)
    old = add_organisation("yeoncheon", name_ko="연천군", name_en="Yeoncheon County", **told)
    retire_organisation(old, retired=True, **told)
