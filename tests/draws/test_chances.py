"""Nobody has an advantage in the draw: measured over 10,000 small draws each, with values that are fixed beforehand."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import permutations
from math import erfc, exp, pi, prod, sqrt
from random import Random

import pytest

from tests.draws import tail
from tests.house.sources import REPOSITORY
from tourbook.draws.rules import Drawn, Entry, Places, draw, in_turn, publish

DRAWS = 10_000
WALK = "0520-10"
PARTIES, WINNERS, SEATS = 12, 4, 2
PLACES = {WALK: WINNERS * SEATS}
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

# What chi-square exceeds once in a thousand times, by degrees of freedom: NIST/SEMATECH e-Handbook of Statistical
# Methods, table 1.3.6.7.4. The test below computes them again.
CRITICAL = {11: 31.264, 23: 49.728}


@pytest.mark.parametrize(("freedom", "critical"), CRITICAL.items())
def test_the_critical_values_are_exceeded_once_in_a_thousand_times(freedom: int, critical: float) -> None:
    """Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4 (odd degrees of freedom)."""
    series = sum(critical**term / prod(range(1, 2 * term + 2, 2)) for term in range((freedom - 1) // 2))
    exceeded = erfc(sqrt(critical / 2)) + sqrt(2 * critical / pi) * exp(-critical / 2) * series

    assert exceeded == pytest.approx(0.001, rel=1e-3)


def chi_square_of_orders(came: Counter[tuple[str, ...]], orders: int) -> float:
    expected = came.total() / orders
    return sum((times - expected) ** 2 / expected for times in came.values()) + (orders - len(came)) * expected


def chi_square_of_wins(won: Iterable[int]) -> float:
    """Over how often each of the twelve won. Four win each time, so their wins hang together, which takes a twelfth."""
    share = WINNERS / PARTIES
    spread = DRAWS * share * (1 - share)
    return sum((times - DRAWS * share) ** 2 for times in won) / spread * (PARTIES - 1) / PARTIES


Parties = Callable[[int], list[Entry]]
Order = Callable[[list[Entry]], list[str]]
Drawing = Callable[[str, Places, list[Entry]], Iterable[Drawn]]


def wins(parties: Parties, place: Order, drawing: Drawing = draw) -> list[int]:
    """How often those in each place won, in so many draws."""
    won: Counter[int] = Counter()
    for number in range(DRAWS):
        entries = parties(number)
        places = {receipt: at for at, receipt in enumerate(place(entries))}
        won.update(places[one.receipt] for one in drawing(f"value {number}", PLACES, entries) if one.departure)
    return [won[at] for at in range(PARTIES)]


def with_running_receipts(_: int) -> list[Entry]:
    """Who comes first has the lowest receipt, each time."""
    return [Entry(f"R{number:03}", SEATS, (WALK,)) for number in range(PARTIES)]


def with_receipts_by_chance(number: int) -> list[Entry]:
    """Receipts that say nothing of who came when, others each time."""
    chance = Random(number)
    return [Entry("".join(chance.choices(LETTERS, k=8)), SEATS, (WALK,)) for _ in range(PARTIES)]


def as_they_came(entries: list[Entry]) -> list[str]:
    return [entry.receipt for entry in entries]


def by_alphabet(entries: list[Entry]) -> list[str]:
    return sorted(as_they_came(entries))


def test_every_order_is_as_likely_as_any_other() -> None:
    entries = with_running_receipts(0)[:4]
    orders = list(permutations(as_they_came(entries)))

    came = Counter(tuple(as_they_came(in_turn(f"value {number}", entries))) for number in range(DRAWS))

    assert set(came) == set(orders)
    assert chi_square_of_orders(came, len(orders)) < CRITICAL[len(orders) - 1]


def test_every_receipt_has_the_same_chance_of_places() -> None:
    assert chi_square_of_wins(wins(with_running_receipts, as_they_came)) < CRITICAL[PARTIES - 1]


def test_who_comes_early_has_no_better_chance_than_who_comes_late() -> None:
    assert chi_square_of_wins(wins(with_receipts_by_chance, as_they_came)) < CRITICAL[PARTIES - 1]


def test_a_receipt_that_stands_early_in_the_alphabet_is_no_better_than_one_that_stands_late() -> None:
    assert chi_square_of_wins(wins(with_receipts_by_chance, by_alphabet)) < CRITICAL[PARTIES - 1]


def test_the_order_in_which_the_entries_come_changes_nothing() -> None:
    for number in range(DRAWS // 50):
        entries = with_receipts_by_chance(number)
        mixed = Random(number).sample(entries, len(entries))

        assert mixed != entries
        assert publish("may", f"value {number}", PLACES, mixed) == publish("may", f"value {number}", PLACES, entries)


def test_the_measure_sees_an_advantage_in_one_of_fifty_draws() -> None:
    def rigged(value: str, places: Places, entries: list[Entry]) -> Iterable[Drawn]:
        if int(value.split()[1]) % 50:
            return draw(value, places, entries)
        return [Drawn(receipt, WALK) for receipt in as_they_came(entries)[:WINNERS]]

    favoured = wins(with_receipts_by_chance, as_they_came, rigged)

    assert chi_square_of_wins(favoured) > CRITICAL[PARTIES - 1]


# -- the first turn --------------------------------------------------------------------------------------------------

CHI_SQUARE_OF_9 = 27.88  # p = 0.001


def first_of(entries: list[Entry]) -> Counter[str]:
    """Who has the first turn, how often, in so many draws with values that were fixed beforehand."""
    return Counter(in_turn(f"value {number}", entries)[0].receipt for number in range(DRAWS))


def test_each_entry_has_the_same_chance_whenever_it_came() -> None:
    entries = [Entry(f"R{number}", 2, (WALK,)) for number in range(10)]

    won = first_of(entries)

    expected = DRAWS / len(entries)
    assert sum((won[entry.receipt] - expected) ** 2 / expected for entry in entries) < CHI_SQUARE_OF_9


def test_two_tickets_have_twice_the_chance_of_one() -> None:
    entries = [Entry("often", 2, (WALK,), tickets=2), *(Entry(f"R{number}", 2, (WALK,)) for number in range(8))]

    won = first_of(entries)["often"]

    assert abs(won - DRAWS * 2 / 10) < 4 * (DRAWS * 0.2 * 0.8) ** 0.5


# -- the tail --------------------------------------------------------------------------------------------------------


def test_the_chance_by_size_that_is_published_is_the_one_that_comes_of_the_rules() -> None:
    published = (REPOSITORY / "docs" / "draw.md").read_text(encoding="utf-8")

    assert "\n".join(tail.table()) in published
    assert tail.picture() == tail.PICTURE.read_text(encoding="utf-8")


@pytest.mark.parametrize("demand", tail.DEMANDS)
def test_a_smaller_party_has_the_better_chance_since_the_last_places_go_to_whoever_fits(demand: int) -> None:
    measured = tail.measured(demand)

    chances = [measured.chances[size] for size in tail.SIZES]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > measured.even > chances[-1]
    assert sum(entry.seats for entry in tail.parties(demand)) == demand * tail.PLACES
