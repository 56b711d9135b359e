"""Templates, compiled once for each language: words and fixed addresses are looked up then, not for every answer.

A page prints some two hundred messages and two dozen addresses that are the same whenever its language is. Flask-Babel
asks for each of them anew, through the request's context, and that was most of what a page cost. Here the calls
become constants while the template is compiled, and Jinja joins them with the markup around them.
"""

from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from typing import Any

from flask import Flask, has_request_context, request, url_for
from flask.globals import request_ctx
from flask.templating import Environment as FlaskEnvironment
from flask_babel import get_locale
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer
from werkzeug.routing import BuildError

from tourbook.web.language import current_language, messages
from tourbook.web.static_files import UnknownFile, static_url

ONE, SEVERAL = 1, 2


class Environment(FlaskEnvironment):
    """Flask's environment; inside a request it hands out templates that were compiled for the request's language."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.fold: Callable[[nodes.Template], nodes.Template] | None = None
        self._by_language: dict[tuple[str, str], Environment] = {}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja's name
        chosen = self if self.overlayed or self.fold else self._of_this_request()
        return super(Environment, chosen)._load_template(name, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        return self.fold(parsed) if self.fold else parsed

    def _of_this_request(self) -> "Environment":
        """The environment of the language; this one where words are made in another than the page's (a letter)."""
        locale = get_locale() if has_request_context() and request_ctx.url_adapter else None
        language = str(locale.language) if locale else ""
        if not language or language != current_language():
            return self
        key = (language, request.script_root)
        if key not in self._by_language:
            self._by_language[key] = self._compiling_for(language)
        return self._by_language[key]

    def _compiling_for(self, language: str) -> "Environment":
        made = self.overlay()
        made.fold = _Folding(language).visit
        return made


def init_app(app: Flask) -> None:
    """Let the application's templates be compiled by language; comes before anything asks for the environment."""
    app.jinja_environment = Environment  # type: ignore[assignment]  # Flask's own way to choose another


class _Folding(NodeTransformer):
    """Puts the words of one language, and addresses without arguments, where a template asks for them."""

    def __init__(self, language: str) -> None:
        self._messages = messages(language)
        self._ways: Mapping[str, Callable[[nodes.Call], nodes.Expr | None]] = {
            "_": self._message,
            "gettext": self._message,
            "ngettext": self._counted,
            "url_for": partial(_address, url_for),
            "static_url": partial(_address, static_url),
        }

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja names it after the node
        """What the call comes to, where that is known now; else the call."""
        self.generic_visit(node)
        way = self._ways.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if way is None or node.dyn_args or node.dyn_kwargs:
            return node
        return way(node) or node

    def _message(self, node: nodes.Call) -> nodes.Expr | None:
        match node.args:
            case [nodes.Const(value=str(message))]:
                return _filled(self._messages.gettext(message), node.kwargs)
        return None

    def _counted(self, node: nodes.Call) -> nodes.Expr | None:
        match node.args:
            case [nodes.Const(value=str(singular)), nodes.Const(value=str(plural)), number]:
                one, several = (self._messages.ngettext(singular, plural, count) for count in (ONE, SEVERAL))
                return _by_number(one, several, number, [*node.kwargs, nodes.Keyword("num", number)])
        return None


def _by_number(one: str, several: str, number: nodes.Expr, facts: list[nodes.Keyword]) -> nodes.Expr:
    if one == several:
        return _filled(several, facts)
    is_one = nodes.Compare(number, [nodes.Operand("eq", nodes.Const(ONE))])
    return nodes.CondExpr(is_one, _filled(one, facts), _filled(several, facts))


def _filled(text: str, facts: list[nodes.Keyword]) -> nodes.Expr:
    """The words with the facts in them, which are escaped where the template escapes."""
    if not facts:
        return nodes.MarkSafeIfAutoescape(nodes.Const(text % {}))
    named = nodes.Dict([nodes.Pair(nodes.Const(one.key), one.value) for one in facts])
    return nodes.Mod(nodes.MarkSafeIfAutoescape(nodes.Const(text)), named)


def _address(build: Callable[..., str], node: nodes.Call) -> nodes.Expr | None:
    """An address that depends on the language alone; None where it takes arguments, or is none in this installation."""
    match node.args:
        case [nodes.Const(value=str(name))] if not node.kwargs:
            try:
                return nodes.Const(build(name))
            except (BuildError, UnknownFile):
                return None  # the page says so if it ever comes there
    return None
