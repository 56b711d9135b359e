"""Whoever was refused by an authority is kept out, so that staying away counts against nobody"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

VISITOR = sa.table("visitor", sa.column("id", sa.Uuid()), sa.column("kept_out", sa.Boolean()))
CLEARANCE = sa.table("visitor_clearance", sa.column("visitor_id", sa.Uuid()), sa.column("standing", sa.String()))


def upgrade() -> None:
    with op.batch_alter_table("visitor", schema=None) as altered:
        altered.add_column(sa.Column("kept_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("visitor", schema=None) as altered:
        altered.alter_column("kept_out", server_default=None)  # from here on the application gives it
    kept_out = sa.text("kept_out")
    op.create_index(
        "ix_visitor_kept_out", "visitor", ["departure_id"], sqlite_where=kept_out, postgresql_where=kept_out
    )
    _keep_out(op.get_bind())


def _keep_out(connection: sa.Connection) -> None:
    refused = sa.select(CLEARANCE.c.visitor_id).where(CLEARANCE.c.standing == "refused")
    connection.execute(sa.update(VISITOR).where(VISITOR.c.id.in_(refused)).values(kept_out=True))


def downgrade() -> None:
    op.drop_index("ix_visitor_kept_out", "visitor")
    with op.batch_alter_table("visitor", schema=None) as altered:
        altered.drop_column("kept_out")
