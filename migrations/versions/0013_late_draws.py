"""Draws: their days, from when the fall-back is known, and which of the two values was entered

The days of a round that stands are those of its first and its last departure; one that was withdrawn has none any more.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AHEAD_OF_UTC = timedelta(hours=9)  # Korea has had no other since 1988

_round = sa.table(
    "draw_round", sa.column("id", sa.Uuid()), sa.column("first_day", sa.Date()), sa.column("last_day", sa.Date())
)
_departure = sa.table("departure", sa.column("round_id", sa.Uuid()), sa.column("starts_at", sa.DateTime(timezone=True)))


def upgrade() -> None:
    with op.batch_alter_table("draw_round", schema=None) as altered:
        altered.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        altered.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        altered.add_column(sa.Column("fallback_at", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("by_fallback", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("draw_round", schema=None) as altered:
        altered.alter_column("by_fallback", server_default=None)  # from here on the application gives it
    connection = op.get_bind()
    bounds = sa.select(
        _departure.c.round_id, sa.func.min(_departure.c.starts_at), sa.func.max(_departure.c.starts_at)
    ).where(_departure.c.round_id.is_not(None))
    for round_id, first, last in connection.execute(bounds.group_by(_departure.c.round_id)).all():
        _keep_days(connection, round_id, _day(first), _day(last))


def _keep_days(connection: sa.Connection, round_id: UUID, first: date, last: date) -> None:
    connection.execute(_round.update().where(_round.c.id == round_id).values(first_day=first, last_day=last))


def _day(moment: datetime) -> date:
    """The day in Korea; instants are kept in UTC."""
    return (moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta()) + AHEAD_OF_UTC).date()


def downgrade() -> None:
    with op.batch_alter_table("draw_round", schema=None) as altered:
        for name in ("by_fallback", "fallback_at", "last_day", "first_day"):
            altered.drop_column(name)
