"""Draws: rounds of departures, what was sealed of them, and what was drawn"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OF_ROUND = ("round_id", "awaits_draw", "by_draw_until", "places_to_draw")


def upgrade() -> None:
    _round()
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.add_column(sa.Column("round_id", sa.Uuid(), nullable=True))
        altered.add_column(sa.Column("awaits_draw", sa.Boolean(), nullable=False, server_default=sa.false()))
        altered.add_column(sa.Column("by_draw_until", sa.DateTime(timezone=True), nullable=True))
        altered.add_column(sa.Column("places_to_draw", sa.Integer(), nullable=True))
        altered.create_foreign_key("fk_departure_round_id_draw_round", "draw_round", ["round_id"], ["id"])
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.alter_column("awaits_draw", server_default=None)  # from here on the application gives it
    some = sa.text("round_id IS NOT NULL")
    op.create_index("ix_departure_round_id", "departure", ["round_id"], sqlite_where=some, postgresql_where=some)
    with op.batch_alter_table("application", schema=None) as altered:
        altered.add_column(sa.Column("choices", sa.JSON(), nullable=True))
    _entered_person()
    _sealed()


def _round() -> None:
    op.create_table(
        "draw_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("opens_at", "closes_at", "value_at")
        ),
        sa.Column("left_overs_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source_ko", "source_en")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("fallback_ko", "fallback_en")),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reserve_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_draw_round_course_id_course"),
        sa.PrimaryKeyConstraint("id", name="pk_draw_round"),
    )
    stands = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_draw_round_code", "draw_round", ["code"], unique=True, sqlite_where=stands, postgresql_where=stands
    )
    op.create_index("ix_draw_round_course_id", "draw_round", ["course_id"])


def _entered_person() -> None:
    op.create_table(
        "entered_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_index", sa.Text(), nullable=False),
        sa.Column("namesake", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["draw_round.id"], name="fk_entered_person_round_id_draw_round"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_entered_person_application_id_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_entered_person"),
        sa.UniqueConstraint(
            "round_id", "person_index", "namesake", name="uq_entered_person_round_id_person_index_namesake"
        ),
    )
    op.create_index("ix_entered_person_application_id", "entered_person", ["application_id"])


def _sealed() -> None:
    op.create_table(
        "sealed_places",
        *_of_a_round("sealed_places", "code"),
        sa.Column("departure_id", sa.Uuid(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["draw_round.id"], name="fk_sealed_places_round_id_draw_round"),
        sa.ForeignKeyConstraint(["departure_id"], ["departure.id"], name="fk_sealed_places_departure_id_departure"),
    )
    op.create_table(
        "sealed_entry",
        *_of_a_round("sealed_entry", "receipt"),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
    )
    op.create_table(
        "drawn_entry",
        *_of_a_round("drawn_entry", "receipt"),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("departure", sa.Text(), nullable=True),
    )
    some = sa.text("departure IS NOT NULL")
    columns = ["round_id", "departure"]
    op.create_index("ix_drawn_entry_departure", "drawn_entry", columns, sqlite_where=some, postgresql_where=some)


def _of_a_round(table: str, known_by: str) -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column(known_by, sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", known_by, name=f"pk_{table}"),
    ]


def downgrade() -> None:
    for table in ("drawn_entry", "sealed_entry", "sealed_places", "entered_person"):
        op.drop_table(table)
    with op.batch_alter_table("application", schema=None) as altered:
        altered.drop_column("choices")
    op.drop_index("ix_departure_round_id", "departure")
    with op.batch_alter_table("departure", schema=None) as altered:
        altered.drop_constraint("fk_departure_round_id_draw_round", type_="foreignkey")
        for column in OF_ROUND:
            altered.drop_column(column)
    op.drop_table("draw_round")
