"""When a departure joined a draw that had been announced before it was made"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.add_column(sa.Column("joined_round_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.drop_column("joined_round_at")
