"""What citizens see and do."""

from flask import render_template

from tourbook.web.access import Permission, permission
from tourbook.web.citizen.blueprint import blueprint


@blueprint.get("/")
@permission(Permission.PUBLIC)
def home() -> str:
    """The home page."""
    return render_template("layouts/citizen.html")


@blueprint.get("/find")
@permission(Permission.PUBLIC)
def find() -> str:
    """Find an application."""
    return render_template("layouts/citizen.html")


@blueprint.get("/my")
@permission(Permission.SIGNED_IN)
def mine() -> str:
    """The applications of the person who is signed in."""
    return render_template("layouts/citizen.html")
