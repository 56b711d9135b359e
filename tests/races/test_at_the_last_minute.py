"""Two acts about one place or one person in the same minute: one's own date and another, an exchange and the end of the
time for it, a number that is called and somebody who walks up.

Each has its control: with the lock taken away the same race must break the promise.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, departure, open_offer, state, told
from tests.applications.test_own_date import end, offered_elsewhere
from tests.clearance.office import Office, build_office, choice_about, person
from tests.ground.application import Ground
from tests.races.test_stops import meanwhile
from tests.races.without_guards import unqueued, without_numbers, without_row_locks
from tests.rosters.gate import Gate, build_gate, gate_party, people_present, visitors
from tourbook import clearance
from tourbook.actor import GUEST, Actor
from tourbook.applications import accept_offer, settle, settle_departure, take_own_date
from tourbook.applications.acts import cancel, exchange, offers
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.clearance import exchanging
from tourbook.courses.models import Departure
from tourbook.db import db, transaction
from tourbook.operations import check
from tourbook.rosters import admit_at_gate, call_next, draw_number
from tourbook.rosters import gate as gate_module
from tourbook.rosters import standby as standby_module
from tourbook.rosters.models import NumberState, StandbyNumber

ONE_WRITER = "SQLite has one writer at a time whatever the code does"


@pytest.fixture(autouse=True)
def _inside(database: Ground) -> Iterator[None]:
    with database.app.app_context():
        yield
        db.session.remove()


# -- the own date, and another that is offered -----------------------------------------------------------------------


def on_both_dates(
    scene: Scene, ground: Ground, patch: pytest.MonkeyPatch, *, own_first: bool = True
) -> tuple[UUID, object]:
    """Two browsers of one party: one takes its own date, which is open again, the other accepts what it is offered."""
    _, _, measure, (party,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    offer = open_offer(party)
    assert offer is not None
    db.session.rollback()

    def takes_own() -> object:
        return take_own_date(party, actor=GUEST, now=scene.now)

    def accepts() -> object:
        return accept_offer(offer.id, actor=GUEST, now=scene.now)

    if own_first:
        return party, meanwhile(ground, patch, (exchange, "offer_of_own"), takes_own, accepts)
    return party, meanwhile(ground, patch, (offers, "_refuse_unless_open"), accepts, takes_own)


def dates_had(party: UUID) -> int:
    """On how many departures the party, or what replaced it, has places."""
    is_it = (Application.id == party) | (Application.replaces_id == party)
    return db.session.scalar(select(func.count()).where(is_it, Application.state == State.CONFIRMED)) or 0


@pytest.mark.parametrize(
    ("own_first", "answer", "final", "offer"),
    [(True, "offer_answered", State.CONFIRMED, "declined"), (False, "state_changed", State.MOVED, "accepted")],
)
def test_who_takes_the_own_date_and_another_at_once_has_one_of_them(
    database: Ground, monkeypatch: pytest.MonkeyPatch, own_first: bool, answer: str, final: State, offer: str
) -> None:
    scene = build_scene()

    party, said = on_both_dates(scene, database, monkeypatch, own_first=own_first)

    assert (said, state(party), dates_had(party)) == (answer, final, 1)
    made = db.session.scalars(select(Offer).where(Offer.application_id == party).order_by(Offer.id)).first()
    assert made is not None
    assert made.state == OfferState(offer)
    assert check(db.session(), now=scene.now).ok


@pytest.mark.postgres_only(ONE_WRITER)
def test_control_without_the_locks_it_has_both(database: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = build_scene()
    for module in (cancel, offers):
        without_row_locks(monkeypatch, module, queue=unqueued)
    without_numbers(monkeypatch)

    party, _ = on_both_dates(scene, database, monkeypatch)

    assert dates_had(party) == 2


# -- somebody else goes in place of one who was refused, and the time for it ends --------------------------------------


def exchanged_as_the_time_ends(ground: Ground, patch: pytest.MonkeyPatch) -> tuple[Office, UUID, object]:
    """A minute before the end somebody else is named; at the end the timetable lets the party go without."""
    office = build_office()
    party = office.apply(3)
    office.submit()
    refused = office.refuse(party, 3)
    ends = choice_about(refused).deadline
    office.scene.now = ends
    came = person()
    db.session.rollback()

    def exchanges() -> object:
        before = ends - timedelta(minutes=1)
        return clearance.exchange_visitor(refused.id, came, actor=GUEST, now=before)

    said = meanwhile(ground, patch, (exchanging, "_others"), exchanges, lambda: clearance.close_due(now=ends))
    return office, party, said


def travelling(party: UUID) -> tuple[int, int]:
    """For how many people the party has places, and how many are named."""
    application = db.session.get_one(Application, party, populate_existing=True)
    return application.seats, sum(one.cancelled_at is None for one in visitors(party))


def test_who_is_exchanged_in_the_last_minute_is_not_gone_without_as_well(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, party, _ = exchanged_as_the_time_ends(database, monkeypatch)

    assert travelling(party) == (3, 3)
    assert "gone_without" not in told(db.session(), party)
    assert departure(office.departure_id).seats_taken == 3
    assert check(db.session(), now=office.scene.now).findings == ()


@pytest.mark.postgres_only(ONE_WRITER)
def test_control_without_the_lock_somebody_is_named_for_a_place_that_was_given_back(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def without_lock(
        application_id: UUID, *, actor: Actor, now: object
    ) -> Iterator[tuple[Session, tuple[Application, Departure]]]:
        with transaction() as session:
            application = session.get_one(Application, application_id)
            yield session, (application, session.get_one(Departure, application.departure_id))

    monkeypatch.setattr(exchanging, "caught_up_for", without_lock)
    without_numbers(monkeypatch)

    _, party, _ = exchanged_as_the_time_ends(database, monkeypatch)

    seats, named = travelling(party)
    assert "gone_without" in told(db.session(), party)
    assert named > seats


# -- a number that is called, and somebody who walks up ----------------------------------------------------------------


@pytest.fixture
def gate() -> Gate:
    """Ten seats, of which nine are taken: one place; nothing is due."""
    gate = build_gate()
    for people in (5, 4):
        gate.apply(people)
    settle_departure(gate.departure_id, actor=gate.operator, now=gate.now)
    db.session.rollback()
    return gate


def walks_up(gate: Gate) -> Callable[[], object]:
    told = {"form_id": "walks up", "actor": gate.operator, "now": gate.now}
    return lambda: admit_at_gate(gate.departure_id, gate_party(1), **told)


def draws_and_is_called(gate: Gate) -> Callable[[], object]:
    told = {"actor": gate.operator, "now": gate.now}

    def both() -> object:
        draw_number(gate.departure_id, 1, form_id="draws", **told)
        return call_next(gate.departure_id, form_id="calls", **told)

    return both


def promised(gate: Gate) -> int:
    """People who are here or expected, and those who were called for a place."""
    called = select(func.coalesce(func.sum(StandbyNumber.people), 0)).where(
        StandbyNumber.departure_id == gate.departure_id, StandbyNumber.state == NumberState.CALLED
    )
    return people_present(db.session(), gate.departure_id) + (db.session.scalar(called) or 0)


def test_nobody_is_called_for_the_place_that_somebody_walks_up_to(
    gate: Gate, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = (gate_module, "places_at_gate")

    said = meanwhile(database, monkeypatch, where, walks_up(gate), draws_and_is_called(gate))

    assert (said, promised(gate)) == ("nobody_fits", 10)
    assert check(db.session(), now=gate.now).findings == ()


def test_nobody_walks_up_to_the_place_for_which_a_number_is_being_called(
    gate: Gate, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"actor": gate.operator, "now": gate.now}
    draw_number(gate.departure_id, 1, form_id="draws", **told)
    db.session.rollback()

    def is_called() -> object:
        return call_next(gate.departure_id, form_id="calls", **told)

    said = meanwhile(database, monkeypatch, (standby_module, "_call"), is_called, walks_up(gate))

    assert (said, promised(gate)) == ("gate_full", 10)


@pytest.mark.postgres_only(ONE_WRITER)
def test_control_without_the_lock_one_place_is_promised_twice(
    gate: Gate, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_row_locks(monkeypatch, settle)
    without_numbers(monkeypatch)
    where = (gate_module, "places_at_gate")

    meanwhile(database, monkeypatch, where, walks_up(gate), draws_and_is_called(gate))

    assert promised(gate) == 11
