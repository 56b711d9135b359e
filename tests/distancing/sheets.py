"""Files of facts as a test writes them, and what came of sending them in."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.distancing.worlds import DATA
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND
from tourbook.courses import Imported, ImportRefused
from tourbook.distancing import (
    import_courses,
    import_measures,
    import_orders,
    import_regions,
)

ORDERS = (
    "region_code,region,announced_on,effective_from,planned_until,withdrawn_on,"
    "scale,level,party_max,party_max_after_18,overrides_local,evidence"
)
ORDER = "41,Gyeonggi,2026-05-02,2026-05-11,2026-05-24,,4level,2,8,,no,press"
MEASURES = "course,kind,announced_at,effective_from,effective_until,ended_at,capacity,raises,reason,evidence"
MEASURE = "paju,suspension,2026-05-02,2026-05-11,,,,no,repair works,press"
REGIONS = "code,parent,name_ko,name_en,valid_from,valid_until,successor"


def orders(clock: StandingClock, *lines: str, heading: str = ORDERS, history: bool = False) -> Imported:
    return import_orders("\n".join([heading, *lines]), history=history, actor=COMMAND, now=clock.now)


def measures(clock: StandingClock, *lines: str, heading: str = MEASURES, history: bool = False) -> Imported:
    return import_measures("\n".join([heading, *lines]), history=history, actor=COMMAND, now=clock.now)


def regions(clock: StandingClock, *lines: str) -> Imported:
    return import_regions("\n".join([REGIONS, *lines]), actor=COMMAND, now=clock.now)


def courses_from(clock: StandingClock, text: str) -> Imported:
    return import_courses(text, actor=COMMAND, now=clock.now)


def problems(do: Callable[[], object]) -> list[tuple[int, str]]:
    with pytest.raises(ImportRefused) as refused:
        do()
    return [(line, code) for line, code, _ in refused.value.facts["problems"]]


def shipped(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
