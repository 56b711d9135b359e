"""The mark of a rehearsal's database, with its clock and its beginning"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_seconds", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("beginning", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("single", name=op.f("ck_rehearsal_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal")),
        sa.UniqueConstraint("single", name=op.f("uq_rehearsal_single")),
    )


def downgrade() -> None:
    op.drop_table("rehearsal")
