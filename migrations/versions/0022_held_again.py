"""Places that a cut took while somebody typed are held again where the cut is taken back; rights without an end get one

A right that was granted before rights had an end lasts from the day of this update on for as long as its course says,
so that nobody finds one over that was thought to be without end. Its holder reads that on the page and is told by the
reminder, two weeks before.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KST = timezone(timedelta(hours=9))
RIGHT = sa.table(
    "priority_right",
    sa.column("course_id", sa.Uuid()),
    sa.column("lasts_until", sa.DateTime(timezone=True)),
    sa.column("used_at", sa.DateTime(timezone=True)),
    sa.column("ended_at", sa.DateTime(timezone=True)),
)
COURSE = sa.table("course", sa.column("id", sa.Uuid()), sa.column("right_days", sa.Integer()))


def upgrade() -> None:
    with op.batch_alter_table("application", schema=None) as altered:
        altered.add_column(sa.Column("released_until", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("released_under", sa.Integer(), nullable=True))
    _end_rights(op.get_bind())


def _end_rights(connection: sa.Connection) -> None:
    """At 24:00 of a day in Korea, as all others, and never a day too early: there it may be tomorrow already."""
    today: date = connection.execute(sa.select(sa.func.current_date())).scalar_one() + timedelta(days=1)
    unused = (RIGHT.c.lasts_until.is_(None), RIGHT.c.used_at.is_(None), RIGHT.c.ended_at.is_(None))
    for course_id, days in connection.execute(sa.select(COURSE.c.id, COURSE.c.right_days)).all():
        ends = datetime.combine(today + timedelta(days=days + 1), time(), KST).astimezone(UTC)
        own = sa.update(RIGHT).where(RIGHT.c.course_id == course_id, *unused)
        connection.execute(own.values(lasts_until=ends))


def downgrade() -> None:
    with op.batch_alter_table("application", schema=None) as altered:
        altered.drop_column("released_under")
        altered.drop_column("released_until")
