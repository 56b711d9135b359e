"""The demonstration's season in a database of its own, and sites that serve copies of it at a standing clock."""

import shutil
from pathlib import Path

from tests.ground.moments import MONDAY_MORNING
from tests.ground.server import run_command

DATABASE = "tourbook.sqlite"


def make_season(folder: Path) -> Path:
    """A season around Monday 4 May 2026, 09:00 KST, in which everything due has been done."""
    path = folder / DATABASE
    settings = settings_for(path)
    run_command("db", "upgrade", settings=settings)
    run_command("tourbook", "seed", "--demo", settings=settings)
    run_command("tourbook", "jobs", "--once", settings=settings)
    return path


def copy_of(season: Path, folder: Path) -> Path:
    """The same database once more, to be changed."""
    for part in season.parent.glob(f"{DATABASE}*"):
        shutil.copy(part, folder / part.name)
    return folder / DATABASE


def url_of(path: Path) -> str:
    """How the settings name this database."""
    return f"sqlite:///{path}"


NOBODY = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "tourbook", "oidc_client_secret": "a-secret"}
"""A sign-in provider that never answers: enough for every page that leads there."""


def with_provider(port: int) -> dict[str, str]:
    """The settings of a site at that port, by its name, that has such a provider."""
    named = {f"TOURBOOK_{name.upper()}": value for name, value in NOBODY.items()}
    return {"TOURBOOK_PUBLIC_URL": f"http://localhost:{port}", **named}


def settings_for(path: Path) -> dict[str, str]:
    """The settings of a demonstration site on this database, with the clock standing."""
    return {"DATABASE_URL": url_of(path), "TOURBOOK_ENV": "rehearsal", "TOURBOOK_NOW": MONDAY_MORNING}
