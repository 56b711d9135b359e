"""What kind of browser a sign-in was opened in"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("device", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "device")
