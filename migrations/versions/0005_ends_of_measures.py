"""Every end of a measure that was decided stays on record"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measure_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["site_measure.id"], name=op.f("fk_measure_end_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_end")),
    )
    with op.batch_alter_table("measure_end", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_end_measure_id"), ["measure_id"], unique=False)
    op.execute(  # the only end of each measure takes over its id, which is unique among ends too
        "INSERT INTO measure_end (id, measure_id, decided_at, last_day) SELECT id, id, ended_at, effective_until "
        "FROM site_measure WHERE ended_at IS NOT NULL AND effective_until IS NOT NULL"
    )
    op.execute("UPDATE site_measure SET planned_until = effective_until WHERE ended_at IS NULL")
    op.drop_column("site_measure", "effective_until")  # in place: a table that others point to cannot be made anew
    op.drop_column("site_measure", "ended_at")


def downgrade() -> None:
    op.add_column("site_measure", sa.Column("effective_until", sa.Date(), nullable=True))
    op.add_column("site_measure", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    for column, found in (("effective_until", "last_day"), ("ended_at", "decided_at")):
        op.execute(
            f"UPDATE site_measure SET {column} = (SELECT {found} FROM measure_end "  # noqa: S608 - names from above
            "WHERE measure_id = site_measure.id ORDER BY decided_at DESC, id DESC LIMIT 1)"
        )
    op.execute("UPDATE site_measure SET effective_until = planned_until, planned_until = NULL WHERE ended_at IS NULL")
    with op.batch_alter_table("measure_end", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_end_measure_id"))
    op.drop_table("measure_end")
