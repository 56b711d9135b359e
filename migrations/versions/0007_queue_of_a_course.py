"""The displaced of a course in the order in which they are asked"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEX = "ix_application_queue"
COLUMNS = ["course_id", "seats", "confirmed_at", "reference"]


def upgrade() -> None:
    displaced = sa.text("state IN ('displaced', 'called_off')")
    op.create_index(INDEX, "application", COLUMNS, sqlite_where=displaced, postgresql_where=displaced)


def downgrade() -> None:
    op.drop_index(INDEX, "application")
