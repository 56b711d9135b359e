"""What is unusual about a reading: many in an hour, at night, away from one's own departures."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tourbook.kst import civil_day, in_seoul, parse_moment
from tourbook.privacy.rules import AN_HOUR, DAYS_AFTER, DAYS_BEFORE, MANY, OneReading, unusual

NOON = parse_moment("2026-05-20T12:00")
PAJU = UUID(int=1)


def reading(at: object, people: int = 1, *, reader: str = "operator:1", of: UUID | None = None) -> OneReading:
    moment = parse_moment(f"2026-05-20T{at}") if isinstance(at, str) else at
    return OneReading(moment, reader, of, None, "roster_read", "gate", people)  # type: ignore[arg-type]  # a moment


def why(readings: Sequence[OneReading], days: Sequence[date] = ()) -> list[tuple[str, ...]]:
    found = {id(one): reasons for one, reasons in unusual(readings, {PAJU: days})}
    return [found.get(id(one), ()) for one in readings]


def test_whoever_passes_200_people_within_an_hour_is_asked_about() -> None:
    assert why([reading("12:00", 200), reading("12:59:59", 1)]) == [(), ("many",)]
    assert why([reading("12:00", 200), reading("13:00", 1)]) == [(), ()]
    assert why([reading("12:00", 200), reading("12:30", 200, reader="operator:2")]) == [(), ()]


def test_the_night_begins_at_22_and_ends_at_6_and_is_of_people_alone() -> None:
    readings = [reading(at) for at in ("05:59", "06:00", "21:59", "22:00")]
    assert why(readings) == [("night",), (), (), ("night",)]
    assert why([reading("23:00", reader="command")]) == [()]


def test_an_organisation_reads_near_its_own_departures() -> None:
    day = civil_day(NOON)
    near = (day - timedelta(days=DAYS_BEFORE), day + timedelta(days=DAYS_AFTER))
    far = (day - timedelta(days=DAYS_BEFORE + 1), day + timedelta(days=DAYS_AFTER + 1))

    assert [why([reading("12:00", of=PAJU)], [one]) for one in near] == [[()], [()]]
    assert why([reading("12:00", of=PAJU)], far) == [("away",)]
    assert why([reading("12:00", of=UUID(int=2))], near) == [("away",)]
    assert why([reading("12:00")], ()) == [()]


@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 150), st.sampled_from("ab")), max_size=30))
def test_the_hours_are_the_same_as_counted_by_hand(told: list[tuple[int, int, str]]) -> None:
    readings = [
        OneReading(NOON + timedelta(seconds=after), f"operator:{who}", None, None, "roster_read", "", people)
        for after, people, who in sorted(told)
    ]

    found = ["many" in one for one in why(readings)]
    by_hand = [
        sum(o.people for o in readings[: place + 1] if o.reader == one.reader and o.at > one.at - AN_HOUR) > MANY
        for place, one in enumerate(readings)
    ]
    assert found == by_hand
    assert all(("night" in one) == (in_seoul(r.at).hour in {22, 23, 0, 1, 2, 3, 4, 5})
               for one, r in zip(why(readings), readings, strict=True))  # fmt: skip
