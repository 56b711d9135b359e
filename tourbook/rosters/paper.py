"""Papers: PDF on A4, with letters that can be searched and copied, and none that turns into an empty box.

The fonts are those of the pages, in a form that opens quickly. Letters that these do not have (rare syllables, hanja)
come from the whole font, which is opened only then; what that does not have either stands as its code, `[U+1F600]`, and
the paper says so. Each paper embeds the letters that it uses.
"""

import io
import logging
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from tourbook.rosters.codes import code_squares

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table that it leaves out

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
REGULAR = VENDOR / "krds-uiux-1.1.0" / "fonts" / "PretendardGOV-Regular.subset.woff"
BOLD = VENDOR / "krds-uiux-1.1.0" / "fonts" / "PretendardGOV-Bold.subset.woff"
WHOLE = VENDOR / "pretendard-gov-1.3.9" / "PretendardGOV-Regular.woff"
FONT, FALLBACK = "paper", "whole"
MARGIN, LINE = 16, 6
TEXT, SMALL, LARGE, TITLE = 10.5, 9, 13, 19
TABLE_TEXT, TABLE_LINE = 9, 5.5
GRAY, BLACK = 90, 0
LABEL = 42
PAGES = "\ufdd0"
"""Stands for the number of pages until that is known; no letter, so that nobody's name holds it."""


class Paper(FPDF):
    """One paper. `foot` stands under each page, with its number; `unwritten` explains codes in place of letters."""

    def __init__(self, title: str, *, language: str, foot: str, unwritten: str, made_at: datetime, wide: bool = False):
        super().__init__(orientation="landscape" if wide else "portrait", format="A4")
        self._foot, self._unwritten, self._has_unwritten = foot, unwritten, False
        self._open(FONT, "", REGULAR)
        self._open(FONT, "B", BOLD)
        self._letters = self._letters_of(FONT) & self._letters_of(f"{FONT}B")
        self.set_title(self.readable(title))
        self.set_lang(language)
        self.set_creation_date(made_at)
        self.alias_nb_pages(PAGES)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN + LINE)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(FONT, "", SMALL)
        self.set_text_color(GRAY)
        self.cell(self.epw, LINE, f"{self.readable(self._foot)} · {self.page_no()} / {PAGES}", align="R")
        self.set_text_color(BLACK)

    def head(self, text: str) -> None:
        """What the paper is, in large letters."""
        self._write(text, "B", TITLE, line=10)

    def section(self, text: str) -> None:
        """The heading of a part; it never stands alone at the end of a page."""
        if self.will_page_break(3 * LINE):
            self.add_page()
        self.ln(LINE / 2)
        self._write(text, "B", LARGE, line=8)

    def say(self, text: str, *, gray: bool = False, strong: bool = False) -> None:
        """A paragraph."""
        self.set_text_color(GRAY if gray else BLACK)
        self._write(text, "B" if strong else "", SMALL if gray else TEXT)
        self.set_text_color(BLACK)

    def link_to(self, text: str, address: str) -> None:
        """An address to press on a screen, written out for paper."""
        self._write(text, "", TEXT)
        self._write(address, "", SMALL, link=address)

    def points(self, lines: Iterable[str]) -> None:
        """A list."""
        for line in lines:
            self._write(f"·  {line}", "", TEXT)

    def facts(self, pairs: Iterable[tuple[str, str]], *, width: float | None = None) -> None:
        """Names with their values, one below the other, in the given width."""
        for name, value in pairs:
            top = self.get_y()
            self.set_text_color(GRAY)
            self._write(name, "", TEXT, width=LABEL)
            below = self.get_y()
            self.set_text_color(BLACK)
            self.set_xy(self.l_margin + LABEL, top)
            self._write(value, "", TEXT, width=(width or self.epw) - LABEL)
            self.set_y(max(below, self.get_y()))

    def code(self, text: str, caption: str, *, side: float, top: float) -> None:
        """The square code of a text at the right edge, with its caption in letters below."""
        squares = code_squares(text)
        size, left = side / len(squares), self.w - self.r_margin - side
        for row, line in enumerate(squares):
            for start, length in _runs(line):
                self.rect(left + start * size, top + row * size, length * size, size, style="F")
        at = self.get_y()
        self.set_xy(left, top + side + 2)
        self.set_font(FONT, "B", TEXT)
        self.cell(side, LINE, self.readable(caption), align="C")
        self.set_xy(self.l_margin, at)

    def rows(self, head: Sequence[str], rows: Iterable[Sequence[str]], *, shares: Sequence[int]) -> None:
        """A table whose heading is repeated on each page; no row is torn apart. `shares` are the columns' widths."""
        self.set_font(FONT, "", TABLE_TEXT)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(shares),
            headings_style=FontFace(emphasis="BOLD"),
            line_height=TABLE_LINE,
            padding=(0.5, 1),
            text_align="L",
        ) as table:
            for row in [head, *rows]:
                table.row([self.readable(cell) for cell in row])

    def finished(self) -> bytes:
        """The paper as a file."""
        if self._has_unwritten:
            self.ln(LINE / 2)
            self.say(self._unwritten, gray=True)
        return bytes(self.output())

    def readable(self, text: str) -> str:
        """The same words in one line, of letters that the fonts have; for others their codes."""
        plain = " ".join(unicodedata.normalize("NFC", text).split())
        if all(ord(letter) in self._letters for letter in plain):
            return plain
        there = self._letters | self._more_letters
        return "".join(letter if ord(letter) in there else self._coded(letter) for letter in plain)

    @cached_property
    def _more_letters(self) -> set[int]:
        """Those of the whole font, which is opened for the first letter that asks for it."""
        self._open(FALLBACK, "", WHOLE)
        self.set_fallback_fonts([FALLBACK], exact_match=False)
        return self._letters_of(FALLBACK)

    def _open(self, family: str, style: str, path: Path) -> None:
        """Add a font, and leave no file open, whatever becomes of the paper."""
        self.add_font(family, style, path)
        reader = cast("TTFFont", self.fonts[family + style]).ttfont.reader
        reader.file.close()
        reader.file = io.BytesIO(path.read_bytes())

    def _letters_of(self, font: str) -> set[int]:
        return set(cast("TTFFont", self.fonts[font]).cmap)

    def _coded(self, letter: str) -> str:
        self._has_unwritten = True
        return f"[U+{ord(letter):04X}]"

    def _write(
        self, text: str, style: str, size: float, *, line: float = LINE, width: float = 0, link: str = ""
    ) -> None:
        self.set_font(FONT, style, size)
        self.multi_cell(width, line, self.readable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, link=link)


def _runs(line: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """Where dark squares begin that stand side by side, and how many these are."""
    start = None
    for place, dark in enumerate([*line, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
