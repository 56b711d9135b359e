"""The way of a course in words: how hard it is on foot, who gets along each leg, how high it goes."""

from dataclasses import dataclass
from typing import Any

from tourbook.courses import Leg, Level, Way, way_of
from tourbook.courses.models import Course
from tourbook.web import present, profiles
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.language import current_language

MOST_ROWS = 40


@dataclass(frozen=True)
class WayFacts:
    """A way in words; what is not known is said to be not known. `on_foot` is how far one walks, where that is known.

    `profile` is a drawing with `heights`, the rows of its table; None where no heights are known.
    """

    way: Way
    level: str
    level_note: str
    on_foot: str
    wheelchair: str
    toilets: str
    legs: list[dict[str, Any]]
    profile: profiles.Drawn | None
    heights: list[list[str]]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What people ask first, as pairs."""
        walking = f"{self.level} ({self.on_foot})" if self.on_foot and self.way.level else self.on_foot or self.level
        return [(_("Walking"), walking), (_("Wheelchair"), self.wheelchair), (_("Toilets"), self.toilets)]

    @property
    def invented(self) -> bool:
        """Are its points made up, to show what a way looks like?"""
        return self.way.invented and bool(self.way.points)

    @property
    def has_gaps(self) -> bool:
        """Is anything not known that people with a wheelchair, with children or with weak knees must know?"""
        return None in {self.way.level, self.way.wheelchair, self.way.toilets}


def way_facts(course: Course) -> WayFacts:
    """Put a course's way into words."""
    way = way_of(course)
    drawn = profiles.drawn(_("Height above the sea along the way"), way.profile) if way.profile else None
    return WayFacts(
        way=way,
        level=level_words(way.level),
        level_note=_level_note(way),
        on_foot=_("%(km)s km on foot", km=present.number(course.walk_km)) if course.walk_km is not None else "",
        wheelchair=wheelchair_words(way.wheelchair),
        toilets=toilet_words(way.toilets),
        legs=[_leg(leg) for leg in way.legs],
        profile=drawn,
        heights=_heights(way),
    )


def level_words(level: Level | None) -> str:
    """A level of walking; not known where nobody said."""
    words = {Level.EASY: _("easy"), Level.MODERATE: _("moderate"), Level.HARD: _("hard")}
    return words[level] if level else _("not known")


def wheelchair_words(fits: bool | None) -> str:
    """Whether a wheelchair gets along all of a way."""
    if fits is None:
        return _("not known")
    return _("all of it with a wheelchair") if fits else _("not all of it with a wheelchair")


def toilet_words(there: bool | None) -> str:
    """Whether there are toilets on a way."""
    if there is None:
        return _("not known")
    return _("there are toilets on the way") if there else _("no toilets on the way")


def _level_note(way: Way) -> str:
    if way.level is None or not way.by_distance:
        return ""
    return _("By distance alone: up to 2 km on foot counts as easy, up to 5 km as moderate. Heights are not counted.")


def _leg(leg: Leg) -> dict[str, Any]:
    ways = {"walk": _("on foot"), "vehicle": _("by vehicle")}
    far = _km(leg.km) if leg.km else ""
    return {
        "title": leg.ko if current_language() == "ko" else leg.en,
        "when": ", ".join(words for words in (ways.get(leg.by, ""), far) if words),
        "text": f"{_leg_wheelchair(leg)} · {_leg_toilets(leg)}",
        "state": "done",
    }


def _leg_wheelchair(leg: Leg) -> str:
    if leg.wheelchair is None:
        return _("Wheelchair: not known")
    return _("Wheelchair: yes") if leg.wheelchair else _("Wheelchair: no")


def _leg_toilets(leg: Leg) -> str:
    if leg.toilets is None:
        return _("Toilets: not known")
    return _("Toilets: yes") if leg.toilets else _("Toilets: none")


def _heights(way: Way) -> list[list[str]]:
    """The points of a profile as rows; of very many, evenly chosen ones, the first and the last among them."""
    every = max(1, -(-len(way.profile) // MOST_ROWS))
    chosen = [*way.profile[:-1:every], *way.profile[-1:]]
    return [[_km(km), _("%(height)s m", height=present.number(round(height)))] for km, height in chosen]


def _km(km: float) -> str:
    return _("%(number)s km", number=present.number(round(km, 1)))
