"""What may follow what in an application's life, and who may be in a party. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tourbook.applications.models import State
from tourbook.courses import VisitorFacts, age_on, may_go
from tourbook.courses.models import Course
from tourbook.errors import Conflict, Refused, refuse_all
from tourbook.seal import normalised

TRANSITIONS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.CONFIRMED, State.EXPIRED, State.CANCELLED, State.CALLED_OFF}),
    State.WAITING: frozenset({State.CONFIRMED, State.EXPIRED, State.CANCELLED, State.CALLED_OFF}),
    State.CONFIRMED: frozenset({State.CANCELLED, State.DISPLACED, State.MUST_SHRINK, State.CALLED_OFF, State.MOVED}),
    State.MUST_SHRINK: frozenset({State.CONFIRMED, State.CANCELLED, State.DISPLACED, State.CALLED_OFF}),
    State.DISPLACED: frozenset({State.CONFIRMED, State.MUST_SHRINK, State.MOVED, State.CANCELLED}),
    State.CALLED_OFF: frozenset({State.MOVED, State.CANCELLED}),
    State.ENTERED: frozenset(
        {State.CONFIRMED, State.WAITING, State.MOVED, State.NOT_DRAWN, State.EXPIRED, State.CANCELLED}
    ),
    State.EXPIRED: frozenset({State.HELD}),
    State.NOT_DRAWN: frozenset(),
    State.MOVED: frozenset(),
    State.CANCELLED: frozenset(),
}

SEATED = frozenset({State.HELD, State.CONFIRMED, State.MUST_SHRINK})
CLAIMING = SEATED | {State.WAITING}
CLOSED = frozenset({State.CANCELLED, State.EXPIRED, State.MOVED, State.CALLED_OFF, State.NOT_DRAWN})
CONSENT_VERSION = "2026-11-29"
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


@dataclass(frozen=True)
class VisitorSoFar:
    """What can be read of a visitor while the form still has mistakes."""

    name: str
    birth_date: date | None
    nationality: str
    document: str | None
    namesake: int = 0

    @property
    def identity(self) -> tuple[str, str, str] | None:
        """As of a visitor's details, once name and birth date are known."""
        if not self.name or self.birth_date is None:
            return None
        return VisitorDetails(self.name, self.birth_date, self.nationality).identity


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


def check_party(visitors: Sequence[VisitorDetails], asked: Admission) -> None:
    """Refuse a party that is not complete, names somebody twice, or holds somebody who may not go: for all reasons."""
    refuse_all(party_flaws(visitors, asked))


def party_flaws(visitors: Sequence[VisitorDetails | VisitorSoFar], asked: Admission) -> list[Refused]:
    """All that stands against a party, as far as its visitors are known.

    `field` of each names the visitor and the part, counted from 0: visitors-0-birth_date.
    """
    if len(visitors) != asked.seats:
        return [Refused("visitors_missing", given=len(visitors), seats=asked.seats)]
    identities = [visitor.identity for visitor in visitors]
    flaws: list[Refused] = []
    for place, visitor in enumerate(visitors):
        if visitor.identity is not None and visitor.identity in identities[:place]:
            flaws.append(Refused("person_twice_in_party", field=f"visitors-{place}-name"))
        flaws += _visitor_flaws(visitor, asked, f"visitors-{place}")
    return flaws


def _visitor_flaws(visitor: VisitorDetails | VisitorSoFar, asked: Admission, field: str) -> list[Refused]:
    """Why one visitor may not go on that day: birth_date_unlikely, too_young, nationals_only, document_needed."""
    unlikely = _is_unlikely(visitor.birth_date, asked)
    facts = VisitorFacts(None if unlikely else visitor.birth_date, visitor.nationality, bool(visitor.document))
    return [Refused("birth_date_unlikely", field=f"{field}-birth_date")] * unlikely + [
        Refused(reason, field=f"{field}-{FIELD_OF[reason]}", min_age=asked.course.min_age)
        for reason in may_go(asked.course, facts, asked.day)
    ]


def kept_out(visitors: Sequence[VisitorDetails | VisitorSoFar], asked: Admission) -> dict[int, list[str]]:
    """Who may not go whatever else is typed, by their place in the party, and why: too_young, nationals_only."""
    found = {}
    for place, visitor in enumerate(visitors):
        born = None if _is_unlikely(visitor.birth_date, asked) else visitor.birth_date
        reasons = may_go(asked.course, VisitorFacts(born, visitor.nationality, has_document=True), asked.day)
        if reasons:
            found[place] = reasons
    return found


def _is_unlikely(born: date | None, asked: Admission) -> bool:
    return born is not None and (born > asked.today or age_on(born, asked.day) > OLDEST)


def check_consents(given: Iterable[str]) -> None:
    """Refuse while a required consent is missing; optional ones never matter."""
    agreed = set(given)
    for item in REQUIRED_CONSENTS:
        if item not in agreed:
            raise Refused("consent_missing", field=item)
