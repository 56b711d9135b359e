"""Small things said in many places on citizens' pages: deadlines, people, countries, how somebody is reached."""

from datetime import datetime
from functools import cache, lru_cache

import phonenumbers
from babel import Locale
from babel.dates import format_datetime
from babel.support import Translations
from flask_babel import get_locale

from tourbook import kst
from tourbook.web.language import DEFAULT, current_language, messages
from tourbook.web.present import AS_MANY_AS_ARE_SHOWN

BRIEFLY = {"ko": "M/d HH:mm", "en": "d MMM HH:mm"}
SHORTLY = {"ko": "M월 d일(E) HH:mm", "en": "EEE d MMM, HH:mm"}
HOME = "KR"
NOT_COUNTRIES = frozenset(
    ["AC", "AQ", "BV", "CP", "DG", "EA", "EU", "EZ", "HM", "IC", "QO", "TA", "TF", "UM", "UN", "XA", "XB", "ZZ"]
)


def gettext(message: str, **facts: object) -> str:
    """A message in the language of the page."""
    said = _messages().gettext(message)
    return said % facts if facts else said


def ngettext(singular: str, plural: str, num: int, **facts: object) -> str:
    """A message about a number of things, in the language of the page."""
    return _messages().ngettext(singular, plural, num) % {"num": num, **facts}


def _messages() -> Translations:
    """Flask-Babel finds them too, through five looks at the request for each message."""
    locale = get_locale()
    return messages(locale.language if locale else DEFAULT)


def briefly(moment: datetime) -> str:
    """An instant where there is little room: 11/19 10:00, or 19 Nov 10:00; Korean time."""
    return _in_korean_time(moment, BRIEFLY)


def shortly(moment: datetime) -> str:
    """An instant of the coming weeks: 11월 19일(목) 10:00, or Thu 19 Nov, 10:00; Korean time."""
    return _in_korean_time(moment, SHORTLY)


def people(number: int) -> str:
    """4명, or 4 people."""
    return ngettext("%(num)s person", "%(num)s people", number)


def how_full(left: int, waiting: int) -> str:
    """3 places left, or how many wait where none is."""
    if left > 0:
        return ngettext("%(num)s place left", "%(num)s places left", left)
    if waiting == 0:
        return gettext("Nobody waits yet")
    return ngettext("%(num)s party waits", "%(num)s parties wait", waiting)


def countries() -> list[tuple[str, str]]:
    """Codes and names of countries in the language of the page: Korea first, the others by name."""
    return countries_in(current_language())


def country(code: str) -> str:
    """The name of a country in the language of the page; its code where there is no name."""
    return _names(current_language()).get(code, code)


@cache
def country_codes() -> frozenset[str]:
    """The codes of all countries."""
    return frozenset(_names(DEFAULT))


def reached_at(contact: str, way: str) -> str:
    """A contact as people write it: a Korean number as 010-1234-5678, others with their country code."""
    if way != "sms":
        return contact
    number = phonenumbers.parse(contact, HOME)
    korean = number.country_code == phonenumbers.country_code_for_region(HOME)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if korean else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def _in_korean_time(moment: datetime, patterns: dict[str, str]) -> str:
    lang = current_language()
    return _formatted(moment, patterns[lang], lang)


@lru_cache(AS_MANY_AS_ARE_SHOWN)
def _formatted(moment: datetime, pattern: str, lang: str) -> str:
    return str(format_datetime(kst.in_seoul(moment), pattern, tzinfo=kst.KST, locale=lang))


@cache
def _names(language: str) -> dict[str, str]:
    return dict(countries_in(language))


@cache
def countries_in(language: str) -> list[tuple[str, str]]:
    """The same in a language that is named."""
    names = {
        code: str(name)
        for code, name in Locale(language).territories.items()
        if len(code) == len(HOME) and code.isalpha() and code not in NOT_COUNTRIES
    }
    others = sorted((name, code) for code, name in names.items() if code != HOME)
    return [(HOME, names[HOME]), *((code, name) for name, code in others)]
