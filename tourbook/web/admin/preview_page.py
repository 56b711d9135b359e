"""What the preview page prints: figures first, then a line for each course, then every departure and party.

Parties are named by their references; no names of people stand here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext

from tourbook.applications.decided import Limit, Move
from tourbook.operations import HeldDraw, Preview, Proposal, Reach, Stage, Touched
from tourbook.web import present
from tourbook.web.admin.preview_departures import by_what_changes, departures_in_words

DISPLACING = ("displace", "displace_large", "release_volunteer")
SHRINKING = ("ask_to_shrink", "ask_anew")
COUNTED = (*DISPLACING, "ask_volunteers", *SHRINKING, "offer", "revoke")
TOLD_BESIDES = ("set_aside", "take_back", "restore", "keep_volunteer", "end_question", "end_wait", "lapse")
"""What a party is written to about without a figure of its own."""
KINDS = COUNTED + TOLD_BESIDES
MOST_ROWS = 200

Row = list[str]


@dataclass(frozen=True)
class Figure:
    """One number with what it counts; `colour` where it should not be overlooked."""

    value: str
    label: str
    note: str | None = None
    colour: str | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of a table, as many as a page can hold; `count` of them there are."""

    shown: list[Row]
    count: int

    @property
    def more(self) -> int:
        """How many are left out."""
        return self.count - len(self.shown)


@dataclass(frozen=True)
class StageView:
    """One moment: its figures, and its courses, departures, parties and draws as rows of tables. A party to
    which more than one thing happens has a row for each; `named` counts it once.
    """

    moment: datetime
    figures: list[Figure]
    courses: list[Row]
    departures: Rows
    parties: Rows
    named: int
    held: list[Row]
    drawn: list[Row]


@dataclass(frozen=True)
class PreviewPage:
    """The whole preview in the reader's language; `button` is what the button that applies it says."""

    summary: str
    button: str
    now: StageView
    later: list[StageView]
    notes: list[str]


def preview_page(proposal: Proposal, shown: Preview, warnings: list[str]) -> PreviewPage:
    """Prepare a preview for its template; `warnings` are what is odd about the entry itself."""
    return PreviewPage(
        summary=present.said(proposal.summary),
        button=_button(shown),
        now=_stage(shown.now, shown.reaches[0]),
        later=[
            _stage(stage, reach)
            for stage, reach in zip(shown.stages[1:], shown.reaches[1:], strict=True)
            if stage.touched or reach.held or reach.told or reach.drawn
        ],
        notes=warnings + [present.said(note) for note in shown.notes],
    )


def _button(shown: Preview) -> str:
    """Apply, and what that does, now and later, with its numbers."""
    pairs = list(zip(shown.stages, shown.reaches, strict=True))
    later = [pair for pair in pairs[1:] if _deeds([pair[0]]) or pair[1].held or pair[1].told]
    deeds = _deeds([shown.now]) + _holds(shown.reaches[:1])
    deeds = deeds or ([] if later else [_displaced_and_offered([shown.now])])
    if later:
        then = _deeds([stage for stage, _reach in later]) + _holds([reach for _stage, reach in later])
        words = {"moment": present.instant(later[0][0].moment), "deeds": ", ".join(then)}
        deeds.append(_("from %(moment)s: %(deeds)s", **words))
    applied: str = _("Apply: %(deeds)s", deeds="; ".join(deeds))
    return applied


def _deeds(stages: Sequence[Stage]) -> list[str]:
    """What these moments do to parties, all together; nothing where they leave everybody alone."""
    moves, otherwise = [move for stage in stages for move in stage.moves], _would_go(stages)
    deeds = []
    if any(move.kind in (*DISPLACING, "offer") for move in moves):
        deeds.append(_displaced_and_offered(stages))
    if otherwise:
        deeds.append(_give_way(otherwise))
    if shrinking := _parties(moves, SHRINKING):
        deeds.append(_("%(parties)s asked to shrink", parties=shrinking))
    return deeds


def _holds(reaches: Sequence[Reach]) -> list[str]:
    """How many people wait in draws that are put on hold, and how many parties of other draws are told of departures
    that are stopped; nothing where none is.
    """
    held = [one for reach in reaches for one in reach.held]
    told = sum(one.parties for reach in reaches for one in reach.told)
    deeds = [_("%(people)s in a draw put on hold", people=_people(sum(one.people for one in held)))] if held else []
    return deeds + ([ngettext("%(num)s party in a draw told", "%(num)s parties in a draw told", told)] if told else [])


def _displaced_and_offered(stages: Sequence[Stage]) -> str:
    words: str = _(
        "%(people)s displaced, %(offers)s",
        people=_people(sum(stage.people(kind) for stage in stages for kind in DISPLACING)),
        offers=ngettext("%(num)s offer", "%(num)s offers", sum(len(stage.parties("offer")) for stage in stages)),
    )
    return words


def _give_way(otherwise: Sequence[Move]) -> str:
    """How many people have to go, by the first of the moments until which volunteers are asked."""
    until = min(move.until for move in otherwise if move.until)
    words: str = ngettext(
        "%(num)s person must give way by %(moment)s",
        "%(num)s people must give way by %(moment)s",
        sum(move.party.seats for move in otherwise),
        moment=present.deadline(until),
    )
    return words


def _would_go(stages: Sequence[Stage]) -> list[Move]:
    return [move for stage in stages for move in stage.otherwise]


def _stage(stage: Stage, reach: Reach) -> StageView:
    named = [(touched, move) for touched in stage.touched for move in _told_by_name(touched)]
    return StageView(
        moment=stage.moment,
        figures=_figures(stage) + _reach_figures(reach),
        held=[_held(one) for one in reach.held],
        drawn=[_held(one) for one in reach.drawn],
        courses=_courses(stage.touched),
        departures=_rows([_departure(touched) for touched in stage.touched]),
        parties=_rows([_party(touched, move) for touched, move in named]),
        named=len({move.party.id for _, move in named}),
    )


def _told_by_name(touched: Touched) -> list[Move]:
    """Who would go if nobody gave way comes first: so it is not lost among all who are asked."""
    return touched.otherwise + [move for move in touched.moves if move.kind in KINDS]


def _rows(rows: list[Row]) -> Rows:
    return Rows(rows[:MOST_ROWS], len(rows))


def _figures(stage: Stage) -> list[Figure]:
    """Who is moved comes first and always; of the rest, what is not zero."""
    displaced = sum(map(stage.people, DISPLACING))
    volunteers = stage.parties("ask_volunteers")
    shrinking = [move for kind in SHRINKING for move in stage.parties(kind)]
    offers = stage.parties("offer")
    resized, limited, same = by_what_changes(stage.touched)
    always = [
        Figure(
            str(displaced), _("people displaced"), _parties(stage.moves, DISPLACING), "danger" if displaced else None
        ),
        Figure(str(len(resized)), _("departures change size"), _seats(stage)),
    ]
    others = [
        Figure(str(len(limited)), _("departures change their party limit alone")),
        Figure(str(len(same)), _("departures keep their size, only parties change")),
        Figure(str(len(volunteers)), _("parties asked to give way"), None, "warning"),
        _figure_of_giving_way(stage),
        Figure(str(len(shrinking)), _("parties asked to shrink"), None, "warning"),
        Figure(str(len(offers)), _("offers made"), _people(stage.people("offer")), "success"),
        Figure(str(stage.unnamed), _("places of groups without a name lost"), None, "warning"),
        _figure_of_typing(stage),
        Figure(str(len(stage.parties("revoke"))), _("offers taken back"), _people(stage.people("revoke")), "warning"),
        Figure(str(stage.notices.total()), _("notices written"), _told_besides(stage)),
    ]
    return always + [figure for figure in others if figure.value != "0"]


def _figure_of_typing(stage: Stage) -> Figure:
    """Whoever is typing reads at the next step why the places are gone; no notice is written."""
    let_go, people = stage.parties("release"), _people(stage.people("release"))
    return Figure(str(len(let_go)), _("parties that are typing lose their places"), people, "warning")


def _reach_figures(reach: Reach) -> list[Figure]:
    """What there is to do for people beside it, where there is something."""
    people = sum(one.people for one in reach.held)
    figures = [
        Figure(str(reach.offered), _("displaced parties with another offer at once"), None, "success"),
        Figure(str(reach.unreached), _("displaced parties without a contact"), _("to be called"), "danger"),
        Figure(str(reach.fees), _("fees to return"), present.won(reach.fees_krw), "warning"),
        Figure(str(len(reach.held)), _("draws put on hold"), _people(people), "warning"),
        Figure(str(reach.entrants_told), _("parties that entered a draw are written to"), _draws(reach), "warning"),
    ]
    return [figure for figure in figures if figure.value != "0"]


def _draws(reach: Reach) -> str:
    draws = [(one.code, one.parties) for one in reach.held] + [(one.code, one.parties) for one in reach.told]
    return ", ".join(f"{code}: {parties}" for code, parties in draws)


def _held(one: HeldDraw) -> Row:
    return [one.code, present.said(one.course), str(one.parties), str(one.people)]


def _told_besides(stage: Stage) -> str | None:
    """Whom notices go to beyond those whom the figures count."""
    words, counted = _words(), Counter(move.kind for move in stage.moves if move.kind in TOLD_BESIDES)
    return ", ".join(f"{words[kind]}: {_parties(stage.moves, (kind,))}" for kind in counted) or None


def _figure_of_giving_way(stage: Stage) -> Figure:
    """Who goes if nobody gives way, and when that is decided."""
    note = ", ".join(filter(None, (_parties(stage.otherwise, ("would_go",)), *_decided(stage.otherwise))))
    people = sum(move.party.seats for move in stage.otherwise)
    return Figure(str(people), _("people displaced if nobody gives way"), note or None, "warning")


def _decided(otherwise: Sequence[Move]) -> list[str]:
    """The moments at which that is decided, each once."""
    moments = sorted({move.until for move in otherwise if move.until})
    return [_("decided on %(moment)s", moment=present.instant(moment)) for moment in moments]


def _courses(touched: Sequence[Touched]) -> list[Row]:
    """A line for each course: its departures and days, how its size changes, and whom that moves."""
    in_order = sorted(touched, key=lambda one: present.said(one.course))
    return [_course(name, list(group)) for name, group in groupby(in_order, key=lambda one: present.said(one.course))]


def _course(name: str, touched: list[Touched]) -> Row:
    moves = [move for one in touched for move in one.moves]
    return [
        name,
        "; ".join(departures_in_words(touched)),
        _changes((str(one.before.capacity), str(one.after.capacity)) for one in touched),
        _changes(_party_limits(one) for one in touched),
        _parties_and_people(moves, DISPLACING),
        _parties_and_people(moves, SHRINKING),
        _parties_and_people(moves, ("offer",)),
    ]


def _departure(touched: Touched) -> Row:
    counted = [_parties_and_people(touched.moves, kinds) for kinds in (DISPLACING, SHRINKING, ("offer",))]
    return [
        present.instant(touched.starts_at),
        present.said(touched.course),
        _change(str(touched.before.capacity), str(touched.after.capacity)),
        _change(*_party_limits(touched)),
        *counted,
    ]


def _party(touched: Touched, move: Move) -> Row:
    return [
        move.party.reference,
        present.said(touched.course),
        present.instant(touched.starts_at),
        str(move.party.seats),
        _words()[move.kind],
        present.instant(move.until) if move.until else "–",
    ]


def _words() -> dict[str, str]:
    """What happens to a party, by the kind of its move."""
    return {
        "displace": _("displaced"),
        "release_volunteer": _("displaced, as it volunteered"),
        "ask_volunteers": _("asked to give way"),
        "would_go": _("displaced if nobody gives way"),
        "displace_large": _("displaced: did not shrink in time"),
        "ask_to_shrink": _("asked to shrink"),
        "ask_anew": _("told of another party limit"),
        "offer": _("offered seats"),
        "revoke": _("offer taken back"),
        "set_aside": _("set aside until it takes a party of that size again"),
        "take_back": _("in the queue again"),
        "restore": _("may stay as it is"),
        "keep_volunteer": _("keeps its places, though it volunteered"),
        "end_question": _("keeps its places: nobody is asked to give way any more"),
        "end_wait": _("its wait ends"),
        "lapse": _("its offer has run out"),
    }


def _seats(stage: Stage) -> str | None:
    closed = ngettext("%(num)s seat closed", "%(num)s seats closed", stage.seats_closed)
    opened = ngettext("%(num)s seat opened", "%(num)s seats opened", stage.seats_opened)
    told = [words for words, count in ((closed, stage.seats_closed), (opened, stage.seats_opened)) if count]
    return ", ".join(told) or None


def _parties(moves: Iterable[Move], kinds: Sequence[str]) -> str | None:
    count = sum(move.kind in kinds for move in moves)
    return str(ngettext("%(num)s party", "%(num)s parties", count)) if count else None


def _people(count: int) -> str:
    return str(ngettext("%(num)s person", "%(num)s people", count))


def _parties_and_people(moves: Sequence[Move], kinds: Sequence[str]) -> str:
    parties = _parties(moves, kinds)
    return f"{parties}, {_people(sum(move.party.seats for move in moves if move.kind in kinds))}" if parties else "–"


def _party_limits(touched: Touched) -> tuple[str, str]:
    """Before and after; while a departure is closed, its party limit counts for nobody."""
    if touched.after.capacity == 0:
        return "–", "–"
    after = _party_max(touched.after)
    return (_party_max(touched.before) if touched.before.capacity else after, after)


def _party_max(limit: Limit) -> str:
    return _("no limit") if limit.party_max is None else str(limit.party_max)


def _change(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _changes(pairs: Iterable[tuple[str, str]]) -> str:
    """What changes, each once; what stays as it is only where nothing changes."""
    different = dict.fromkeys(pairs)
    changing = [pair for pair in different if pair[0] != pair[1]]
    return ", ".join(_change(*pair) for pair in changing or different)
