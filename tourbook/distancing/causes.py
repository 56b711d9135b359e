"""The steps of an allowance in words: each with its kind, its source, its dates, its value, in Korean and English."""

from dataclasses import dataclass
from datetime import date, datetime

from tourbook.distancing.facts import Cell, Facts, Measure, Order, Words
from tourbook.kst import in_seoul
from tourbook.notices import day_in_words


@dataclass(frozen=True)
class Cause:
    """One step: which part of the rule spoke, on which grounds, for which days, and what it gives.

    `value` is a number of people; None means that the step sets no limit. What follows stands in no JSON: `party_max`
    is the party limit that the step's own words name, `order` the place and level of an order; `public_at` is since
    when it is known to everybody, which an embargo puts off. Of an order that is only announced `applies_at` is when it
    begins to count, and `covers` says whether the day lies within its own.
    """

    component: str
    kind: str
    source: str
    value: int | None
    ko: str
    en: str
    first_day: date | None = None
    last_day: date | None = None
    announced_at: datetime | None = None
    party_max: int | None = None
    order: Words | None = None
    public_at: datetime | None = None
    applies_at: datetime | None = None
    covers: bool = True

    def as_json(self) -> dict[str, object]:
        """The step with the keys that others rely on; days as ISO dates, instants in Korean time."""
        return {
            "component": self.component,
            "kind": self.kind,
            "source": self.source,
            "from": self.first_day.isoformat() if self.first_day else None,
            "to": self.last_day.isoformat() if self.last_day else None,
            "announced_at": in_seoul(self.announced_at).isoformat() if self.announced_at else None,
            "value": self.value,
            "ko": self.ko,
            "en": self.en,
        }


def base_cause(base: int, *, own: bool) -> Cause:
    """Where the calculation starts: the size of the departure."""
    if own:
        return Cause(
            "base", "departure", "departure", base, f"이 회차의 정원 {base}명", f"Size of this departure: {base}"
        )
    return Cause(
        "base", "course", "course", base, f"코스의 회차별 정원 {base}명", f"Size of the course: {base} per departure"
    )


def party_cause(limit: int | None) -> Cause:
    """The course's own limit on a party."""
    if limit is None:
        return Cause("party", "course", "course", None, "코스의 일행 인원 제한 없음", "The course sets no party limit")
    return Cause(
        "party",
        "course",
        "course",
        limit,
        f"코스의 일행 인원 제한 {limit}명",
        f"The course allows parties of up to {limit}",
    )


def no_order_cause(base: int) -> Cause:
    """No distancing order reaches this day or any before it."""
    return Cause("level", "none", "orders", base, "적용되는 거리두기 조치 없음", "No distancing order applies")


_BASIS_KO = {
    "order": "",
    "projected": "(후속 조치 발표 전, 기존 조치가 이어지는 것으로 봄)",
    "lapsed": "(기간이 지났으나 후속 조치가 없어 유지)",
    "followed": "(발표된 후속 조치가 시행되기 전까지 유지)",
}
_BASIS_EN = {
    "order": "",
    "projected": " (no later order yet: taken to continue)",
    "lapsed": " (past its end without a successor: kept)",
    "followed": " (kept until the order that is announced begins)",
}


def level_cause(
    facts: Facts,
    order: Order,
    basis: str,
    cell: Cell | None,
    capacity: int,
    party_max: int | None,
    *,
    followed: bool = False,
) -> Cause:
    """The order that decides for the day, what its level means here, and its party limit (None where none counts).

    Where it does not cover the day itself its words say whether it is `followed` by one that is announced.
    """
    firmly = "followed" if followed and basis != "order" else basis
    level_ko, level_en = _level_words(facts, order)
    region = facts.regions.name(order.region)
    party_ko, party_en = _party_words(party_max)
    return Cause(
        "level",
        basis,
        order.source,
        capacity,
        f"{region.ko} 거리두기 {level_ko}: {_cell_ko(cell)} → {capacity}명{party_ko}{_BASIS_KO[firmly]}",
        f"{region.en}, {level_en}: {_cell_en(cell)}, so {capacity}{party_en}{_BASIS_EN[firmly]}",
        order.effective_from,
        order.planned_until,
        order.announced_at,
        party_max,
        Words(f"{region.ko} 거리두기 {level_ko}", f"{region.en}, {level_en}"),
        public_at=order.known_at,
    )


def announced_cause(
    facts: Facts, order: Order, cell: Cell | None, capacity: int, party_max: int | None, *, day: date
) -> Cause:
    """An order that is announced and not yet applied: until its minute it can only tighten."""
    first_ko, first_en = (day_in_words(order.effective_from, language) for language in ("ko", "en"))
    level_ko, level_en = _level_words(facts, order)
    region = facts.regions.name(order.region)
    party_ko, party_en = _party_words(party_max)
    return Cause(
        "announced",
        "order",
        order.source,
        capacity,
        f"{first_ko}부터 {region.ko} 거리두기 {level_ko}: {_cell_ko(cell)} → {capacity}명{party_ko}",
        f"From {first_en} {region.en}, {level_en}: {_cell_en(cell)}, so {capacity}{party_en}",
        order.effective_from,
        order.planned_until,
        order.announced_at,
        party_max,
        Words(f"{region.ko} 거리두기 {level_ko}", f"{region.en}, {level_en}"),
        public_at=order.known_at,
        applies_at=order.applies_at,
        covers=order.covers(day),
    )


def measure_cause(measure: Measure, base: int, as_of: datetime) -> Cause:
    """A measure at this site, with its reason and its end as it was known."""
    ko, en, value = _measure_words(measure, base)
    return Cause(
        "measure",
        measure.kind,
        measure.source,
        value,
        f"{ko}: {measure.reason.ko}",
        f"{en}: {measure.reason.en}",
        measure.effective_from,
        measure.last_day(as_of),
        measure.announced_at,
        public_at=measure.known_at,
    )


def _measure_words(measure: Measure, base: int) -> tuple[str, str, int]:
    if measure.kind == "suspension":
        return "운영 중단", "Suspended", 0
    capacity = measure.capacity or 0
    if measure.raises:
        lifted = min(base, capacity)
        return f"현장 조치로 {lifted}명까지 확대", f"Raised at this site to {lifted}", lifted
    return f"현장 조치로 최대 {capacity}명", f"Limited at this site to {capacity}", capacity


def _level_words(facts: Facts, order: Order) -> tuple[str, str]:
    names = facts.level_names.get((order.scale, order.level))
    return (names.ko, names.en) if names else (order.level, order.level)


def _party_words(party_max: int | None) -> tuple[str, str]:
    if party_max is None:
        return "", ""
    return f", 일행 {party_max}명까지", f", parties of up to {party_max}"


def _cell_ko(cell: Cell | None) -> str:
    words = {"closed": "운영하지 않음", "no_limit": "제한 없음", "people": f"최대 {cell.amount if cell else 0}명"}
    if cell is None:
        return "정해진 기준이 없어 운영하지 않음"
    return words.get(cell.measure, f"정원의 {cell.amount}%")


def _cell_en(cell: Cell | None) -> str:
    words = {"closed": "closed", "no_limit": "no limit", "people": f"at most {cell.amount if cell else 0} people"}
    if cell is None:
        return "no rule on record, so closed"
    return words.get(cell.measure, f"{cell.amount} % of the size")
