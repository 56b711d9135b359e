"""The draw, from entries to places: the same for everybody who computes it, and the same chance for everybody."""

from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourbook.draws.rules import (
    LARGEST,
    MOST_TICKETS,
    Drawn,
    Entry,
    Published,
    draw,
    faults,
    in_turn,
    publish,
    seal,
)

MORNING, NOON, EVENING = "0520-10", "0520-12", "0520-18"
VALUE = "4,9,17,23,31,44"

codes = st.sampled_from([MORNING, NOON, EVENING])
choices = st.lists(codes, min_size=1, max_size=3, unique=True).map(tuple)
wishes = st.lists(st.tuples(st.integers(1, 5), choices, st.integers(1, 3)), max_size=12)
places = st.fixed_dictionaries({code: st.integers(0, 8) for code in (MORNING, NOON, EVENING)})


def entries_of(wanted: list[tuple[int, tuple[str, ...], int]]) -> list[Entry]:
    return [Entry(f"R{number:03}", *one) for number, one in enumerate(wanted)]


@given(wishes, places, st.text(min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_same_comes_of_it_in_whatever_order_the_entries_come(
    wanted: list, there: dict[str, int], value: str, chance: Random
) -> None:
    entries = entries_of(wanted)
    mixed = chance.sample(entries, len(entries))

    assert publish("may", value, there, mixed) == publish("may", value, there, entries)


@given(wishes, places, st.text(min_size=1, max_size=9))
def test_nobody_is_left_out_split_or_seated_beyond_the_places(wanted: list, there: dict[str, int], value: str) -> None:
    entries = {entry.receipt: entry for entry in entries_of(wanted)}

    drawn = list(draw(value, there, entries.values()))

    assert sorted(one.receipt for one in drawn) == sorted(entries)
    left = dict(there)
    for one in drawn:  # in order of turn: each has the best that was left for it, whole
        entry = entries[one.receipt]
        fitting = [departure for departure in entry.choices if left[departure] >= entry.seats]
        assert one.departure == (fitting[0] if fitting else None)
        if one.departure:
            left[one.departure] -= entry.seats
    assert min(left.values()) >= 0


def test_a_smaller_party_passes_one_that_does_not_fit_which_keeps_its_turn() -> None:
    large, small = Entry("large", 4, (MORNING,)), Entry("small", 2, (MORNING,))
    value = next(str(one) for one in range(99) if in_turn(str(one), [large, small])[0] is large)

    assert list(draw(value, {MORNING: 3}, [small, large])) == [Drawn("large", None), Drawn("small", MORNING)]


def test_a_round_that_nobody_entered_is_drawn_all_the_same() -> None:
    published = publish("may", VALUE, {MORNING: 3}, [])

    assert published.drawn == ()
    assert faults(published) == []


def test_the_order_is_the_one_that_is_published_as_the_rule() -> None:
    """SHA-256 of the value, a line's end and the receipt; further tickets have their number in another line.

    printf '4,9,17,23,31,44\\nA' | sha256sum: a7e9..., B: 63fc..., C: 3b68...; with "\\n2" B: 0f0d..., A: ceae...
    """
    entries = [Entry(receipt, 1, (MORNING,)) for receipt in "ABC"]
    assert [entry.receipt for entry in in_turn(VALUE, entries)] == ["C", "B", "A"]

    with_tickets = [entry._replace(tickets=2) if entry.receipt in "AB" else entry for entry in entries]
    assert [entry.receipt for entry in in_turn(VALUE, with_tickets)] == ["B", "C", "A"]


@given(wishes, st.text(min_size=1, max_size=9))
def test_the_lowest_of_its_tickets_is_the_turn_of_an_entry(wanted: list, value: str) -> None:
    """By the words of the rule, and not by the same sums: ticket by ticket."""
    entries = entries_of(wanted)

    def lowest(entry: Entry) -> str:
        further = [f"\n{ticket}" for ticket in range(2, entry.tickets + 1)]
        return min(sha256(f"{value}\n{entry.receipt}{ticket}".encode()).hexdigest() for ticket in ["", *further])

    assert in_turn(value, entries) == sorted(entries, key=lowest)


def test_the_seal_is_the_hash_of_the_lines_that_are_published_as_the_rule() -> None:
    entries = [Entry("R2", 1, (NOON,), 2), Entry("R1", 3, (NOON, MORNING))]
    lines = ["tourbook-draw-1", "may", "0520-10 4", "0520-12 3", "R1 3 0520-12,0520-10 1", "R2 1 0520-12 2"]

    sealed = seal("may", {NOON: 3, MORNING: 4}, entries)

    assert sealed == sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def test_what_is_published_is_the_round_with_its_entries_in_the_order_of_receipts_and_what_came_of_them() -> None:
    entries = [Entry("R2", 1, (NOON,)), Entry("R1", 3, (MORNING,))]
    there = {MORNING: 4, NOON: 3}

    published = publish("may", VALUE, there, entries)

    assert (published.round, published.value, published.places, published.sealed_at) == ("may", VALUE, there, None)
    assert published.entries == tuple(entries[::-1])
    assert published.drawn == tuple(draw(VALUE, there, entries))
    assert published.seal == seal("may", there, entries)


# -- what was published can be checked -------------------------------------------------------------------------------

ROUND = publish("may", VALUE, {MORNING: 4, NOON: 3}, entries_of([(2, (MORNING, NOON), 1)] * 4))


def without_the_last_of_the_reserve(published: Published) -> Published:
    *others, last = published.drawn
    assert last.departure is None
    entries = tuple(entry for entry in published.entries if entry.receipt != last.receipt)
    return replace(published, entries=entries, drawn=tuple(others))


def with_a_winner_of_ours(published: Published) -> Published:
    first, *others = published.drawn
    return replace(published, drawn=(*others, first))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda one: one, []),
        (without_the_last_of_the_reserve, ["seal"]),
        (with_a_winner_of_ours, ["result"]),
        (lambda one: replace(one, value="1,2,3,4,5,6"), ["result"]),
        (lambda one: replace(one, places={MORNING: 40, NOON: 3}), ["seal", "result"]),
        (lambda one: replace(one, places={MORNING: 4}), ["choices"]),
        (lambda one: replace(one, entries=(*one.entries, one.entries[0])), ["twice"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", -4, (NOON,)))), ["numbers"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", 2, (NOON,), 0))), ["numbers"]),
        (lambda one: replace(one, places={MORNING: -1, NOON: 3}), ["numbers"]),
        (lambda one: replace(one, places={MORNING: 2**53, NOON: 3}), ["numbers"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", 2**53, (NOON,)))), ["numbers"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", 2, (NOON,), 2**53))), ["numbers"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", 0, (NOON,)))), ["numbers"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", 2, (NOON,), MOST_TICKETS + 1))), ["numbers"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", 2, ()))), ["choices"]),
        (lambda one: replace(one, entries=(*one.entries, Entry("R9", 2, (NOON, NOON)))), ["choices"]),
        (lambda one: replace(one, entries=(Entry("R1 2", 3, (NOON,)),)), ["spelling"]),
        (lambda one: replace(one, round="may june"), ["spelling"]),
        (lambda one: replace(one, places={MORNING: 4, NOON: 3, "0520 18": 2}), ["spelling"]),
    ],
)
def test_what_was_changed_is_found(spoil: object, found: list[str]) -> None:
    assert faults(spoil(ROUND)) == found


@pytest.mark.parametrize(
    ("there", "entry"),
    [
        ({MORNING: 0}, Entry("R1", 1, (MORNING,))),
        ({MORNING: LARGEST}, Entry("R1", 1, (MORNING,))),
        ({MORNING: 4}, Entry("R1", LARGEST, (MORNING,))),
        ({MORNING: 4}, Entry("R1", 1, (MORNING,), MOST_TICKETS)),
    ],
)
def test_the_smallest_and_the_largest_that_everybody_can_count_hold(there: dict[str, int], entry: Entry) -> None:
    assert faults(publish("may", VALUE, there, [entry])) == []


@pytest.mark.parametrize("changed", [{"seats": 3}, {"choices": (NOON, MORNING)}, {"tickets": 2}, {"receipt": "R9"}])
def test_the_seal_holds_all_of_an_entry(changed: dict[str, object]) -> None:
    entry = Entry("R1", 2, (MORNING, NOON))
    there = {MORNING: 4, NOON: 3}

    assert seal("may", there, [entry]) != seal("may", there, [entry._replace(**changed)])
