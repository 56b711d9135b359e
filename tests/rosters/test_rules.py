"""The pure rules of rosters."""

from uuid import UUID

import pytest

from tourbook.db import new_id
from tourbook.errors import Conflict
from tourbook.rosters import GatePlaces, NameChanges
from tourbook.rosters.rules import fits_search, name_changes

A, B, C = new_id(), new_id(), new_id()


def test_unsold_seats_are_given_first_then_places_in_the_order_in_which_they_were_left() -> None:
    assert GatePlaces(2, (A, B)).give(3) == [None, None, A]
    assert GatePlaces(0, (A, B)).give(1) == [A]
    assert GatePlaces(2).give(2) == [None, None]


@pytest.mark.parametrize("places", [GatePlaces(0), GatePlaces(1), GatePlaces(0, (A,))])
def test_there_are_never_more_places_given_than_there_are(places: GatePlaces) -> None:
    with pytest.raises(Conflict):
        places.give(2)


@pytest.mark.parametrize(
    ("present", "changes"),
    [
        ([A, B], NameChanges(0, 0)),
        ([A], NameChanges(0, 1)),
        ([A, C], NameChanges(1, 1)),
        ([A, B, C], NameChanges(1, 0)),
    ],
)
def test_changed_names_are_counted_by_person(present: list[UUID], changes: NameChanges) -> None:
    assert name_changes([A, B], present) == changes
    assert bool(changes) == (set(present) != {A, B})


@pytest.mark.parametrize("search", ["하늘", "김 하", "", " - ", "abcd2345", "CD-23"])
def test_a_part_of_a_name_or_reference_is_enough(search: str) -> None:
    assert fits_search(search, "김하늘", "ABCD-2345")


def test_a_search_does_not_find_what_is_not_there() -> None:
    assert not fits_search("바다", "김하늘", "ABCD-2345")
