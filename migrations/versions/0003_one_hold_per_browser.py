"""One hold per browser"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEX = "uq_application_one_typing_per_browser"


def upgrade() -> None:
    forget_browsers_with_two_holds()
    typing = sa.text("typing_until IS NOT NULL")
    op.create_index(INDEX, "application", ["browser_hash"], unique=True, sqlite_where=typing, postgresql_where=typing)


def forget_browsers_with_two_holds() -> None:
    """Where a browser has several, the newest stays its own; the others keep their places and lose only the browser."""
    op.execute(
        "UPDATE application SET browser_hash = NULL WHERE typing_until IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM application AS later WHERE later.browser_hash = application.browser_hash "
        "AND later.typing_until IS NOT NULL AND later.id > application.id)"
    )


def downgrade() -> None:
    op.drop_index(INDEX, "application")
