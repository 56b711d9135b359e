import io
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, IntegerField, PasswordField

from tourbook.errors import Refused
from tourbook.web.admin.course_forms import BreakForm
from tourbook.web.admin.sheets import SheetForm
from tourbook.web.forms import ContactField, Form, LongText, Mail, Phone, Text


class Person(Form):
    name = Text("Name")
    age = IntegerField("Age")


class Party(Form):
    visitors = FieldList(FormField(Person), min_entries=1)
    note = LongText("Note")
    mail = Mail("Mail")
    phone = Phone("Phone")
    reached = ContactField("Contact")
    password = PasswordField("Password")


@pytest.fixture
def sent(app: Flask) -> Iterator[object]:
    """A function: the form as it comes in with these values."""

    def receive(form: type[Form] = Party, **values: str) -> Form:
        context = app.test_request_context("/en/", method="POST", data=values)
        contexts.append(context)
        context.push()
        return form()

    contexts: list[object] = []
    yield receive
    for context in reversed(contexts):
        context.pop()  # type: ignore[attr-defined]  # a request context


pytestmark = pytest.mark.sqlite_only("forms ask no database")


def test_text_comes_in_tidy(sent):
    form = sent(
        note="  \u1100\u1161\r\nna  ", mail=" Haneul@Example.KR ", phone=" 010 1234 5678 ", reached="02-2100-2114"
    )

    assert form.validate(), form.errors
    assert form.note.data == "가\r\nna"
    assert form.mail.address == "Haneul@example.kr"
    assert form.phone.number == "+821012345678"
    assert form.reached.contact.way == "sms"
    assert form.phone.data == "010 1234 5678", "people see what they typed"


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("mail", "haneul", "Enter an email address like name@example.kr."),
        ("phone", "12", "Enter a phone number like 010-1234-5678"),
        ("reached", "?", "or an email address like name@example.kr."),
        ("note", "x" * 2001, "Use at most 2,000 characters."),
        ("visitors-0-name", "x" * 201, "Use at most 200 characters."),
        ("visitors-0-name", "a\u202eb", "characters that cannot be seen"),
        ("note", "a\x07b", "characters that cannot be seen"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(sent, field: str, typed: str, says: str):
    form = sent(**{field: typed})

    assert not form.validate()
    target = form.visitors[0].form.name if field.startswith("visitors") else form[field]
    assert says in target.errors[0]


@pytest.mark.parametrize(
    "field", ["visitors-0-name", "visitors-0-age", "note", "mail", "phone", "reached", "password", "visitors-1-name"]
)
def test_a_resident_number_is_refused_unread_in_every_field(sent, field: str):
    form = sent(**{field: "900101-1234567"})

    assert not form.validate()
    assert "900101" not in "".join(str(one) for one in form)
    assert "900101" not in str(form.data)
    assert "resident registration number" in str(form.errors)
    assert field in form.dropped


def test_a_resident_number_in_a_field_that_the_form_does_not_have_is_refused_as_well(sent):
    form = sent(unknown="900101-1234567")

    assert not form.validate()
    assert "resident registration number" in str(form.form_errors)


@pytest.mark.parametrize("field", ["note", "password", "visitors-0-name", "visitors-0-age", "mail"])
def test_a_file_in_place_of_a_text_is_not_taken(sent, field: str):
    form = sent(**{field: (io.BytesIO(b"x"), "x.txt")})

    form.validate()

    assert not form.dropped
    assert "FileStorage" not in str(form.data)
    assert "FileStorage" not in "".join(str(one) for one in form)


def test_a_file_is_taken_where_the_form_asks_for_it(sent):
    form = sent(SheetForm, file=(io.BytesIO(b"code\nKR\n"), "x.csv"), text=(io.BytesIO(b"x"), "x.csv"))

    assert form.content == b"code\nKR\n"
    assert form.text.data in {None, ""}


@pytest.mark.parametrize("blank", ["", " ", "\t \n", "\u3000", "\u00a0"])
def test_blanks_alone_fill_in_no_required_field(sent, blank: str):
    form = sent(BreakForm, first_day=blank, last_day="2026-05-04", reason_ko="점검", reason_en="x")

    assert not form.validate()
    assert set(form.errors) == {"first_day"}


def test_a_form_keeps_its_one_time_id_when_it_is_shown_again(sent):
    assert sent(form_id="once").form_id == "once"
    fresh = sent()
    assert len(fresh.form_id) > 20
    assert fresh.form_id == fresh.form_id
    assert fresh.form_id != sent().form_id
    assert sent(form_id="x" * 65).form_id != "x" * 65
    assert sent(form_id="900101-1234567").form_id != "900101-1234567"


def test_a_form_that_was_used_with_other_content_gets_a_new_id(sent):
    form = sent(form_id="once")

    form.refuse(Refused("form_reused"))

    assert form.form_id != "once"
    assert "already sent with other content" in form.form_errors[0]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("note", lambda form: form.note.errors),
        ("visitors-0-age", lambda form: form.visitors[0].form.age.errors),
        ("visitors", lambda form: form.visitors.errors),
        ("visitors-0", lambda form: form.form_errors),
        ("nowhere", lambda form: form.form_errors),
        (None, lambda form: form.form_errors),
    ],
)
def test_what_an_act_refuses_is_said_at_the_field_or_at_the_top(sent, field: str | None, found):
    form = sent()
    form.validate()

    form.refuse(Refused("too_young", field=field, min_age=12))

    assert "Visitors must be at least 12 years old on the day of the visit." in list(found(form))


def test_a_form_can_be_filled_from_an_address(app: Flask):
    with app.test_request_context("/en/?note=hello"):
        form = Party(formdata=MultiDict({"note": " hello ", "mail": "900101-1234567"}))

        assert not form.validate()
        assert form.note.data == "hello"
        assert form.mail.data in {None, ""}
