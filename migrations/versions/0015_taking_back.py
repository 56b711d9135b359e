"""Changes that are taken back within their grace time, and the notices that are kept back until then"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

VERSIONED = ("table_cell", "course_figures")
OF_CHANGE = ("grace_until", "taken_back_at")


def upgrade() -> None:
    for table in VERSIONED:
        op.add_column(table, sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("measure_end", schema=None) as altered:
        altered.alter_column("last_day", existing_type=sa.Date(), nullable=True)
    for column in OF_CHANGE:
        op.add_column("change", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("change", schema=None) as altered:
        altered.add_column(sa.Column("taken_back_by", sa.Uuid(), nullable=True))
        altered.add_column(sa.Column("entered", sa.Text(), nullable=False, server_default="[]"))
        altered.create_foreign_key("fk_change_taken_back_by_person", "person", ["taken_back_by"], ["id"])
    with op.batch_alter_table("change", schema=None) as altered:
        altered.alter_column("entered", server_default=None)  # from here on the application gives it
    op.add_column("notice", sa.Column("held_by", sa.Integer(), nullable=True))
    some = sa.text("state = 'suspended'")
    op.create_index("ix_notice_suspended", "notice", ["subject_id"], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    op.drop_index("ix_notice_suspended", "notice")
    op.drop_column("notice", "held_by")
    with op.batch_alter_table("change", schema=None) as altered:
        altered.drop_constraint("fk_change_taken_back_by_person", type_="foreignkey")
        for column in (*OF_CHANGE, "taken_back_by", "entered"):
            altered.drop_column(column)
    op.execute("DELETE FROM measure_end WHERE last_day IS NULL")
    with op.batch_alter_table("measure_end", schema=None) as altered:
        altered.alter_column("last_day", existing_type=sa.Date(), nullable=False)
    for table in VERSIONED:
        op.drop_column(table, "taken_back_at")
