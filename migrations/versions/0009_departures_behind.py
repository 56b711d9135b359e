"""The departures that are behind the facts in the order in which they are settled"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX = "ix_departure_behind"
COLUMNS = ["version", "starts_at", "own_asked", "course_id", "id"]


def upgrade() -> None:
    op.create_index(INDEX, "departure", COLUMNS)


def downgrade() -> None:
    op.drop_index(INDEX, "departure")
