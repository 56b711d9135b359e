"""Appeals against a no-show: made, decided, forgotten."""

from uuid import UUID

from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tests.notices.outbox import settings
from tests.rosters.gate import Gate, build_gate, visitors
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import appeal, decide_appeal, forget_appeals
from tourbook.applications.models import Attendance
from tourbook.kst import parse_moment
from tourbook.rosters import mark_attendance


def stayed_away() -> tuple[Gate, UUID]:
    """A party of which nobody came; the departure has left."""
    gate = build_gate(6)
    party = gate.apply(2)
    for visitor in visitors(party):
        mark_attendance(visitor.id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)
    gate.scene.now = parse_moment("2026-05-20T12:00")
    return gate, party


def appealing(ground: Ground, gate: Gate, party: UUID) -> UUID:
    with settings(ground.app, closure_steps="1:1"):
        return appeal(party, "열차가 멈췄습니다.", actor=GUEST, now=gate.now)


@deed()
def appeals(ground: Ground) -> Doing:
    gate, party = stayed_away()
    return Doing(lambda: appealing(ground, gate, party), gate.now)


@deed()
def decides_an_appeal(ground: Ground) -> Doing:
    gate, party = stayed_away()
    made = appealing(ground, gate, party)
    told = {"granted": True, "reason_ko": "확인", "reason_en": "seen", "actor": COMMAND, "now": gate.now}
    return Doing(lambda: decide_appeal(made, **told), gate.now)


@deed()
def forgets_appeals(ground: Ground) -> Doing:
    gate, party = stayed_away()
    appealing(ground, gate, party)
    later = parse_moment("2027-08-21T00:00")

    def act() -> None:
        forget_appeals(now=later)

    return Doing(act, later)
