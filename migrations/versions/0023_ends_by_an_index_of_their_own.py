"""Ends of rights by an index in which nobody looks up the right of a party"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEX, UNUSED = "ix_priority_right_lasts_until", "used_at IS NULL AND ended_at IS NULL"


def upgrade() -> None:
    _make_again(sa.text(f"{UNUSED} AND lasts_until IS NOT NULL"))


def downgrade() -> None:
    _make_again(sa.text(UNUSED))


def _make_again(where: sa.TextClause) -> None:
    op.drop_index(INDEX, "priority_right")
    op.create_index(INDEX, "priority_right", ["lasts_until"], sqlite_where=where, postgresql_where=where)
