"""A season of Goseong with the no-shows of 2019: `python -m tests.no_shows.season` makes its table and its picture.

In 2019 every departure of Goseong was drawn with twelve people for each place, and 8,219 of 16,880 places were used.
The same days, the same parties and the same no-shows are played without the loop and with it: places are drawn by the
product's own draw, its order is the waiting list, and at the gate the product's own rule calls standby numbers for
the places that its own rule counts. What people would do when they are reminded, and how many would turn up without an
application, nobody has measured: three assumptions stand beside each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from tests.house.sources import REPOSITORY
from tourbook.db import new_id
from tourbook.draws.rules import Entry, draw
from tourbook.rosters.models import StandbyNumber
from tourbook.rosters.numbers import next_turn
from tourbook.rosters.rules import GatePlaces

FIRST_DAY, LAST_DAY = date(2019, 4, 27), date(2019, 8, 3)
CLOSED_WEEKDAY = 0  # Monday
SUSPENDED_FROM = date(2019, 8, 1)  # course A, for the heat
DEPARTURES_A_DAY = 2
DEMAND = 12  # people for each place
SIZES = (1, 2, 3, 4)
SKIP_BOUND = 3
SINGLE = 0.05
"""So many of those whose party comes stay away alone; the rest of all no-shows are whole parties."""
USED_IN_2019, PLACES_IN_2019 = 8_219, 16_880
PICTURE = REPOSITORY / "docs" / "img" / "no-show-season.svg"


@dataclass(frozen=True)
class Course:
    """A course of 2019: its places a departure, and which share of them was used in its first months."""

    name: str
    places: int
    used: float

    @property
    def whole(self) -> float:
        """How likely a whole party stays away, so that the course's share comes out."""
        return (1 - self.used - SINGLE) / (1 - SINGLE)


COURSES = (Course("A", 20, 0.747), Course("B", 80, 0.423))


@dataclass(frozen=True)
class Loop:
    """What people are assumed to do: how many of those who will not come give their places back when reminded, how many
    of those who are offered one accept, how many people turn up at the gate for each twenty places.
    """

    name: str
    give_back: float
    accept: float
    turn_up: int


WITHOUT = Loop("without the loop", 0, 0, 0)
LOOPS = (
    WITHOUT,
    Loop("cautious: 1 in 5 gives back", 0.2, 0.5, 1),
    Loop("middle: 2 in 5 give back", 0.4, 0.6, 2),
    Loop("hopeful: 3 in 5 give back", 0.6, 0.7, 4),
)


@dataclass(frozen=True)
class Party:
    """A party that has places, and how many of it will come."""

    seats: int
    coming: int


@dataclass(frozen=True)
class Played:
    """How many places there were, and by whom they were used."""

    places: int
    booked: int
    offered: int
    standby: int

    @property
    def used(self) -> int:
        """All who went."""
        return self.booked + self.offered + self.standby

    @property
    def share(self) -> float:
        """Of all places."""
        return self.used / self.places

    def __add__(self, other: "Played") -> "Played":
        return Played(
            self.places + other.places,
            self.booked + other.booked,
            self.offered + other.offered,
            self.standby + other.standby,
        )


def departures() -> Iterator[tuple[Course, str]]:
    """Every departure of the season with its name: these days give exactly the 16,880 places of 2019."""
    day = FIRST_DAY
    while day <= LAST_DAY:
        for course in COURSES:
            runs = day.weekday() != CLOSED_WEEKDAY and not (course.name == "A" and day >= SUSPENDED_FROM)
            yield from ((course, f"{course.name} {day} {turn}") for turn in range(DEPARTURES_A_DAY) if runs)
        day += timedelta(days=1)


@cache
def drawn(name: str, places: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes of the parties that drew places of this departure, and of those that wait, in the order of the draw."""
    chance, wanted, entries = Random(f"parties {name}"), places * DEMAND, []
    while wanted > 0:
        entries.append(Entry(f"{len(entries)}", chance.choice(SIZES), (name,)))
        wanted -= entries[-1].seats
    given = list(draw(f"value {name}", {name: places}, entries))
    sizes = {entry.receipt: entry.seats for entry in entries}
    seated = tuple(sizes[one.receipt] for one in given if one.departure)
    return seated, tuple(sizes[one.receipt] for one in given if not one.departure)


def play(course: Course, name: str, loop: Loop) -> Played:
    """One departure: the draw, the reminder, the offers, the gate. The same no-shows whatever the loop."""
    fate, answers = Random(f"fate {name}"), Random(f"answers {name}")
    seated, reserve = drawn(name, course.places)
    booked = [_with_fate(seats, course, fate) for seats in seated]
    kept = [_answered(party, loop, answers) for party in booked]
    free = course.places - sum(party.seats for party in kept)
    offered = [_with_fate(seats, course, answers) for seats in _accepting(reserve, free, loop, answers)]
    present = [*kept, *offered]
    unsold = course.places - sum(party.seats for party in present)
    missing = sum(party.seats - party.coming for party in present)
    standby = _let_in(GatePlaces(unsold, tuple(new_id() for _ in range(missing))), course, loop, answers)
    return Played(course.places, sum(party.coming for party in kept), sum(party.coming for party in offered), standby)


def _with_fate(seats: int, course: Course, chance: Random) -> Party:
    """Whole parties stay away, and single people of those that come."""
    stays = chance.random() < course.whole
    alone = [chance.random() < SINGLE for _ in range(seats)]
    return Party(seats, 0 if stays else alone.count(False))


def _answered(party: Party, loop: Loop, chance: Random) -> Party:
    """What is left of a party after the reminder."""
    gives_back = party.coming < party.seats and chance.random() < loop.give_back
    return Party(party.coming, party.coming) if gives_back else party


def _accepting(reserve: tuple[int, ...], free: int, loop: Loop, chance: Random) -> Iterator[int]:
    """Those of the waiting list, in order, who fit and accept."""
    for seats in reserve:
        if free <= 0 or not loop.accept:
            return
        if seats <= free and chance.random() < loop.accept:
            free -= seats
            yield seats


def _let_in(places: GatePlaces, course: Course, loop: Loop, chance: Random) -> int:
    """How many people with standby numbers are let in: called by the product's rule, seated by its gate's."""
    queue, wanted = [], loop.turn_up * course.places // 20
    while wanted > 0:
        queue.append(StandbyNumber(number=len(queue) + 1, people=min(chance.choice(SIZES), wanted), passed_by=0))
        wanted -= queue[-1].people
    let_in = 0
    while turn := next_turn(queue, places.free - let_in, SKIP_BOUND):
        places.give(let_in + turn.called.people)  # refuses what is beyond the places
        for passed in turn.passes:
            passed.passed_by += 1
        queue.remove(turn.called)
        let_in += turn.called.people
    return let_in


@cache
def season(loop: Loop) -> dict[str, Played]:
    """The whole season, by course and all together."""
    nothing = Played(0, 0, 0, 0)
    found = {course.name: nothing for course in COURSES}
    for course, name in departures():
        found[course.name] += play(course, name, loop)
    return found | {"both": sum(found.values(), nothing)}


def table() -> list[str]:
    """What came of it, as lines of Markdown."""
    return [
        _row("", "places", "used", "by who booked", "by who was offered", "by standby", "A", "B", "used in all"),
        _row("---", *["---:"] * 8),
        *(_line(loop) for loop in LOOPS),
        _row("measured in 2019", f"{PLACES_IN_2019:,}", f"{USED_IN_2019:,}", "", "", "", "74.7%", "42.3%", "48.7%"),
    ]


def _line(loop: Loop) -> str:
    found = season(loop)
    whole = found["both"]
    numbers = (whole.places, whole.used, whole.booked, whole.offered, whole.standby)
    shares = (found["A"].share, found["B"].share, whole.share)
    return _row(loop.name, *(f"{number:,}" for number in numbers), *(f"{share:.1%}" for share in shares))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def picture() -> str:
    """The same as bars: who used the places, beside those that stayed empty."""
    bars = "\n".join(line for place, loop in enumerate(LOOPS) for line in _bar(loop, 20 + place * 58))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 270" role="img" '
        'font-family="sans-serif" font-size="13">\n'
        "<title>Places used in a season of Goseong, without the loop and with it</title>\n"
        f"{bars}\n"
        '<text x="20" y="262" fill="#58616a">dark blue: booked; blue: offered from the waiting list; '
        "light blue: standby; grey: empty</text>\n</svg>\n"
    )


def _bar(loop: Loop, top: int) -> Iterator[str]:
    found, left = season(loop)["both"], 20.0
    yield f'<text x="20" y="{top + 12}">{loop.name}: {found.share:.1%}</text>'
    parts = (found.booked, "#052b57"), (found.offered, "#256ef4"), (found.standby, "#b1cefb")
    for people, colour in (*parts, (found.places - found.used, "#e6e8ea")):
        wide = 600 * people / found.places
        yield f'<rect x="{left:.1f}" y="{top + 20}" width="{wide:.1f}" height="24" fill="{colour}"/>'
        left += wide


def main() -> None:
    """Print the table, and draw the picture."""
    print("\n".join(table()))
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
