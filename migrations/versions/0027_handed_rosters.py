"""Rosters that were handed out to a device, to be used without network"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handed_roster",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("departure_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marks_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["departure_id"], ["departure.id"], name=op.f("fk_handed_roster_departure_id_departure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_roster")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_handed_roster_token_hash")),
    )
    op.create_index(op.f("ix_handed_roster_departure_id"), "handed_roster", ["departure_id"])


def downgrade() -> None:
    op.drop_table("handed_roster")
