"""The judge itself: acts that are made to break the promise are found out."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.crashes.deeds import DEEDS
from tests.crashes.dose import tried
from tests.ground.application import Ground
from tourbook import once
from tourbook.applications.acts import cancel as cancelling
from tourbook.courses.models import Departure
from tourbook.notices import delivery

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("clock")]


def found_out(deed: str, ground: Ground) -> str:
    return "\n".join(tried(DEEDS[deed], ground).found)


def test_an_act_that_commits_in_the_middle_is_found_half_done(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = cancelling.settle

    def commit_first(session: Session, departure: Departure, **told: Any) -> object:
        session.commit()
        return settle(session, departure, **told)

    monkeypatch.setattr(cancelling, "settle", commit_first)

    found = found_out("cancels", database)

    assert "took 2 transactions and not 1" in found
    assert "stores 6 seats taken; recounted: 2" in found


def test_an_act_that_forgets_its_form_is_found_doing_it_twice(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "earlier_result", lambda *_: None)

    assert "(after COMMIT), done again: answered ('refused', 'hold_exists')" in found_out("holds_places", database)


def test_a_letter_that_counts_as_sent_before_it_left_is_missed(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = delivery._claim

    def claim_and_close(session: Session, way: Any, now: datetime) -> Any:
        begun = claim(session, way, now)
        if begun:
            delivery._write_down(session, begun, None, now)
        return begun

    monkeypatch.setattr(delivery, "_claim", claim_and_close)

    assert "never arrived" in found_out("delivers_mail", database)


def test_a_letter_that_nobody_marks_is_found_to_be_sent_again(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_write_down", lambda *_: None)

    assert "arrived again after 1 crashes" in found_out("delivers_mail", database)
