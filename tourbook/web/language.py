"""Korean and English: which of them a request is in, and where the Korean words come from.

The language stands in the address (`/ko/...`, `/en/...`), so that a page can be shared and found. Messages are written
in English in code and templates; their Korean is in `translations/ko/LC_MESSAGES/<area>.po`, one file per area, read as
they are: nothing has to be compiled.
"""

import io
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, current_app, g, has_request_context, redirect, request, url_for
from flask.globals import request_ctx
from flask_babel import Babel, Domain, get_locale
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from tourbook.web.access import Permission, permission
from tourbook.web.inputs import query_holds_resident_number

LANGUAGES = ("ko", "en")
DEFAULT = "ko"
PREFIX = "/<any(ko,en):lang>"
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


class _Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """All areas' messages as one domain."""

    def get_translations(self) -> Translations:
        locale = get_locale()
        return messages(locale.language if locale else DEFAULT)


class _Babel(Babel):  # type: ignore[misc]  # likewise
    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogues()


def init_app(app: Flask) -> None:
    """Read the language from the address, put it into every address that is built, and answer `/`."""
    _Babel(app, locale_selector=_locale)
    app.url_value_preprocessor(_take_from_address)
    app.url_defaults(_put_into_address)
    app.after_request(_remember)
    app.add_url_rule("/", "start", start)


@cache
def messages(language: str) -> Translations:
    """Every message of every area in that language, read once per process."""
    merged = Catalog(locale=language)
    for path in sorted((TRANSLATIONS / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id and not message.fuzzy:
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def current_language() -> str:
    """The language of this request; outside a request the default one."""
    if not has_request_context():
        return DEFAULT
    if "lang" not in g:
        g.lang = _asked_for()
    return str(g.lang)


def other_language() -> str:
    """The one of the two that this request is not in."""
    return "en" if current_language() == "ko" else "ko"


def address_in(language: str) -> str:
    """This page in that language, with a query that may be shown; the home page where no link opens the address."""
    endpoint, values = _page_of_link()
    if not endpoint or not current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        return url_for("citizen.home", lang=language)
    told = request.query_string and not query_holds_resident_number()
    query = urlencode(list(request.args.items(multi=True))) if told else ""
    return url_for(endpoint, **{**values, "lang": language}) + (f"?{query}" if query else "")


def in_this_language(path: str) -> str:
    """The same page in the language of this request, where its address names one."""
    _, first, *rest = path.split("/", 2)
    return "/".join(["", current_language(), *rest]) if first in LANGUAGES else path


@permission(Permission.PUBLIC)
def start() -> AnyResponse:
    """Send people who gave no language to the home page in theirs: the one they used last, else their browser's."""
    answer = redirect(url_for("citizen.home"))
    answer.vary.update(("Cookie", "Accept-Language"))
    return answer


def _asked_for() -> str:
    in_path = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    for wish in (in_path, request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return wish
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT


def _page_of_link() -> tuple[str, dict[str, Any]]:
    """What a link to this address opens; nothing where only a form may be sent to it."""
    if request.method == "GET" and request.endpoint:
        return request.endpoint, request.view_args or {}
    adapter = request_ctx.url_adapter
    try:
        endpoint, values = adapter.match(method="GET") if adapter else ("", {})
    except HTTPException:
        return "", {}
    return str(endpoint), dict(values)


def _locale() -> str:
    return current_language()


def _take_from_address(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.pop("lang", None)
    if values and "lang" in values:
        g.lang = values.pop("lang")


def _put_into_address(endpoint: str, values: dict[str, Any]) -> None:
    is_there = endpoint in current_app.view_functions  # some pages only some installations have
    if "lang" not in values and is_there and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current_language()


def _remember(answer: Response) -> Response:
    """Keep the language of the last page for the next visit without one in the address."""
    if request.path.startswith(f"/{current_language()}/") and request.cookies.get(COOKIE) != current_language():
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(COOKIE, current_language(), COOKIE_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return answer
