"""Templates are compiled once for each language, and say the same as if every word were looked up for every answer."""

import re

import pytest
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from jinja2 import nodes

from tests.ground.application import Ground
from tourbook.web import language
from tourbook.web.templating import Environment

pytestmark = pytest.mark.sqlite_only("templates do not come from a database")

CHANCE = re.compile(r'name="(?:csrf_token|form_id)" value="[^"]*"')
PATHS = ("/", "/help", "/courses/paju", "/courses/panmunjeom?view=list", "/find", "/sign-in", "/no-such-page")


def shown(client: FlaskClient, path: str) -> str:
    return CHANCE.sub("", client.get(path).get_data(as_text=True))


@pytest.fixture
def unfolded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates as Flask compiles them, for all languages at once."""
    monkeypatch.setattr(Environment, "_of_this_request", lambda environment: environment)


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[Translations]:
    """An entry for every message that is looked up by way of the request."""
    found: list[Translations] = []
    usual = language._Catalogues.get_translations

    def noting(domain: language._Catalogues) -> Translations:
        found.append(usual(domain))
        return found[-1]

    monkeypatch.setattr(language._Catalogues, "get_translations", noting)
    return found


@pytest.mark.parametrize("lang", language.LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_says_the_same_either_way(
    seeded: Ground, client: FlaskClient, request: pytest.FixtureRequest, lang: str, path: str
) -> None:
    folded = shown(client, f"/{lang}{path}")
    request.getfixturevalue("unfolded")

    assert folded == shown(client, f"/{lang}{path}")


def test_words_of_a_template_are_not_looked_up_for_every_answer(
    client: FlaskClient, looked_up: list[Translations]
) -> None:
    client.get("/ko/accessibility")
    client.get("/ko/accessibility")

    assert looked_up == []


@pytest.mark.usefixtures("unfolded")
def test_without_that_they_would_be(client: FlaskClient, looked_up: list[Translations]) -> None:
    client.get("/ko/accessibility")

    assert len(looked_up) > 20


def test_pages_of_both_languages_live_beside_each_other(client: FlaskClient) -> None:
    korean, english = client.get("/ko/find"), client.get("/en/find")

    assert '<html lang="ko">' in korean.text
    assert "/en/help" in english.text
    assert "/en/help" not in korean.text


def test_words_in_another_language_than_the_pages_are_looked_up_as_ever(app: Flask) -> None:
    with app.test_request_context("/ko/help"), force_locale("en"):
        assert app.jinja_env.get_template("pages/help.html").environment is app.jinja_env


@pytest.mark.parametrize(
    ("lang", "number", "words"), [("en", 1, "1 person"), ("en", 2, "2 people"), ("ko", 1, "1명"), ("ko", 2, "2명")]
)
def test_what_is_counted_is_said_in_the_number_of_the_language(app: Flask, lang: str, number: int, words: str) -> None:
    source = "{{ ngettext('%(num)s person', '%(num)s people', number) }}"
    with app.test_request_context(f"/{lang}/help"):
        environment = app.jinja_env.get_template("pages/help.html").environment

        assert environment is not app.jinja_env
        assert environment.from_string(source).render(number=number) == words
        assert not list(environment.parse(source).find_all(nodes.Call))


def test_what_stands_in_a_message_is_still_escaped(app: Flask) -> None:
    with app.test_request_context("/en/help"):
        environment = app.jinja_env.get_template("pages/help.html").environment
        page = environment.from_string("{{ _('Reference: %(reference)s', reference=typed) }}")

        assert page.render(typed="<b>") == "Reference: &lt;b&gt;"
