"""What administrators see and do."""

from flask import render_template

from tourbook.web.access import Permission, permission
from tourbook.web.admin.blueprint import blueprint


@blueprint.get("/")
@permission(Permission.ADMINISTRATOR)
def overview() -> str:
    """Where things stand."""
    return render_template("layouts/admin.html")


@blueprint.get("/table")
@permission(Permission.ADMINISTRATOR)
def table() -> str:
    """The level table."""
    return render_template("layouts/admin.html")


@blueprint.get("/courses")
@permission(Permission.ADMINISTRATOR)
def courses() -> str:
    """The courses."""
    return render_template("layouts/admin.html")


@blueprint.get("/holidays")
@permission(Permission.ADMINISTRATOR)
def holidays() -> str:
    """The public holidays."""
    return render_template("layouts/admin.html")


@blueprint.get("/trail")
@permission(Permission.ADMINISTRATOR)
def trail() -> str:
    """The audit trail."""
    return render_template("layouts/admin.html")
