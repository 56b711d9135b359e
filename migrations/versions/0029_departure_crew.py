"""Who guides a departure, and in which vehicles it goes"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departure_crew",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("departure_id", sa.Uuid(), nullable=False),
        sa.Column("guide_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("guide_phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("vehicles", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["departure_id"], ["departure.id"], name=op.f("fk_departure_crew_departure_id_departure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure_crew")),
        sa.UniqueConstraint("departure_id", name=op.f("uq_departure_crew_departure_id")),
    )


def downgrade() -> None:
    op.drop_table("departure_crew")
