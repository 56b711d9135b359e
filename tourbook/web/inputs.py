"""What people type, before any form reads it: characters that cannot be kept, and numbers that must not be.

Phone numbers, mail addresses, days and moments are brought into the one form in which they are stored and read,
whatever keyboard they were typed on: Korean ones give full-width digits, and people write 2026년 5월 4일.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

import phonenumbers
from flask import Flask, request
from werkzeug.exceptions import BadRequest

from tourbook.accounts.mail_addresses import mail_address
from tourbook.characters import is_keepable
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.resident_numbers import DASHES, holds_resident_number

# Ours are `seats`, `visitors-0`, `visitors-0-name`: a name of another kind is of no form, and a number of many digits,
# or of digits of another script, is none that the parts of a form are counted by.
FIELD_NAME = re.compile(r"[a-z]\w{0,59}(-[0-9]{1,2}(-\w{1,60})?)?", re.ASCII | re.IGNORECASE)
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
LINE_BREAKS = frozenset("\r\n\t")
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


def hyphened(text: str) -> str:
    """The same with one hyphen in place of every kind of dash, dot and minus."""
    return plain(text).translate(DASHES)


def plain_day(typed: str) -> str:
    """A day as 2026-05-04, whether it was typed as 2026.5.4, 2026/05/04, 20260504, 2026년 5월 4일 or full-width.

    What is no such day, or could be more than one, stays as it is.
    """
    found = DAY.fullmatch(hyphened(typed))
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
    if request.query_string and query_holds_resident_number():
        raise Refused("resident_number")


def query_holds_resident_number() -> bool:
    """Does the address carry a resident registration number behind its question mark, where all would write it down?"""
    return any(map(holds_resident_number, chain.from_iterable(request.args.items(multi=True))))


class Unreadable(Refused):
    """The request holds characters that cannot be kept."""

    status = 400

    def __init__(self) -> None:
        super().__init__("unreadable_characters")


def _field_names() -> Iterator[str]:
    """A part of a broken body may have no name at all, whatever the types of the framework say."""
    yield from (name or "" for name in chain(request.form, request.files))


def _texts() -> Iterator[str]:
    yield request.path
    if request.query_string:
        yield from _both(request.args.items(multi=True))
    if request.method != "GET":
        yield from _both(request.form.items(multi=True))
        yield from _both((name, file.filename or "") for name, file in request.files.items(multi=True))


def _both(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in pairs:
        yield name or ""
        yield value
