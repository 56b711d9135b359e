"""Files that nobody can read, or that can be read and should not: made from good files of each kind."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.fuzz.oddities import odd_value

DATA = Path(__file__).resolve().parents[1] / "data"
FILES = {
    "regions": "regions.csv",
    "courses": "courses.csv",
    "orders": "distancing_orders.csv",
    "measures": "site_measures.csv",
}
FOR_PAGES_ALONE = {"replies": "clearance_replies.csv"}  # the command asks for a departure too
FEW = 6
Rows = list[list[str]]


def spoilt_sheet(what: str, chance: Random) -> tuple[bytes, str]:
    """A file of that kind with up to three things wrong in its rows and one in its bytes; and what was done to it."""
    rows = _rows(what)
    rows = [rows[0], *chance.sample(rows[1:], min(len(rows) - 1, chance.randrange(1, FEW)))]
    done = []
    for spoil in chance.choices(_SPOILT_ROWS, k=chance.randrange(0, 4)):
        spoil(rows, chance)
        done.append(spoil.__name__.strip("_"))
    write = chance.choices(_WRITTEN, weights=[6] + [1] * (len(_WRITTEN) - 1))[0]
    return write(_as_text(rows, chance), chance), f"{what}: {', '.join([*done, write.__name__.strip('_')])}"


def good_sheet(what: str) -> str:
    """The first lines of a file of that kind, as it should be."""
    return _as_text(_rows(what)[:FEW], Random(0))


def kind_of(endpoint: str) -> str:
    """Which kind of file an address takes: admin.import_orders takes orders."""
    return endpoint.rpartition("_")[2]


def _rows(what: str) -> Rows:
    with (DATA / (FILES | FOR_PAGES_ALONE)[what]).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _as_text(rows: Rows, chance: Random) -> str:
    out = io.StringIO()
    ends = chance.choices(["\r\n", "\n", "\r"], weights=[4, 4, 1])[0]
    delimiter = chance.choices([",", ";", "\t"], weights=[12, 1, 1])[0]
    csv.writer(out, delimiter=delimiter, lineterminator=ends).writerows(rows)
    return out.getvalue()


# -- in the rows ------------------------------------------------------------------------------------------------------


def _odd_cell(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows[1:] or rows)
    if row:
        row[chance.randrange(len(row))] = odd_value(chance).decode("utf-8", "replace")


def _long_cell(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows)
    if row:
        row[chance.randrange(len(row))] = chance.choice(["x", "9", "김", '"', " ", "\n"]) * 100_000


def _formula(rows: Rows, chance: Random) -> None:
    row = chance.choice(rows[1:] or rows)
    if row:
        row[chance.randrange(len(row))] = chance.choice(["=1+1", "@SUM(A1)", "+82", "-1", "=cmd|' /c calc'!A0"])


def _column_missing(rows: Rows, chance: Random) -> None:
    place = chance.randrange(max(len(rows[0]), 1))
    for row in rows:
        del row[place : place + 1]


def _column_twice(rows: Rows, chance: Random) -> None:
    place = chance.randrange(max(len(rows[0]), 1))
    for row in rows:
        row.extend(row[place : place + 1])


def _column_renamed(rows: Rows, chance: Random) -> None:
    if rows[0]:
        rows[0][chance.randrange(len(rows[0]))] = odd_value(chance).decode("utf-8", "replace")


def _cell_too_many(rows: Rows, chance: Random) -> None:
    chance.choice(rows).append("x")


def _cell_too_few(rows: Rows, chance: Random) -> None:
    del chance.choice(rows)[-1:]


def _row_twice(rows: Rows, chance: Random) -> None:
    rows.append(list(chance.choice(rows)))


def _blank_row(rows: Rows, chance: Random) -> None:
    rows.insert(chance.randrange(len(rows) + 1), [])
    if not rows[0]:
        rows.insert(0, [""])


def _many_rows(rows: Rows, chance: Random) -> None:
    rows.extend([["1"] for _ in range(chance.choice([10, 1000, 40_000]))])


def _swapped_cells(rows: Rows, chance: Random) -> None:
    chance.shuffle(chance.choice(rows))


_SPOILT_ROWS: list[Callable[[Rows, Random], None]] = [
    *[_odd_cell] * 8,
    _long_cell,
    *[_formula] * 2,
    _column_missing,
    _column_twice,
    _column_renamed,
    _cell_too_many,
    _cell_too_few,
    *[_row_twice] * 2,
    _blank_row,
    _many_rows,
    _swapped_cells,
]


# -- in the bytes -----------------------------------------------------------------------------------------------------


def _plain(text: str, _chance: Random) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _with_mark(text: str, chance: Random) -> bytes:
    return b"\xef\xbb\xbf" * chance.randrange(1, 3) + _plain(text, chance)


def _utf_16(text: str, chance: Random) -> bytes:
    return text.encode(chance.choice(["utf-16", "utf-16-le", "utf-16-be"]), "surrogatepass")


def _cp949(text: str, _chance: Random) -> bytes:
    return text.encode("cp949", "replace")


def _odd_bytes(text: str, chance: Random) -> bytes:
    whole = _plain(text, chance)
    place = chance.randrange(len(whole) + 1)
    return whole[:place] + chance.choice([b"\0", b"\xff", b"\xed\xa0\x80", b"\r", b'"', b"\x1a"]) + whole[place:]


def _cut_off(text: str, chance: Random) -> bytes:
    whole = _plain(text, chance)
    return whole[: chance.randrange(len(whole) + 1)]


def _a_spreadsheet(_text: str, _chance: Random) -> bytes:
    return b"PK\x03\x04" + bytes(range(256)) * 4


_WRITTEN: list[Callable[[str, Random], bytes]] = [
    _plain,
    _with_mark,
    _utf_16,
    _cp949,
    _odd_bytes,
    _cut_off,
    _a_spreadsheet,
]
