"""Queries: the facts of the database in the form that the allowance rule reads; and the version of them all."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from tourbook.courses import ends_of_measures
from tourbook.courses.models import Course, CourseFigures, Departure, MeasureEnd, Region, SiteMeasure
from tourbook.db import add_unless_there, rehearses
from tourbook.distancing import facts
from tourbook.distancing.models import Level, Order, Ruleset, TableCell
from tourbook.kst import start_of_day

_CHANGING = "tourbook_changes_facts"
_VERSION = select(Ruleset.__table__.c.version)
_kept: WeakKeyDictionary[Engine, tuple[int, dict[UUID, facts.Facts]]] = WeakKeyDictionary()


def facts_by_course(session: Session) -> dict[UUID, facts.Facts]:
    """What the allowance rule may know of each course, by the course's id: one load for all of them."""
    return _Loader(session).load(list(session.scalars(select(Course))))


def facts_of(session: Session, course_id: UUID) -> facts.Facts:
    """What the allowance rule may know of one course."""
    return versioned_facts_of(session, course_id)[1]


def versioned_facts_of(session: Session, course_id: UUID) -> tuple[int, facts.Facts]:
    """The same with the version of all facts that they are of.

    Kept in this process under that version, which this transaction reads before it reads any fact, and where it has
    read some, afterwards too: a change of facts raises the version in the transaction that writes it. Read anew while
    facts are being changed or tried out, since nobody else may see those.
    """
    version = ruleset_version(session)
    if _sees_its_own(session):
        return version, _load(session, course_id)
    kept = _kept_under(session.get_bind(), version)
    if course_id in kept:
        return version, kept[course_id]
    found = _load(session, course_id)
    if ruleset_version(session) != version:  # changed in between: some of what was read may be newer than the rest
        return versioned_facts_of(session, course_id)
    kept[course_id] = found
    return version, found


def forget_facts(bind: Engine | Connection) -> None:
    """Forget what is kept of a database whose content was replaced as a whole, so that versions mean other facts."""
    _kept.pop(bind.engine, None)


def _sees_its_own(session: Session) -> bool:
    """May this transaction see facts that nobody else sees, or ever will?"""
    changing = session.info.get(_CHANGING)
    return rehearses(session) or (changing is not None and changing is session.get_transaction())


def _load(session: Session, course_id: UUID) -> facts.Facts:
    return _Loader(session).load([session.get_one(Course, course_id)])[course_id]


def _kept_under(bind: Engine | Connection, version: int) -> dict[UUID, facts.Facts]:
    """What is kept under that version; a transaction that still reads an older one gets, and leaves, nothing."""
    latest, found = _kept.get(bind.engine, (-1, {}))
    if version == latest:
        return found
    made: dict[UUID, facts.Facts] = {}
    if version > latest:
        _kept[bind.engine] = (version, made)
    return made


def slot_of(departure: Departure) -> facts.Slot:
    """The departure as the allowance rule sees it."""
    return facts.Slot(departure.starts_at, departure.minutes, departure.own_capacity)


def region_tree(session: Session) -> facts.RegionTree:
    """All regions, linked by parent and by succession."""
    return facts.RegionTree(tuple(_region(row) for row in session.scalars(select(Region))))


def ruleset_version(session: Session) -> int:
    """The version of all facts together; 0 before the first change."""
    return session.connection().scalar(_VERSION) or 0


def lock_facts(session: Session) -> Ruleset:
    """Make changes of facts wait for one another until the act ends, and with them the entry numbers they give out."""
    session.info[_CHANGING] = session.get_transaction()
    locked = select(Ruleset).with_for_update().execution_options(populate_existing=True)
    ruleset = session.scalar(locked)
    if ruleset is None:
        add_unless_there(session, Ruleset(single=True, version=0))
        ruleset = session.scalars(locked).one()
    return ruleset


def raise_version(session: Session) -> int:
    """Count one change of facts and return the new version. A step; it locks the one row until the act ends.

    An act that enters facts takes this step, or `lock_facts`, first of all.
    """
    ruleset = lock_facts(session)
    ruleset.version += 1
    session.flush()  # other steps of the act read the version in a query
    return ruleset.version


class _Loader:
    """Reads what all courses share once, then what each has of its own, in one statement per table."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._regions = region_tree(session)
        self._orders = tuple(_order(row) for row in session.scalars(select(Order).order_by(Order.entry)))
        self._level_names = {
            (row.scale, row.level): facts.Words(row.name_ko, row.name_en) for row in session.scalars(select(Level))
        }

    def load(self, courses: list[Course]) -> dict[UUID, facts.Facts]:
        """The facts of these courses."""
        codes = {course.id: course.code for course in courses}
        figures = self._figures(list(codes))
        measures = self._measures(list(codes))
        shared, own = self._cells(codes)
        return {
            course.id: facts.Facts(
                course=course.code,
                kind=course.kind,
                region=course.region_code,
                regions=self._regions,
                figures=tuple(figures[course.id]),
                cells=tuple(shared[course.kind] + own[course.id]),
                orders=self._orders,
                measures=tuple(measures[course.id]),
                level_names=self._level_names,
            )
            for course in courses
        }

    def _figures(self, course_ids: list[UUID]) -> dict[UUID, list[facts.Figures]]:
        found: dict[UUID, list[facts.Figures]] = defaultdict(list)
        wanted = select(CourseFigures).where(CourseFigures.course_id.in_(course_ids)).order_by(CourseFigures.entry)
        for row in self._session.scalars(wanted):
            found[row.course_id].append(_figures(row))
        return found

    def _measures(self, course_ids: list[UUID]) -> dict[UUID, list[facts.Measure]]:
        found: dict[UUID, list[facts.Measure]] = defaultdict(list)
        wanted = select(SiteMeasure).where(SiteMeasure.course_id.in_(course_ids)).order_by(SiteMeasure.entry)
        ends = ends_of_measures(self._session, course_ids)
        for row in self._session.scalars(wanted):
            found[row.course_id].append(_measure(row, ends.get(row.id, ())))
        return found

    def _cells(self, codes: dict[UUID, str]) -> tuple[dict[str, list[facts.Cell]], dict[UUID, list[facts.Cell]]]:
        """The table's cells by kind of course, and the courses' own cells by course."""
        shared: dict[str, list[facts.Cell]] = defaultdict(list)
        own: dict[UUID, list[facts.Cell]] = defaultdict(list)
        for row in self._session.scalars(select(TableCell).order_by(TableCell.entry)):
            if row.course_id in codes:
                own[row.course_id].append(_cell(row, codes[row.course_id]))
            elif row.course_id is None and row.kind is not None:
                shared[row.kind].append(_cell(row, None))
        return shared, own


def _region(row: Region) -> facts.Region:
    return facts.Region(
        row.code, row.parent, facts.Words(row.name_ko, row.name_en), row.valid_from, row.valid_until, row.successor
    )


def _figures(row: CourseFigures) -> facts.Figures:
    return facts.Figures(row.capacity, row.party_limit, row.known_at, row.entry, row.taken_back_at)


def _order(row: Order) -> facts.Order:
    return facts.Order(
        entry=row.entry,
        region=row.region_code,
        announced_at=row.announced_at or start_of_day(row.effective_from),
        known_at=row.known_at,
        applies_at=row.applies_at,
        effective_from=row.effective_from,
        planned_until=row.planned_until,
        scale=row.scale,
        level=row.level,
        withdrawn_at=row.withdrawn_at,
        party_max=row.party_max,
        party_max_after_18=row.party_max_after_18,
        overrides_local=row.overrides_local,
        ends_by_itself=row.ends_by_itself,
        condition=_words(row.condition_ko, row.condition_en),
        source=f"order {row.entry}",
        place=row.place,
    )


def _cell(row: TableCell, course: str | None) -> facts.Cell:
    return facts.Cell(
        scale=row.scale,
        level=row.level,
        measure=row.measure.value,
        amount=row.amount,
        kind=row.kind,
        course=course,
        condition=_words(row.condition_ko, row.condition_en),
        known_at=row.known_at,
        entry=row.entry,
        taken_back_at=row.taken_back_at,
    )


def _measure(row: SiteMeasure, ends: Sequence[MeasureEnd]) -> facts.Measure:
    return facts.Measure(
        entry=row.entry,
        kind=row.kind,
        announced_at=row.announced_at,
        known_at=row.known_at,
        effective_from=row.effective_from,
        planned_until=row.planned_until,
        reason=facts.Words(row.reason_ko, row.reason_en),
        ends=tuple(facts.End(end.decided_at, end.last_day) for end in ends),
        capacity=row.capacity,
        raises=row.raises,
        source=f"measure {row.entry}",
    )


def _words(ko: str | None, en: str | None) -> facts.Words | None:
    """Both languages or neither; where only one was given it serves for both."""
    return facts.Words(ko or en or "", en or ko or "") if ko or en else None
