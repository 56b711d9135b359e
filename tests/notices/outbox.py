"""Notices for tests, with facts as an application gives them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.notices import Kind, Notice, Way, enqueue
from tourbook.notices.kinds import NEEDS

NOW = parse_moment("2026-12-01T09:00")
SUBJECT = UUID("01890000-0000-7000-8000-000000000001")
TOKEN = "QVdlIGxpa2UgdG9rZW5z"

FACTS: dict[str, Any] = {
    "reference": "K7M2-9QXA",
    "course_ko": "파주 임진각-도라산 코스",
    "course_en": "Paju Imjingak-Dorasan course",
    "starts_at": "2026-12-17T01:00:00+00:00",
    "own_starts_at": "2026-12-15T01:00:00+00:00",
    "offered_starts_at": "2026-12-15T05:00:00+00:00",
    "minutes": 150,
    "meeting_place_ko": "임진각",
    "meeting_place_en": "Imjingak",
    "meeting_ko": "출발 30분 전까지 집결지에 모입니다.",
    "meeting_en": "Be at the meeting place 30 minutes before departure.",
    "seats": 4,
    "id_rule_ko": "신분증 원본 지참(외국인은 여권)",
    "id_rule_en": "original photo ID (foreigners: passport)",
    "fee_krw": 40000,
    "cause_ko": "파주시 거리두기 2단계: 정원의 50% → 10명, 일행 2명까지",
    "cause_en": "Paju, level 2: 50 % of the size, so 10, parties of up to 2",
    "deadline": "2026-12-10T15:00:00+00:00",
    "right_until": "2027-12-01T15:00:00+00:00",
    "closed_until": "2027-01-17T15:00:00+00:00",
    "position": 3,
    "skip_bound": 3,
    "party_max": 2,
    "given_back": 2,
    "whole": False,
    "closed": False,
    "fits": True,
    "waited_for": True,
    "least": 8,
    "decided_at": "2026-12-14T09:00:00+00:00",
    "keeps_right": True,
    "previous_reference": "B4PT-77HC",
    "closes_at": "2026-12-03T09:00:00+00:00",
    "value_at": "2026-12-05T12:00:00+00:00",
    "fallback_at": "2026-12-07T12:00:00+00:00",
    "closed_because_ko": "아프리카돼지열병 확산 방지",
    "closed_because_en": "African swine fever",
    "none_runs": False,
    "left_overs_at": "2026-12-08T01:00:00+00:00",
    "dates": [{"reference": "K7M2-9QXA", "starts_at": "2026-12-19T01:00:00+00:00", "position": 2}],
    "drew": False,
    "receipt": "C5QW-88JD",
    "paused": True,
    "paid": False,
    "arrived": False,
    "several": False,
    "choices": ["2026-12-17T01:00:00+00:00", "2026-12-19T01:00:00+00:00"],
    "choices_left": 2,
    "left_out": [{"starts_at": "2026-12-17T01:00:00+00:00", "party_max": 2}],
    "alone": False,
    "noted": True,
    "stopped": False,
    "message_ko": "집결지 주차장이 공사 중입니다.\n대중교통을 이용해 주세요.",
    "message_en": "The car park is closed for works.\nPlease take the bus.",
    "waits": False,
    "role": "operator",
    "role_from": "2026-12-01T00:00:00+00:00",
    "role_until": "2026-12-31T15:00:00+00:00",
    "organisation_ko": "파주시",
    "organisation_en": "Paju City",
}


def facts_for(kind: Kind, *, optional: bool = True) -> dict[str, Any]:
    """Typical facts for that kind, with those it can do without or not."""
    names = NEEDS[kind].required | (NEEDS[kind].optional if optional else frozenset())
    return {name: FACTS[name] for name in names}


def put(session: Session, kind: str = "confirmed", **changed: Any) -> Notice:
    """A step: a Korean mail to a@example.kr, put into the outbox at NOW, unless `changed` says otherwise."""
    values: dict[str, Any] = {
        "subject_id": SUBJECT,
        "contact": "a@example.kr",
        "way": "mail",
        "language": "ko",
        "link_token": TOKEN,
        "facts": facts_for(Kind(kind)) if kind in set(Kind) else {},
        "now": NOW,
    }
    return enqueue(session, kind, **{**values, **changed})


def waiting(kind: str = "confirmed", **changed: Any) -> UUID:
    """A notice that an act has committed; gives its id."""
    with transaction() as session:
        return put(session, kind, **changed).id


def as_stored(notice_id: UUID) -> Notice:
    """The notice as the database holds it now."""
    db.session.rollback()
    return db.session.get_one(Notice, notice_id, populate_existing=True)


@contextmanager
def settings(app: Flask, **changed: Any) -> Iterator[None]:
    """Other settings for a while."""
    usual = app.config["TOURBOOK"]
    app.config["TOURBOOK"] = replace(usual, **changed)
    try:
        yield
    finally:
        app.config["TOURBOOK"] = usual


def in_words(kind: Kind, *, language: str = "ko", way: Way = Way.MAIL, **changed: Any) -> Notice:
    """A notice that is in no database, to be read only."""
    facts = {**facts_for(kind), **changed.pop("facts", {})}
    values: dict[str, Any] = {"link": TOKEN, "contact": "a@example.kr", "subject_id": SUBJECT, "created_at": NOW}
    return Notice(kind=kind, language=language, way=way, facts=facts, **{**values, **changed})


def later(minutes: float) -> datetime:
    """NOW and that many minutes."""
    return NOW + timedelta(minutes=minutes)
