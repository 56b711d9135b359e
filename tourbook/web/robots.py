"""What search engines leave alone: everything that is not for everybody, found in the routes themselves.

So a page that is added later is kept out by what it says about who may use it. No address of anybody stands here, only
how such addresses begin.
"""

from collections.abc import Collection

from flask import Flask, current_app
from werkzeug.routing import Rule

from tourbook.web.access import Permission, declared, permission
from tourbook.web.language import LANGUAGES, PREFIX

TYPE = {"Content-Type": "text/plain; charset=utf-8"}
OF_PEOPLE = frozenset({"signin", "second_factor", "demo"})
"""Areas whose pages are about somebody, though everybody may open them: signing in, the letters of a demonstration."""
ALONE = frozenset({"citizen.find", "citizen.find_sent"})
"""The same of single pages: finding an own application."""


def init_app(app: Flask) -> None:
    """Answer /robots.txt, which has no language."""
    app.add_url_rule("/robots.txt", "robots", robots)


@permission(Permission.PUBLIC)
def robots() -> tuple[str, dict[str, str]]:
    """Say how addresses begin that nobody is to find by searching."""
    pages = [one for one in current_app.url_map.iter_rules() if one.rule.startswith(PREFIX) and "GET" in _methods(one)]
    for_everybody = {_first(one) for one in pages if not _is_kept_out(one)}
    kept_out = {_first(one) for one in pages if _is_kept_out(one)}
    begins = [one if not _begins_another(one, for_everybody) else f"{one}/" for one in sorted(kept_out)]
    lines = [f"Disallow: /{lang}/{begin}" for lang in LANGUAGES for begin in begins]
    return "\n".join(["User-agent: *", *lines, ""]), TYPE


def _methods(rule: Rule) -> Collection[str]:
    return rule.methods or ()


def _is_kept_out(rule: Rule) -> bool:
    """Is the page not for everybody, or about somebody?"""
    if declared(current_app, rule.endpoint) is not Permission.PUBLIC:
        return True
    return rule.endpoint in ALONE or rule.endpoint.partition(".")[0] in OF_PEOPLE


def _first(rule: Rule) -> str:
    """The first word of its addresses, after the language."""
    return rule.rule.removeprefix(f"{PREFIX}/").partition("/")[0]


def _begins_another(first: str, others: Collection[str]) -> bool:
    return any(other.startswith(first) for other in others)
