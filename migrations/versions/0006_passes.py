"""Whom a party passed by, as long as it has its seats"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passes", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.alter_column("passes", server_default=None)  # from here on the application gives it


def downgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("passes")
