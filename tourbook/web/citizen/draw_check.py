"""Checking a published draw in one's own browser: the page brings words and a script, and learns nothing."""

from flask import render_template
from flask_babel import lazy_gettext as _
from wtforms import FileField, StringField
from wtforms import Form as PlainForm

from tourbook.web.access import Permission, permission
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.kept_pages import kept

FAULTS = {
    "not_a_draw": _("This is not the file of a draw, or it could not be read."),
    "spelling": _(
        "A receipt or a code is written with something else than letters, digits and hyphens. That could hide another "
        "entry, so nothing was computed."
    ),
    "twice": _("A receipt stands there twice."),
    "numbers": _("An entry is for nobody, a departure has less than no places, or a number is too large."),
    "choices": _("Somebody chose nothing, a departure twice, or one that is not of this round."),
    "seal": _("These are not the entries that were sealed: another seal comes of them than the file says."),
    "result": _("Something else comes of these entries and this value than the file says."),
}
"""What may be wrong with a file, under the codes of `tourbook.draws.faults`."""


class DrawCheckForm(PlainForm):
    """The file and the receipt. It is never sent, so it has no token, and its page is the same for everybody."""

    draw_file = FileField(_("File of the draw"))
    receipt = StringField(_("Receipt"))


@blueprint.get("/draws/check")
@permission(Permission.PUBLIC)
@kept
def draw_check() -> str:
    """Compute a published draw again, here or elsewhere."""
    return render_template("citizen/draw_check.html", form=DrawCheckForm(), faults=FAULTS)
