"""Pages that only tell: help, privacy, accessibility; and the answer to a load balancer."""

from flask import Flask, render_template

from tourbook.web.access import Permission, permission
from tourbook.web.citizen.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Answer /healthz, which has no language."""
    app.add_url_rule("/healthz", "healthz", healthz)


@permission(Permission.PUBLIC)
def healthz() -> tuple[str, dict[str, str]]:
    """Say that this process answers; it asks nobody else."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/help")
@permission(Permission.PUBLIC)
def help_page() -> str:
    """Questions and answers."""
    return render_template("pages/help.html")


@blueprint.get("/privacy")
@permission(Permission.PUBLIC)
def privacy() -> str:
    """What is stored about people, why, and for how long."""
    return render_template("pages/privacy.html")


@blueprint.get("/accessibility")
@permission(Permission.PUBLIC)
def accessibility() -> str:
    """How the pages were made accessible, and whom to tell where they are not."""
    return render_template("pages/accessibility.html")
