"""No-show rates as a page and as a file; operators see those of their own organisation, administrators all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import make_response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from tourbook.courses import course_by_id
from tourbook.db import db, snapshot
from tourbook.kst import civil_day
from tourbook.rosters import LEADS, Rate, look_back, rate_of, rates_by
from tourbook.web import present
from tourbook.web.access import current_actor, request_time
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.csv_files import asked_of, csv_answer
from tourbook.web.forms import Day, Form
from tourbook.web.weekdays import DAYS

A_YEAR = timedelta(days=365)


class PeriodForm(Form):
    """Which days' departures to look back at; without any, the last 365 days."""

    first = Day(lazy_gettext("First day"))
    last = Day(lazy_gettext("Last day"))

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day."""
        last = self.last.day or today
        return self.first.day or last - A_YEAR, last


@dataclass(frozen=True)
class RateRow:
    """One class of parties in words and figures; the numbers are percentages from 0 to 100."""

    label: str
    rate: Rate

    @property
    def share(self) -> float:
        """How many of a hundred did not come."""
        return round(100 * self.rate.share, 1)

    @property
    def low(self) -> float:
        """From where the interval goes."""
        return round(100 * self.rate.low, 1)

    @property
    def high(self) -> float:
        """To where it goes."""
        return round(100 * self.rate.high, 1)


@dataclass(frozen=True)
class RateTable:
    """The rates of all classes of one kind."""

    way: str
    title: str
    rows: list[RateRow]


@dataclass(frozen=True)
class _Seen:
    whole: RateRow
    tables: list[RateTable]
    unmarked: int
    first: date
    last: date


def rates_page(template: str) -> Response:
    """The page, in the layout of the template."""
    form = PeriodForm(request.args)
    valid = form.validate()
    seen = _look(form)
    form.first.data, form.last.data = (given.data or day.isoformat() for given, day in _given(form, seen))
    page = render_template(template, form=form, seen=seen, page_errors=not valid, asked=asked_of(form, request.args))
    return make_response(page, 200 if valid else 422)


def rates_csv() -> Response:
    """The same figures as a file that spreadsheets open; its texts are never formulas."""
    seen = _look(PeriodForm(request.args))
    return csv_answer(_lines(seen), f"no-shows-{seen.first:%Y%m%d}-{seen.last:%Y%m%d}.csv")


def _given(form: PeriodForm, seen: _Seen) -> list[tuple[Day, date]]:
    return [(form.first, seen.first), (form.last, seen.last)]


def _look(form: PeriodForm) -> _Seen:
    actor, now = current_actor(), request_time()
    first, last = form.days(civil_day(now))
    with snapshot() as session:
        found = look_back(session, first, last, actor=actor, now=now)
        tables = [
            RateTable(
                way, title, [RateRow(_label(way, which), rate) for which, rate in rates_by(way, found.seen).items()]
            )
            for way, title in _titles()
        ]
    return _Seen(RateRow(_("All together"), rate_of(found.seen)), tables, found.unmarked, first, last)


def _titles() -> list[tuple[str, str]]:
    return [
        ("course", _("By course")),
        ("weekday", _("By weekday")),
        ("size", _("By size of the party")),
        ("lead", _("By days between confirmation and visit")),
    ]


def _label(way: str, which: Any) -> str:
    if way == "course":
        return str(present.in_lang(course_by_id(db.session(), which), "name"))
    if way == "weekday":
        return str(DAYS[which])
    if way == "size":
        return _("party of %(people)s", people=which)
    if which == len(LEADS):
        return _("more than %(days)s days", days=LEADS[-1])
    least = LEADS[which - 1] + 1 if which else 0
    return _("%(least)s to %(most)s days", least=least, most=LEADS[which])


def _lines(seen: _Seen) -> Iterator[list[object]]:
    yield [
        _("Kind"),
        _("Class"),
        _("People"),
        _("Did not come"),
        _("Share in %"),
        _("From (95 %)"),
        _("To (95 %)"),
        _("Parties"),
        _("Enough to act on"),
    ]
    for title, rows in [(seen.whole.label, [seen.whole]), *((table.title, table.rows) for table in seen.tables)]:
        for row in rows:
            rate = row.rate
            figures = [rate.people, rate.missed, row.share, row.low, row.high, rate.parties]
            yield [title, row.label, *figures, _("yes") if rate.says_enough else _("no")]
