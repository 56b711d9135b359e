"""What nobody should type, and somebody will: numbers, days, texts, bytes, names of fields, ids."""

from collections.abc import Callable, Sequence
from random import Random
from uuid import UUID

from tests.fuzz.passkeys import MADE, SIGNED


def _apart(text: str) -> list[str]:
    return text.split()


CANARY = "fz<q>"
BREAKOUT = "fz\"'q"
EVALUATED = "fz49"

PLAUSIBLE = {
    "name": "김하늘",
    "birth_date": "1990-01-01",
    "nationality": "KR",
    "mail": "citizen@example.kr",
    "password": "four words in a row",
    "new_password": "five other words in a row",
    "digits": "818470",  # what the app of tests/fuzz/factors.py shows at Monday, 09:00
    "recovery_code": "BCDF-GHJK-LMNP-QRST",
    "credential": SIGNED,
    "new_credential": MADE,
    "contact": "haneul@example.kr",
    "reference": "ABCD-2345",
    "search": "김하늘",
    "seats": "1",
    "choice_1": "",  # the further choices of a draw may be left open; the same one twice is refused
    "choice_2": "",
    "people": "1",
    "plate": "71가 1234",
    "guide_phone": "010-1234-5678",
    "token": "a roster on a device",
    "marks": "[]",
    "amount": "50",
    "level": "9",
    "place": "1",
    "capacity": "12",
    "party_limit": "5",
    "announced_at": "",
    "effective_from": "2026-05-22",
    "planned_until": "2026-05-30",
    "effective_until": "2026-05-30",
    "until": "2026-05-30",
    "first_day": "2026-07-22",
    "last_day": "2026-07-30",
    "day": "2026-05-22",
    "days": "14",
    "authority": "army",
    "start": "2026-06-02 10:00",
    "times": "10:00 14:00",
    "weekdays": "0",
    "courses": "paju",
    "opens_at": "2026-05-05 10:00",
    "closes_at": "2026-05-12 18:00",
    "value_at": "2026-05-13 21:00",
    "left_overs_at": "2026-05-20 10:00",
    "releases_at": "2026-05-07 18:00",
    "allotment": "",  # a party of no group
    "value": "4 9 17 23 31 44",
    "code": "hwacheon",
    "runs_from": "2026-05-22",
    "runs_until": "2026-10-31",
    "next": "/ko/my",
    "party_max": "4",
    "condition": "y",
    "authority_agreed": "y",
    "consent": "y",
    "opens_days_before": "28",
    "closes_days_before": "2",
    "roster_due_days": "2",
    "amend_until_days": "2",
    "skip_bound": "3",
    "runs_from_people": "4",
    "decided_days_before": "4",
    "decided_at": "10:00",
    "min_age": "10",
    "minutes": "120",
    "fee_krw": "10000",
    "length_km": "7.9",
    "walk_km": "1.4",
    "km": "1.4",
    "path": "126.740 37.890 12",
    "party_max_after_18": "4",
    "applies_at": "",
    "ended_at": "",
    "public_from": "",
    "fallback_at": "2026-05-15 21:00",
    "region": "",  # a stop is of courses, or of a region
    "as_of": "2026-05-04 08:00",
    "document": "M1234567",
    "companions": "",  # whoever is ticked is filled in first, and nothing is sent on
    "role": "operator",
    "organisation": "paju",
    "personal_data": "y",
    "conduct": "y",
}
DIGITS = "9"
_NUMBERS = _apart(
    "0 -0 -1 +4 0x10 0b1 1_0 4.0 4,0 1e3 NaN nan inf -inf ² ½ ٣ １２ Ⅳ ① 2147483647 2147483648 -2147483649 "
    "9223372036854775807 9223372036854775808 18446744073709551616 999999 1000001"
)
NUMBERS = [*_NUMBERS, "", " 4 ", "4\n", "1" + "0" * 400, DIGITS * 4300, DIGITS * 5000, "-" + DIGITS * 5000]
DAYS = _apart(
    "0000-00-00 0001-01-01 1582-10-10 1899-12-31 1900-01-01 2026-02-30 2026-02-29 2024-02-29 2026-13-01 2026-00-10 "
    "2199-12-31 2200-01-01 9999-12-31 10000-01-01 -2026-01-01 2026-W19 2026-W19-1 2026-125 ２０２６-05-04 2026-5-4 "
    "20260504 2026/05/04 2026.05.04. 05-04-2026 2026-05 0001-01 9999-12 2099-12 2026-05-04T24:00 2026-05-04T10:00 "
    "2026-05-04T10:00:60 2026-05-04T10:00Z 2026-05-04T10:00+23:59 1900-01-01T00:00+23:59 2199-12-31T23:59-23:59 "
    "0001-01-01T00:00+14:00 9999-12-31T23:59-12:00 2026-05-04T10:00:00.123456789 10:00 24:00 25:61 １０:00"
)
TEXTS = [
    "",
    " ",
    "\u3000\u00a0",
    "\0",
    "a\0b",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\ufeff",
    "\ufffe",
    "\ufffd",
    "\u200b",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "עברית\u200f",
    "👩‍👩‍👧‍👦🇰🇷",
    "e\u0301" * 40,
    "ﷺ" * 200,
    "ﬁ",
    "İı",
    "ẞß",
    "김하늘",
    "\u1112\u1161\u11ab",
    f"{CANARY}<script>alert(1)</script>",
    f"{BREAKOUT} onfocus='x' autofocus",
    f"</textarea></title></option>{CANARY}",
    "fz{{7*7}}",
    "fz{%print(7*7)%}",
    "fz${7*7}",
    "%s%s%n%(csrf_token)s%(x",
    "%",
    "%%(field)s",
    "{0.__class__.__mro__}{x}{",
    "' OR '1'='1' --",
    '"; DROP TABLE application; --',
    "_%\\_[a-z]*",
    "a\r\nSet-Cookie: sid=x\r\n\r\nfz<q>",
    "x@example.kr\nBcc: y@example.kr",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/\\evil.example",
    "//evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "/ko/../../evil",
    "=cmd|'/c calc'!A1",
    "@SUM(A1:A9)",
    "+1+1",
    "-2+3",
    "null",
    "None",
    "undefined",
    "true",
    "[]",
    "{}",
    '{"a":1}',
    "on",
    "y",
]
LONG = [
    "x" * 201,
    "x" * 2001,
    "x" * 100_001,
    "가" * 30_000,
    " " * 100_000,
    "123456" + " " * 100_000,
    "1-" * 50_000,
    "1 " * 50_000,
    "010" + "-" * 100_000 + "1",
    "a@" + "b." * 40_000,
    "a" * 50_000 + "@example.kr",
    "@" * 100_000,
    "a" + "\u0301\u0327" * 25_000,
    "\u1112\u1161" * 15_000,
    "ﷺ" * 20_000,
    "1,2\n" * 20_000,
    '"' * 99_999,
    ",".join(["x"] * 50_000),
    "10:00 " * 16_000,
    "0 " * 50_000,
]
MARKUP = [text for text in TEXTS if "fz" in text or "evil" in text]
BYTES = [b"\xff\xfe", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\xb1\xe8", b"a\xffb"]
_NAMES = _apart(
    "csrf_token form_id stage shown self form data prefix formdata endpoint lang code _external _anchor _scheme "
    "_method __class__ visitors visitors- visitors-0 visitors--1-name visitors-0-name visitors-99-name "
    "visitors-²-name visitors-１-name visitors-0-0-name visitors-999999999999-name visitors-0-csrf_token "
    "visitors-1e9-name page day month view as_of first last seats show at wait next year course departure start "
    "region state act subject actor scale level whose for errors submit id"
)
NAMES = [*_NAMES, "", " ", "[]", "a[b]", "fz<q>", f"visitors-{DIGITS * 5000}-name", "x" * 5000, "\0", "김"]
NOWHERE = str(UUID(int=7))
IDS = [
    NOWHERE,
    str(UUID(int=0)),
    str(UUID(int=2**128 - 1)),
    "not-an-id",
    "0",
    "-1",
    "01a21810c8cc71fd9f7b1d263e46f5ac",
    "{01a21810-c8cc-71fd-9f7b-1d263e46f5ac}",
    "%00",
    "%ff",
    "%2e%2e%2f",
    "..",
    "a%2Fb",
    "%F0%9F%91%A9",
    "a%0d%0aSet-Cookie:x=1",
    "x" * 3000,
    "%EF%BC%91",
    "fz%3Cq%3E",
    ";",
    "%25s",
]

_Maker = Callable[[Random], "str | bytes"]


def plausible(name: str, value: str = "", choices: Sequence[str] = ()) -> str:
    """What a person might type into the field of that name, or choose, unless it is filled in already."""
    if not value and any(choices):
        return PLAUSIBLE[name] if PLAUSIBLE.get(name) in choices else next(filter(None, choices))
    return value or PLAUSIBLE.get(name.rsplit("-", 1)[-1], "유효한 글" if name.endswith("_ko") else "A fair text")


def odd_value(chance: Random) -> bytes:
    """Something that should not have been typed."""
    made = chance.choices(_MAKERS, weights=_WEIGHTS)[0](chance)
    return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")


def odd_name(chance: Random) -> bytes:
    """The name of a field that the form may not have."""
    return chance.choice(NAMES).encode("utf-8", "surrogatepass")


def odd_id(chance: Random) -> str:
    """What may stand in an address instead of an id, quoted for an address."""
    return chance.choice(IDS)


def _letters(chance: Random) -> str:
    """Any characters at all but halves of them."""
    return "".join(chr(chance.choice((chance.randrange(32, 0xD800), chance.randrange(0xE000, 0x110000))))
                   for _ in range(chance.randrange(1, 12)))  # fmt: skip


_MAKERS: list[_Maker] = [
    lambda chance: chance.choice(MARKUP),
    lambda chance: chance.choice(NUMBERS),
    lambda chance: str(chance.randrange(-(2**70), 2**70)),
    lambda chance: chance.choice(DAYS),
    lambda chance: chance.choice(TEXTS),
    lambda chance: chance.choice(TEXTS) + chance.choice(TEXTS),
    _letters,
    lambda chance: chance.choice(BYTES),
    lambda chance: chance.choice(IDS),
    lambda chance: chance.choice(LONG),
]
_WEIGHTS = [12, 16, 4, 16, 30, 6, 8, 8, 6, 2]
