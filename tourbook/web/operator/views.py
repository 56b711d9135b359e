"""What operators see and do."""

from flask import render_template

from tourbook.web.access import Permission, permission
from tourbook.web.operator.blueprint import blueprint


@blueprint.get("/")
@permission(Permission.OPERATOR)
def days() -> str:
    """The departures of a day."""
    return render_template("layouts/operator.html")


@blueprint.get("/find")
@permission(Permission.OPERATOR)
def find() -> str:
    """Find a visitor."""
    return render_template("layouts/operator.html")
