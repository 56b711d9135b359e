"""The catalogue: every column stands in it, what names somebody is protected, and page and command say the same."""

import pytest
from flask.testing import FlaskClient

from tests.commands import run
from tests.ground.application import Ground
from tests.ground.pages import visit, words
from tourbook.db import db
from tourbook.privacy.catalogue import ITEMS, catalogue
from tourbook.web.privacy_words import KEPT

NAMING = ("name_sealed", "birth_date", "document", "contact", "mail", "note_sealed", "text_sealed", "guide", "token")
PLAIN_ANYWAY = {"application.contact_way", "allotment.contact_way"}
"""Which way leads to somebody, not where to."""


def test_every_column_stands_in_the_catalogue_once() -> None:
    there = sorted(f"{table.name}.{column.name}" for table in db.metadata.sorted_tables for column in table.columns)

    assert sorted(f"{one.table}.{one.name}" for one in catalogue()) == there, "sort it into tourbook/privacy/columns.py"


def test_what_names_somebody_is_sealed_or_hashed() -> None:
    plain = [
        f"{one.table}.{one.name}"
        for one in catalogue()
        if one.item and one.protection == "plain" and one.name.startswith(NAMING)
    ]

    assert set(plain) == PLAIN_ANYWAY
    assert [one for one in catalogue() if one.protection == "sealed" and one.item is None] == []


def test_every_item_is_used_and_has_words() -> None:
    assert {one.item.code for one in catalogue() if one.item} == set(ITEMS) == set(KEPT)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_privacy_page_has_a_row_for_each_item(client: FlaskClient, lang: str) -> None:
    page = visit(client, f"/{lang}/privacy")

    assert len(list(page.mark("kept").iter("tr"))) == len(ITEMS) + 1
    assert {"ko": "2년", "en": "Two years"}[lang] in words(page.mark("kept"))


def test_the_command_prints_it(database: Ground) -> None:
    told = run(database, "privacy", "catalogue")

    assert told.exit_code == 0, told.output
    lines = [line.split("\t") for line in told.output.splitlines()]
    assert ["visitor.name_sealed", "visitor", "identity", "sealed"] in [line[:4] for line in lines]
    assert len(lines) == sum(one.item is not None for one in catalogue())
    assert "course.code\t-\tnone" in run(database, "privacy", "catalogue", "--all").output
