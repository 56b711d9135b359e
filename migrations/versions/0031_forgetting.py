"""When the people of an application were forgotten"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

REMEMBERED = sa.text("forgotten_at IS NULL")


def upgrade() -> None:
    op.add_column("application", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_application_remembered"),
        "application",
        ["departure_id"],
        sqlite_where=REMEMBERED,
        postgresql_where=REMEMBERED,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_application_remembered"), table_name="application")
    op.drop_column("application", "forgotten_at")
