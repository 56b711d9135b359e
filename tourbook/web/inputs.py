"""What people type, before any form reads it: characters that cannot be kept, and numbers that must not be.

Phone numbers, mail addresses, days and moments are brought into the one form in which they are stored and read,
whatever keyboard they were typed on: Korean ones give full-width digits, and people write 2026년 5월 4일.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import email_validator
import phonenumbers
from flask import Flask, request
from werkzeug.exceptions import BadRequest

from tourbook.characters import is_keepable
from tourbook.errors import Refused
from tourbook.kst import parse_moment

# Ours are `seats`, `visitors-0`, `visitors-0-name`: a name of another kind is of no form, and a number of many digits,
# or of digits of another script, is none that the parts of a form are counted by.
FIELD_NAME = re.compile(r"[a-z]\w{0,59}(-[0-9]{1,2}(-\w{1,60})?)?", re.ASCII | re.IGNORECASE)
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
WITHOUT_FORM = frozenset({"GET", "HEAD"})
LINE_BREAKS = frozenset("\r\n\t")
ALL_DIGITS_BELOW = 0x20000
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－·."), "-")
# Article 24-2 of the Personal Information Protection Act: no resident registration number, not even with consent.
# The blanks are taken in one way only: where two parts can share them, a long row of them takes for ever.
RESIDENT_NUMBER = re.compile(r"(?<![\d+])\d{6}\s*(?:-\s*)?[1-8]\d{6}(?!\d)", re.ASCII)
# The year comes first, with four digits: 4.5.90 has several meanings, and 1990514 has two. Nothing of that is guessed.
DAY = re.compile(
    r"(\d{4})(?:(\d\d)(\d\d)|\s*[-/년]\s*(\d{1,2})\s*[-/월]\s*(\d{1,2})\s*[-일]?|\s+(\d{1,2})\s+(\d{1,2}))"
)
DAY_AND_TIME = re.compile(r"(.+?)(?:\s*T\s*|\s+|(?<=일))(\d{1,2})(?::(\d\d)|시(?:\s*(\d{1,2})분)?)(.*)")


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody: `way` is mail or sms, `address` is as stored and sent to."""

    way: str
    address: str


def init_app(app: Flask) -> None:
    """Refuse, before anything reads it, what no database keeps and fields that no form has."""
    app.before_request(_refuse_unkeepable)


def tidy(text: str) -> str:
    """What was typed without blanks at the ends, in composed characters."""
    return unicodedata.normalize("NFC", text).strip()


def plain(text: str) -> str:
    """What was typed with ordinary letters, digits and signs in place of full-width ones, and without blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def plain_day(typed: str) -> str:
    """A day as 2026-05-04, whether it was typed as 2026.5.4, 2026/05/04, 20260504, 2026년 5월 4일 or full-width.

    What is no such day, or could be more than one, stays as it is.
    """
    found = DAY.fullmatch(plain(typed).translate(DASHES))
    if found is None:
        return typed
    year, month, day = (int(part) for part in found.groups() if part is not None)
    return f"{year:04}-{month:02}-{day:02}"


def plain_moment(typed: str) -> str:
    """A moment as 2026-05-04T10:00, whatever its day looks like; the time may be 10:00, 9:00 or 10시 30분.

    A day alone stays one; what cannot be read stays as it is.
    """
    found = DAY_AND_TIME.fullmatch(plain(typed))
    if found is None:
        return plain_day(typed)
    day, hour, minute, minute_in_words, rest = found.groups()
    return f"{plain_day(day)}T{int(hour):02}:{int(minute or minute_in_words or 0):02}{rest}"


def day(typed: str) -> date | None:
    """The day that was typed; None where none was given or it cannot be read."""
    try:
        return date.fromisoformat(plain_day(typed))
    except ValueError:
        return None


def moment(typed: str) -> datetime | None:
    """The instant that was typed, in Korean time; a day alone means 00:00. None where it cannot be read."""
    try:
        return parse_moment(plain_moment(typed))
    except (ValueError, OverflowError):
        return None


def has_controls(text: str, *, lines: bool = False) -> bool:
    """Does the text hold characters that cannot be seen but do something? `lines` allows line breaks."""
    allowed = LINE_BREAKS if lines else frozenset()
    return any(
        (unicodedata.category(letter) == "Cc" and letter not in allowed) or letter in BIDI_CONTROLS for letter in text
    )


def holds_resident_number(text: str) -> bool:
    """Does the text hold what looks like a Korean resident registration number, in any kind of digits?"""
    return any(map(_is_resident_number_in, _number_like().findall(text)))


def _is_resident_number_in(text: str) -> bool:
    """The same, of a part of it: to look at every character of a long text so closely takes seconds."""
    visible = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in visible)
    return RESIDENT_NUMBER.search(digits.translate(DASHES)) is not None


@cache
def _number_like() -> re.Pattern[str]:
    """Rows of characters that may end up as parts of a number: digits, blanks, hyphens, and what is not seen."""
    parts = "".join(re.escape(chr(point)) for point in range(ALL_DIGITS_BELOW) if _is_number_like(chr(point)))
    return re.compile(f"[{parts}]+")


def _is_number_like(letter: str) -> bool:
    """Does what it stands for begin or end like a part of a number? (One character may stand for a whole word.)"""
    if unicodedata.category(letter) == "Cf":
        return True
    meant = unicodedata.normalize("NFKC", letter).translate(DASHES)
    return any(
        one in "+-" or one.isspace() or unicodedata.digit(one, None) is not None for one in meant[:1] + meant[-1:]
    )


KOREAN_MOBILE = "+8210"
"""The library also takes the seven digits that once followed 011 and 016; behind 010 there are always eight."""


def phone_number(typed: str) -> str | None:
    """A phone number in international form (+821012345678); Korean where no country is given. None: it is not one."""
    typed = plain(typed)
    if any(letter.isalpha() for letter in typed):  # the library would pass over one or two
        return None
    try:
        parsed = phonenumbers.parse(typed, "KR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    found = str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    lacks_a_digit = found.startswith(KOREAN_MOBILE) and len(found) < len(KOREAN_MOBILE) + 8
    return None if lacks_a_digit else found


def mail_address(typed: str) -> str | None:
    """A mail address in its normal form; nobody is asked whether it exists. None: it is not one."""
    try:
        return email_validator.validate_email(plain(typed), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None


def contact(typed: str) -> Contact | None:
    """A mail address or a phone number, whichever was typed; None: neither."""
    is_mail = "@" in plain(typed)
    mail = mail_address(typed) if is_mail else None
    phone = None if is_mail else phone_number(typed)
    return Contact("mail", mail) if mail else Contact("sms", phone) if phone else None


def whole_number(typed: str, within: range) -> int | None:
    """A whole number in plain digits within that range. None: it is not one."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(within.stop))):
        return None  # so many digits are not even counted
    return int(typed) if int(typed) in within else None


def _refuse_unkeepable() -> None:
    if not is_keepable("\n".join(_texts())):
        raise Unreadable
    if not all(map(FIELD_NAME.fullmatch, _field_names())):
        raise BadRequest


class Unreadable(Refused):
    """The request holds characters that cannot be kept."""

    status = 400

    def __init__(self) -> None:
        super().__init__("unreadable_characters")


def _field_names() -> Iterator[str]:
    yield from request.form
    yield from request.files


def _texts() -> Iterator[str]:
    yield request.path
    if request.query_string:
        yield from _both(request.args.items(multi=True))
    if request.method not in WITHOUT_FORM:
        yield from _both(request.form.items(multi=True))
        yield from _both((name, file.filename or "") for name, file in request.files.items(multi=True))


def _both(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in pairs:
        yield name
        yield value
