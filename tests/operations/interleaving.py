"""One interleaving of embargo, taking back, withdrawal, previews and settling; and all that anybody may see meanwhile.

Whatever is not public yet bears a name of its own, as its level and as its condition, so that it is told wherever
either is shown.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.people import somebody
from tests.applications.scene import Scene, settle_all
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.rosters.gate import run_by
from tests.web.signing import sign_in
from tourbook.actor import COMMAND, Role
from tourbook.applications.models import Application, State
from tourbook.db import db, transaction
from tourbook.distancing import OrderDraft, enter_order, withdraw_order
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Level, Measure, Order, TableCell
from tourbook.errors import Refused
from tourbook.notices import Way, deliver_due
from tourbook.notices.models import Notice, NoticeState
from tourbook.notices.rendering import rendered
from tourbook.operations import Proposal, apply_change, preview, take_back

STARTS = "2026-05-20T10:00"
GRACE = timedelta(minutes=5)
SECRET = re.compile(r"secret-\d+-")
SECRETS = tuple(f"secret-{number}-" for number in range(12))
BAD_NEWS = {"displaced", "displaced_offered"}
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
PAGES = ("/en/", "/ko/courses/walk?view=list", "/en/departures/{}", "/ko/departures/{}/why")
STAFF = ("/en/operator/departures/{}", "/en/operator/departures/{}/why")


class Story:
    """A departure, some parties, and administrators who cannot make up their minds. `kept` is the same application with
    its pages kept for a second, as it runs for people.
    """

    def __init__(self, scene: Scene, clock: StandingClock, ground: Ground, kept: Flask, seed: int) -> None:
        self.scene, self.clock = scene, clock
        self.chance = random.Random(seed)
        _name_secrets(self.chance)
        self.walk = scene.add_departure(STARTS)
        self.parties = [scene.apply(self.walk, self.chance.randint(1, 5)) for _ in range(3)]
        self.changes: list[UUID] = []
        self.public_from: dict[str, datetime] = {}
        clock.stand_at(scene.now)
        run_by("paju", scene.course_id)
        self.app, self.visitor, self.late_visitor = ground.app, ground.app.test_client(), kept.test_client()
        self.operator = _operator(ground.app)

    # -- what is done --------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Somebody does something."""
        acts: list[Callable[[], object]] = [
            *(self.enter_under_embargo, self.enter_under_embargo, self.enter_at_once, self.look_at_a_preview),
            *(self.undo, self.undo, self.withdraw, self.settle, self.let_time_pass, self.send),
        ]
        try:
            self.chance.choice(acts)()
        except Refused:
            db.session.rollback()

    def enter_under_embargo(self) -> None:
        minute = self.scene.now + timedelta(minutes=self.chance.randint(1, 12))
        self._change(self._secret_order(minute, public_from=minute))

    def look_at_a_preview(self) -> None:
        """Of an order that would be public at once, and that nobody enters."""
        preview(Proposal((self._secret_order(NEVER),), Words("변경", "A change")), now=self.scene.now)

    def _secret_order(self, minute: datetime, **more: object) -> Callable[..., object]:
        name = SECRETS[len(self.public_from)]
        self.public_from[name] = minute
        return self._order(name, condition_ko=name, condition_en=name, **more)

    def enter_at_once(self) -> None:
        self._change(self._order(self.chance.choice(["open", "half", "closed"])))

    def _order(self, level: str, **more: object) -> Callable[..., object]:
        draft = OrderDraft(
            region_code="41",
            effective_from=date(2026, 5, 20),
            scale="s",
            level=level,
            party_max=self.chance.choice([None, 2]),
            announced_at=self.scene.now,
            **more,  # type: ignore[arg-type]  # fields by name
        )
        return partial(enter_order, draft=draft, actor=COMMAND, now=self.scene.now)

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

    # -- what is seen --------------------------------------------------------------------------------------------

    def shown(self) -> dict[str, str]:
        """All that anybody but an administrator can read now, by where it is read."""
        return {
            "page": _read(self.visitor, PAGES, self.walk),
            "kept page": _read(self.late_visitor, PAGES, self.walk),
            "page of operators": _read(self.operator, STAFF, self.walk),
            "file": self._file(),
            "answer": self._answer(),
            "mail": self._mails(),
        }

    def leaks(self) -> set[str]:
        """Where something can be read that is not public yet."""
        still = {name for name, minute in self.public_from.items() if minute > self.scene.now}
        return {where for where, text in self.shown().items() if still & set(SECRET.findall(text))}

    def _file(self) -> str:
        """The roster as a file says only that there is a condition, not which: then it says every one of them."""
        answer = self.operator.get(f"/en/operator/departures/{self.walk}/roster.xlsx")
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            asks = b"Condition shown" in file.read("xl/sharedStrings.xml")
        public = [name for name, minute in self.public_from.items() if minute <= self.scene.now]
        return " ".join(public or SECRETS) if asks else ""

    def _answer(self) -> str:
        asked = ["tourbook", "allowance", "walk", "--start", STARTS, "--json"]
        return str(self.app.test_cli_runner().invoke(args=asked).output)

    def _mails(self) -> str:
        notices = db.session.scalars(select(Notice)).all()
        return "\n".join(f"{rendered(one)} {one.facts}" for one in notices)

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


def _name_secrets(chance: random.Random) -> None:
    """A level for each, so that causes name it: half the size, or closed."""
    with transaction() as session:
        for number, name in enumerate(SECRETS):
            session.add(Level(scale="s", level=name, place=10 + number, name_ko=name, name_en=name))
            measure, amount = chance.choice([(Measure.PERCENT, 50), (Measure.CLOSED, None)])
            cell = {"scale": "s", "level": name, "kind": "trail", "measure": measure, "amount": amount}
            session.add(TableCell(entry=9000 + number, **cell))


def _operator(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert sign_in(client, somebody(app, Role.OPERATOR, organisation="paju")).status == 302
    return client


def _read(client: FlaskClient, paths: tuple[str, ...], walk: UUID) -> str:
    return "\n".join(client.get(path.format(walk)).get_data(as_text=True) for path in paths)
