"""Sealing anew what was sealed by a key that seals no more, lot by lot, while the site serves.

What is left to do can be seen from the values themselves, so whoever is killed in the middle goes on by beginning
again. A row that somebody else is writing is passed over, and looked at in the next pass.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from flask import current_app
from sqlalchemy import ColumnElement, LargeBinary, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tourbook.accounts.link_models import Wish
from tourbook.accounts.models import Companion, Person, SecondFactor
from tourbook.applications.closures import Appeal
from tourbook.applications.models import Allotment, Application, Visitor
from tourbook.bulk import update_rows
from tourbook.clearance.models import VisitorClearance
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.keyring import NO_MONTH, header_of
from tourbook.kst import civil_day, civil_month
from tourbook.notices.models import Notice, month_of_notice
from tourbook.rosters.models import DepartureCrew
from tourbook.seal import every_sealed, keyring

AT_ONCE = 500
PASSES = 3
FIRST = UUID(int=0)
HEADER_BYTES = len(header_of(FIRST))


class _Of(NamedTuple):
    """How the month of a row is known: by which more columns of it, and how from them."""

    columns: tuple[ColumnElement[Any], ...] = ()
    month: Callable[[Any], str] = lambda _row: NO_MONTH


def _start_of(*steps: ColumnElement[bool]) -> _Of:
    """By the start of the departure that these steps lead to."""
    start = select(Departure.starts_at).where(*steps).scalar_subquery()
    return _Of((start.label("starts_at"),), lambda row: civil_month(row.starts_at))


_OF_APPLICATION = Departure.id == Application.departure_id
MONTHS: dict[type, _Of] = {
    Application: _start_of(_OF_APPLICATION),
    Visitor: _start_of(Departure.id == Visitor.departure_id),
    Allotment: _start_of(Departure.id == Allotment.departure_id),
    DepartureCrew: _start_of(Departure.id == DepartureCrew.departure_id),
    Appeal: _start_of(_OF_APPLICATION, Application.id == Appeal.application_id),
    VisitorClearance: _start_of(Departure.id == Visitor.departure_id, Visitor.id == VisitorClearance.visitor_id),
    Notice: _Of(
        tuple(column.expression for column in (Notice.subject_id, Notice.facts, Notice.created_at)),
        lambda row: month_of_notice(row.subject_id, row.facts, row.created_at),
    ),
    Person: _Of(),
    Companion: _Of(),
    SecondFactor: _Of(),
    Wish: _Of(),
}


@dataclass(frozen=True)
class Lot:
    """What became of some rows: the last that was looked at (None: there was none), how many were sealed anew, and how
    many values could not be opened and stay as they are.
    """

    last: UUID | None
    rows: int = 0
    unreadable: int = 0


def sealed_columns() -> dict[type, list[str]]:
    """The models that keep anything sealed, each with what it keeps so."""
    found: dict[type, list[str]] = defaultdict(list)
    for model, name in every_sealed():
        found[model].append(name)
    return dict(found)


def reseal(*, now: datetime) -> Iterator[tuple[str, Lot]]:
    """Acts: seal anew all that is not sealed by an active key; tells of each lot, with the name of its table."""
    for model in sealed_columns():
        for _ in range(PASSES):
            after: UUID | None = FIRST
            done = 0
            while after is not None:
                lot = reseal_some(model, after, now=now)
                after, done = lot.last, done + lot.rows
                if lot.last:
                    yield model.__tablename__, lot  # type: ignore[attr-defined]  # every model has one
            if not done:
                break


def seal_names_of_groups(*, now: datetime) -> int:
    """Act of the timetable: seal what the code of before wrote in plain writing; says of how many groups. Whoever is
    just being written is passed over until the next time.
    """
    with transaction() as session:
        plain = select(Allotment).where(Allotment.group_name_before != "").order_by(Allotment.id).limit(AT_ONCE)
        groups = session.scalars(plain.with_for_update(skip_locked=True, key_share=True)).all()
        for one in groups:
            one.group_name = one.group_name_before
        return len(groups)


def reseal_some(model: Any, after: UUID, *, now: datetime) -> Lot:
    """Act: seal anew some rows of a table beyond that id, where they are not sealed by an active key: by the key of
    their tour's month, or of this one where that is over.
    """
    names, ring = sealed_columns()[model], keyring()
    headers, earliest = ring.headers(), _first_open_month(now)
    with transaction() as session:
        rows = session.execute(_stale(model, names, headers), {"after": after}).all()
        changed, unreadable = [], 0
        for row in rows:
            month = MONTHS[model].month(row)
            values, closed = _sealed_anew(model, names, row, headers, max(month, earliest) if month else NO_MONTH)
            unreadable += closed
            changed += [{"id": row.id, **values}] if values else []
        update_rows(session, model, changed)
        return Lot(rows[-1].id if rows else None, len(changed), unreadable)


def is_read_by(session: Session, key_id: UUID) -> bool:
    """Is there anything that this key sealed, and that it still opens? A query."""
    header = header_of(key_id)
    for model, names in sealed_columns().items():
        for name in names:
            column = _column(model, name)
            held = select(model.id, column).where(_header(column) == header)  # type: ignore[attr-defined]  # every row has one
            attribute = getattr(model, name)
            if any(_opens(attribute, *row) for row in session.execute(held)):
                return True
    return False


def unreadable_values(session: Session) -> dict[str, int]:
    """How many values there are that cannot be opened, by table and column, for those that have any. A query."""
    found: Counter[str] = Counter()
    for model, names in sealed_columns().items():
        for name in names:
            column, attribute = _column(model, name), getattr(model, name)
            held = select(model.id, column).where(func.length(column) > 0).execution_options(yield_per=AT_ONCE)  # type: ignore[attr-defined]  # every row has one
            closed = sum(not _opens(attribute, *row) for row in session.execute(held))
            found.update({f"{model.__tablename__}.{name}": closed} if closed else {})  # type: ignore[attr-defined]  # every model has one
    return dict(found)


def is_over(month: str, now: datetime) -> bool:
    """Are all tours of this month so long over that nobody on them is to be known any more?"""
    return month < _first_open_month(now)


def _first_open_month(now: datetime) -> str:
    days = current_app.config["TOURBOOK"].forget_after_days
    return f"{civil_day(now) - timedelta(days=days):%Y-%m}"


def _stale(model: Any, names: list[str], headers: list[bytes]) -> Select[Any]:
    columns = [_column(model, name) for name in names]
    others = [and_(func.length(one) > 0, _header(one).not_in(headers)) for one in columns]
    wanted = select(model.id, *columns, *MONTHS[model].columns).where(model.id > bindparam("after"), or_(*others))
    return wanted.order_by(model.id).limit(AT_ONCE).with_for_update(of=model, skip_locked=True, key_share=True)


def _sealed_anew(
    model: Any, names: list[str], row: Any, headers: list[bytes], month: str
) -> tuple[dict[str, bytes | None], int]:
    """What to write of this row, all its sealed columns or nothing; and how many of them cannot be opened."""
    values: dict[str, bytes | None] = {}
    stale = closed = 0
    for name in names:
        attribute, held = getattr(model, name), getattr(row, f"{name}_sealed")
        values[f"{name}_sealed"] = held
        if not held or bytes(held[:HEADER_BYTES]) in headers:
            continue
        try:
            values[f"{name}_sealed"] = attribute.seal(row.id, attribute.open(row.id, held), month)
            stale += 1
        except InvalidTag:
            closed += 1
    return (values if stale else {}), closed


def _opens(attribute: Any, row_id: UUID, held: bytes) -> bool:
    try:
        attribute.open(row_id, held)
    except InvalidTag:
        return False
    return True


def _column(model: Any, name: str) -> InstrumentedAttribute[bytes | None]:
    column: InstrumentedAttribute[bytes | None] = getattr(model, f"{name}_sealed")
    return column


def _header(column: InstrumentedAttribute[bytes | None]) -> ColumnElement[bytes]:
    return func.substr(column, 1, HEADER_BYTES, type_=LargeBinary)
