"""Notices that borrow the address of their application

Going back is refused while there are any; those that were written before keep their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("contact_sealed", existing_type=sa.LargeBinary(), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("contact_sealed", existing_type=sa.LargeBinary(), nullable=False)
