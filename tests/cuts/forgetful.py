"""The site on an SQLite that answers before the disk has it: the control of the power cuts.

Served instead of `wsgi:app` by a stage whose dose says so; nothing else imports this.
"""

from typing import Any

from sqlalchemy import Engine, event

from wsgi import app

__all__ = ["app"]


def _forget(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


event.listen(Engine, "connect", _forget)
