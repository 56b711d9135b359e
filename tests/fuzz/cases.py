"""One case: what a browser would send for a target, spoilt in one way or several. The same seed gives the same case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit

from tests.fuzz.discovery import Target
from tests.fuzz.oddities import NOWHERE, PLAUSIBLE, odd_id, odd_name, odd_value, plausible
from tests.fuzz.sheets import FILES, good_sheet, kind_of, spoilt_sheet
from tests.fuzz.site import Browser

FORM = "application/x-www-form-urlencoded"
ODD_TYPES = (
    "",
    "text/plain",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=é",
    f"{FORM}; charset=utf-16",
    f"{FORM}; charset=fz",
    "x" * 300,
)
ODD_FILE_NAMES = (b"", b"../../x.csv", b"x\0.csv", b"\xff.csv", b"fz<q>.csv", b'a"b.csv', b"\xed\xa0\x80", b"x" * 5000)
BOUNDARY = b"----fuzz"
MANY = 1500
POSTS = 0.85
CHOSEN = 0.3
FITS = 0.9
FOR_NEWCOMERS = ("signin.register_now", "admin.invite_person")
RETYPED = 0.15
UPLOADED = 0.6
Pairs = list[tuple[bytes, bytes]]


@dataclass
class Case:
    """One request, and what was done to it. `forged`: nobody may change anything by it."""

    target: Target
    browser: str
    method: str
    path: str
    query: Pairs = field(default_factory=list)
    fields: Pairs = field(default_factory=list)
    files: list[tuple[bytes, bytes, bytes]] = field(default_factory=list)
    content_type: str = FORM
    raw: bytes | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    forged: bool = False

    @property
    def address(self) -> str:
        """The path with its query."""
        query = _encoded(self.query)
        return f"{self.path}?{query.decode('ascii')}" if query else self.path

    @property
    def body(self) -> bytes:
        """What stands after the headers."""
        if self.method != "POST":
            return b""
        if self.raw is not None:
            return self.raw
        return _multipart(self) if self.files else _encoded(self.fields)

    @property
    def sent_as(self) -> str:
        """The type that the body is said to have."""
        return f"multipart/form-data; boundary={BOUNDARY.decode()}" if self.files else self.content_type

    def __str__(self) -> str:
        told = f"{self.method} {self.address[:200]} as {self.browser}: {'; '.join(self.done) or 'as it is'}"
        return f"{told}\n    {self.sent_as[:80]} {self.body[:600]!r}" if self.method == "POST" else told


def make_case(targets: Sequence[Target], browsers: dict[str, Browser], chance: Random, *, spoilt: bool = True) -> Case:
    """A case for one of the targets: mostly posts, and each kind of form as often as any other."""
    there = {target.method for target in targets}
    method = "POST" if "GET" not in there or ("POST" in there and chance.random() < POSTS) else "GET"
    endpoint = chance.choice(sorted({target.endpoint for target in targets if target.method == method}))
    target = chance.choice([target for target in targets if (target.method, target.endpoint) == (method, endpoint)])
    parts = urlsplit(target.path)
    path = parts.path.replace("/ko/", chance.choice(["/ko/", "/en/"]), 1)
    query = [(name.encode(), value.encode()) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    case = Case(target, target.browser, target.method, path, query)
    if case.method == "POST":
        case.fields = _filled_in(target, chance)
        if spoilt:
            case.files = [_a_file(name, case, chance) for name in target.files]
            _spoil_post(case, browsers, chance)
    elif spoilt:
        _spoil_get(case, chance)
    return case


def _filled_in(target: Target, chance: Random) -> Pairs:
    """The form as somebody fills it in: what is there stays mostly, choices are made, the rest is plausible."""
    choices = dict(target.choices)
    pairs = []
    for name, value in target.values:
        if name == "form_id":
            value = f"{chance.getrandbits(64):x}"  # noqa: PLW2901 - each case is a form of its own
        elif name in choices and chance.random() < CHOSEN:
            value = chance.choice(choices[name])  # noqa: PLW2901 - likewise
        elif name == "text" and target.files:
            value = good_sheet(kind_of(target.endpoint))  # noqa: PLW2901 - likewise
        elif name == "mail" and target.endpoint in FOR_NEWCOMERS:
            value = f"new{chance.getrandbits(32)}@example.kr"  # noqa: PLW2901 - likewise
        elif name != "csrf_token" and (not value or (name in PLAUSIBLE and chance.random() < RETYPED)):
            value = plausible(name, "", choices.get(name, ()))  # noqa: PLW2901 - likewise
        pairs.append((name.encode(), value.encode()))
    return pairs


def _a_file(name: str, case: Case, chance: Random) -> tuple[bytes, bytes, bytes]:
    what = kind_of(case.target.endpoint) if chance.random() < FITS else chance.choice(sorted(FILES))
    content, done = spoilt_sheet(what, chance) if chance.random() < UPLOADED else (b"", "no file")
    case.done.append(done)
    return name.encode(), chance.choice((b"sheet.csv", b"sheet.csv", *ODD_FILE_NAMES)), content


def _spoil_post(case: Case, browsers: dict[str, Browser], chance: Random) -> None:
    ways = chance.choices(_POST_WAYS, weights=_POST_WEIGHTS, k=chance.choices((1, 2, 4), weights=(6, 2, 1))[0])
    for spoil in ways:
        spoil(case, chance)
        case.done.append(spoil.__name__.strip("_"))
    if chance.random() < 0.12:
        _forge(case, chance)
    elif chance.random() < 0.1:
        _as_somebody_else(case, browsers, chance)


def _spoil_get(case: Case, chance: Random) -> None:
    for spoil in chance.choices(_GET_WAYS, k=chance.randrange(1, 3)):
        spoil(case, chance)
        case.done.append(spoil.__name__.strip("_"))


# -- values, names, shape ---------------------------------------------------------------------------------------------


def _nothing(_case: Case, _chance: Random) -> None:
    """As it is."""


def _odd_field(case: Case, chance: Random) -> None:
    places = [place for place, (name, _value) in enumerate(case.fields) if name != b"csrf_token"]
    if places:
        place = chance.choice(places)
        case.fields[place] = (case.fields[place][0], odd_value(chance))


def _all_odd(case: Case, chance: Random) -> None:
    case.fields = [(name, value if name == b"csrf_token" else odd_value(chance)) for name, value in case.fields]


def _field_missing(case: Case, chance: Random) -> None:
    places = [place for place, (name, _value) in enumerate(case.fields) if name != b"csrf_token"]
    if places:
        del case.fields[chance.choice(places)]


def _field_repeated(case: Case, chance: Random) -> None:
    if case.fields:
        name, value = chance.choice(case.fields)
        case.fields.append((name, chance.choice((value, odd_value(chance)))))


def _field_extra(case: Case, chance: Random) -> None:
    case.fields.append((odd_name(chance), odd_value(chance)))


def _field_renamed(case: Case, chance: Random) -> None:
    places = [place for place, (name, _value) in enumerate(case.fields) if name != b"csrf_token"]
    if places:
        place = chance.choice(places)
        case.fields[place] = (odd_name(chance), case.fields[place][1])


def _many_fields(case: Case, chance: Random) -> None:
    case.fields += [(b"visitors-%d-name" % number, b"x") for number in range(chance.choice((41, 900, MANY)))]


def _foreign_id(case: Case, chance: Random) -> None:
    """An id that belongs to nobody in a field that holds one."""
    case.fields = [(name, NOWHERE.encode() if len(value) == len(NOWHERE) else value) for name, value in case.fields]


def _used_form_id(case: Case, chance: Random) -> None:
    """The one-time id of a form that somebody else has sent before."""
    case.fields = [(n, b"form %d" % chance.randrange(1, 20) if n == b"form_id" else v) for n, v in case.fields]


def _odd_path(case: Case, chance: Random) -> None:
    parts = case.path.split("/")
    places = [place for place in range(2, len(parts)) if parts[place]]
    if places:
        parts[chance.choice(places)] = odd_id(chance)
        case.path = "/".join(parts)


def _odd_query(case: Case, chance: Random) -> None:
    name = chance.choice((odd_name(chance), *(name for name, _value in case.query)))
    case.query.append((name, odd_value(chance)[:20_000]))


def _query_changed(case: Case, chance: Random) -> None:
    if case.query:
        place = chance.randrange(len(case.query))
        case.query[place] = (case.query[place][0], odd_value(chance)[:20_000])


# -- the body as a whole ----------------------------------------------------------------------------------------------


def _odd_type(case: Case, chance: Random) -> None:
    case.content_type, case.files = chance.choice(ODD_TYPES), []


def _broken_body(case: Case, chance: Random) -> None:
    whole = case.body
    place = chance.randrange(len(whole) + 1)
    junk = chance.choice((b"%", b"%zz", b"%ff%fe", b"\xff", b"\0", b"&&&===&", b"\r\n--", b"+" * 1000))
    case.raw = whole[:place] + junk + whole[chance.choice((place, len(whole))) :]


def _too_large(case: Case, chance: Random) -> None:
    case.fields.append((b"x", b"x" * chance.choice((400_000, 600_000, 3_000_000))))


def _as_multipart(case: Case, chance: Random) -> None:
    case.files.append((odd_name(chance), chance.choice(ODD_FILE_NAMES), odd_value(chance)))


def _odd_header(case: Case, chance: Random) -> None:
    name = chance.choice(("Accept-Language", "Cookie", "Referer", "Accept-Encoding", "Sec-Fetch-Site", "Save-Data"))
    value = odd_value(chance)[:2000].decode("latin-1").replace("\r", "").replace("\n", "")
    case.headers.append((name, "same-origin" if name == "Sec-Fetch-Site" else value))


# -- tokens and other people ------------------------------------------------------------------------------------------


def _forge(case: Case, chance: Random) -> None:
    """No token, an empty one, or one that was made for another browser."""
    case.fields = [(name, value) for name, value in case.fields if name != b"csrf_token"]
    token = chance.choice((None, b"", b"x", _OTHERS_TOKEN, odd_value(chance)))
    if token is not None:
        case.fields.append((b"csrf_token", token))
    case.forged, case.raw = True, None
    case.done.append("forged")


def _as_somebody_else(case: Case, browsers: dict[str, Browser], chance: Random) -> None:
    """The same request, token and all, from another browser: its token fits no longer."""
    case.browser = chance.choice(sorted(browsers))
    if case.browser != case.target.browser:
        case.forged = True
        case.done.append(f"sent by {case.browser}")


_OTHERS_TOKEN = b"IjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njci.afgkAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA"
_POST_WAYS: list[Callable[[Case, Random], None]] = [
    _odd_field,
    _nothing,
    _all_odd,
    _field_missing,
    _field_repeated,
    _field_extra,
    _field_renamed,
    _many_fields,
    _foreign_id,
    _used_form_id,
    _odd_path,
    _odd_query,
    _odd_type,
    _broken_body,
    _too_large,
    _as_multipart,
    _odd_header,
]
_POST_WEIGHTS = [50, 6, 3, 5, 4, 4, 4, 1, 2, 2, 4, 3, 2, 3, 1, 2, 2]
_GET_WAYS: list[Callable[[Case, Random], None]] = [_odd_path, _odd_query, _odd_query, _query_changed, _odd_header]


# -- on the wire ------------------------------------------------------------------------------------------------------


def _encoded(pairs: Pairs) -> bytes:
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode("ascii")


def _multipart(case: Case) -> bytes:
    plain = b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    file = b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: text/csv\r\n\r\n%b\r\n'
    parts = [plain % (BOUNDARY, name, value) for name, value in case.fields]
    parts += [file % (BOUNDARY, name, file_name, content) for name, file_name, content in case.files]
    return b"".join(parts) + b"--%b--\r\n" % BOUNDARY
