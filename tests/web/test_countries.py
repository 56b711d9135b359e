"""The list of nationalities is printed once for a language, and is what WTForms would have printed."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField

from tourbook.web.citizen import wording
from tourbook.web.countries import CountryField
from tourbook.web.forms import Form as OurForm

pytestmark = pytest.mark.sqlite_only("countries do not come from a database")


class Usual(Form):
    nationality = SelectField("Nationality", choices=wording.countries, default=wording.HOME)


class Prepared(OurForm):
    nationality = CountryField("Nationality")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("sent", [None, "US", "KR", "nowhere"])
def test_it_is_printed_as_it_would_be_one_by_one(app: Flask, lang: str, sent: str | None) -> None:
    given = MultiDict({"nationality": sent}) if sent else None
    with app.test_request_context(f"/{lang}/help"):
        usual, prepared = Usual(given).nationality, Prepared(given).nationality

        assert prepared(**{"class": "krds-form-select"}) == usual(**{"class": "krds-form-select"})
        assert prepared(**{"class": "krds-form-select"}).count("<option") > 200


def test_a_country_that_is_none_is_refused_in_the_language_of_the_page(app: Flask) -> None:
    said = {}
    for lang in ("ko", "en"):
        with app.test_request_context(f"/{lang}/help"):
            form = Prepared(MultiDict({"nationality": "nowhere"}))
            assert not form.validate()
            said[lang] = form.nationality.errors

    assert said["en"] == ["Not a valid choice."]
    assert said["ko"] != said["en"]


def test_a_country_that_is_one_is_taken(app: Flask) -> None:
    with app.test_request_context("/ko/help"):
        form = Prepared(MultiDict({"nationality": "US"}))

        assert form.validate()
        assert form.nationality.data == "US"
