"""`tourbook check` finds whatever does not hold of a draw, and nothing where all is right."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound
from tests.draws.lottery import Lottery, application, last_of
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, EnteredPerson, State, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure, Round
from tourbook.db import transaction
from tourbook.draws.models import DrawnEntry, SealedEntry, SealedPlaces
from tourbook.operations import check
from tourbook.operations.recount_draws import draw_findings

Spoiling = Callable[[Session, Lottery], Any]


def enter_twelve(lottery: Lottery) -> list[UUID]:
    """Twelve parties of four: five fit into each of the two departures that they choose."""
    return [lottery.enter(*lottery.departures[:2], seats=4) for _ in range(12)]


def spoil(lottery: Lottery, spoiling: Spoiling) -> None:
    with transaction() as session:
        spoiling(session, lottery)


def findings(session: Session) -> list[str]:
    session.expire_all()
    return [sentence for _, sentence in draw_findings(session)]


def first_drawn(session: Session, *, place: bool) -> Any:
    """The first that drew a place, or the first that drew none: its reference."""
    wanted = DrawnEntry.departure.is_not(None) if place else DrawnEntry.departure.is_(None)
    return session.scalars(select(DrawnEntry.receipt).where(wanted).order_by(DrawnEntry.turn)).first()


def change(model: Any, *where: Any, **values: Any) -> Spoiling:
    """Change all such rows of a table."""
    return lambda session, lottery: session.execute(update(model).where(*where).values(**values))


def forget(act: str, *, place: bool) -> Spoiling:
    """As if somebody had never been given what the draw gave: no such act stands in the trail."""

    def spoiling(session: Session, lottery: Lottery) -> None:
        receipt = first_drawn(session, place=place)
        own = select(Application.id).where(Application.reference == receipt)
        successor = select(Application.id).where(Application.replaces_id.in_(own))
        about = TrailEntry.subject_id.in_(own) | TrailEntry.subject_id.in_(successor)
        session.execute(delete(TrailEntry).where(about, TrailEntry.act == act))

    return spoiling


def test_a_draw_of_which_everything_holds_is_found_sound_at_every_stage(lottery: Lottery, session: Session) -> None:
    entries = enter_twelve(lottery)
    cancel(entries[0], actor=GUEST, now=lottery.now)
    for goes_on in (lottery.close, lottery.draw, lottery.give):
        assert findings(session) == []
        goes_on()
        if goes_on == lottery.close:
            cancel(entries[1], actor=GUEST, now=lottery.now)
    assert findings(session) == []

    for one in entries[2:5]:
        cancel(last_of(one).id, actor=GUEST, now=lottery.now)
    lottery.add_order("half", "2026-07-01")
    lottery.settle()

    assert findings(session) == []
    assert_sound(lottery, session)


@pytest.mark.parametrize(
    ("spoiling", "told"),
    [
        (change(SealedEntry, SealedEntry.seats == 4, seats=3), "computed again, differs in its seal"),
        (change(SealedPlaces, places=8), "computed again, differs in its seal"),
        (change(Round, value="another"), "computed again, differs in its result"),
        (change(DrawnEntry, DrawnEntry.turn == 1, departure=None), "computed again, differs in its result"),
        (change(Application, state=State.ENTERED), "is still entered for draw july, which was given"),
        (change(Departure, places_to_draw=3), "keeps 3 places back for a draw, outside of its sealing and giving"),
        (forget("application_confirmed", place=True), "and was never given it"),
        (forget("application_waiting", place=False), "drew a turn in reserve, and was never given it"),
    ],
)
def test_what_was_changed_after_a_draw_was_given_is_found(
    lottery: Lottery, session: Session, spoiling: Spoiling, told: str
) -> None:
    enter_twelve(lottery)
    lottery.close()
    lottery.draw()
    lottery.give()
    assert findings(session) == []

    spoil(lottery, spoiling)

    assert any(told in sentence for sentence in findings(session))


@pytest.mark.parametrize(
    ("spoiling", "told"),
    [
        (change(SealedEntry, choices="20260711-1400"), "holds other entries or places than were sealed"),
        (change(Departure, places_to_draw=None), "keeps no places back, and its draw is sealed and not drawn"),
    ],
)
def test_what_was_changed_between_sealing_and_draw_is_found(
    lottery: Lottery, session: Session, spoiling: Spoiling, told: str
) -> None:
    enter_twelve(lottery)
    lottery.close()

    spoil(lottery, spoiling)

    assert told in findings(session)


def test_places_that_are_kept_back_without_a_sealed_draw_are_found(lottery: Lottery, session: Session) -> None:
    spoil(lottery, change(Departure, places_to_draw=20))

    assert findings(session) == ["keeps 20 places back for a draw, outside of its sealing and giving"] * 3
    assert [one.invariant for one in check(session, now=lottery.now).findings].count(16) == 3


def test_whoever_was_drawn_and_has_no_application_is_found(lottery: Lottery, session: Session) -> None:
    entered = enter_twelve(lottery)
    lottery.close()
    lottery.draw()
    lottery.give()

    spoil(lottery, change(Application, Application.id == entered[0], reference="GONE-GONE"))

    assert "was drawn, and there is no such application" in findings(session)


def test_whoever_gave_a_drawn_place_up_only_later_must_have_been_given_it(lottery: Lottery, session: Session) -> None:
    """A later cancelling is no reason not to have been confirmed."""
    enter_twelve(lottery)
    lottery.close()
    lottery.draw()
    lottery.give()
    with transaction() as writing:
        receipt = first_drawn(writing, place=True)
        own = writing.scalars(select(Application).where(Application.reference == receipt)).one()
    cancel(last_of(own.id).id, actor=GUEST, now=lottery.now)

    spoil(lottery, forget("application_confirmed", place=True))

    assert any("was never given it" in sentence for sentence in findings(session))


@pytest.mark.parametrize("closed", [False, True])
def test_somebody_in_two_entries_is_found(lottery: Lottery, session: Session, closed: bool) -> None:
    one, other = (lottery.enter(lottery.departures[place], seats=1) for place in (0, 1))
    index = session.scalar(select(Visitor.person_index).where(Visitor.application_id == one))
    if closed:
        lottery.close()
        cancel(one, actor=GUEST, now=lottery.now)
    assert findings(session) == []

    spoil(lottery, change(Visitor, Visitor.application_id == other, person_index=index))

    assert findings(session) == ["has the same person in 2 entries"]
    assert application(one).state is (State.CANCELLED if closed else State.ENTERED)


def test_somebody_who_left_an_entry_may_stand_in_another(lottery: Lottery, session: Session) -> None:
    cancel(lottery.enter(lottery.departures[0], names=["김하나", "김둘"]), actor=GUEST, now=lottery.now)
    lottery.enter(lottery.departures[1], names=["김하나", "김셋"])

    assert session.scalar(select(EnteredPerson.id).limit(1))
    assert findings(session) == []
