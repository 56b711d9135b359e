"""The application with three holes, which a scanner that is worth asking finds: SQL, a script, a redirect."""

from flask import Flask, redirect, request
from sqlalchemy import text
from werkzeug.wrappers import Response

from config import Config
from tourbook.app import create_app
from tourbook.db import db
from tourbook.web.access import Permission, permission

HOLES = "/en/leaky"


@permission(Permission.PUBLIC)
def leaky() -> str | Response:
    """Puts what it is given into SQL, into the page, and into the address to go on to."""
    asked = request.args.get("course", "")
    if "next" in request.args:
        return redirect(request.args["next"])
    rows = db.session.execute(text(f"SELECT code FROM course WHERE code = '{asked}'")).all()  # noqa: S608 - the hole
    return f"<!DOCTYPE html><title>x</title><h1>{len(rows)}</h1><p>{request.args.get('words', '')}</p>"


def make() -> Flask:
    """The application as the settings want it, and the holes."""
    made = create_app(Config.from_env())
    made.add_url_rule(HOLES, "leaky", leaky)
    return made


app = make()
