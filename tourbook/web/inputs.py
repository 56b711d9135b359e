"""What people type, before any form reads it: characters that cannot be kept, and numbers that must not be.

Phone numbers and mail addresses are brought into the one form in which they are stored.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import email_validator
import phonenumbers
from flask import Flask, request

from tourbook.errors import Refused

# Control characters but for blanks, halves of characters, and code points that are no characters at all.
UNKEEPABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
LINE_BREAKS = frozenset("\r\n\t")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－·."), "-")
# Article 24-2 of the Personal Information Protection Act: no resident registration number, not even with consent.
RESIDENT_NUMBER = re.compile(r"(?<![\d+])\d{6}\s*-?\s*[1-8]\d{6}(?!\d)", re.ASCII)


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody: `way` is mail or sms, `address` is as stored and sent to."""

    way: str
    address: str


def init_app(app: Flask) -> None:
    """Refuse requests with characters that no database keeps, before anything reads them."""
    app.before_request(_refuse_unkeepable)


def is_keepable(text: str) -> bool:
    """Can every database keep this text, and every page show it? NUL and halves of characters can do neither."""
    return UNKEEPABLE.search(text) is None


def tidy(text: str) -> str:
    """What was typed without blanks at the ends, in composed characters."""
    return unicodedata.normalize("NFC", text).strip()


def has_controls(text: str, *, lines: bool = False) -> bool:
    """Does the text hold characters that cannot be seen but do something? `lines` allows line breaks."""
    allowed = LINE_BREAKS if lines else frozenset()
    return any(
        (unicodedata.category(letter) == "Cc" and letter not in allowed) or letter in BIDI_CONTROLS for letter in text
    )


def holds_resident_number(text: str) -> bool:
    """Does the text hold what looks like a Korean resident registration number, in any kind of digits?"""
    visible = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in visible)
    return RESIDENT_NUMBER.search(digits.translate(DASHES)) is not None


def phone_number(typed: str) -> str | None:
    """A phone number in international form (+821012345678); Korean where no country is given. None: it is not one."""
    if any(letter.isalpha() for letter in typed):  # the library would pass over one or two
        return None
    try:
        parsed = phonenumbers.parse(typed, "KR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def mail_address(typed: str) -> str | None:
    """A mail address in its normal form; nobody is asked whether it exists. None: it is not one."""
    try:
        return email_validator.validate_email(typed, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None


def contact(typed: str) -> Contact | None:
    """A mail address or a phone number, whichever was typed; None: neither."""
    mail = mail_address(typed) if "@" in typed else None
    phone = None if "@" in typed else phone_number(typed)
    return Contact("mail", mail) if mail else Contact("sms", phone) if phone else None


def _refuse_unkeepable() -> None:
    if not all(map(is_keepable, _texts())):
        raise Unreadable


class Unreadable(Refused):
    """The request holds characters that cannot be kept."""

    status = 400

    def __init__(self) -> None:
        super().__init__("unreadable_characters")


def _texts() -> Iterator[str]:
    yield request.path
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
