"""Embargo, taking back, withdrawal and settling in any order: nobody is shown what is not public yet.

A short dose in every run; `TOURBOOK_INTERLEAVINGS=5000` is the full one.
"""

import os
import random
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.applications.scene import Scene, build_scene, settle_all
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND
from tourbook.applications.models import Application, State
from tourbook.db import db
from tourbook.distancing import OrderDraft, enter_order, withdraw_order
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order
from tourbook.errors import Refused
from tourbook.notices import Way, deliver_due
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import Proposal, apply_change, check, take_back

DOSE = int(os.environ.get("TOURBOOK_INTERLEAVINGS", "12"))
STEPS = 12
GRACE = timedelta(minutes=5)
SECRET = re.compile(r"secret-\d+-")
BAD_NEWS = {"displaced", "displaced_offered"}


class Story:
    """One interleaving: a departure, some parties, and administrators who cannot make up their minds."""

    def __init__(self, scene: Scene, clock: StandingClock, ground: Ground, seed: int) -> None:
        self.scene, self.clock, self.ground = scene, clock, ground
        self.chance = random.Random(seed)
        self.walk = scene.add_departure("2026-05-20T10:00")
        self.parties = [scene.apply(self.walk, self.chance.randint(1, 5)) for _ in range(3)]
        self.changes: list[UUID] = []
        self.undone: list[datetime] = []
        self.public_from: dict[str, datetime] = {}
        clock.stand_at(scene.now)

    def step(self) -> None:
        acts: list[Callable[[], object]] = [
            *(self.enter_under_embargo, self.enter_under_embargo, self.enter_at_once),
            *(self.undo, self.undo, self.withdraw, self.settle, self.let_time_pass, self.send),
        ]
        try:
            self.chance.choice(acts)()
        except Refused:
            db.session.rollback()

    def enter_under_embargo(self) -> None:
        minute = self.scene.now + timedelta(minutes=self.chance.randint(1, 12))
        name = f"secret-{len(self.public_from)}-"
        self._enter(public_from=minute, condition_ko=name, condition_en=name)
        self.public_from[name] = minute

    def enter_at_once(self) -> None:
        self._enter()

    def _enter(self, **more: object) -> None:
        level, party_max = self.chance.choice(["open", "half", "closed"]), self.chance.choice([None, 2])
        draft = OrderDraft(
            region_code="41",
            effective_from=date(2026, 5, 20),
            scale="s",
            level=level,
            party_max=party_max,
            announced_at=self.scene.now,
            **more,  # type: ignore[arg-type]  # fields by name
        )
        self._change(partial(enter_order, draft=draft, actor=COMMAND, now=self.scene.now))

    def _change(self, step: Callable[..., object]) -> None:
        told = {"foreseen": [], "expected_version": None, "grace": GRACE, "actor": COMMAND, "now": self.scene.now}
        self.changes.append(apply_change(Proposal((step,), Words("변경", "A change")), **told))

    def undo(self) -> None:
        if self.changes:
            take_back(self.chance.choice(self.changes), actor=COMMAND, now=self.scene.now)

    def withdraw(self) -> None:
        orders = db.session.scalars(select(Order.id).where(Order.withdrawn_at.is_(None))).all()
        db.session.rollback()
        if orders:
            withdrawn = self.chance.choice(orders)
            self._change(partial(withdraw_order, order_id=withdrawn, actor=COMMAND, now=self.scene.now))

    def settle(self) -> None:
        settle_all(self.scene)

    def let_time_pass(self) -> None:
        self.scene.now += timedelta(seconds=self.chance.choice([1, 60, 150, 299, 300]))
        self.clock.stand_at(self.scene.now)

    def send(self) -> None:
        while deliver_due(way=Way.MAIL, now=self.scene.now):
            pass

    def shown(self) -> str:
        """All that anybody but an administrator can read now."""
        client = self.ground.app.test_client()
        paths = ("/en/", "/ko/courses/walk?view=list", f"/en/departures/{self.walk}", f"/ko/departures/{self.walk}/why")
        pages = [client.get(path).get_data(as_text=True) for path in paths]
        asked = ["tourbook", "allowance", "walk", "--start", "2026-05-20T10:00", "--json"]
        answer = self.ground.app.test_cli_runner().invoke(args=asked).output
        letters = [str(facts) for facts in db.session.scalars(select(Notice.facts))]
        return "\n".join([*pages, answer, *letters])

    def secrets(self) -> set[str]:
        return {name for name, minute in self.public_from.items() if minute > self.scene.now}

    def wrongly_told(self) -> list[UUID]:
        """Whose last letter says that the places are lost, while it has them."""
        found = []
        for party in self.parties:
            sent = select(Notice.kind).where(Notice.subject_id == party, Notice.state == NoticeState.SENT)
            kinds = list(db.session.scalars(sent.order_by(Notice.sent_at, Notice.id)))
            seated = db.session.get_one(Application, party, populate_existing=True).state == State.CONFIRMED
            if seated and kinds and kinds[-1] in BAD_NEWS:
                found.append(party)
        return found


@pytest.mark.parametrize("number", range(DOSE))
@pytest.mark.sqlite_only("what is shown does not depend on the database; the races are tested on both")
def test_nothing_is_shown_before_its_minute_in_whatever_order(
    database: Ground, clock: StandingClock, number: int
) -> None:
    with database.app.app_context():
        story = Story(build_scene(), clock, database, number)
        for _ in range(STEPS):
            story.step()

            shown = set(SECRET.findall(story.shown()))

            assert not shown & story.secrets()
        story.settle()
        story.send()
        assert story.wrongly_told() == []
        db.session.rollback()
        assert check(db.session(), now=story.scene.now).findings == ()
        db.session.remove()


@pytest.mark.sqlite_only("likewise")
def test_control_what_is_public_is_seen_by_the_same_look(database: Ground, clock: StandingClock) -> None:
    with database.app.app_context():
        story = Story(build_scene(), clock, database, 1)
        story.chance = random.Random(3)
        story.enter_under_embargo()
        (minute,) = story.public_from.values()
        story.scene.now = clock.stand_at(minute)

        assert "secret-0-" in story.shown()
        db.session.remove()
