"""Levels and their scales as administrators read and choose them."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from tourbook.db import db
from tourbook.distancing.models import Level
from tourbook.web.present import in_lang

SCALES = {
    "5step": _("the five levels of 2020"),
    "4level": _("the four levels of 2021"),
    "recovery": _("the return to daily life"),
}


def scale_words(scale: str) -> str:
    """A scale in words; one that was entered since is known by its code alone."""
    return str(SCALES.get(scale, scale))


def level_choices() -> list[tuple[str, str]]:
    """All levels as a form offers them, scale by scale."""
    rows = db.session.scalars(select(Level).order_by(Level.scale, Level.place))
    return [
        (
            f"{one.scale}/{one.level}",
            gettext("%(level)s (%(scale)s)", level=in_lang(one, "name"), scale=scale_words(one.scale)),
        )
        for one in rows
    ]
