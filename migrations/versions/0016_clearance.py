"""Clearance: who checks names, what was handed over and answered, and what parties chose"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OTHERS = {"course_id": "course", "departure_id": "departure", "application_id": "application"}
VISITORS = ("visitor_id", "went_id", "came_id")
TABLES = (
    "clearance_demand",
    "clearance_submission",
    "clearance_listing",
    "visitor_clearance",
    "clearance_choice",
    "visitor_exchange",
    "clearance_chase",
)


def upgrade() -> None:
    with op.batch_alter_table("course", schema=None) as altered:
        altered.add_column(sa.Column("names_checked", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("course", schema=None) as altered:
        altered.alter_column("names_checked", server_default=None)  # from here on the application gives it
    _table("clearance_demand", _id("course_id"), _word("authority"), _number("due_days"), _yes("asks_passport"))
    _unique("clearance_demand", "course_id", "authority")
    _table(
        "clearance_submission",
        *(_id("departure_id"), _word("authority"), _number("number"), _moment("submitted_at")),
        sa.Column("mark", sa.Text(), nullable=False),
    )
    _unique("clearance_submission", "departure_id", "authority", "number")
    _table("clearance_listing", _id("submission_id"), _id("visitor_id"), _word("listed"))
    _unique("clearance_listing", "submission_id", "visitor_id")
    op.create_index("ix_clearance_listing_visitor_id", "clearance_listing", ["visitor_id"])
    _table(
        "visitor_clearance",
        *(_id("visitor_id"), _word("authority"), _word("standing"), _moment("answered_at", nullable=True)),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
    )
    _unique("visitor_clearance", "visitor_id", "authority")
    _choices()
    _table("clearance_chase", _id("application_id"), _moment("moment"), _moment("at"))
    _unique("clearance_chase", "application_id", "moment")


def _choices() -> None:
    _table(
        "clearance_choice",
        *(_id("visitor_id"), _id("application_id"), _moment("asked_at"), _moment("deadline")),
        *(_word("answer", nullable=True), _moment("answered_at", nullable=True)),
    )
    _unique("clearance_choice", "visitor_id")
    for column in ("application_id", "deadline"):
        op.create_index(f"ix_clearance_choice_{column}", "clearance_choice", [column])
    _table(
        "visitor_exchange",
        *(_id("application_id"), _id("went_id"), _id("came_id"), _yes("refused"), _moment("at")),
    )
    _unique("visitor_exchange", "went_id")
    _unique("visitor_exchange", "came_id")
    op.create_index("ix_visitor_exchange_application_id", "visitor_exchange", ["application_id"])


def _table(name: str, *columns: sa.Column) -> None:
    others = {**OTHERS, **dict.fromkeys(VISITORS, "visitor"), "submission_id": "clearance_submission"}
    keys = [
        sa.ForeignKeyConstraint([one.name], [f"{other}.id"], name=f"fk_{name}_{one.name}_{other}")
        for one in columns
        if (other := others.get(one.name))
    ]
    primary = sa.PrimaryKeyConstraint("id", name=f"pk_{name}")
    op.create_table(name, sa.Column("id", sa.Uuid(), nullable=False), *columns, *keys, primary)


def _unique(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as altered:
        altered.create_unique_constraint(f"uq_{table}_{'_'.join(columns)}", list(columns))


def _id(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _word(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=20), nullable=nullable)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _yes(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    with op.batch_alter_table("course", schema=None) as altered:
        altered.drop_column("names_checked")
