"""What is sent as a workbook and is none, or a damaged one: a sentence, and never a fault of ours."""

import io
import random
import zipfile

import pytest

from tourbook.clearance.files import read_replies
from tourbook.courses import ImportRefused

NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADING = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("reference", "visitor", "answer"))
LINE = '<c t="inlineStr"><is><t>ABCD-2345</t></is></c><c><v>1</v></c><c t="inlineStr"><is><t>cleared</t></is></c>'
SHEET = f"<worksheet {NAMES}><sheetData><row>{HEADING}</row><row>{LINE}</row></sheetData></worksheet>"
SHARED = f"<sst {NAMES}><si><t>1</t></si></sst>"
PACKED_AT = 30 + len("xl/worksheets/sheet1.xml")
"""Where the packed content of the first part begins, after its own heading."""


def book(sheet: str = SHEET, packing: int = zipfile.ZIP_DEFLATED, shared: str = SHARED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
        packed.writestr("xl/sharedStrings.xml", shared)
    return file.getvalue()


def damaged(content: bytes, at: int = PACKED_AT, length: int = 8, byte: int = 0xFF) -> bytes:
    return content[:at] + bytes([byte]) * length + content[at + length :]


def locked(content: bytes) -> bytes:
    """As if it needed a password: a flag in the heading of each part, and in the list of them at the end."""
    marked = bytearray(content)
    for heading, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        marked[content.find(heading) + flags] |= 1
    return bytes(marked)


BROKEN = {
    "a password": locked(book()),
    "damage": damaged(book()),
    "damage of bzip2": damaged(book(packing=zipfile.ZIP_BZIP2), PACKED_AT + 12, 28, 0x55),
    "damage of lzma": damaged(book(packing=zipfile.ZIP_LZMA), PACKED_AT + 12, 28, 0x55),
    "an encoding that nobody knows": book(f'<?xml version="1.0" encoding="no-such"?>{SHEET}'),
    "a shared text before the first": book(SHEET.replace("<c><v>1</v>", '<c t="s"><v>-1</v>')),
    "a shared text after the last": book(SHEET.replace("<c><v>1</v>", '<c t="s"><v>1</v>')),
}


def test_the_workbook_that_is_damaged_here_is_read_while_it_is_whole() -> None:
    [line] = read_replies(book()).lines

    assert (line.draft.reference, line.draft.number) == ("ABCD-2345", 1)


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_workbook_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(ImportRefused) as error:
        read_replies(content)

    assert error.value.facts["problems"] == [(0, "file_not_workbook", {})]


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_whatever_byte_is_damaged_it_is_read_or_refused(packing: int) -> None:
    whole, lots = book(packing=packing), random.Random(4)

    refused = 0
    for _ in range(400):
        content = damaged(whole, lots.randrange(4, len(whole)), lots.randint(1, 4), lots.randrange(256))
        try:
            read_replies(content)
        except ImportRefused:
            refused += 1

    assert refused > 100
