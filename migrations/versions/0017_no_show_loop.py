"""The no-show loop: who was reminded, numbers of standby, appeals"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_reminder_application_id_application"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder"),
        sa.UniqueConstraint("application_id", name="uq_reminder_application_id"),
    )
    op.create_table(
        "standby_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("departure_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_by", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["departure_id"], ["departure.id"], name="fk_standby_number_departure_id_departure"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_standby_number_application_id_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_standby_number"),
        sa.UniqueConstraint("departure_id", "number", name="uq_standby_number_departure_id_number"),
        sa.CheckConstraint("people > 0", name="ck_standby_number_people_positive"),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("reason_ko", sa.Text(), nullable=True),
        sa.Column("reason_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_appeal_application_id_application"),
        sa.PrimaryKeyConstraint("id", name="pk_appeal"),
        sa.UniqueConstraint("application_id", name="uq_appeal_application_id"),
    )


def downgrade() -> None:
    op.drop_table("appeal")
    op.drop_table("standby_number")
    op.drop_table("reminder")
