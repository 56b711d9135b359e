"""Whether those who lost places on a departure were asked ahead of the others"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_LOST_THERE = """
UPDATE departure SET own_asked = FALSE WHERE id IN (SELECT departure_id FROM application WHERE state = 'displaced')
"""


def upgrade() -> None:
    op.add_column("departure", sa.Column("own_asked", sa.Boolean(), nullable=True))
    op.execute(_LOST_THERE)


def downgrade() -> None:
    op.drop_column("departure", "own_asked")
