"""Access records, the chain over them, and triggers by which the database refuses to change them"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

PURGED = {
    "access_record": "EXISTS (SELECT 1 FROM record_anchor WHERE record_anchor.until > OLD.at)",
    "record_link": "EXISTS (SELECT 1 FROM record_anchor WHERE record_anchor.number >= OLD.number)",
}
REHEARSES = "EXISTS (SELECT 1 FROM rehearsal)"


def upgrade() -> None:
    op.create_table(
        "access_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
        sa.UniqueConstraint("set_id", "place", name=op.f("uq_access_record_set_id_place")),
    )
    for column in ("at", "reader", "subject_id"):
        op.create_index(op.f(f"ix_access_record_{column}"), "access_record", [column])
    op.create_table(
        "record_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_link")),
        sa.UniqueConstraint("number", name=op.f("uq_record_link_number")),
        sa.UniqueConstraint("set_id", name=op.f("uq_record_link_set_id")),
    )
    op.create_table(
        "record_anchor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_anchor")),
        sa.UniqueConstraint("number", name=op.f("uq_record_anchor_number")),
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, purged in PURGED.items():
        for statement in (_on_postgres if postgres else _on_sqlite)(table, purged):
            op.execute(statement)


def _on_sqlite(table: str, purged: str) -> tuple[str, ...]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'access records are only added'); END"
    kept = f"WHEN NOT ({purged} OR {REHEARSES})"
    return (
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_goes_by_purge BEFORE DELETE ON {table} {kept} {refuse}",
    )


def _on_postgres(table: str, purged: str) -> tuple[str, ...]:
    refuse = "RAISE EXCEPTION 'access records are only added'"
    kept = f"IF TG_OP = 'UPDATE' OR NOT ({purged} OR {REHEARSES}) THEN {refuse}; END IF; RETURN OLD;"
    body = f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {kept} END $$"
    trigger = f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}"
    return (body, f"{trigger} FOR EACH ROW EXECUTE FUNCTION {table}_stays()")


def downgrade() -> None:
    for table in ("access_record", "record_link", "record_anchor"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in PURGED:
            op.execute(f"DROP FUNCTION {table}_stays()")
