"""Every kind of notice can be said in both languages and on both ways."""

import re
from itertools import product

import pytest

from tests.house.sources import REPOSITORY
from tourbook.notices.kinds import NEEDS, Kind

FOLDER = REPOSITORY / "templates/notices"
VERSIONS = list(product(Kind, ("ko", "en")))


def test_every_kind_says_which_facts_it_needs():
    assert set(NEEDS) == set(Kind)


@pytest.mark.parametrize(("kind", "language"), VERSIONS)
def test_a_mail_has_a_subject_and_a_body(kind: Kind, language: str):
    text = (FOLDER / kind / f"{language}.txt").read_text(encoding="utf-8")

    assert re.search(r"\{% block subject %\}\s*\S.*?\{% endblock %\}", text)
    assert re.search(r"\{% block news %\}\s*\S", text)


@pytest.mark.parametrize(("kind", "language"), VERSIONS)
def test_a_text_message_has_words(kind: Kind, language: str):
    assert (FOLDER / kind / f"{language}.sms.txt").read_text(encoding="utf-8").strip()


def test_no_notice_is_written_that_nobody_sends():
    written = {path.name for path in FOLDER.iterdir() if path.is_dir()}

    assert written - {"layout"} == {str(kind) for kind in Kind}
