"""Pages for a party in which somebody cannot go, or was named wrongly: refusals at the field."""

from datetime import timedelta

from sqlalchemy import select

from tests.browser.shown import each, fill, press, shown
from tests.browser.stage import NOW, TODAY, Stage, Visit, shown_to
from tourbook.applications.models import Application, State, Visitor
from tourbook.courses.models import Course, Departure
from tourbook.db import db

A_CHILD = each(
    *(fill(f"visitors-{place}-name", name) for place, name in enumerate(["김하늘", "이푸른", "박어린"])),
    *(
        fill(f"visitors-{place}-birth_date", day)
        for place, day in enumerate(["1990-03-21", "1988-11-02", "2019-05-20"])
    ),
)


def party_of_three(stage: Stage) -> Visit:
    """A party that types who is coming, on a course that asks for an age."""
    somebody = stage.guest()
    walk = stage.add("panmunjeom", f"{TODAY + timedelta(days=10)}T07:00")
    return shown_to(somebody, somebody.ask(walk, 3))


@shown("citizen.visitors", then=each(A_CHILD, press("continue")), status=422)
def visitors_of_whom_one_is_too_young(stage: Stage) -> Visit:
    return party_of_three(stage)


@shown("citizen.visitors", then=each(A_CHILD, press("cannot-go")))
def not_this_time(stage: Stage) -> Visit:
    return party_of_three(stage)


@shown("citizen.visitors", then=press("cannot-go"))
def who_can_go_on_this_visit(stage: Stage) -> Visit:
    return party_of_three(stage)


@shown("citizen.correct_name")
def correct_name(stage: Stage) -> Visit:
    """Of a party of a course whose names nobody checks, and that are not final."""
    going = select(Application).join(Departure, Departure.id == Application.departure_id).join(Course)
    later = going.where(Departure.starts_at > NOW + timedelta(days=8), Course.names_checked.is_(False))
    owner = db.session.scalars(later.where(Application.state == State.CONFIRMED).order_by(Application.id)).first()
    visitor = db.session.scalars(select(Visitor.id).where(Visitor.application_id == owner.id)).first()
    return stage.opened(owner, f"/visitors/{visitor}/name")


@shown("citizen.correct_name", then=each(fill("name", ""), press("correct-submit")), status=422)
def correct_name_left_empty(stage: Stage) -> Visit:
    return correct_name(stage)
