"""An index of access records that answers whom a leak is about by itself"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TOLD = ["subject_id", "subject_kind", "fields", "at", "reader", "address"]


def upgrade() -> None:
    op.create_index("ix_access_record_told", "access_record", TOLD)
    op.drop_index("ix_access_record_subject_id", table_name="access_record")


def downgrade() -> None:
    op.create_index("ix_access_record_subject_id", "access_record", ["subject_id"])
    op.drop_index("ix_access_record_told", table_name="access_record")
