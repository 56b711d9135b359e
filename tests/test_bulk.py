"""Rows that are written many at once are those that the session would have written, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.applications.scene import build_scene, departure
from tests.applications.test_statements import statements
from tourbook import bulk
from tourbook.audit import TrailEntry
from tourbook.bulk import insert_rows, stream_rows, update_rows
from tourbook.db import new_id, transaction
from tourbook.draws.models import DrawnEntry
from tourbook.kst import KST
from tourbook.notices.kinds import Kind
from tourbook.notices.models import Notice, NoticeState, Way

AT = datetime(2021, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)


def notice(**changed: Any) -> dict[str, Any]:
    """All kinds of values: an id, enums, bytes, facts, instants, a number, and nothing."""
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": Kind.OFFER,
        "subject_id": new_id(),
        "language": "ko",
        "way": Way.SMS,
        "contact_sealed": b"\0\xff'\\%s",
        "link_sealed": None,
        "facts": {"course_ko": '걷기 "하나" 100 %', "deadline": None, "seats": [1, 2]},
        "state": NoticeState.WAITING,
        "created_at": AT,
        "due_at": AT.astimezone(KST),
        "tries": 0,
    }
    return values | changed


def test_many_rows_are_written_as_the_session_would_write_them(session: Session) -> None:
    given = [notice(), notice(link_sealed=b"link", subject_id=None, due_at=AT + timedelta(microseconds=1))]

    with transaction() as writing:
        insert_rows(writing, Notice, given)
        writing.add(Notice(**notice(**{**given[0], "id": new_id()})))

    session.expire_all()
    by_session = session.scalars(select(Notice).where(Notice.id.not_in([one["id"] for one in given]))).one()
    for one in given:
        row = session.get_one(Notice, one["id"])
        assert {name: getattr(row, name) for name in one} == one
    first = session.get_one(Notice, given[0]["id"])
    assert [first.facts, first.due_at, first.kind] == [by_session.facts, by_session.due_at, by_session.kind]
    same = select(Notice.id).where(Notice.kind == Kind.OFFER, Notice.created_at == AT, Notice.way == Way.SMS)
    assert len(session.scalars(same).all()) == 3


def test_columns_of_many_rows_are_changed_each_to_its_own_value(session: Session) -> None:
    first, second, other = notice(), notice(), notice()
    with transaction() as writing:
        insert_rows(writing, Notice, [first, second, other])

    changed = [
        {"id": first["id"], "state": NoticeState.SENT, "sent_at": AT, "failure": None},
        {"id": second["id"], "state": NoticeState.FAILED, "sent_at": None, "failure": "no such mailbox"},
    ]
    with transaction() as writing, statements(writing) as sent:
        update_rows(writing, Notice, changed)

    assert len([one for one in sent if one.startswith("UPDATE")]) == 1
    session.expire_all()
    for one in changed:
        row = session.get_one(Notice, one["id"])
        assert {name: getattr(row, name) for name in one} == one
    assert session.get_one(Notice, other["id"]).state == NoticeState.WAITING


def test_nothing_to_write_is_nothing_written(session: Session) -> None:
    with statements(session) as sent:
        insert_rows(session, Notice, [])
        update_rows(session, Notice, [])

    assert sent == []


def test_what_the_database_refuses_is_refused_as_ever(session: Session) -> None:
    scene = build_scene()
    walk = departure(scene.add_departure("2026-05-20T10:00"))
    entry = {"at": AT, "actor": "somebody", "act": "departure_resized", "subject_kind": "departure"}
    entry |= {"subject_id": walk.id, "facts": {}, "departure_id": walk.id, "number": 7}

    with pytest.raises(DBAPIError), transaction() as writing:
        insert_rows(writing, TrailEntry, [{"id": new_id(), **entry}, {"id": new_id(), **entry}])


def test_a_naive_instant_is_refused(session: Session) -> None:
    naive = AT.replace(tzinfo=None)

    with pytest.raises(ValueError, match="naive"), transaction() as writing:
        insert_rows(writing, Notice, [notice(created_at=naive)])


def test_rows_that_come_one_by_one_are_written_in_lots(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts with everything that a format for many rows could stumble over, and nothing where nothing is said."""
    monkeypatch.setattr(bulk, "LOT", 2)
    round_id = new_id()
    texts = ["plain", 'a\tb\\N\n, "c"', "한글", "", "\\."]
    rows = ((round_id, text, turn, text if turn % 2 else None) for turn, text in enumerate(texts))

    with transaction() as acting:
        count = stream_rows(acting, DrawnEntry, ("round_id", "receipt", "turn", "departure"), rows)

    found = session.scalars(select(DrawnEntry).order_by(DrawnEntry.turn)).all()
    assert count == len(texts)
    assert [(one.round_id, one.receipt, one.departure) for one in found] == [
        (round_id, text, text if turn % 2 else None) for turn, text in enumerate(texts)
    ]
