"""Pages that are set once, with blanks where what belongs to one browser stands, and filled in for each.

While a page is set, its tokens, ids and names are stand-ins that no page holds by chance. The page is cut where they
stand; what a reader's own page needs is then put between the pieces, escaped. Where a real value slipped into a page
that is being set for everybody, setting it fails.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import g
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

TOKEN = "csrf_token"  # noqa: S105 - the name under which Flask-WTF keeps it for a request
FORM_ID = "form_id"
APPLICATION = "application_id"
SECRETS = (TOKEN, FORM_ID, APPLICATION)

# Stand-ins, drawn anew by each process, so that nobody can put one into a page.
_PREFIX = f"blank-{secrets.token_hex(8)}-"
_APPLICATION_ID = uuid4()
_CUT = re.compile(f"{_PREFIX}([a-z_0-9]+)-|({_APPLICATION_ID})")


class NotBlank(Exception):
    """What belongs to one browser stands in a page that is set for everybody."""


@dataclass(frozen=True)
class SetPage:
    """A page in pieces: the text between the blanks, and the names of the blanks between the texts."""

    texts: tuple[str, ...]
    names: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """The page of one reader."""
        pieces = [self.texts[0]]
        for name, text in zip(self.names, self.texts[1:], strict=True):
            pieces += (str(escape(values[name])), text)
        return "".join(pieces)


def blank(name: str) -> str:
    """What stands in a page for a value of that name."""
    return f"{_PREFIX}{name}-"


def blank_application() -> UUID:
    """What stands for an application's id where an address is built."""
    return _APPLICATION_ID


def own_values(**values: str) -> dict[str, str]:
    """This browser's token and a fresh one-time id, with what else goes into the blanks."""
    return {TOKEN: generate_csrf(), FORM_ID: secrets.token_urlsafe(16), **values}


def set_page(compose: Callable[[], str], values: Mapping[str, str]) -> SetPage:
    """Set a page with blanks; `values` are those of the reader who happens to come first, and may not stand in it."""
    with _blank_token():
        text = compose()
    slipped = [name for name in SECRETS if name in values and values[name] in text]
    if slipped:
        raise NotBlank(", ".join(slipped))
    return SetPage(*_cut(text))


def blank_form_id() -> str | None:
    """The stand-in for a form's one-time id while a page is being set; None otherwise."""
    return blank(FORM_ID) if g.get(_SETTING) else None


def _cut(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    texts, names, end = [], [], 0
    for found in _CUT.finditer(text):
        texts.append(text[end : found.start()])
        names.append(found[1] or APPLICATION)
        end = found.end()
    return (*texts, text[end:]), tuple(names)


_SETTING = "setting_a_page"


@contextmanager
def _blank_token() -> Iterator[None]:
    own = g.pop(TOKEN, None)
    setattr(g, TOKEN, blank(TOKEN))
    setattr(g, _SETTING, True)
    try:
        yield
    finally:
        setattr(g, _SETTING, False)
        g.pop(TOKEN, None)
        if own is not None:
            setattr(g, TOKEN, own)
