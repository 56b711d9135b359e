"""What taking a change back restores: an order's place and its planned withdrawal, a party's deadline to shrink"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSTANTS = (("distancing_order", "withdrawal_planned"), ("application", "had_to_shrink_until"))


def upgrade() -> None:
    op.add_column("distancing_order", sa.Column("place", sa.Integer(), nullable=True))
    for table, column in INSTANTS:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table, column in INSTANTS:
        op.drop_column(table, column)
    op.drop_column("distancing_order", "place")
