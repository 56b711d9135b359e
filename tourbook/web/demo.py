"""The mailbox of a demonstration: what would have been sent."""

from flask import Blueprint, render_template

from tourbook.web.access import Permission, permission
from tourbook.web.language import PREFIX

blueprint = Blueprint("demo", __name__, url_prefix=PREFIX)


@blueprint.get("/mailbox")
@permission(Permission.PUBLIC)
def mailbox() -> str:
    """Every notice, newest first."""
    return render_template("layouts/citizen.html")
