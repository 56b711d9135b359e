"""Places set aside for groups"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allotment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("departure_id", sa.Uuid(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("yielded", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_way", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("releases_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_allotment_seats_not_negative")),
        sa.ForeignKeyConstraint(["departure_id"], ["departure.id"], name=op.f("fk_allotment_departure_id_departure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotment")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_allotment_token_hash")),
    )
    op.create_index(op.f("ix_allotment_departure_id"), "allotment", ["departure_id"])
    open_ones = sa.text("released_at IS NULL")
    op.create_index(
        "ix_allotment_releases_at", "allotment", ["releases_at"], sqlite_where=open_ones, postgresql_where=open_ones
    )
    op.add_column("departure", sa.Column("seats_allotted", sa.Integer(), nullable=True))
    op.add_column("application", sa.Column("allotment_id", sa.Uuid(), nullable=True))
    some = sa.text("allotment_id IS NOT NULL")
    op.create_index(
        "ix_application_allotment_id", "application", ["allotment_id"], sqlite_where=some, postgresql_where=some
    )


def downgrade() -> None:
    op.drop_index("ix_application_allotment_id", "application")
    op.drop_column("application", "allotment_id")
    op.drop_column("departure", "seats_allotted")
    op.drop_table("allotment")
