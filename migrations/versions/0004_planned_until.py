"""Until when a course's departures have been made by its schedules"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planned_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("course", "planned_until")  # in place: departures point to the table
