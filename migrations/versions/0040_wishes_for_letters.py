"""Wishes for a letter with a link, and links to choose a password that are no invitations

Every link of before is an invitation, which the code of before goes on making and reading.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitation", sa.Column("kind", sa.String(length=20), nullable=False, server_default="invited"))
    op.create_table(
        "wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("mail_index", sa.Text(), nullable=False),
        sa.Column("mail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("onward_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wish_token_hash")),
    )
    op.create_index(op.f("ix_wish_mail_index"), "wish", ["mail_index"])
    op.create_index(op.f("ix_wish_address_hash"), "wish", ["address_hash"])
    op.create_index(op.f("ix_wish_asked_at"), "wish", ["asked_at"])


def downgrade() -> None:
    op.drop_table("wish")
    op.execute("DELETE FROM invitation WHERE kind <> 'invited'")
    op.drop_column("invitation", "kind")
