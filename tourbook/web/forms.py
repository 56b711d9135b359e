"""Forms: what every one of them does before its fields are asked.

A form takes what was typed without stray blanks, refuses characters that cannot be seen and resident registration
numbers (which are dropped unread: never stored, never shown again), and keeps its one-time id when it is shown again.
The token against forged requests is checked for every request alike, so no form carries it as a field.
"""

import secrets
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, ClassVar, Self

import wtforms
from babel.support import NullTranslations, Translations
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import (
    EmailField,
    Field,
    FieldList,
    FormField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.form import BaseForm
from wtforms.i18n import messages_path

from tourbook.accounts.mail_addresses import mail_address
from tourbook.errors import Refused
from tourbook.resident_numbers import holds_resident_number
from tourbook.web import inputs, refusals
from tourbook.web.blanks import blank_form_id
from tourbook.web.language import current_language

LONGEST_FORM_ID = 64
OF_SEVERAL = (SelectMultipleField, FieldList, FormField)


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The base of all forms, nested ones too. `form_id` is its one-time id: hand it to the template and to the act."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # likewise
        """How WTForms makes the fields of these forms."""

        csrf = False

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """Take what was sent, without resident registration numbers, and files only where they are asked for."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None or isinstance(sent, _Screened):  # a nested form gets what the outer one has screened
                return sent
            kept, form.dropped = _without_resident_numbers(_without_strange_files(sent, form.uploads))
            return kept

        def get_translations(self, form: "Form") -> NullTranslations:
            """The words of WTForms itself, which Flask-WTF would read from their file for every request."""
            return _own_words(current_language())

    uploads: ClassVar[frozenset[str]] = frozenset()
    dropped: frozenset[str] = frozenset()
    _form_id: str | None = None

    @property
    def form_id(self) -> str:
        """The one-time id: the one that came with the form, unless somebody typed another into it, else a new one."""
        if self._form_id is None:
            sent = request.form.get("form_id", "")
            is_one = 0 < len(sent) <= LONGEST_FORM_ID and not holds_resident_number(sent)
            self._form_id = sent if is_one else blank_form_id() or secrets.token_urlsafe(16)
        return self._form_id

    def renewed(self) -> Self:
        """The same form under a new one-time id, where what was asked with the old one is done."""
        self._form_id = secrets.token_urlsafe(16)
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields; what the firewall dropped is said at its field. No page sends a field of one value twice:
        which of them counts would be anybody's guess, so it is a bad request.
        """
        if any(len(field.raw_data or ()) > 1 for field in _fields(self) if not isinstance(field, OF_SEVERAL)):
            raise BadRequest
        valid = bool(super().validate(extra_validators))
        fields = {field.name: field for field in _fields(self)}
        for name in sorted(self.dropped):
            _say(self, fields.get(name), refusals.words("resident_number"), alone=True)
        _gather_errors(self)
        return valid and not self.dropped

    def refuse(self, refused: Refused) -> None:
        """Say at the fields, or else at the top, why an act refused what was entered: all the reasons that it gave.

        A form that was used with other content gets a new id, so that it can be sent after all.
        """
        if refused.code == "form_reused":
            self.renewed()
        fields = {field.name: field for field in _fields(self)}
        for one in (refused, *refused.others):
            _say(self, fields.get(one.field or ""), refusals.words_of(one))
        _gather_errors(self)

    def add_flaws(self, flaws: Iterable[Refused]) -> None:
        """Say what else would be refused of a form that has mistakes already; each field's own mistake says enough."""
        fields = {field.name: field for field in _fields(self)}
        silent = {name for name, field in fields.items() if not field.errors}
        for flaw in flaws:
            if flaw.field is None or flaw.field in silent:
                _say(self, fields.get(flaw.field or ""), refusals.words_of(flaw))
        _gather_errors(self)


def choices(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """What a field offers, from pairs of a value and its words."""
    return [wtforms.SelectChoice(*pair) for pair in pairs]  # type: ignore[attr-defined]  # the stubs are older


class Text(StringField):
    """One line of text, tidied."""

    lines = False
    longest = 200

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw_data = [inputs.tidy(value) for value in valuelist]  # so that blanks alone fill in no required field
        super().process_formdata(self.raw_data)

    def pre_validate(self, form: BaseForm) -> None:
        if self.data and inputs.has_controls(self.data, lines=self.lines):
            raise ValidationError(refusals.words("hidden_characters"))
        if len(self.data or "") > self.longest:
            raise ValidationError(refusals.words("text_too_long", longest=self.longest))


class LongText(Text, TextAreaField):
    """Text of several lines."""

    lines = True
    longest = 2000


class Day(Text):
    """A day, written in any way that has one meaning: `day` is what was meant; `unreadable` asks for one."""

    unreadable = lazy_gettext("Enter the day as year, month and day, for example 2026-05-20.")

    @property
    def day(self) -> date | None:
        """The day; None where none was given or it cannot be read."""
        return inputs.day(self.data or "")

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and self.day is None:
            raise ValidationError(self.unreadable)


class Mail(Text, EmailField):
    """A mail address; `address` is as stored."""

    @property
    def address(self) -> str:
        """The address in its normal form; empty where none was given."""
        return mail_address(self.data or "") or ""

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and not self.address:
            raise ValidationError(_("Enter an email address like name@example.kr."))


class Phone(Text):
    """A phone number, typed in any way; `number` is as stored, in international form."""

    @property
    def number(self) -> str:
        """The number as stored; empty where none was given."""
        return inputs.phone_number(self.data or "") or ""

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and not self.number:
            raise ValidationError(_("Enter a phone number like 010-1234-5678, or with its country code, like +1 …"))


class ContactField(Text):
    """A phone number or a mail address, whichever is typed; `contact` says which."""

    @property
    def contact(self) -> inputs.Contact | None:
        """The way to reach this person; None where it is neither."""
        return inputs.contact(self.data or "")

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and self.contact is None:
            raise ValidationError(
                _("Enter a phone number like 010-1234-5678, or an email address like name@example.kr.")
            )


class _Screened(MultiDict[str, Any]):
    """What was sent, without resident registration numbers."""


@cache
def _own_words(language: str) -> NullTranslations:
    return Translations.load(messages_path(), [language], domain="wtforms")


def _without_resident_numbers(sent: Any) -> tuple[_Screened, frozenset[str]]:
    dropped = frozenset(name for name, values in _texts(sent) if any(map(holds_resident_number, values)))
    return _Screened([(name, value) for name, value in sent.items(multi=True) if name not in dropped]), dropped


def _without_strange_files(sent: Any, uploads: frozenset[str]) -> Any:
    """A file under the name of another field is no text, so nothing of it is taken."""
    pairs = list(sent.items(multi=True))
    kept = [(name, value) for name, value in pairs if isinstance(value, str) or name in uploads]
    return sent if len(kept) == len(pairs) else MultiDict(kept)


def _texts(sent: Any) -> Iterator[tuple[str, list[str]]]:
    for name, values in sent.lists():
        yield name, [value for value in values if isinstance(value, str)]


def _fields(form: BaseForm) -> Iterator[Field]:
    """Every field, walking into nested forms and lists."""
    for field in form:
        yield from _inner_fields(field)


def _inner_fields(field: Field) -> Iterator[Field]:
    yield field
    if isinstance(field, FormField):
        yield from _fields(field.form)
    elif isinstance(field, FieldList):
        for entry in field.entries:
            yield from _inner_fields(entry)


def _gather_errors(form: BaseForm) -> None:
    """Let every list of fields know of the errors in it, which it counted before they were said; inner lists first."""
    for field in reversed(list(_fields(form))):
        if isinstance(field, FieldList):
            own = [error for error in field.errors if isinstance(error, str)]
            inside = [entry.errors for entry in field.entries]
            field.errors = own + (inside if any(inside) else [])


def _say(form: Form, field: Field | None, text: str, *, alone: bool = False) -> None:
    if field is None or isinstance(field, FormField):  # a nested form has no errors of its own
        form.form_errors = [*form.form_errors, text]
    elif alone:
        field.errors = [text]
    else:
        field.errors = [*field.errors, text]
