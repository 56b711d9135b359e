"""Priority rights that end, and offers that do not run out in quiet hours

Rights that were granted before have no end, as their holders were told; offers that were made before keep their
deadline.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UNUSED = sa.text("used_at IS NULL AND ended_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("course", schema=None) as altered:
        altered.add_column(sa.Column("right_days", sa.Integer(), nullable=False, server_default="365"))
    with op.batch_alter_table("course", schema=None) as altered:
        altered.alter_column("right_days", server_default=None)  # from here on the application gives it
    with op.batch_alter_table("offer", schema=None) as altered:
        altered.add_column(sa.Column("by_day", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("offer", schema=None) as altered:
        altered.alter_column("by_day", server_default=None)
    with op.batch_alter_table("priority_right", schema=None) as altered:
        altered.add_column(sa.Column("lasts_until", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_priority_right_lasts_until",
        "priority_right",
        ["lasts_until"],
        sqlite_where=UNUSED,
        postgresql_where=UNUSED,
    )


def downgrade() -> None:
    op.drop_index("ix_priority_right_lasts_until", "priority_right")
    with op.batch_alter_table("priority_right", schema=None) as altered:
        altered.drop_column("reminded_at")
        altered.drop_column("lasts_until")
    with op.batch_alter_table("offer", schema=None) as altered:
        altered.drop_column("by_day")
    with op.batch_alter_table("course", schema=None) as altered:
        altered.drop_column("right_days")
