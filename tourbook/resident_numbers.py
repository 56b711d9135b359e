"""Korean resident registration numbers: whether a text holds what looks like one, in any dress.

Article 24-2 of the Personal Information Protection Act: none of them, not even with consent. Checks of the number
itself help nobody (since 2020 its last digits are random), so what is written as one is taken for one: six digits and
seven of which the first is 1 to 8 (5 to 8 are those of foreigners). Where more stands between the two than blanks and
a hyphen, the six must be a day, so that ordinary numbers side by side are none.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import unescape
from urllib.parse import unquote

ALL_DIGITS_BELOW = 0x20000
MOST_WRAPPINGS = 3
SHORTEST = 7
"""Characters: some stand for two digits at once."""

UNSEEN = {"Cf", "Mn", "Me"}
"""Characters of formatting, and those that stand on the one before."""
FILLERS = "\u115f\u1160\u3164\uffa0"
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－·."), "-")
# The blanks are taken in one way only: where two parts can share them, a long row of them takes for ever.
_PLAIN = re.compile(r"(?<![\d+])\d{6}\s*(?:-\s*){0,3}[1-8]\d{6}(?!\d)", re.ASCII)
_SIGN = r"[\s_,/-]{1,3}"
_DAY_APART = rf"(?:0{_SIGN}[1-9]|1{_SIGN}[0-2]){_SIGN}(?:0{_SIGN}[1-9]|[12]{_SIGN}\d|3{_SIGN}[01])"
_NO_MORE = "".join(rf"(?<!\d[\s_,/-]{{{count}}})" for count in (1, 2, 3))
_BOUND, _END = r"(?<![0-9A-Za-z+])", r"(?![0-9A-Za-z])"
_APART = re.compile(
    "|".join(
        (
            # The day in three parts, or anything short between the halves, or the seventh digit by itself.
            rf"{_BOUND}\d\d([ /-]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])\D{{0,8}}[1-8][\s-]?\d{{6}}{_END}",
            # Each digit by itself.
            rf"{_BOUND}{_NO_MORE}(?:\d{_SIGN}){{2}}{_DAY_APART}\D{{1,8}}[1-8](?:{_SIGN}\d){{6}}{_END}(?!{_SIGN}\d)",
        )
    ),
    re.ASCII,
)
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.ASCII | re.IGNORECASE)
_SPELT = re.compile(r"[공영〇零일이삼사오육륙칠팔구一二三四五六七八九\s-]{13,}")
_SPELT_OUT = re.compile(r"\d{6}[\s-]*[1-8]\d{6}")  # what follows may be a letter that is a digit too: 칠이에요
_AS_DIGITS = str.maketrans("공영〇零일이삼사오육륙칠팔구一二三四五六七八九", "00001234566789123456789")


def holds_resident_number(text: str) -> bool:
    """Does the text hold what looks like a Korean resident registration number?

    Digits of every script and shape, characters that are not seen, lines, words around it, entities of HTML, percent
    signs and digits spelt in Korean hide none. What is encoded so that nobody reads it (base64, say) is not opened.
    """
    return len(text) >= SHORTEST and any(map(_holds, _unwrapped(text)))


def _unwrapped(text: str) -> Iterator[str]:
    """The text, and what is in it where it was wrapped for an address or a page."""
    for _turn in range(MOST_WRAPPINGS + 1):
        yield text
        inner = unescape(text) if "&" in text else text
        inner = unquote(inner, errors="replace") if "%" in inner else inner
        if inner == text:
            return
        text = inner


def _holds(text: str) -> bool:
    folded = _UUID.sub("", text.translate(DASHES if text.isascii() else _plain_ones()))
    spelt = (found.translate(_AS_DIGITS) for found in _SPELT.findall(folded))
    return any(look.search(folded) for look in (_PLAIN, _APART)) or any(map(_SPELT_OUT.search, spelt))


@cache
def _plain_ones() -> dict[int, str | None]:
    """What characters mean for this: plain digits, blanks and signs, and nothing where nothing is seen by itself.

    Letter by letter, and only where it matters: to bring a long text into its plain form takes seconds.
    """
    letters = map(chr, (*range(ALL_DIGITS_BELOW), *range(0xE0000, 0xE0200)))
    return {ord(letter): found for letter in letters if (found := _meant(letter)) != letter}


def _meant(letter: str) -> str | None:
    if unicodedata.category(letter) in UNSEEN or letter in FILLERS:
        return None
    meant = unicodedata.normalize("NFKC", letter).translate(DASHES)
    digits = "".join(str(unicodedata.digit(one, one)) for one in meant)
    matters = any(one in "+-&%" or one.isspace() or one.isdecimal() for one in digits[:1] + digits[-1:])
    return digits if matters else letter
