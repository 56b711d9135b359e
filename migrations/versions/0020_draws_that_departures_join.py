"""Draws: departures that join, who is told of a choice called off or left out, and numbers that are counted once

The numbers of rounds that are sealed already are counted here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COUNTED = ("parties", "people", "drawn_parties", "drawn_people")

_places = sa.table(
    "sealed_places",
    sa.column("round_id", sa.Uuid()),
    sa.column("code", sa.Text()),
    *(sa.column(name, sa.Integer()) for name in COUNTED),
)
_sealed = sa.table(
    "sealed_entry",
    sa.column("round_id", sa.Uuid()),
    *(sa.column(name, sa.Text()) for name in ("receipt", "choices")),
    sa.column("seats", sa.Integer()),
)
_drawn = sa.table(
    "drawn_entry",
    sa.column("round_id", sa.Uuid()),
    *(sa.column(name, sa.Text()) for name in ("receipt", "departure")),
)
Numbers = Counter[tuple[UUID, str]]


def upgrade() -> None:
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.add_column(sa.Column("joined_round_at", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("entrants_told_to", sa.Uuid(), nullable=True))
    op.create_table(
        "left_out_entry",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "receipt", name="pk_left_out_entry"),
    )
    with op.batch_alter_table("sealed_places", schema=None) as altered:
        altered.add_column(sa.Column("party_max", sa.Integer(), nullable=True))
        for name in COUNTED:
            altered.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("sealed_places", schema=None) as altered:
        for name in COUNTED:
            altered.alter_column(name, server_default=None)  # from here on the application gives them
    _count(op.get_bind())


def _count(connection: sa.Connection) -> None:
    first = sa.select(_sealed.c.round_id, _sealed.c.choices, sa.func.count(), sa.func.sum(_sealed.c.seats))
    rows = connection.execute(first.group_by(_sealed.c.round_id, _sealed.c.choices))
    _keep(connection, "", _summed((round_id, choices.split(",")[0], *counts) for round_id, choices, *counts in rows))
    drew = sa.select(_drawn.c.round_id, _drawn.c.departure, sa.func.count(), sa.func.sum(_sealed.c.seats))
    of_entry = sa.and_(_sealed.c.round_id == _drawn.c.round_id, _sealed.c.receipt == _drawn.c.receipt)
    rows = connection.execute(
        drew.join_from(_drawn, _sealed, of_entry)
        .where(_drawn.c.departure.is_not(None))
        .group_by(_drawn.c.round_id, _drawn.c.departure)
    )
    _keep(connection, "drawn_", _summed(rows.all()))


def _summed(rows: Iterable[Sequence[Any]]) -> tuple[Numbers, Numbers]:
    """Parties and people by round and departure."""
    parties, people = Numbers(), Numbers()
    for round_id, code, entries, seats in rows:
        parties[round_id, code] += entries
        people[round_id, code] += int(seats)
    return parties, people


def _keep(connection: sa.Connection, which: str, numbers: tuple[Numbers, Numbers]) -> None:
    parties, people = numbers
    for round_id, code in parties:
        here = _places.update().where(_places.c.round_id == round_id, _places.c.code == code)
        counted = {f"{which}parties": parties[round_id, code], f"{which}people": people[round_id, code]}
        connection.execute(here.values(counted))


def downgrade() -> None:
    with op.batch_alter_table("sealed_places", schema=None) as altered:
        for name in ("party_max", *COUNTED):
            altered.drop_column(name)
    op.drop_table("left_out_entry")
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.drop_column("entrants_told_to")
        altered.drop_column("joined_round_at")
