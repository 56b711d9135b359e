"""Names of groups are sealed, and accounts of a demonstration can be everybody's

What is there in plain writing is sealed by the timetable, which has the keys. The column of before stays for the code
of before, empty from then on, and goes with the release after this one. Going back is refused while any name is sealed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SEALED = "SELECT count(*) FROM allotment WHERE name_sealed IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "shared_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_shared_account_person_id")),
    )
    op.add_column("allotment", sa.Column("name_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    sealed = op.get_bind().scalar(sa.text(SEALED))
    if sealed:
        raise RuntimeError(f"{sealed} names of groups are sealed, which the code of before cannot read")
    op.drop_column("allotment", "name_sealed")
    op.drop_table("shared_account")
