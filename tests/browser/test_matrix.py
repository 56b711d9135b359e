"""The matrix in parts is the whole matrix, and its table counts what was seen."""

import argparse

import pytest

from tests.browser.matrix import FAULTS, LOOKED_AT, Found, Share


@pytest.mark.parametrize("of", [1, 2, 3, 7, 20])
def test_all_shares_together_have_each_page_once(of: int):
    shares = [Share(number, of) for number in range(1, of + 1)]

    assert [sum(share.has(place) for share in shares) for place in range(15)] == [1] * 15


@pytest.mark.parametrize("words", ["", "4", "0/4", "5/4", "1/0", "a/b", "1/4/2", "-1/4"])
def test_what_is_no_share_is_refused(words: str):
    with pytest.raises(argparse.ArgumentTypeError, match="written as 1/4"):
        Share.named(words)


def test_the_table_counts_pages_looks_faults_and_what_did_not_come():
    found = Found()
    found.note([(LOOKED_AT, ["home", "ko-390-plain"]), (FAULTS, [])], passed=True)
    found.note([(LOOKED_AT, ["home", "en-390-plain"]), (FAULTS, ["too wide", "too pale"])], passed=False)
    found.note([(LOOKED_AT, ["help", "ko-390-plain"])], passed=False)
    found.note([], passed=False)

    text = "\n".join(found.lines(Share.named("2/3")))

    assert "share 2/3" in text
    assert "2 pages, 2 looks, 3 times looked." in text
    assert "2 faults; 1 times a page did not come." in text
    assert "| en-390-plain | 1 | 1 | 2 |" in text
    assert "| home | 2 | 1 | 2 |" in text
    assert text.endswith(
        "- help: ko-390-plain: did not come; see what pytest printed\n- home: too wide\n- home: too pale"
    )
