"""Square codes (QR) of short texts, as a picture for a page and as squares for paper."""

import io

import segno

QUIET = 4
"""How many squares stay light around a code, so that a scanner finds its edges."""


def code_svg(text: str, *, inline: bool = False) -> bytes:
    """The code of a text as a picture that holds no style and no script; it grows with the place that it is given.

    `inline`: to stand in a page itself.
    """
    file = io.BytesIO()
    plain = {"dark": "#000", "light": "#fff", "omitsize": True, "svgclass": None, "lineclass": None}
    _code(text).save(file, kind="svg", border=QUIET, xmldecl=not inline, svgns=not inline, **plain)
    return file.getvalue()


def code_squares(text: str) -> list[list[bool]]:
    """The same code row by row, without its light edge: is the square dark?"""
    return [[bool(square) for square in row] for row in _code(text).matrix]


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m")  # readable with a seventh of it creased or dirty
