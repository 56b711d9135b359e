"""Putting notices into the outbox, and finding them there."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.notices.outbox import FACTS, NOW, SUBJECT, TOKEN, as_stored, later, put, waiting
from tourbook.db import new_id, transaction
from tourbook.notices import Kind, Notice, NoticeState, Way, latest, notices_of


class Stopped(Exception):
    """Something goes wrong in an act."""


def _act_that_fails() -> None:
    with transaction() as session:
        put(session)
        session.flush()
        raise Stopped


def test_a_notice_waits_from_the_moment_of_its_act(session: Session):
    notice = as_stored(waiting())

    assert (notice.kind, notice.way, notice.state) == (Kind.CONFIRMED, Way.MAIL, NoticeState.WAITING)
    assert notice.created_at == notice.due_at == NOW
    assert notice.tries == 0


def test_nobody_is_told_of_what_was_rolled_back(session: Session):
    with pytest.raises(Stopped):
        _act_that_fails()

    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_contact_and_link_are_sealed(session: Session):
    stored = session.execute(select(Notice.__table__).where(Notice.id == waiting())).mappings().one()

    assert b"example.kr" not in stored["contact_sealed"]
    assert TOKEN.encode() not in stored["link_sealed"]
    assert "example.kr" not in str(stored["facts"])


@pytest.mark.parametrize("wrong", [{"kind": "unheard_of"}, {"way": "pigeon"}, {"language": "fr"}])
def test_an_unknown_kind_way_or_language_is_a_fault_of_the_act(session: Session, wrong: dict[str, str]):
    with pytest.raises(ValueError, match=r"unheard_of|pigeon|fr"), transaction() as inside:
        put(inside, **{"kind": "confirmed", **wrong})


def test_a_missing_fact_is_a_fault_of_the_act_and_not_of_the_delivery(session: Session):
    facts = {name: fact for name, fact in FACTS.items() if name not in {"cause_en", "seats"}}

    with pytest.raises(ValueError, match="displaced needs cause_en, seats"), transaction() as inside:
        put(inside, "displaced", facts=facts)


def test_what_was_told_about_an_application_is_listed_oldest_first(session: Session):
    waiting("cancelled", now=later(5))
    waiting("confirmed")
    waiting("confirmed", subject_id=new_id())

    assert [notice.kind for notice in notices_of(session, SUBJECT)] == ["confirmed", "cancelled"]


def test_the_mailbox_shows_the_newest_first_and_no_more_than_asked(session: Session):
    ids = [waiting(now=later(minute)) for minute in range(3)]

    assert [notice.id for notice in latest(session, 2)] == [ids[2], ids[1]]
