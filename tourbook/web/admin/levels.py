"""Levels and their scales as administrators read and choose them."""

from sqlalchemy import select

from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Level
from tourbook.web.present import said

SCALES = {
    "5step": Words("2020년 5단계", "the five levels of 2020"),
    "4level": Words("2021년 4단계", "the four levels of 2021"),
    "recovery": Words("일상회복", "the return to daily life"),
}


def scale_words(scale: str) -> str:
    """A scale in words; one that was entered since is known by its code alone."""
    return said(scale_names(scale))


def level_words(level: Level) -> Words:
    """A level with its scale, since several scales have a level 2."""
    scale = scale_names(level.scale)
    return Words(f"{level.name_ko} ({scale.ko})", f"{level.name_en} ({scale.en})")


def level_choices() -> list[tuple[str, str]]:
    """All levels as a form offers them, scale by scale."""
    rows = db.session.scalars(select(Level).order_by(Level.scale, Level.place))
    return [(f"{one.scale}/{one.level}", said(level_words(one))) for one in rows]


def scale_names(scale: str) -> Words:
    """A scale in both languages."""
    return SCALES.get(scale, Words(scale, scale))
