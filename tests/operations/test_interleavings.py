"""Embargo, taking back, withdrawal, previews and settling in any order: nobody is shown what is not public yet.

A short dose in every run; `TOURBOOK_INTERLEAVINGS=5000` is the full one, hours long; `1000:2000` is a part of it. The
controls take one guard away each, and the short dose must find where that shows.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.applications.scene import build_scene
from tests.ground.application import Ground, build_app
from tests.ground.moments import StandingClock
from tests.operations.interleaving import Story
from tourbook import clock as wall_clock
from tourbook.applications import settle
from tourbook.cli import answers
from tourbook.db import db, transaction
from tourbook.distancing import facts
from tourbook.operations import check, previews
from tourbook.web import kept_pages
from tourbook.web.citizen import reasons
from tourbook.web.operator import files, why

SHORT = 12
FIRST, _, LAST = os.environ.get("TOURBOOK_INTERLEAVINGS", str(SHORT)).rpartition(":")
DOSE = range(int(FIRST or 0), int(LAST))
STEPS = 12
SOON = timedelta(minutes=15)

pytestmark = pytest.mark.sqlite_only("what is shown does not depend on the database; the races are tested on both")


@pytest.fixture(scope="module")
def kept_app(grounds: Any) -> Flask:
    """The application with its pages kept."""
    return build_app(grounds.on("sqlite").url, keep_pages=True)


@contextmanager
def story(ground: Ground, clock: StandingClock, kept_app: Flask, number: int) -> Iterator[Story]:
    with ground.app.app_context():
        yield Story(build_scene(), clock, ground, kept_app, number)
        db.session.remove()


@pytest.mark.parametrize("number", DOSE)
def test_nothing_is_shown_before_its_minute_in_whatever_order(
    database: Ground, clock: StandingClock, kept_app: Flask, number: int
) -> None:
    with story(database, clock, kept_app, number) as one:
        for _ in range(STEPS):
            one.step()

            assert one.leaks() == set()
        one.settle()
        one.send()
        assert one.wrongly_told() == []
        db.session.rollback()
        assert check(db.session(), now=one.scene.now).findings == ()


def ahead_of_time(patch: pytest.MonkeyPatch, place: Any, name: str) -> None:
    """Here the rule is asked what it will say in a while."""
    asked = getattr(place, name)
    patch.setattr(place, name, lambda slots, found, as_of: asked(slots, found, as_of + SOON))


def no_minute_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts.Order, "known", lambda order, as_of: not (order.withdrawn_at and order.withdrawn_at <= as_of))


def pages_ask_ahead(patch: pytest.MonkeyPatch) -> None:
    ahead_of_time(patch, reasons, "allowance")


def pages_are_kept_ahead(patch: pytest.MonkeyPatch) -> None:
    made = kept_pages._made

    def made_ahead(shelf: Any, key: Any, make: Callable[[], str]) -> Any:
        now: datetime = wall_clock.now()
        wall_clock.stop_at(now + SOON)
        try:
            return made(shelf, key, lambda: _at(now + SOON, make))
        finally:
            wall_clock.stop_at(now)

    patch.setattr(kept_pages, "_made", made_ahead)


def _at(moment: datetime, make: Callable[[], str]) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reasons, "allowance", lambda slot, found, _as_of: settle.allowances({0: slot}, found, moment)[0])
        return make()


def previews_are_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(previews, "rehearsal", transaction)


def settling_looks_ahead(patch: pytest.MonkeyPatch) -> None:
    ahead_of_time(patch, settle, "allowances")


def operators_are_answered_ahead(patch: pytest.MonkeyPatch) -> None:
    ahead_of_time(patch, why, "allowance")


def files_ask_ahead(patch: pytest.MonkeyPatch) -> None:
    asked = files.allowance_now

    def ahead(*of: Any) -> Any:
        with pytest.MonkeyPatch.context() as for_once:
            for_once.setattr("tourbook.web.operator.answers.request_time", lambda: wall_clock.now() + SOON)
            return asked(*of)

    patch.setattr(files, "allowance_now", ahead)


def commands_ask_ahead(patch: pytest.MonkeyPatch) -> None:
    ahead_of_time(patch, answers, "allowance")


CONTROLS = [
    (no_minute_counts, "answer"),
    (pages_ask_ahead, "page"),
    (pages_are_kept_ahead, "kept page"),
    (previews_are_kept, "answer"),
    (settling_looks_ahead, "mail"),
    (operators_are_answered_ahead, "page of operators"),
    (files_ask_ahead, "file"),
    (commands_ask_ahead, "answer"),
]


@pytest.mark.parametrize(("without_guard", "seen_in"), CONTROLS)
def test_control_a_guard_that_is_taken_away_is_missed_within_the_short_dose(
    database: Ground,
    clock: StandingClock,
    kept_app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    without_guard: Callable[[pytest.MonkeyPatch], None],
    seen_in: str,
) -> None:
    without_guard(monkeypatch)

    assert any(seen_in in found for found in _leaks_of_the_short_dose(database, clock, kept_app))


def _leaks_of_the_short_dose(database: Ground, clock: StandingClock, kept_app: Flask) -> Iterator[set[str]]:
    for number in range(SHORT):
        database.reset()
        with story(database, clock, kept_app, number) as one:
            for _ in range(STEPS):
                one.step()
                yield one.leaks()


def test_control_what_is_public_is_seen_by_the_same_look(
    database: Ground, clock: StandingClock, kept_app: Flask
) -> None:
    with story(database, clock, kept_app, 1) as one:
        one.enter_under_embargo()
        one.scene.now = clock.stand_at(one.public_from["secret-0-"])
        one.settle()
        shown = one.shown()

        assert {where for where, text in shown.items() if "secret-0-" in text} == set(shown)
