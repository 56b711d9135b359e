"""Pages that only tell: help, privacy, accessibility; and the answer to a load balancer."""

from collections.abc import Iterable

from flask import Flask, current_app, render_template
from flask_babel import lazy_gettext as _

from tourbook.privacy.catalogue import ITEMS
from tourbook.web.access import Permission, permission
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.kept_pages import kept
from tourbook.web.language import COOKIE
from tourbook.web.privacy_words import KEPT
from tourbook.web.questions import TOPICS

Rows = Iterable[tuple[object, ...]]

SESSION_COOKIE = "sid"


def init_app(app: Flask) -> None:
    """Answer /healthz, which has no language."""
    app.add_url_rule("/healthz", "healthz", healthz)


@permission(Permission.PUBLIC)
def healthz() -> tuple[str, dict[str, str]]:
    """Say that this process answers; it asks nobody else."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/help")
@permission(Permission.PUBLIC)
@kept
def help_page() -> str:
    """Questions and answers."""
    return render_template("pages/help.html", topics=TOPICS)


@blueprint.get("/privacy")
@permission(Permission.PUBLIC)
@kept
def privacy() -> str:
    """What is kept about people, why, and how it is protected."""
    days = current_app.config["TOURBOOK"].forget_after_days
    kept_rows = [KEPT[code] for code in ITEMS]
    return render_template(
        "pages/privacy.html", kept=_cells(kept_rows), cookies=_cells(_cookies()), forget_after_days=days
    )


@blueprint.get("/accessibility")
@permission(Permission.PUBLIC)
@kept
def accessibility() -> str:
    """How the pages were made accessible, and whom to tell where they are not."""
    return render_template("pages/accessibility.html")


def _cookies() -> Rows:
    session = current_app.config["SESSION_COOKIE_NAME"]
    keeps = _("Keeps you signed in, and knows the application that you are making")
    return ((session, keeps, _("Until you close the browser")), (COOKIE, _("Remembers your language"), _("One year")))


def _cells(rows: Rows) -> list[list[str]]:
    """The rows of a table in the language of the page."""
    return [[str(cell) for cell in row] for row in rows]
