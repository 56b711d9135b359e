"""Number the trail of a departure"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("departure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trail_length", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("departure", schema=None) as batch_op:
        batch_op.alter_column("trail_length", server_default=None)  # from here on the application gives it
    with op.batch_alter_table("trail_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("departure_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_trail_entry_departure_id_number"), ["departure_id", "number"])


def downgrade() -> None:
    with op.batch_alter_table("trail_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_trail_entry_departure_id_number"), type_="unique")
        batch_op.drop_column("number")
        batch_op.drop_column("departure_id")
    with op.batch_alter_table("departure", schema=None) as batch_op:
        batch_op.drop_column("trail_length")
