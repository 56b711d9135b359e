"""Roles as rows with their history, invitations of staff, and organisations that are retired

Every operator and administrator of before keeps the role, as given when the account was made; whoever's account was
disabled had it until then. The columns of before stay for the code of before, and go with the release after this
one. Going back keeps what holds at that moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

GIVEN_BEFORE = """
INSERT INTO role_grant (id, person_id, role, organisation_id, begins_at, until, given_by, given_at, reason)
SELECT id, id, role, organisation_id, created_at, NULL, 'command', created_at, ''
FROM person WHERE role IN ('operator', 'administrator')
"""
ENDED_BEFORE = """
INSERT INTO role_end (id, grant_id, ends_at, decided_by, decided_at, reason)
SELECT id, id, disabled_at, 'command', disabled_at, ''
FROM person WHERE role IN ('operator', 'administrator') AND disabled_at IS NOT NULL
"""
IN_FORCE = """
FROM role_grant WHERE role_grant.person_id = person.id AND role_grant.begins_at <= :now
AND (role_grant.until IS NULL OR role_grant.until > :now)
AND NOT EXISTS (SELECT 1 FROM role_end WHERE role_end.grant_id = role_grant.id AND role_end.ends_at <= :now)
ORDER BY role_grant.begins_at DESC LIMIT 1
"""


def upgrade() -> None:
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_role_grant_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"])
    op.create_table(
        "role_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_role_end_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_end")),
    )
    op.create_index(op.f("ix_role_end_grant_id"), "role_end", ["grant_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"])
    op.execute(GIVEN_BEFORE)
    op.execute(ENDED_BEFORE)
    op.add_column("organisation", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("organisation", "retired_at")
    _keep_what_holds()
    op.drop_table("invitation")
    op.drop_table("role_end")
    op.drop_table("role_grant")


def _keep_what_holds() -> None:
    """Whose account is disabled had no role in force any more; without one, the account is a citizen's."""
    connection = op.get_bind()
    now = sa.bindparam("now", connection.scalar(sa.select(sa.func.current_timestamp())), sa.DateTime(timezone=True))
    for column, otherwise in (("organisation_id", "NULL"), ("role", "'citizen'")):
        holds = f"UPDATE person SET {column} = COALESCE((SELECT role_grant.{column} {IN_FORCE}), {otherwise})"  # noqa: S608 - names from above
        connection.execute(sa.text(holds).bindparams(now))
