"""A page's markup, read into a tree as a browser reads it, and what the HTML standard calls wrong in it.

lexbor reads a page in a few milliseconds, but does not say what it mended on the way. html5lib says it and takes ten
times as long; what it says depends on the tags of a page, and hardly ever on its words, so it is asked once for all
pages of one shape.
"""

import re
from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.ground.found_out import FOUND_OUT

RIGHT, WRONG = b"right", b"wrong"
SVG = "{http://www.w3.org/2000/svg}"
_WORDS = re.compile(r">[^<>&]*[^<>&\s][^<>&]*(?=<)")
_VALUE = re.compile(r'(?<! type)="[^"<>&]*"')


@lru_cache(maxsize=8)
def tree_of(html: str) -> Element:
    """The page as a tree: tags without a namespace but those of pictures (SVG), comments left out.

    Who checks a page and who reads it get the same tree: it is not to be changed.
    """
    root = LexborHTMLParser(html).root
    assert root is not None
    return _grown(root, "")


def _grown(node: LexborNode, space: str) -> Element:
    space = SVG if node.tag == "svg" else "" if node.tag == "foreignObject" else space
    grown = Element(f"{space}{node.tag}", {name: value or "" for name, value in node.attributes.items()})
    last: Element | None = None
    # What a <template> holds is no part of the document for lexbor, but of the page for whoever tests it.
    holder = node.template_fragments()[0] if node.tag == "template" else node
    for child in holder.iter(include_text=True):
        if child.tag == "-text":
            if last is None:
                grown.text = (grown.text or "") + (child.text_content or "")
            else:
                last.tail = (last.tail or "") + (child.text_content or "")
        elif child.tag[0].isalpha():
            last = _grown(child, space)
            grown.append(last)
    return grown


def errors_of(html: str) -> list[str]:
    """What is not valid in it, with the line; nothing for a valid page."""
    return _errors_of(html) if _is_wrong(shape_of(html)) else []


def shape_of(html: str) -> str:
    """The page without its words and without the values of its attributes, where these contain no markup."""
    return _VALUE.sub('=""', _WORDS.sub(">x", html))


@lru_cache(maxsize=4096)
def _is_wrong(shape: str) -> bool:
    """Is a page of this shape invalid? Asked once in a run, whoever of its workers comes to it first."""
    about = shape.encode(errors="surrogatepass")
    known = FOUND_OUT.known("shape", about)
    if known is None:
        known = WRONG if _errors_of(shape) else RIGHT
        FOUND_OUT.note("shape", about, known)
    return known == WRONG


def _errors_of(html: str) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    lines = html.splitlines()
    return [
        f"invalid HTML in line {line}: {code} {facts} in {lines[min(line, len(lines)) - 1].strip()[:120]!r}"
        for (line, _column), code, facts in parser.errors
    ]
