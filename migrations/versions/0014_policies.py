"""Policies of a cut: how often lots decided on a departure"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.add_column(sa.Column("draws_held", sa.Integer(), nullable=False, server_default=sa.text("0")))
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.alter_column("draws_held", server_default=None)  # from here on the application gives it


def downgrade() -> None:
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.drop_column("draws_held")
