"""Each sabotage turns its test red."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import Phase

from config import SettingsRefused
from tests import test_jobs, test_start
from tests.applications import test_database_itself, test_life
from tests.applications.scene import Scene, build_scene
from tests.crashes.deeds import DEEDS
from tests.crashes.dose import tried
from tests.cuts.test_days import what_was_acknowledged_outlives_a_few_power_cuts
from tests.faults.askers import waiting_for_a_lost_answer
from tests.faults.wire import wire_to
from tests.ground.application import Ground, Grounds
from tests.ground.tables import table
from tests.models.test_lives import live
from tests.notices import test_delivery
from tests.races import test_last_seat
from tests.sabotage import spoiling
from tourbook.db import db

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("clock")]

PATIENTLY = 6  # six times the deadline
HEADING = "Sabotages: what was spoilt, on which database, and the test that noticed"


def cancelling_dies_at_every_point(database: Ground) -> None:
    """The crash points of cancelling, with a mail server that letters really go to."""
    found = tried(replace(DEEDS["cancels"], sends=True), database).found
    assert not found, "\n".join(found)


def a_lost_answer_keeps_nobody_waiting(database: Ground, scene: Scene) -> None:
    """The answer to a COMMIT is swallowed on a connection that stays open; the deadline is a second."""
    with wire_to(database.url) as wire, waiting_for_a_lost_answer(wire, scene) as waiting:
        waiting.join(PATIENTLY)
        in_time = not waiting.is_alive()
    assert in_time


def a_model_lives_beside_the_product(database: Ground) -> None:
    """A few courses of events, without making a difference short."""
    live(database, at_most=6, phases=(Phase.generate,), derandomize=True)


@dataclass(frozen=True)
class Sabotage:
    """A way to spoil the product, the test that notices, and the databases on which that makes sense."""

    spoil: Callable[..., Any]
    noticed_by: Callable[..., None]
    on: tuple[str, ...] = ("sqlite", "postgresql")

    @property
    def name(self) -> str:
        return self.spoil.__name__.replace("_", " ")


PG, SQLITE = ("postgresql",), ("sqlite",)
SABOTAGES = (
    Sabotage(spoiling.naive_counter, test_last_seat.test_the_last_seat_asked_for_by_32_at_once_has_one_winner, PG),
    Sabotage(spoiling.check_dropped, test_database_itself.test_no_more_seats_are_taken_than_are_allowed, PG),
    Sabotage(spoiling.form_index_dropped, test_database_itself.test_a_form_is_used_once, PG),
    Sabotage(spoiling.answer_before_commit, test_life.test_a_party_holds_types_and_is_confirmed),
    Sabotage(spoiling.mail_inside_the_transaction, cancelling_dies_at_every_point),
    Sabotage(spoiling.outbox_after_commit, cancelling_dies_at_every_point),
    Sabotage(spoiling.cancel_returns_twice, test_life.test_cancelling_twice_frees_the_seats_once),
    Sabotage(spoiling.cancel_returns_none, test_life.test_cancelling_twice_frees_the_seats_once),
    Sabotage(spoiling.synchronous_normal, test_start.test_production_starts_on_a_safe_database, SQLITE),
    Sabotage(
        spoiling.synchronous_normal_unnoticed_at_the_start, what_was_acknowledged_outlives_a_few_power_cuts, SQLITE
    ),
    Sabotage(spoiling.synchronous_commit_off, test_start.test_production_starts_on_a_safe_database, PG),
    Sabotage(spoiling.no_deadline, a_lost_answer_keeps_nobody_waiting, PG),
    Sabotage(spoiling.default_grace, test_jobs.test_a_job_runs_however_late_once_and_never_beside_itself),
    Sabotage(spoiling.short_lease, test_delivery.test_the_lease_outlasts_the_slowest_dialogue),
    Sabotage(spoiling.last_asked_first, a_model_lives_beside_the_product, SQLITE),
)
TRIED = [(sabotage, dialect) for sabotage in SABOTAGES for dialect in sabotage.on]


@pytest.fixture(params=TRIED, ids=[f"{sabotage.name}-{dialect}" for sabotage, dialect in TRIED])
def spoilt(request: pytest.FixtureRequest, grounds: Grounds) -> tuple[Sabotage, Ground]:
    sabotage, dialect = request.param
    ground = grounds.on(dialect)
    ground.reset()
    return sabotage, ground


def test_what_is_spoilt_is_noticed(
    spoilt: tuple[Sabotage, Ground],
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    sabotage, ground = spoilt
    calm = fault_shown_by(sabotage.noticed_by, ground)
    ground.reset()

    with ground.app.app_context(), monkeypatch.context() as patch, sabotage.spoil(ground, patch):
        shown = fault_shown_by(sabotage.noticed_by, ground)

    noticed = "noticed" if shown else "NOT NOTICED"
    record_property(table(HEADING), [sabotage.name, ground.dialect, noticed, sabotage.noticed_by.__name__])
    assert not calm, calm
    assert shown


def fault_shown_by(test: Callable[..., None], ground: Ground) -> str | None:
    """What this test says where it is red; None where it is green."""
    with ground.app.app_context():
        try:
            test(**_asked_for(test, ground))
        except (AssertionError, SettingsRefused, pytest.fail.Exception) as fault:
            return f"{type(fault).__name__}: {fault}"
        finally:
            db.session.remove()
    return None


def _asked_for(test: Callable[..., None], ground: Ground) -> dict[str, Any]:
    """What fixtures would hand to it."""
    makers: dict[str, Callable[[], Any]] = {
        "database": lambda: ground,
        "app": lambda: ground.app,
        "scene": build_scene,
        "session": db.session,
    }
    return {name: makers[name]() for name in inspect.signature(test).parameters}
