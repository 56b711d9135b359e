"""Characters: which texts every database keeps, every page shows, and every program reads in good time."""

import re
import unicodedata
from functools import cache

# Control characters but for blanks, halves of characters, and code points that are no characters at all.
_NO_TEXT = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Unicode's own limit for one letter (UAX 15, stream-safe text). To put a longer row in order takes time by its square.
MOST_MARKS = 30
_WITH_MARKS = range(0x300, 0x1F000)


def is_keepable(text: str) -> bool:
    """Can every database keep this text, and every page show it?

    NUL and halves of characters can do neither; a row of more than 30 marks on one letter is no text either.
    """
    return _unkeepable().search(text) is None


@cache
def _unkeepable() -> re.Pattern[str]:
    marks = "".join(re.escape(chr(point)) for point in _WITH_MARKS if _is_mark(chr(point)))
    return re.compile(f"{_NO_TEXT}|[{marks}]{{{MOST_MARKS + 1}}}")


def _is_mark(letter: str) -> bool:
    """Does it stand on the letter before it, by itself or once it is composed?"""
    return unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) != 0
