"""Stops of several courses for one cause, and draws that they put on hold"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OF_ROUNDS = (
    ("held_at", sa.DateTime(timezone=True)),
    ("held_ko", sa.Text()),
    ("held_en", sa.Text()),
    ("resumed_at", sa.DateTime(timezone=True)),
    ("news", sa.Text()),
    ("told_until", sa.Uuid()),
)


def upgrade() -> None:
    with op.batch_alter_table("draw_round", schema=None) as altered:
        for name, kind in OF_ROUNDS:
            altered.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("site_measure", schema=None) as altered:
        altered.add_column(sa.Column("stop_id", sa.Uuid(), nullable=True))
        altered.add_column(sa.Column("cause", sa.Text(), nullable=True))
    some = sa.text("stop_id IS NOT NULL")
    op.create_index("ix_site_measure_stop_id", "site_measure", ["stop_id"], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    op.drop_index("ix_site_measure_stop_id", "site_measure")
    with op.batch_alter_table("site_measure", schema=None) as altered:
        altered.drop_column("cause")
        altered.drop_column("stop_id")
    with op.batch_alter_table("draw_round", schema=None) as altered:
        for name, _ in reversed(OF_ROUNDS):
            altered.drop_column(name)
