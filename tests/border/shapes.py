"""A thousand shapes of resident registration numbers, and ten times as many ordinary things that are none."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html.entities import codepoint2name
from urllib.parse import quote
from uuid import UUID

from tourbook.fingerprint import fingerprint

SCRIPTS = (0x30, 0xFF10, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0x1D7CE, 0x1D7D8, 0x1D7F6)
"""Where the digits of a script begin: ASCII, full-width, Arabic-Indic, Persian, Devanagari, Bengali, Thai, bold ..."""
UNSEEN = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u3164", "\u0336")
BETWEEN = ("-", "", " ", " - ", "–", "—", "－", ".", "·", "\t", "\u00a0", "\u3000", "--", "  ")
ONLY_AFTER_A_DAY = ("/", ":", "_", "*", "|", " 뒤 ", " 뒷자리는 ", " ... ", ") (")
AROUND = (
    "{}",
    "주민번호 {} 입니다",
    "id:{}!",
    "({})",
    "김하늘 {}",
    "제 번호는{}이에요",
    "a\n{}\nb",
    "RRN {}.",
    "x={};",
)
SPELT = "공일이삼사오육칠팔구"
Dress = Callable[[random.Random, str, str], str]


def _in_a_script(chance: random.Random, born: str, rest: str) -> str:
    zero = chance.choice(SCRIPTS)
    return "".join(chr(zero + int(one)) if one.isdigit() else one for one in born + chance.choice(BETWEEN) + rest)


def _with_unseen(chance: random.Random, born: str, rest: str) -> str:
    whole = list(born + chance.choice(BETWEEN) + rest)
    for _ in range(chance.randrange(1, 5)):
        whole.insert(chance.randrange(1, len(whole)), chance.choice(UNSEEN))
    return "".join(whole)


def _over_lines(chance: random.Random, born: str, rest: str) -> str:
    return born + chance.choice(("\n", "\r\n", "-\n", " \n ", "\n\n")) + rest


def _apart(chance: random.Random, born: str, rest: str) -> str:
    return born + chance.choice(ONLY_AFTER_A_DAY) + rest


def _day_in_parts(chance: random.Random, born: str, rest: str) -> str:
    between = chance.choice((" ", "-", ".", "/"))
    return between.join((born[:2], born[2:4], born[4:])) + chance.choice(("-", " ", " - ", "/")) + rest


def _one_by_one(chance: random.Random, born: str, rest: str) -> str:
    between = chance.choice((" ", "-", ", ", "/"))
    return between.join(born) + chance.choice((" - ", between)) + between.join(rest)


def _as_entities(chance: random.Random, born: str, rest: str) -> str:
    hidden = chance.choice((0.2, 1.0))
    way = chance.choice(("&#{};", "&#x{:x};", "&#0{};"))
    return "".join(way.format(ord(one)) if chance.random() < hidden else one for one in f"{born}-{rest}") + (
        "" if hidden < 1 else " &" + codepoint2name[0xA0] + ";"
    )


def _percent(chance: random.Random, born: str, rest: str) -> str:
    once = "".join(f"%{ord(one):02x}" if chance.random() < 0.5 else one for one in f"{born}-{rest}")
    return quote(once) if chance.random() < 0.3 else once


def _spelt(chance: random.Random, born: str, rest: str) -> str:
    return (
        "".join(SPELT[int(one)] for one in born) + chance.choice(("", " ", "-")) + "".join(SPELT[int(o)] for o in rest)
    )


ANY_DIGITS: tuple[Dress, ...] = (_in_a_script, _with_unseen, _over_lines, _spelt, _percent, _as_entities)
DAYS_ALONE: tuple[Dress, ...] = (_apart, _day_in_parts, _one_by_one)


def resident_numbers(number: int, seed: str = "residents") -> Iterator[str]:
    """So many, of each dress as many; the plain ones also with a day that there is not (30 February, month 13)."""
    chance = random.Random(seed)
    dresses = (*ANY_DIGITS, *DAYS_ALONE)
    for turn in range(number):
        dress = dresses[turn % len(dresses)]
        born = f"{_a_day(chance):%y%m%d}"
        if dress in ANY_DIGITS and chance.random() < 0.2:
            born = chance.choice(("990230", "001301", "123456", "000000", born[::-1]))
        rest = f"{chance.randrange(1, 9)}{chance.randrange(10**6):06}"
        yield chance.choice(AROUND).format(dress(chance, born, rest))


def ordinary_things(number: int, seed: str = "ordinary") -> Iterator[str]:
    """What people type and pages carry: phones, days, references, accounts, amounts, ids and fingerprints."""
    chance = random.Random(seed)
    for turn in range(number):
        yield _ORDINARY[turn % len(_ORDINARY)](chance)


def _a_day(chance: random.Random) -> date:
    return date(1930, 1, 1) + timedelta(days=chance.randrange(34_000))


def _digits(chance: random.Random, *lengths: int) -> str:
    return "-".join(f"{chance.randrange(10**length):0{length}}" for length in lengths)


def _reference(chance: random.Random) -> str:
    return "-".join("".join(chance.choices("BCDFGHJKMNPQRSTVWXYZ23456789", k=4)) for _ in range(2))


def _phones(chance: random.Random) -> str:
    one = chance.choice((f"010-{_digits(chance, 4, 4)}", f"010{_digits(chance, 8)}", f"+82 10 {_digits(chance, 4, 4)}"))
    return f"{one}, 02-{_digits(chance, 4, 4)}" if chance.random() < 0.3 else one


def _days(chance: random.Random) -> str:
    way = chance.choice(
        ("%Y-%m-%d", "%Y%m%d", "%Y년 %m월 %d일", "%Y.%m.%d. 10:00", "%Y-%m-%dT09:30:00+09:00", "%y%m%d")
    )
    return " ~ ".join(_a_day(chance).strftime(way) for _ in range(chance.choice((1, 2))))


def _accounts(chance: random.Random) -> str:
    """As the large banks write them, with what is to be paid back."""
    lengths = chance.choice(((3, 2, 6), (6, 2, 6), (4, 3, 6), (3, 4, 4, 2), (3, 6, 5), (4, 2, 7), (3, 3, 6)))
    return f"{_digits(chance, *lengths)} {chance.randrange(1, 900) * 1000:,}원"


def _amounts(chance: random.Random) -> str:
    return "; ".join(f"{chance.randrange(10 ** chance.randrange(1, 8)):,}" for _ in range(chance.randrange(1, 6)))


def _places(chance: random.Random) -> str:
    return f"{chance.uniform(37, 39):.4f} {chance.uniform(126, 129):.4f} {chance.randrange(900)}"


def _ids(chance: random.Random) -> str:
    found = UUID(int=chance.getrandbits(128), version=4)
    return f"{found} {UUID(int=chance.getrandbits(128), version=4)}" if chance.random() < 0.5 else str(found)


_ORDINARY: tuple[Callable[[random.Random], str], ...] = (
    _phones,
    _days,
    lambda chance: f"{_reference(chance)} {_a_day(chance)} {_reference(chance)}",
    _accounts,
    _amounts,
    _places,
    _ids,
    lambda chance: fingerprint(str(chance.random())),
    lambda chance: f"{chance.choice('MSGR')}{_digits(chance, 8)}, {_a_day(chance)}, 김하늘, {chance.randrange(1, 9)}명",
    lambda chance: " ".join(str(chance.randrange(1, 46)) for _ in range(7)),
)
