"""Waiting for several dates at once, to go on one of them"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("application", "offer"):
        with op.batch_alter_table(table, schema=None) as altered:
            altered.add_column(sa.Column("wait_id", sa.Uuid(), nullable=True))
    waits = sa.text("wait_id IS NOT NULL")
    op.create_index("ix_application_wait_id", "application", ["wait_id"], sqlite_where=waits, postgresql_where=waits)
    is_open = sa.text("state = 'open' AND wait_id IS NOT NULL")
    op.create_index(
        "uq_offer_one_open_per_wait", "offer", ["wait_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def downgrade() -> None:
    op.drop_index("uq_offer_one_open_per_wait", "offer")
    op.drop_index("ix_application_wait_id", "application")
    for table in ("offer", "application"):
        with op.batch_alter_table(table, schema=None) as altered:
            altered.drop_column("wait_id")
