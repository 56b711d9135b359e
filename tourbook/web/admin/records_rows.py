"""The rows, the plot and the file of a month of access records, in the language of the page."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from tourbook.accounts import Organisation
from tourbook.db import db
from tourbook.kst import in_seoul
from tourbook.privacy import MonthOfRecords, OneReading, PartyReading
from tourbook.web.admin.trail import people_named
from tourbook.web.admin.trail_words import actor_words
from tourbook.web.plots import Line, Plot, plot
from tourbook.web.present import day, in_lang, instant, number
from tourbook.web.record_words import detail_words, task_words

DRAWN = 10
HEAD = ("at", "reader", "organisation", "task", "purpose", "people", "address", "unusual")
WHY = {
    "many": _("more than 200 people in an hour"),
    "night": _("between 22:00 and 06:00"),
    "away": _("no departure of their own near that day"),
}
Rows = list[list[str]]


def words_of_readers(found: MonthOfRecords | Sequence[str]) -> dict[str, str]:
    """Who they are: their duty and, of staff, the name."""
    labels = list(found.by_reader) if isinstance(found, MonthOfRecords) else list(found)
    people = people_named(labels)
    return {label: actor_words(label, people) for label in labels}


def reader_plot(found: MonthOfRecords) -> Plot | None:
    """How many people the busiest readers have read."""
    if not found.readings:
        return None
    words = words_of_readers(found)
    lines = [Line(words[one], _people(people), people) for one, (_times, people) in _most(found.by_reader)[:DRAWN]]
    return plot(gettext("People read in the month, by reader"), lines)


def reader_rows(found: MonthOfRecords) -> Rows:
    """Who, how often, how many people."""
    words = words_of_readers(found)
    return [[words[one], number(times), number(people)] for one, (times, people) in _most(found.by_reader)]


def task_rows(found: MonthOfRecords) -> Rows:
    """For which task, how often, how many people."""
    return [[task_words(one), number(times), number(people)] for one, (times, people) in _most(found.by_task)]


def day_rows(found: MonthOfRecords) -> Rows:
    """On which day, how often, how many people."""
    sums = sorted(found.by_day.items())
    return [[day(date.fromisoformat(one)), number(times), number(people)] for one, (times, people) in sums]


def unusual_rows(found: MonthOfRecords) -> Rows:
    """What should be asked about, and why, the latest first."""
    words = words_of_readers(found)
    return [
        [instant(one.at), words[one.reader], task_words(one.task, one.purpose), number(one.people), _why(why)]
        for one, why in reversed(found.unusual)
    ]


def reading_rows(readings: Sequence[OneReading], most: int) -> Rows:
    """These readings, as many as are shown."""
    shown = readings[:most]
    words = words_of_readers([one.reader for one in shown])
    return [
        [instant(one.at), words[one.reader], task_words(one.task, one.purpose), number(one.people), one.address or "–"]
        for one in shown
    ]


def party_rows(readings: Iterable[PartyReading]) -> Rows:
    """Who has read a party; of its people the number alone."""
    found = list(readings)
    words = words_of_readers([one.reader for one in found])
    return [
        [
            instant(one.at),
            words[one.reader],
            task_words(one.task, one.purpose),
            gettext("person %(number)s", number=one.person) if one.person else gettext("the party"),
            detail_words(one.details),
        ]
        for one in found
    ]


def reading_lines(found: MonthOfRecords) -> Iterator[Sequence[object]]:
    """The file: a line for each reading, in order of time; readers as the trail names them, without a name."""
    yield HEAD
    why = {id(one): reasons for one, reasons in found.unusual}
    organisations = _organisations(one.organisation_id for one in found.readings if one.organisation_id)
    for one in found.readings:
        told = (one.reader, organisations.get(one.organisation_id, ""), one.task, one.purpose)  # type: ignore[arg-type]  # None is no key
        at = in_seoul(one.at).isoformat(timespec="seconds")
        rest = (one.address or "", " ".join(why.get(id(one), ())))
        yield (at, *told, one.people, *rest)


def _organisations(wanted: Iterable[UUID]) -> dict[UUID, str]:
    rows = db.session.scalars(select(Organisation).where(Organisation.id.in_(set(wanted))))
    return {one.id: str(in_lang(one, "name")) for one in rows}


def _most(sums: dict[str, tuple[int, int]]) -> list[tuple[str, tuple[int, int]]]:
    return sorted(sums.items(), key=lambda one: (-one[1][1], one[0]))


def _people(people: int) -> str:
    return str(ngettext("%(num)s person", "%(num)s people", people))


def _why(reasons: Iterable[str]) -> str:
    return ", ".join(str(WHY[one]) for one in reasons)
