"""The fast reader of pages and the strict one see the same page, and no fault hides behind a shape that is known."""

from xml.etree.ElementTree import Element

import html5lib
import pytest

from tests.ground.markup import errors_of, shape_of, tree_of

PAGE = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="utf-8"><title>신청 &amp; 조회</title></head>
<body class="a"><!-- a remark --><h1>신청</h1>
<template id="t"> <p data-test="x">틀 <b>안</b></p><template><i>더 안</i></template></template>
<svg viewBox="0 0 1 1" aria-hidden="true"><title>그림</title><path d="M0 0"/></svg>
<table><caption>표</caption><tr><th>가</th><td>1<td>2</table>
<form method="post" action="/x?a=1&amp;b=2"><input type="hidden" name="csrf_token" value="1" disabled>
<textarea name="t">
 first line

second</textarea><select name="s"><option selected>하나<option value="2">둘</select>
<p>one<p>two</p></form></body></html>"""


def flat(tree: Element) -> list[tuple[str, dict[str, str], str, str]]:
    """Every element that is no remark, with all that hangs on it."""
    return [(e.tag, dict(e.attrib), e.text or "", e.tail or "") for e in tree.iter() if isinstance(e.tag, str)]


@pytest.mark.parametrize("html", [PAGE, PAGE.replace("<!-- a remark -->", ""), "<p>no more than this"])
def test_the_fast_reader_makes_the_tree_of_the_strict_one(html: str):
    strict = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False).parse(html)

    assert flat(tree_of(html)) == flat(strict)


def test_pages_of_other_words_and_values_have_one_shape():
    other = PAGE.replace("<h1>신청", "<h1>조회").replace('value="1"', 'value="2"').replace(" first line", "another")

    assert shape_of(other) == shape_of(PAGE)
    assert errors_of(PAGE) == errors_of(other) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("<tr><th>", "<input><tr><th>", "unexpected-start-tag-implies-table-voodoo"),
        ("<h1>신청</h1>", "<h1>신청", "expected-one-end-tag-but-got-another"),
        ("<h1>신청</h1>", "<h1>신청</h2>", "end-tag-too-early"),
        ("신청 &amp; 조회", "신청 &bogus; 조회", "named-entity"),
        ("action=", "method=get action=", "duplicate-attribute"),
        ("<h1>신청", "<h1>신청 < ", "expected-tag-name"),
    ],
)
def test_a_fault_is_told_though_the_good_page_was_seen_before(before: str, after: str, fault: str):
    assert errors_of(PAGE) == []

    faults = errors_of(PAGE.replace(before, after, 1))

    assert any(fault in one for one in faults), faults
