"""Static files under names that carry a hash of their content, so that browsers may keep them for good."""

from flask import Flask, url_for

from tourbook.web.access import Permission, permission


def init_app(app: Flask) -> None:
    """Serve the static folder and give templates `static_url`."""
    permission(Permission.PUBLIC)(app.view_functions["static"])
    app.context_processor(lambda: {"static_url": static_url})


def static_url(name: str) -> str:
    """The address of a static file."""
    return url_for("static", filename=name)
