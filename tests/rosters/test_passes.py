"""The square code on a party's papers: read as it was made, and never believed when it was not made here."""

import string
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tourbook.applications.models import Application
from tourbook.rosters import pass_of, read_pass
from tourbook.seal import Keyring

SMALL_CODE = frozenset(string.digits + string.ascii_uppercase + " $%*+-./:")
IDS = st.uuids()
REFERENCES = st.from_regex(r"\A[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}\Z")


@pytest.fixture(autouse=True, scope="module")
def keys() -> Iterator[None]:
    """An application that has keys and nothing else: no database is asked."""
    with _installation("a secret of thirty-two characters").app_context():
        yield


def _installation(secret: str) -> Flask:
    app = Flask("passes")
    app.extensions["tourbook.keyring"] = Keyring({1: None}, secret)
    return app


def _application(own: UUID, departure_id: UUID, reference: str = "ABCD-2345") -> Application:
    return Application(id=own, departure_id=departure_id, reference=reference)


@given(IDS, IDS, REFERENCES)
def test_a_pass_says_whose_it_is_and_for_which_departure(own: UUID, departure_id: UUID, reference: str) -> None:
    said = read_pass(pass_of(_application(own, departure_id, reference)))

    assert said == (own, departure_id, reference)


@given(IDS, IDS, st.data())
def test_a_scanner_may_space_and_spell_it_as_it_likes(own: UUID, departure_id: UUID, data: st.DataObject) -> None:
    text = pass_of(_application(own, departure_id))
    at = data.draw(st.integers(0, len(text)))

    assert read_pass(f" {text[:at]}\r\n{text[at:]}\n".lower()) == read_pass(text)


@given(IDS, IDS, st.data())
def test_one_letter_changed_and_it_is_nobodys(own: UUID, departure_id: UUID, data: st.DataObject) -> None:
    text = pass_of(_application(own, departure_id))
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(sorted(SMALL_CODE - {text[at], " "})))

    assert read_pass(text[:at] + other + text[at + 1 :]) is None


@given(IDS, IDS, IDS)
def test_the_mark_of_one_pass_is_no_mark_for_another(own: UUID, departure_id: UUID, other: UUID) -> None:
    mine = pass_of(_application(own, departure_id)).split(":")
    elsewhere = pass_of(_application(own, other)).split(":")

    forged = ":".join([*elsewhere[:-1], mine[-1]])

    assert (read_pass(forged) is None) == (other != departure_id)


@given(st.text())
def test_what_nobody_made_is_nobodys(text: str) -> None:
    assert read_pass(text) is None
    assert read_pass(f"TOURBOOK:1:{text}") is None


@pytest.mark.parametrize("text", ["", ":", "TOURBOOK:1:::", "A:" * 100_000, "\ud800", "ＴＯＵＲＢＯＯＫ:1:"])
def test_nothing_that_is_scanned_makes_it_stumble(text: str) -> None:
    assert read_pass(text) is None


def test_another_installation_does_not_know_it() -> None:
    text = pass_of(_application(UUID(int=1), UUID(int=2)))

    with _installation("another secret, as long as that one").app_context():
        assert read_pass(text) is None


def test_the_letters_are_those_of_the_smallest_code() -> None:
    text = pass_of(_application(UUID(int=2**128 - 1), UUID(int=0)))

    assert set(text) <= SMALL_CODE
    assert len(text) <= 122, "more would make a code of more than 37 by 37 squares"


def test_it_holds_nothing_of_the_link_that_opens_the_application() -> None:
    one, same = (_application(UUID(int=1), UUID(int=2)) for _ in range(2))
    one.token_hash = "what is kept of the link"

    assert pass_of(one) == pass_of(same)
