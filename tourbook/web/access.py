"""Who asks, and whether they may: every route declares it, or the application does not start.

A view stands under `@permission(Permission.X)`. What the permission cannot know, namely whose object it is, is asked
where the object is fetched: citizens' through holder.py, operators' by their organisation. A foreign object is answered
like one that does not exist.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from tourbook import clock

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"
    HOLDER = "holder"
    SIGNED_IN = "signed_in"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


class UndeclaredRoute(Exception):
    """A route says nothing about who may use it."""


def permission(needed: Permission) -> Callable[[View], View]:
    """Declare who may use a view; stands directly above it, below the route."""

    def declare(view: View) -> View:
        view.permission = needed  # type: ignore[attr-defined]  # functions take attributes
        return view

    return declare


def request_time() -> datetime:
    """The instant of this request: the clock, read once."""
    if "now" not in g:
        g.now = clock.now()
    instant: datetime = g.now
    return instant


def declared(app: Flask, endpoint: str) -> Permission:
    """Who may use this endpoint; raises UndeclaredRoute where nobody said so."""
    view = app.view_functions[endpoint]
    if not hasattr(view, "permission"):
        raise UndeclaredRoute(
            f"tourbook does not start: the route {endpoint!r} says nothing about who may use it; "
            "put @permission(Permission....) above its view."
        )
    found: Permission = view.permission
    return found


def refuse_undeclared_routes(app: Flask) -> None:
    """Refuse a start while any route has no permission."""
    for rule in app.url_map.iter_rules():
        declared(app, rule.endpoint)


def needed_permission() -> Permission | None:
    """The permission of the route that was asked for; None where there is no such route."""
    return declared(current_app, request.endpoint) if request.endpoint else None
