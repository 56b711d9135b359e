"""Pages of citizens: choosing, applying, and one's own application in each of its states."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from tests.browser.pages_of_operators import draw_numbers, few_people_on
from tests.browser.shown import choose, each, press, shown
from tests.browser.stage import NOW, TODAY, Stage, Visit, shown_to
from tourbook.actor import COMMAND, GUEST, Role
from tourbook.applications import Appeal, accept_offer, decline_offer, settle_departure
from tourbook.applications.models import Application, Offer, OfferState, PriorityRight, State, Visitor
from tourbook.courses.models import Departure, SiteMeasure
from tourbook.db import db, transaction
from tourbook.distancing import raise_version
from tourbook.operations import call_off_departure

# -- choosing ---------------------------------------------------------------------------------------------------------


@shown("citizen.home")
def home(stage: Stage) -> Visit:
    return Visit("/")


@shown("citizen.course")
def course(stage: Stage) -> Visit:
    return Visit("/courses/paju")


@shown("citizen.course")
def course_closed_for_days(stage: Stage) -> Visit:
    return Visit(f"/courses/goseong?month={TODAY + timedelta(days=22):%Y-%m}")


@shown("citizen.course")
def course_for_nationals(stage: Stage) -> Visit:
    return Visit("/courses/panmunjeom")


@shown("citizen.course_map")
def course_map(stage: Stage) -> Visit:
    return Visit("/courses/paju/map")


@shown("citizen.course_map")
def course_map_of_the_county_alone(stage: Stage) -> Visit:
    return Visit("/courses/goseong/map")


@shown("citizen.search")
def search(stage: Stage) -> Visit:
    return Visit("/search?people=4")


@shown("citizen.search")
def search_with_every_wish(stage: Stage) -> Visit:
    first = TODAY + timedelta(days=2)
    return Visit(f"/search?first_day={first}&last_day={first}&wheelchair=y&toilets=y&level=easy&weekday=5&people=2")


@shown("citizen.search", status=422)
def search_that_cannot_be_read(stage: Stage) -> Visit:
    return Visit("/search?first_day=soon&people=many&region=nowhere")


@shown("citizen.fairness")
def how_fair(stage: Stage) -> Visit:
    return Visit("/fairness")


@shown("citizen.departure")
def departure(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.departure()}")


@shown("citizen.departure")
def departure_full(stage: Stage) -> Visit:
    walk = stage.departure(capacity=2)
    stage.guest().apply(walk, 2)
    return Visit(f"/departures/{walk}")


@shown("citizen.departure")
def departure_not_open_yet(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.existing('paju', TODAY + timedelta(days=40))}")


@shown("citizen.departure")
def departure_over(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.add('paju', f'{TODAY - timedelta(days=1)}T10:00')}")


@shown("citizen.departure")
def departure_closed_by_a_measure(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.existing('goseong', TODAY + timedelta(days=22))}")


@shown("citizen.departure")
def departure_with_few_people(stage: Stage) -> Visit:
    return Visit(f"/departures/{few_people_on(stage)}")


@shown("citizen.course")
def course_with_a_minimum(stage: Stage) -> Visit:
    few_people_on(stage)
    return Visit("/courses/paju")


@shown("citizen.departure")
def departure_called_off(stage: Stage) -> Visit:
    walk = stage.departure()
    call_off(walk)
    return Visit(f"/departures/{walk}")


@shown("citizen.departure", then=press("hold"), status=422)
def departure_with_nothing_chosen(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.departure()}")


@shown("citizen.departure", then=each(choose("seats", "4"), press("hold")), status=409)
def departure_with_too_few_places(stage: Stage) -> Visit:
    walk = stage.departure(capacity=4)
    stage.guest().apply(walk, 2)
    return Visit(f"/departures/{walk}")


@shown("citizen.why")
def why(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.existing('panmunjeom', TODAY)}/why")


@shown("citizen.why")
def why_closed(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.existing('goseong', TODAY + timedelta(days=22))}/why")


@shown("citizen.standby")
def standby(stage: Stage) -> Visit:
    draw_numbers(stage)
    return Visit(f"/departures/{stage.existing('paju', TODAY)}/standby?number=2")


@shown("citizen.standby")
def standby_on_another_day(stage: Stage) -> Visit:
    return Visit(f"/departures/{stage.existing('paju', TODAY + timedelta(days=15))}/standby")


# -- applying ---------------------------------------------------------------------------------------------------------


@shown("citizen.visitors")
def visitors(stage: Stage) -> Visit:
    somebody = stage.guest()
    return shown_to(somebody, somebody.ask(stage.departure(), 3))


@shown("citizen.visitors", then=press("continue"), status=422)
def visitors_left_empty(stage: Stage) -> Visit:
    return visitors(stage)


@shown("citizen.contact")
def contact(stage: Stage) -> Visit:
    somebody = stage.guest()
    return shown_to(somebody, somebody.name_visitors(somebody.ask(stage.departure(), 2)))


@shown("citizen.contact", then=press("continue"), status=422)
def contact_left_empty(stage: Stage) -> Visit:
    return contact(stage)


@shown("citizen.check")
def check(stage: Stage) -> Visit:
    somebody = stage.guest()
    named = somebody.name_visitors(somebody.ask(stage.departure(), 2))
    return shown_to(somebody, somebody.give_contact(named))


@shown("citizen.check")
def check_to_wait(stage: Stage) -> Visit:
    walk, somebody = stage.departure(capacity=2), stage.guest()
    stage.guest().apply(walk, 2)
    named = somebody.name_visitors(somebody.ask(walk, 2))
    return shown_to(somebody, somebody.give_contact(named))


@shown("citizen.departure", then=each(choose("seats", "2"), press("hold")), status=409)
def another_hold(stage: Stage) -> Visit:
    somebody, other = stage.guest(), stage.departure()
    somebody.ask(stage.departure(), 2)
    return shown_to(somebody, somebody.open(f"/departures/{other}"))


@shown("citizen.expired")
def hold_that_ran_out(stage: Stage) -> Visit:
    return ran_out(stage, stage.departure())


@shown("citizen.expired")
def hold_that_ran_out_and_is_taken(stage: Stage) -> Visit:
    walk = stage.departure(capacity=2)
    page = ran_out(stage, walk)
    stage.guest().apply(walk, 2)
    return page


def ran_out(stage: Stage, walk: UUID) -> Visit:
    somebody = stage.guest()
    with stage.earlier(hours=1):
        page = somebody.name_visitors(somebody.ask(walk, 2))
    left = shown_to(somebody, page)
    return Visit(left.path.replace("/contact", "/expired"), left.cookie)


# -- one's own application --------------------------------------------------------------------------------------------


@shown("citizen.application")
def application_confirmed(stage: Stage) -> Visit:
    somebody = stage.guest()
    return shown_to(somebody, somebody.apply(stage.departure(), 2))


@shown("citizen.application")
def application_held(stage: Stage) -> Visit:
    somebody = stage.guest()
    left = shown_to(somebody, somebody.ask(stage.departure(), 2))
    return Visit(f"/applications/{newest().reference}", left.cookie)


@shown("citizen.application")
def application_waiting(stage: Stage) -> Visit:
    return stage.opened(stage.in_state(State.WAITING))


@shown("citizen.application")
def application_waiting_with_an_offer(stage: Stage) -> Visit:
    walk, first, second = stage.departure(capacity=2), stage.guest(), stage.guest()
    taken, waiting = first.apply(walk, 2), second.apply(walk, 2)
    first.open(below_reference(taken.address, "/cancel")).form(mark="cancel-form").submit(first.client)
    settle_departure(walk, actor=COMMAND, now=NOW)
    return shown_to(second, waiting)


@shown("citizen.application")
def application_displaced(stage: Stage) -> Visit:
    return stage.opened(stage.in_state(State.DISPLACED, offered=True))


@shown("citizen.application")
def application_whose_right_is_over(stage: Stage) -> Visit:
    owner = stage.in_state(State.DISPLACED, offered=True)
    offer = db.session.scalars(select(Offer).where(Offer.application_id == owner.id, Offer.state == OfferState.OPEN))
    decline_offer(offer.one().id, actor=GUEST, now=NOW)
    with transaction() as session:
        rights = update(PriorityRight).where(PriorityRight.application_id == owner.id)
        session.execute(rights.values(lasts_until=NOW, ended_at=NOW))
    return stage.opened(owner)


@shown("citizen.application")
def application_whose_own_date_is_open_again(stage: Stage) -> Visit:
    owner = stage.in_state(State.DISPLACED, offered=True)
    with transaction() as session:
        measures = select(SiteMeasure).where(SiteMeasure.course_id == owner.course_id)
        for measure in session.scalars(measures):
            measure.planned_until = measure.effective_from - timedelta(days=1)
        raise_version(session)
    settle_departure(owner.departure_id, actor=COMMAND, now=NOW)
    return stage.opened(owner)


@shown("citizen.application")
def application_that_must_shrink(stage: Stage) -> Visit:
    return stage.opened(stage.in_state(State.MUST_SHRINK))


@shown("citizen.application")
def application_called_off(stage: Stage) -> Visit:
    walk, somebody = stage.departure(), stage.guest()
    page = somebody.apply(walk, 2)
    call_off(walk)
    return shown_to(somebody, page)


@shown("citizen.application")
def application_cancelled(stage: Stage) -> Visit:
    somebody = stage.guest()
    done = somebody.apply(stage.departure(), 2)
    form = somebody.open(below_reference(done.address, "/cancel")).form(mark="cancel-form")
    return shown_to(somebody, form.submit(somebody.client))


@shown("citizen.application")
def application_expired(stage: Stage) -> Visit:
    walk = stage.departure()
    left = ran_out(stage, walk)
    settle_departure(walk, actor=COMMAND, now=NOW)
    return Visit(f"/applications/{newest().reference}", left.cookie)


@shown("citizen.application")
def application_moved(stage: Stage) -> Visit:
    offers = select(Offer).where(Offer.state == OfferState.OPEN).order_by(Offer.id.desc())
    offer = db.session.scalars(offers).first()
    owner = db.session.get_one(Application, offer.application_id)
    accept_offer(offer.id, actor=GUEST, now=NOW)
    return stage.opened(owner)


@shown("citizen.more_dates")
def more_dates(stage: Stage) -> Visit:
    return stage.opened(stage.in_state(State.WAITING), "/dates")


@shown("citizen.decline")
def decline(stage: Stage) -> Visit:
    owner = stage.in_state(State.DISPLACED, offered=True)
    offer = db.session.scalars(select(Offer).where(Offer.application_id == owner.id)).first()
    return Visit(f"/offers/{offer.id}/decline", stage.opened(owner).cookie)


@shown("citizen.cancel_application")
def cancel(stage: Stage) -> Visit:
    return stage.opened(with_two_visitors(), "/cancel")


@shown("citizen.cancel_application")
def give_up_the_right(stage: Stage) -> Visit:
    return stage.opened(stage.in_state(State.DISPLACED, offered=True), "/cancel")


@shown("citizen.cancel_one")
def cancel_visitor(stage: Stage) -> Visit:
    owner = with_two_visitors()
    visitor = db.session.scalars(select(Visitor.id).where(Visitor.application_id == owner.id)).first()
    return stage.opened(owner, f"/visitors/{visitor}/cancel")


@shown("citizen.release_places")
def release_places(stage: Stage) -> Visit:
    return stage.opened(with_two_visitors(), "/release")


@shown("citizen.release_places", then=press("release-some-submit"), status=422)
def release_places_of_nobody(stage: Stage) -> Visit:
    return release_places(stage)


@shown("citizen.appeal")
def own_appeal(stage: Stage) -> Visit:
    return stage.opened(db.session.get_one(Application, appeal_of_somebody().application_id), "/appeal")


@shown("citizen.mine")
def mine(stage: Stage) -> Visit:
    return stage.seen_by(Role.CITIZEN, "/my")


def appeal_of_somebody() -> Appeal:
    """An appeal that nobody has decided yet: the first of the season's parties has made it."""
    found = db.session.scalars(select(Appeal)).first()
    if found is None:
        with transaction() as session:
            party = session.scalars(select(Application.id).order_by(Application.id)).first()
            session.add(Appeal(application_id=party, text="열차가 멈춰 제때 가지 못했습니다.", made_at=NOW))
        found = db.session.scalars(select(Appeal)).one()
    return found


# -- what several of these need ---------------------------------------------------------------------------------------


def newest() -> Application:
    db.session.rollback()
    return db.session.scalars(select(Application).order_by(Application.id.desc())).first()


def with_two_visitors() -> Application:
    confirmed = select(Application).where(Application.state == State.CONFIRMED, Application.seats == 2)
    ahead = confirmed.join(Departure, Departure.id == Application.departure_id).where(Departure.starts_at > NOW)
    return db.session.scalars(ahead.order_by(Application.id)).first()


def call_off(walk: UUID) -> None:
    reasons = {"reason_ko": "호우 특보가 내려졌습니다", "reason_en": "A heavy rain warning was issued"}
    call_off_departure(walk, **reasons, actor=COMMAND, now=NOW)


def below_reference(address: str, path: str) -> str:
    return "/applications/" + address.rstrip("/").rsplit("/", 1)[1] + path
