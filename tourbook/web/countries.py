"""The field that asks for a nationality: some 250 choices that are the same for everybody who reads that language.

WTForms would make an object of each, ask it whether it was chosen, and print it, for every visitor on every page. Here
they are printed once, and the chosen one is marked in the text.
"""

from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectFieldBase
from wtforms.form import BaseForm
from wtforms.widgets import Select, html_params

from tourbook.web.citizen import wording
from tourbook.web.language import current_language

AS_MANY_AS_ARE_COMMON = 64
NOT_ONE_OF_THEM = "Not a valid choice."  # WTForms has it in many languages


class _CountrySelect(Select):
    def __call__(self, field: SelectFieldBase, **attributes: Any) -> Markup:
        attributes.setdefault("id", field.id)
        chosen = _options(current_language(), field.data)
        return Markup(f"<select {html_params(name=field.name, **attributes)}>{chosen}</select>")  # noqa: S704 - html_params and _options have escaped it


class CountryField(SelectField):
    """A country by its code of two letters; Korea unless another is chosen."""

    widget = _CountrySelect()

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, choices=(), default=wording.HOME, **options)

    def pre_validate(self, form: BaseForm) -> None:
        if self.data not in wording.country_codes():
            raise ValidationError(self.gettext(NOT_ONE_OF_THEM))


@lru_cache(maxsize=AS_MANY_AS_ARE_COMMON)
def _options(language: str, chosen: str | None) -> str:
    return "".join(
        f"<option {html_params(value=code, selected=code == chosen)}>{escape(name)}</option>"
        for code, name in wording.countries_in(language)
    )
