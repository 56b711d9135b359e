"""Signing in, signing out, making an account."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.web.access import Permission, permission
from tourbook.web.language import PREFIX

blueprint = Blueprint("signin", __name__, url_prefix=PREFIX)


@blueprint.get("/sign-in")
@permission(Permission.PUBLIC)
def sign_in() -> str:
    """The sign-in page."""
    return render_template("layouts/citizen.html")


@blueprint.get("/register")
@permission(Permission.PUBLIC)
def register() -> str:
    """The page to make an account."""
    return render_template("layouts/citizen.html")


@blueprint.post("/sign-out")
@permission(Permission.PUBLIC)
def sign_out() -> Response:
    """End the sign-in of this browser."""
    return redirect(url_for("citizen.home"))
