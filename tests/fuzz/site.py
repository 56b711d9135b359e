"""A small installation with something of everything, at a standing clock, and a browser for everybody who may come."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from hashlib import sha256
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, Text, cast, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from tests.accounts.people import Somebody, somebody
from tests.applications.scene import Scene, settle_all
from tests.ground.application import Ground, build_app
from tests.ground.databases import Rows, kept_rows, restore
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.ground.pages import CheckedClient
from tests.rosters.gate import gate_party, operator_of
from tests.web.signing import sign_in
from tourbook.accounts import person_by_mail
from tourbook.actor import COMMAND, GUEST, Role
from tourbook.applications import Appeal, Asked, cancel, confirm, enter
from tourbook.applications.models import Application, Attendance, Fee, Offer, OfferState, Visitor
from tourbook.clearance import Authority, import_replies, read_clearance, record_submission, require_clearance
from tourbook.clearance.models import ClearanceChoice, ClearanceDemand
from tourbook.courses import add_break, course_by_code
from tourbook.courses.models import Break, Course, Departure, Round, Schedule, SiteMeasure
from tourbook.db import db, new_id, transaction
from tourbook.distancing import OrderDraft, enter_order, forget_facts
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order
from tourbook.draws import RoundTerms, announce_round, seal_due
from tourbook.kst import civil_day, parse_moment
from tourbook.notices.models import Notice
from tourbook.operations import Proposal, apply_change, check
from tourbook.rosters import StandbyNumber, admit_at_gate, call_next, draw_number, mark_attendance

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
MANY = 24


@dataclass(frozen=True)
class Browser:
    """Somebody's browser: who sits there, and the cookie that it sends."""

    name: str
    role: Role | None
    cookie: str
    organisation: str | None = None


class Site:
    """One installation on a ground, with its state kept so that it can be put back.

    `app` answers as in production: what nobody foresaw becomes a page, not an exception of the test.
    """

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        ground.reset("seeded")
        with self.standing():
            self._fill()
        self.app = self._as_in_production()
        with self.standing():
            self.browsers = list(self._browsers())
        self._kept: Rows = kept_rows(ground.engine)

    def restore(self) -> None:
        """Put everything back as it was when the site was made."""
        restore(self.ground.engine, self._kept)
        with self.app.app_context():
            forget_facts(db.engine)

    def close(self) -> None:
        """Give back the connections of its application."""
        with self.app.app_context():
            db.engine.dispose()

    @contextmanager
    def standing(self) -> Iterator[StandingClock]:
        """Inside the ground's application, with the clock standing at Monday 4 May 2026, 09:00."""
        clock = StandingClock()
        with self.ground.app.app_context():
            try:
                yield clock
            finally:
                db.session.remove()
                clock.run_again()

    def fingerprint(self) -> str:
        """What all tables hold, in one line: equal only where nothing was changed."""
        told = _digests(self.ground.engine) if self.ground.dialect == "postgresql" else contents(self.ground.engine)
        return sha256("\n".join(told).encode(errors="surrogatepass")).hexdigest()

    def unsound(self) -> list[str]:
        """What a recount of everything that must always hold finds."""
        with self.ground.app.app_context():
            db.session.rollback()
            try:
                return [str(found) for found in check(db.session(), now=NOW).findings]
            finally:
                db.session.remove()

    @cached_property
    def objects(self) -> dict[str, list[str]]:
        """A few ids of each kind that stands in an address, by the name it has there."""
        with self.ground.app.app_context():
            found = {name: _few(query) for name, query in _OBJECTS.items()}
            found["token"] = [one.token for one in db.session.scalars(select(Application).limit(EACH))]
            db.session.remove()
        return found | {"change_id": [], "filename": ["css/site.css"]}

    # -- how it is made -----------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        course = course_by_code(db.session(), "paju")
        scene = Scene(parse_moment(LONG_AGO), course.id)
        on = {starts: scene.add_departure(starts, places) for starts, places in PLACES.items()}
        there = Scene(parse_moment(LONG_AGO), course_by_code(db.session(), "cheorwon").id)
        elsewhere = there.add_departure(TODAY)
        for seats in (2, 1, 3):
            scene.apply(on[TODAY], seats)
        there.apply(elsewhere, 2)
        _stay_away(scene)
        _apply_lately(scene, on)
        _decide(scene)
        _draw(scene)
        there.add_departure("2026-07-24T10:00")  # the day that could be drawn
        scene.now = parse_moment(AN_HOUR_AGO)
        scene.hold(on[SOON])
        scene.now = NOW
        for step in range(EACH):
            _type(scene, on[SOON], step)
        settle_all(scene)
        _admit(course, on[TODAY])
        _check_names(scene, course, on[SOON])
        _change_lately(scene)

    def _as_in_production(self) -> Flask:
        app = build_app(self.ground.url, closure_steps="1:1")
        app.config["TESTING"] = False
        app.test_client_class = FlaskClient
        return app

    def _browsers(self) -> Iterator[Browser]:
        yield Browser("stranger", None, _cookie(self._client()))
        holder = self._client()
        with holder.session_transaction() as session:
            session["applications"] = {one.hex: int(NOW.timestamp()) for one in db.session.scalars(_PARTIES)}
        yield Browser("holder", None, _cookie(holder))
        for name, role, code in (
            ("citizen", Role.CITIZEN, None),
            ("operator", Role.OPERATOR, "paju"),
            ("other operator", Role.OPERATOR, "cheorwon"),
            ("administrator", Role.ADMINISTRATOR, None),
        ):
            mail = f"{name.replace(' ', '-')}@example.kr"
            person = somebody(self.ground.app, role, mail=mail, organisation=code or "paju")
            if role is Role.CITIZEN:
                _give_an_application(person)
            yield Browser(name, role, self._signed_in(person), code)

    def _client(self) -> FlaskClient:
        """A browser that has been on the site, so that it has a session."""
        client = CheckedClient(self.app)
        client.get("/ko/sign-in")
        return client

    def _signed_in(self, person: Somebody) -> str:
        client = self._client()
        assert sign_in(client, person).status == 302
        client.get("/ko/find")  # its form brings the token that belongs to the sign-in
        return _cookie(client)


def contents(engine: Engine) -> Iterator[str]:
    """Every row of every table, as text, a table each."""
    rows = kept_rows(engine)
    return (f"{name} {sorted(map(repr, rows[name]))}" for name in sorted(rows))


def _digests(engine: Engine) -> Iterator[str]:
    """The same, put together by PostgreSQL itself, which is many times faster."""
    with engine.connect() as connection:
        for name in sorted(db.metadata.tables):
            row = cast(literal_column(f'"{name}"'), Text)
            both = select(func.count(), func.md5(func.string_agg(row, aggregate_order_by(literal("\n"), row))))
            yield f"{name} {connection.execute(both.select_from(db.metadata.tables[name])).one()}"


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


def _admit(course: Course, departure_id: UUID) -> None:
    """Somebody without an application has come to the gate, and others wait there with numbers."""
    assert course.organisation_id is not None
    operator = operator_of(course.organisation_id)
    admit_at_gate(departure_id, gate_party(condition_shown=True), form_id="a walk-up", actor=operator, now=NOW)
    for number in range(EACH):
        draw_number(departure_id, 1, form_id=f"number {number}", actor=operator, now=NOW)
    call_next(departure_id, form_id="a call", actor=operator, now=NOW)


def _give_an_application(person: Somebody) -> None:
    """Let an account own an application that stands and one that is being typed."""
    db.session.rollback()  # what was read before does not know the account
    account = person_by_mail(db.session(), person.mail)
    assert account is not None
    own = list(db.session.scalars(_PARTIES))
    for application_id in (own[0], own[-1]):
        db.session.get_one(Application, application_id).person_id = account.id
    db.session.commit()


def _cookie(client: FlaskClient) -> str:
    kept = client.get_cookie("sid")
    assert kept is not None
    return kept.value


_PARTIES = select(Application.id).where(Application.person_id.is_(None)).order_by(Application.id)
_REFUSED = select(ClearanceChoice.visitor_id)
_ASKED = select(ClearanceChoice.application_id)
_LACKING = select(Visitor.application_id).where(Visitor.nationality == "DE")
_OBJECTS = {
    "code": select(Course.code).order_by(Course.code.desc()),
    # What has left comes last: nothing can be asked for there.
    "departure_id": select(Departure.id).order_by(Departure.starts_at < NOW, Departure.starts_at, Departure.id),
    "application_id": select(Application.id).order_by(Application.id.desc()),
    "reference": select(Application.reference).order_by(
        Application.id.not_in(_ASKED), Application.id.not_in(_LACKING), Application.id
    ),
    "visitor_id": select(Visitor.id).order_by(Visitor.id.not_in(_REFUSED), Visitor.nationality != "DE", Visitor.id),
    "authority": select(ClearanceDemand.authority),
    "offer_id": select(Offer.id).where(Offer.state == OfferState.OPEN),
    "notice_id": select(Notice.id),
    "order_id": select(Order.id),
    "round_id": select(Round.id).order_by(Round.held_at.is_(None), Round.id),
    "measure_id": select(SiteMeasure.id),
    "stop_id": select(SiteMeasure.stop_id).where(SiteMeasure.stop_id.is_not(None)),
    "schedule_id": select(Schedule.id),
    "break_id": select(Break.id),
    "appeal_id": select(Appeal.id),
    "number_id": select(StandbyNumber.id).order_by(StandbyNumber.number.desc()),
}


def _few(query: object) -> list[str]:
    return [str(one) for one in db.session.scalars(query).all()[:MANY]]  # type: ignore[call-overload]  # any select
