"""Indexes that hold only the rows that are looked for by them

Every write of an application and a visitor goes into each of their indexes, on PostgreSQL even where the column did not
change. Most of these columns are mostly empty, or count only while somebody types; nothing is looked for by the state
of a course's applications, nor by a contact without the reference.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNIQUE = (("application", "replaces_id"), ("visitor", "takes_place_of"))


def upgrade() -> None:
    for name in ("course_id_state", "contact_index", "browser_hash", "address_hash", "person_id"):
        op.drop_index(f"ix_application_{name}", "application")
    _index("ix_application_address_hash", "application", "address_hash", where="typing_until IS NOT NULL")
    _index("ix_application_person_id", "application", "person_id", where="person_id IS NOT NULL")
    for table, column in UNIQUE:
        with op.batch_alter_table(table) as altered:
            altered.drop_constraint(f"uq_{table}_{column}", type_="unique")
        _index(f"uq_{table}_{column}", table, column, where=f"{column} IS NOT NULL", unique=True)


def _index(name: str, table: str, column: str, *, where: str, unique: bool = False) -> None:
    some = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    for table, column in UNIQUE:
        op.drop_index(f"uq_{table}_{column}", table)
        with op.batch_alter_table(table) as altered:
            altered.create_unique_constraint(f"uq_{table}_{column}", [column])
    for name in ("person_id", "address_hash"):
        op.drop_index(f"ix_application_{name}", "application")
    for columns in (["course_id", "state"], ["contact_index"], ["browser_hash"], ["address_hash"], ["person_id"]):
        op.create_index(f"ix_application_{'_'.join(columns)}", "application", columns)
