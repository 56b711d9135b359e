"""How things look to people: instants, days and numbers in the language of the page.

Korean time everywhere, in 24 hours; English says KST, since its readers may be elsewhere.
"""

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Flask, current_app, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from tourbook import kst
from tourbook.courses.models import Course, Departure
from tourbook.distancing.causes import Cause
from tourbook.distancing.facts import Words
from tourbook.notices import deadline_in_words
from tourbook.web.access import request_time, signed_in
from tourbook.web.language import DEFAULT, address_in, current_language, other_language

INSTANT = {"ko": "y년 M월 d일(E) HH:mm", "en": "EEE d MMM y, HH:mm 'KST'"}
DAY = {"ko": "y년 M월 d일(E)", "en": "EEE d MMM y"}
MONTH = {"ko": "y년 M월", "en": "MMMM y"}
CLOCK_TIME = {"ko": "HH:mm", "en": "HH:mm"}
HOUR = 60
AS_MANY_AS_ARE_SHOWN = 4096  # Babel takes a tenth of a millisecond to put one moment into words

JOSA = {
    "을를": ("을", "를"),
    "이가": ("이", "가"),
    "은는": ("은", "는"),
    "과와": ("과", "와"),
    "으로": ("으로", "로"),
    "이나": ("이나", "나"),
    "이라": ("이라", "라"),
}
SYLLABLES = range(0xAC00, 0xD7A4)
FINALS = 28
FINAL_RIEUL = 8
DIGITS_WITH_FINAL = frozenset("013678")
LETTERS_WITH_FINAL = frozenset("lmnr")
ENDING_IN_RIEUL = frozenset("178lr")
TRAILING = re.compile(r"""(\s*\([^)]*\)|[\s)\]}"'”’」』>]+)+$""")


def init_app(app: Flask) -> None:
    """Give templates these filters, and what the layouts need."""
    for show in (instant, day, month, clock_time, number, won, duration, josa, in_lang):
        app.add_template_filter(show)
    app.context_processor(_layout_context)


def instant(moment: datetime) -> str:
    """An instant in Korean time: 2026년 12월 17일(목) 10:00, or Thu 17 Dec 2026, 10:00 KST."""
    return _instant(moment, _language())


def day(when: date) -> str:
    """A day; of an instant, its day in Korea: 2026년 12월 17일(목), or Thu 17 Dec 2026."""
    return _date(when, DAY)


def deadline(moment: datetime, *, briefly: bool = False) -> str:
    """A deadline as people say it: the end of a day is 24:00 of that day; briefly: without the year."""
    return deadline_in_words(moment, _language(), briefly=briefly)


def day_in(when: date, lang: str) -> str:
    """A day in one of the languages, for what is kept in both."""
    return _formatted_date(when, DAY[lang], lang)


def month(when: date) -> str:
    """A month: 2026년 12월, or December 2026."""
    return _date(when, MONTH)


def clock_time(when: datetime | time) -> str:
    """A time of day in 24 hours: 10:00; of an instant, that in Korea."""
    moment = kst.in_seoul(when) if isinstance(when, datetime) else when
    return _clock_time(moment.replace(second=0, microsecond=0, tzinfo=None), _language())


def number(value: float) -> str:
    """A number with separators: 10,000."""
    return _number(value, _language())


def won(value: int) -> str:
    """An amount of Korean won: 10,000원, or KRW 10,000."""
    return str(_("KRW %(amount)s", amount=number(value)))


def duration(minutes: int) -> str:
    """A length of time in hours and minutes: 2시간 30분, or 2 h 30 min."""
    hours, rest = divmod(minutes, HOUR)
    words = ([ngettext("%(num)s h", "%(num)s h", hours)] if hours else []) + (
        [ngettext("%(num)s min", "%(num)s min", rest)] if rest or not hours else []
    )
    return " ".join(words)


def in_lang(row: Any, name: str) -> Any:
    """What a row says in the language of the page: its name_ko or name_en for the name "name"."""
    return getattr(row, f"{name}_{_language()}")


def departure_name(departure: Departure, course: Course) -> str:
    """A departure as people call it: its course, and when it starts."""
    return f"{in_lang(course, 'name')} {instant(departure.starts_at)}"


def person_name(name: str) -> str:
    """The name of somebody; of one who was forgotten, that it was deleted."""
    return name or str(_("(name deleted)"))


def said(words: Words | Cause) -> str:
    """What is kept in both languages, in that of the page."""
    return words.ko if _language() == "ko" else words.en


def josa(word: object, kind: str) -> str:
    """A Korean word with the particle that fits how it ends: 파주를, 철원을, DMZ를, 판문점(JSA)은."""
    closed, opened = JOSA[kind]
    core = TRAILING.sub("", str(word))
    final = _final_sound(core[-1:].lower())
    if final is None:
        return f"{word}{closed}({opened})"
    if kind == "으로" and final == "ㄹ":
        return f"{word}{opened}"
    return f"{word}{closed if final else opened}"


def _final_sound(letter: str) -> str | None:
    """What the last syllable closes with: "ㄹ", "other", "" for an open one; None where it cannot be told."""
    if letter and ord(letter) in SYLLABLES:
        final = (ord(letter) - SYLLABLES.start) % FINALS
        return "ㄹ" if final == FINAL_RIEUL else "other" if final else ""
    if not (letter.isascii() and letter.isalnum()):
        return None
    if letter in ENDING_IN_RIEUL:
        return "ㄹ"
    return "other" if letter in DIGITS_WITH_FINAL | LETTERS_WITH_FINAL else ""


def _language() -> str:
    """The language of the words being made, which a notice may have forced."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT


def _date(when: date, patterns: dict[str, str]) -> str:
    lang = _language()
    civil = kst.civil_day(when) if isinstance(when, datetime) else when
    return _formatted_date(civil, patterns[lang], lang)


@lru_cache(AS_MANY_AS_ARE_SHOWN)
def _instant(moment: datetime, lang: str) -> str:
    return str(format_datetime(kst.in_seoul(moment), INSTANT[lang], tzinfo=kst.KST, locale=lang))


@lru_cache(AS_MANY_AS_ARE_SHOWN)
def _clock_time(moment: datetime | time, lang: str) -> str:
    return str(format_time(moment, CLOCK_TIME[lang], locale=lang))


@lru_cache(AS_MANY_AS_ARE_SHOWN)
def _number(value: float, lang: str) -> str:
    return str(format_decimal(value, locale=lang))


@lru_cache(AS_MANY_AS_ARE_SHOWN)
def _formatted_date(day: date, pattern: str, lang: str) -> str:
    return str(format_date(day, pattern, locale=lang))


def _layout_context() -> dict[str, Any]:
    config, person = current_app.config["TOURBOOK"], signed_in()
    return {
        "lang": current_language(),
        "other_lang": other_language(),
        "other_lang_url": address_in(other_language()),
        "site_address": config.public_url.rstrip("/"),
        "save_data": request.headers.get("Save-Data", "").lower() == "on",
        "signed_in": person,
        "stay_seconds": int((person.stays_until - request_time()).total_seconds()) if person else None,
        "official_site": config.official_site,
        "contact_phone": config.contact_phone,
        "config_demo": config.demo,
        "rehearsal_url": config.rehearsal_url,
    }
