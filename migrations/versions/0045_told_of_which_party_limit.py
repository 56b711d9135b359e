"""How many may go as a party was told that must become smaller, and what it had before it lost its places

Who has to become smaller when the program is updated was told of the limit by which the departure was settled last.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

TOLD = """
    UPDATE application SET shrink_to = (SELECT party_max FROM departure WHERE departure.id = application.departure_id)
    WHERE state = 'must_shrink'
"""


def upgrade() -> None:
    op.add_column("application", sa.Column("shrink_to", sa.Integer(), nullable=True))
    op.add_column("application", sa.Column("had_passes", sa.JSON(), nullable=True))
    op.add_column("application", sa.Column("had_volunteered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("departure", sa.Column("had_volunteers_until", sa.DateTime(timezone=True), nullable=True))
    op.execute(TOLD)


def downgrade() -> None:
    op.drop_column("departure", "had_volunteers_until")
    op.drop_column("application", "had_volunteered_at")
    op.drop_column("application", "had_passes")
    op.drop_column("application", "shrink_to")
