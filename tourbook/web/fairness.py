"""The fairness report in words, plots and tables, for administrators and, without small figures, for everybody."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tourbook.courses import courses, regions
from tourbook.db import db
from tourbook.reports import (
    FEWEST_SHOWN,
    FIGURES,
    MOST_ATTEMPTS,
    MOST_SEATS,
    WAITED_UP_TO,
    Chance,
    Fairness,
    Given,
    MovedRow,
    Waiting,
)
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.plots import Line, Plot, plot


@dataclass(frozen=True)
class Figure:
    """One figure: its mark, its title, the plot, and the table with the same numbers."""

    mark: str
    title: str
    plot: Plot
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Section:
    """Figures that belong together, under a heading and a sentence."""

    mark: str
    title: str
    lead: str
    figures: list[Figure]


def sections(report: Fairness) -> list[Section]:
    """The whole report, in the language of the page."""
    names = _Names()
    found = [_chances(given, report, names) for given in report.chances]
    return [*found, _moved(report), _waited(report)]


class _Names:
    """What classes are called; read once for a page."""

    def __init__(self) -> None:
        session = db.session()
        self._courses = {course.id: str(present.in_lang(course, "name")) for course in courses(session)}
        self._regions = {region.code: str(present.in_lang(region, "name")) for region in regions(session)}

    def of(self, way: str, which: Hashable) -> str:
        """The name of one class."""
        known: dict[str, Mapping[Any, str]] = {
            "course": self._courses,
            "region": self._regions,
            "channel": {"web": _("on the web"), "telephone": _("by telephone")},
            "size": {MOST_SEATS: _("party of %(people)s or more", people=MOST_SEATS)},
            "attempt": {MOST_ATTEMPTS: _("attempt %(number)s or later", number=MOST_ATTEMPTS)},
        }
        return known[way].get(which) or _counted(way, which)


def _counted(way: str, which: Hashable) -> str:
    if way == "size":
        return _("party of %(people)s", people=which)
    return _("attempt %(number)s", number=which)


def _titles() -> dict[str, str]:
    return {
        "size": _("By size of the party"),
        "course": _("By course"),
        "region": _("By municipality of the course"),
        "channel": _("By way of applying"),
        "attempt": _("By how often the first person of the party has asked"),
    }


def _chances(given: Given, report: Fairness, names: _Names) -> Section:
    marks_and_titles = {
        Given.IN_TURN: ("chances-in_turn", _("First come, first served")),
        Given.BY_DRAW: ("chances-by_draw", _("Draws")),
    }
    whole = report.whole[given]
    return Section(
        *marks_and_titles[given],
        _said_as_a_whole(given, whole),
        [_by_way(given, way, classes, names) for way, classes in report.chances[given].items()],
    )


def _said_as_a_whole(given: Given, whole: Chance) -> str:
    if whole.hidden:
        return _(
            "How many parties asked for places in this way is not shown: fewer than %(fewest)s did, or it would give "
            "away a figure of so few.",
            fewest=FEWEST_SHOWN,
        )
    figures = {
        "got": present.number(whole.got),
        "decided": present.number(whole.decided),
        "share": percent(whole.share) if whole.decided else "–",
        "open": present.number(whole.open),
    }
    if given is Given.BY_DRAW:
        return _(
            "%(got)s of %(decided)s parties that draws have decided on got places, %(share)s. Of those without, "
            "%(reserve)s are in reserve and may still get some. %(open)s more stand in draws that are still to come.",
            reserve=present.number(whole.in_reserve),
            **figures,
        )
    return _("%(got)s of %(decided)s parties got places, %(share)s; of %(open)s it is still open.", **figures)


def _by_way(given: Given, way: str, classes: Mapping[Hashable, Chance], names: _Names) -> Figure:
    title = _titles()[way]
    named = [(names.of(way, which), chance) for which, chance in classes.items()]
    lines = [_line_of(name, chance) for name, chance in named]
    by_draw = given is Given.BY_DRAW
    head = [title, _("Asked"), _("Parties with places"), *([_("In reserve")] if by_draw else []), _("Still open")]
    head += [_("Chance"), _("Interval (95 %)")]
    drawn = plot(_("Chance of getting places. %(way)s", way=title), lines, largest=1.0)
    rows = [[name, *_cells_of(one, with_reserve=by_draw)] for name, one in named]
    return Figure(f"{given.value}-{way}", title, drawn, head, rows)


def _line_of(name: str, chance: Chance) -> Line:
    if chance.hidden or not chance.decided:
        return Line(name, _hidden() if chance.hidden else "–", None)
    return Line(name, percent(chance.share), chance.share, chance.low, chance.high)


def _cells_of(chance: Chance, *, with_reserve: bool) -> list[str]:
    reserve = [chance.in_reserve] if with_reserve else []
    if chance.hidden:
        return [_hidden(), "–", *("–" for _one in reserve), "–", "–", "–"]
    counts = [present.number(count) for count in (chance.asked, chance.got, *reserve, chance.open)]
    if not chance.decided:
        return [*counts, "–", "–"]
    interval = _("%(low)s to %(high)s", low=percent(chance.low), high=percent(chance.high))
    return [*counts, percent(chance.share), interval]


def percent(share: float) -> str:
    """A share as people write it in their language."""
    return _("%(share)s %%", share=present.number(round(100 * share, 1)))


def _hidden() -> str:
    """Not how few: a figure may be hidden that is larger, as it would give a small one away."""
    return _("not shown")


def _figure_words() -> dict[str, str]:
    return {
        "displaced": _("Parties that lost places"),
        "people": _("People in them"),
        "asked_to_shrink": _("Asked to become smaller"),
        "offered": _("Offered places since"),
        "back": _("Have places again"),
        "waiting": _("Still to be asked"),
    }


def _moved(report: Fairness) -> Section:
    words = _figure_words()
    head = [_("Change"), *(words[name] for name in FIGURES)]
    rows = [[_change_words(row), *(_count(row.figures[name]) for name in FIGURES)] for row in report.moved]
    lines = [_line_of_change(row) for row in report.moved]
    drawn = plot(_("People who lost places, by change, the latest first"), lines)
    figure = Figure("moved", _("By change, the latest first"), drawn, head, rows)
    lead = _("Each change of the rules and each departure that was called off, with what came of those it moved.")
    return Section("moved-by-change", _("Whom changes moved"), lead, [figure] if rows else [])


def _line_of_change(row: MovedRow) -> Line:
    people = row.figures["people"]
    said = _hidden() if people is None else ngettext("%(num)s person", "%(num)s people", people)
    return Line(_change_words(row), said, people, kind="over")


def _change_words(row: MovedRow) -> str:
    what, name = row.what, present.said(row.what.name)
    day = present.day(what.at)
    if what.kind == "call_off":
        return _("%(day)s: departure called off, %(name)s", day=day, name=name)
    return _("%(day)s: %(name)s", day=day, name=name)


def _count(count: int | None) -> str:
    return _hidden() if count is None else present.number(count)


def _waited(report: Fairness) -> Section:
    titles = {
        "on_the_list": _("From joining the waiting list to accepting places"),
        "after_losing": _("From losing places to accepting others"),
    }
    shown = [
        _waiting_figure(what, titles[what], waiting) for what, waiting in report.waiting.items() if waiting.parties
    ]
    lead = _("Only those who got places in the end; whoever still waits is not in these figures.")
    return Section("waited", _("How long people waited"), lead, shown)


def _waiting_figure(what: str, title: str, waiting: Waiting) -> Figure:
    named = list(zip(_day_classes(), waiting.classes, strict=True))
    lines = [Line(name, _count(count), count) for name, count in named]
    rows = [[name, _count(count)] for name, count in named]
    if waiting.median is not None:
        rows.append([_("Half of them waited at most"), _days(waiting.median)])
    return Figure(f"waited-{what}", title, plot(title, lines), [_("Time"), _("Parties")], rows)


def _day_classes() -> Iterator[str]:
    least = 0
    for most in WAITED_UP_TO:
        yield _("more than %(least)s, up to %(most)s days", least=least, most=most) if least else _("up to a day")
        least = most
    yield _("more than %(days)s days", days=least)


def _days(days: float) -> str:
    return _("%(days)s days", days=present.number(round(days, 1)))
