"""The reserve of a draw stands in line as a whole before any departure is opened; that a value did not come is said

A round that was half given keeps all its places back again: whoever was seated or stands in line stays there, the
others follow in their turn, and then its departures are opened. The column of before stays for the code of before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

KEEP_BACK = """
    UPDATE departure SET awaits_draw = true, places_to_draw =
        (SELECT places FROM sealed_places WHERE departure_id = departure.id AND round_id = departure.round_id)
    WHERE places_to_draw IS NULL
    AND round_id IN (SELECT id FROM draw_round WHERE drawn_at IS NOT NULL AND given_at IS NULL)
"""


def upgrade() -> None:
    op.add_column("draw_round", sa.Column("seated_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("draw_round", sa.Column("reserve_turn", sa.Integer(), nullable=True))
    op.add_column("draw_round", sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_drawn_entry_turn", "drawn_entry", ["round_id", "turn"])
    op.execute(KEEP_BACK)


def downgrade() -> None:
    op.drop_index("ix_drawn_entry_turn", "drawn_entry")
    op.drop_column("draw_round", "missed_at")
    op.drop_column("draw_round", "reserve_turn")
    op.drop_column("draw_round", "seated_until")
