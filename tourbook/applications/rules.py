"""What may follow what in an application's life, and who may be in a party. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tourbook.applications.models import State
from tourbook.courses import VisitorFacts, age_on, may_go
from tourbook.courses.models import Course
from tourbook.errors import Conflict, Refused
from tourbook.seal import normalised

TRANSITIONS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.CONFIRMED, State.EXPIRED, State.CANCELLED, State.CALLED_OFF}),
    State.WAITING: frozenset({State.CONFIRMED, State.EXPIRED, State.CANCELLED, State.CALLED_OFF}),
    State.CONFIRMED: frozenset({State.CANCELLED, State.DISPLACED, State.MUST_SHRINK, State.CALLED_OFF}),
    State.MUST_SHRINK: frozenset({State.CONFIRMED, State.CANCELLED, State.DISPLACED, State.CALLED_OFF}),
    State.DISPLACED: frozenset({State.CONFIRMED, State.MOVED, State.CANCELLED}),
    State.CALLED_OFF: frozenset({State.MOVED, State.CANCELLED}),
    State.EXPIRED: frozenset({State.HELD}),
    State.MOVED: frozenset(),
    State.CANCELLED: frozenset(),
}

SEATED = frozenset({State.HELD, State.CONFIRMED, State.MUST_SHRINK})
CLAIMING = SEATED | {State.WAITING}
CONSENT_VERSION = "2026-11"
OLDEST = 120
FIELD_OF = {"too_young": "birth_date", "nationals_only": "nationality", "document_needed": "document"}
REQUIRED_CONSENTS = ("personal_data", "conduct")
OPTIONAL_CONSENTS = ("news",)


@dataclass(frozen=True)
class VisitorDetails:
    """One person of a party as typed in: name as on the identity document, birth date, ISO country code.

    `document` is the passport number of a foreigner where the course needs it. `namesake` is staff's word that
    somebody of the same name, birth date and nationality is another person.
    """

    name: str
    birth_date: date
    nationality: str
    document: str | None = None
    namesake: int = 0

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two entries the same person: the name however it is spaced, the birth date, the nationality."""
        return (normalised(self.name), self.birth_date.isoformat(), self.nationality)


def check_transition(old: State, new: State) -> None:
    """Refuse a change of state that has no place in an application's life."""
    if new not in TRANSITIONS[old]:
        raise Conflict("state_changed", state=old.value)


@dataclass(frozen=True)
class Admission:
    """What a departure asks of a party: its course, its civil day, its seats, and the day on which it is asked."""

    course: Course
    day: date
    today: date
    seats: int


def check_party(visitors: list[VisitorDetails], asked: Admission) -> None:
    """Refuse a party that is not complete, names somebody twice, or holds somebody who may not go.

    `field` of a refusal names the visitor and the part, counted from 0: visitors-0-birth_date.
    """
    if len(visitors) != asked.seats:
        raise Refused("visitors_missing", given=len(visitors), seats=asked.seats)
    for place, visitor in enumerate(visitors):
        if visitor.identity in [other.identity for other in visitors[:place]]:
            raise Refused("person_twice_in_party", field=f"visitors-{place}-name")
        check_visitor(visitor, asked, f"visitors-{place}")


def check_visitor(visitor: VisitorDetails, asked: Admission, field: str) -> None:
    """Refuse one visitor who may not go on that day: too_young, nationals_only, document_needed."""
    if visitor.birth_date > asked.today or age_on(visitor.birth_date, asked.day) > OLDEST:
        raise Refused("birth_date_unlikely", field=f"{field}-birth_date")
    facts = VisitorFacts(visitor.birth_date, visitor.nationality, bool(visitor.document))
    for reason in may_go(asked.course, facts, asked.day):
        raise Refused(reason, field=f"{field}-{FIELD_OF[reason]}", min_age=asked.course.min_age)


def check_consents(given: Iterable[str]) -> None:
    """Refuse while a required consent is missing; optional ones never matter."""
    agreed = set(given)
    for item in REQUIRED_CONSENTS:
        if item not in agreed:
            raise Refused("consent_missing", field=item)
