"""A minimum to run: what a course declares of it, and what was decided of each departure"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COLUMNS = (
    ("course", "runs_from_people", sa.Integer()),
    ("course", "decided_days_before", sa.Integer()),
    ("course", "decided_at", sa.Time()),
    ("course", "minimum_since", sa.DateTime(timezone=True)),
    ("departure", "called_off_cause", sa.Text()),
    ("departure", "runs_since", sa.DateTime(timezone=True)),
    ("departure", "kept_running_ko", sa.Text()),
    ("departure", "kept_running_en", sa.Text()),
)


def upgrade() -> None:
    for table, column, kind in COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=True))


def downgrade() -> None:
    for table, column, _kind in reversed(COLUMNS):
        op.drop_column(table, column)
