"""Policies of a cut: lots drawn on a departure, volunteers, exceptions"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DEFAULTS = (("departure", "draws_held"), ("course", "volunteer_hours"), ("application", "queue_rank"))


def upgrade() -> None:
    op.drop_index("ix_application_queue", "application")
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.add_column(sa.Column("draws_held", sa.Integer(), nullable=False, server_default=sa.text("0")))
        altered.add_column(sa.Column("volunteers_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("course", schema=None) as altered:
        altered.add_column(sa.Column("volunteer_hours", sa.Integer(), nullable=False, server_default=sa.text("24")))
    with op.batch_alter_table("application", schema=None) as altered:
        altered.add_column(sa.Column("volunteered_at", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("exempt_since", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("queue_rank", sa.Integer(), nullable=False, server_default=sa.text("1")))
    for table, column in DEFAULTS:
        with op.batch_alter_table(table, schema=None) as altered:
            altered.alter_column(column, server_default=None)  # from here on the application gives it
    _index_queue(["course_id", "seats", "queue_rank", "confirmed_at", "reference"])


def _index_queue(columns: list[str]) -> None:
    queued = sa.text("state IN ('displaced', 'called_off')")
    op.create_index("ix_application_queue", "application", columns, sqlite_where=queued, postgresql_where=queued)


def downgrade() -> None:
    op.drop_index("ix_application_queue", "application")
    added = (
        ("application", ("queue_rank", "exempt_since", "volunteered_at")),
        ("course", ("volunteer_hours",)),
        ("departure", ("volunteers_until", "draws_held")),
    )
    for table, columns in added:
        with op.batch_alter_table(table, schema=None) as altered:
            for column in columns:
                altered.drop_column(column)
    _index_queue(["course_id", "seats", "confirmed_at", "reference"])
