"""What a replay came to, in words, plots and tables: as it was, and beside it what would have been otherwise."""

from collections.abc import Mapping

from tourbook.reports import Alternative, Replay, Replayed
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.fairness import Figure, percent
from tourbook.web.plots import Line, plot


def replayed_figures(played: Replay, policies: Mapping[str, object], orders: Mapping[str, str]) -> list[Figure]:
    """How full, whom it moved, and how long people waited, each for all that was played."""
    named = [(_name(one.alternative, policies, orders), one) for one in played.played]
    return [_fill(named), _lost(named), _waits(named)]


def _name(alternative: Alternative, policies: Mapping[str, object], orders: Mapping[str, str]) -> str:
    if alternative.policy:
        return str(policies[alternative.policy.value])
    changed = alternative.order
    if changed is None:
        return _("As it was")
    words = {
        "never": _("Without the order %(order)s", order=orders[str(changed.entry)]),
        "until": _("The order %(order)s until %(day)s", order=orders[str(changed.entry)], day=_day(alternative)),
        "announced": _(
            "The order %(order)s announced on %(day)s", order=orders[str(changed.entry)], day=_day(alternative)
        ),
    }
    return words[changed.what]


def _day(alternative: Alternative) -> str:
    return present.day(alternative.order.day) if alternative.order and alternative.order.day else "–"


Named = list[tuple[str, Replayed]]


def _fill(named: Named) -> Figure:
    head = [_("What was played"), _("Places"), _("People with places"), _("Filled")]
    rows = [[name, present.number(one.places), present.number(one.seated), percent(one.fill)] for name, one in named]
    lines = [Line(name, percent(one.fill), one.fill) for name, one in named]
    return Figure("fill", _("How full"), plot(_("How much of the places is filled"), lines, largest=1.0), head, rows)


def _lost(named: Named) -> Figure:
    head = [_("What was played"), _("Parties that lost places"), _("People in them"), _("Asked to become smaller")]
    rows = [_row(name, one, "parties_lost", "people_lost", "asked_to_shrink") for name, one in named]
    lines = [Line(name, _people(one.people_lost), one.people_lost, kind="over") for name, one in named]
    return Figure("lost", _("Whom changes moved"), plot(_("People who lost places"), lines), head, rows)


def _waits(named: Named) -> Figure:
    head = [
        _("What was played"),
        _("Got places after waiting"),
        _("Half of them waited at most"),
        _("Still waiting"),
        _("Could not apply"),
    ]
    rows = [
        [name, present.number(one.promoted), _days(one), *_row(name, one, "waiting", "turned_away")[1:]]
        for name, one in named
    ]
    lines = [Line(name, _days(one), one.median_wait) for name, one in named]
    return Figure("waits", _("How long people waited"), plot(_("Half of them waited at most"), lines), head, rows)


def _row(name: str, one: Replayed, *figures: str) -> list[str]:
    return [name, *(present.number(getattr(one, figure)) for figure in figures)]


def _people(count: int) -> str:
    return ngettext("%(num)s person", "%(num)s people", count)


def _days(one: Replayed) -> str:
    if one.median_wait is None:
        return "–"
    return _("%(days)s days", days=present.number(round(one.median_wait, 1)))
