"""Namesakes: another person of the same name, birth date and nationality is let in on the word of staff."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, state
from tests.rosters.gate import Gate, trail, visitors
from tourbook.actor import GUEST
from tourbook.applications import VisitorDetails, cancel
from tourbook.applications.models import State
from tourbook.errors import Conflict
from tourbook.rosters import Admitted, Apart

HANEUL = VisitorDetails("김하늘", date(1990, 1, 1), "KR")


def admit(gate: Gate, *people: VisitorDetails, **apart: Apart) -> Admitted:
    """Let people in; `at_0=Apart.BOTH_HERE` says how the first is known to be another person."""
    known = {int(place.removeprefix("at_")): how for place, how in apart.items()}
    return gate.admit(visitors=list(people), apart=known)


def test_a_namesake_is_let_in_when_somebody_says_how_it_is_known(gate: Gate, session: Session) -> None:
    first = gate.apply(1, names=["김 하늘"])

    let_in = admit(gate, HANEUL, at_0=Apart.BOTH_HERE)

    assert state(first) == State.CONFIRMED
    assert [one.namesake for one in visitors(let_in.application_id)] == [1]
    assert_sound(gate.scene, session)


def test_who_was_told_apart_is_written_down_with_how_and_by_whom(gate: Gate, session: Session) -> None:
    gate.apply(1, names=["김하늘"])

    let_in = admit(gate, HANEUL, at_0=Apart.OTHER_DOCUMENT)

    (entry,) = trail(session, "namesake_told_apart")
    assert (entry.actor, entry.subject_id) == (gate.operator.label, visitors(let_in.application_id)[0].id)
    assert entry.facts == {
        "departure": str(gate.departure_id),
        "application": str(let_in.application_id),
        "reason": "other_document",
    }


def test_a_word_about_one_person_says_nothing_about_another(gate: Gate, session: Session) -> None:
    gate.apply(2, names=["김하늘", "이바다"])
    bada = VisitorDetails("이바다", date(1990, 1, 1), "KR")

    with pytest.raises(Conflict) as refused:
        admit(gate, HANEUL, bada, at_0=Apart.ASKED)

    assert (refused.value.code, refused.value.field) == ("person_twice", "visitors-1-name")
    assert trail(session, "namesake_told_apart") == []


def test_a_third_of_the_name_is_told_apart_from_both(gate: Gate, session: Session) -> None:
    gate.apply(1, names=["김하늘"])

    admit(gate, HANEUL, at_0=Apart.BOTH_HERE)
    third = admit(gate, HANEUL, at_0=Apart.BOTH_HERE)

    assert [one.namesake for one in visitors(third.application_id)] == [2]
    assert_sound(gate.scene, session)


def test_a_word_where_nobody_is_alike_changes_nothing(gate: Gate, session: Session) -> None:
    cancel(gate.apply(1, names=["김하늘"]), actor=GUEST, now=gate.now)

    let_in = admit(gate, HANEUL, at_0=Apart.ASKED)

    assert [one.namesake for one in visitors(let_in.application_id)] == [0]
    assert trail(session, "namesake_told_apart") == []
