"""Files that commands read and write: read up to a size that is known before, written new for their owner alone."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from tourbook.errors import Refused

MEGABYTE = 2**20
LARGEST_TABLE = 8 * MEGABYTE
"""A hundred thousand lines, read in seconds: as much as a workbook may hold unpacked (clearance/files.py), and four
times what the pages take.
"""
LARGEST_DRAW = 256 * MEGABYTE
"""A draw of 1,000,000 entries with three choices each takes 160 MB as it is published."""
ONLY_ITS_OWNER = 0o600
STANDARD = Path("-")

Write = Callable[[str], None]


class Content(click.ParamType[bytes]):
    """What a file holds, or standard input where it is named `-`; never more of it is read than such a file may have,
    whether it is a file, a pipe or a device without an end. Refuses `file_too_large`.
    """

    name = "filename"

    def __init__(self, *, most: int) -> None:
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """Read it all before the command does anything."""
        if isinstance(value, bytes):
            return value
        try:
            with click.open_file(value, "rb") as file:
                content: bytes = file.read(self.most + 1)
        except OSError as wrong:
            self.fail(f"{click.format_filename(value)} cannot be read: {wrong.strerror}.", param, ctx)
        if len(content) > self.most:
            raise Refused("file_too_large", megabytes=self.most // MEGABYTE)
        return content


@contextmanager
def new_file(path: Path, *, option: str) -> Iterator[Write]:
    """Make a file that only its owner can open, before anything is done for it; what is yielded writes it.

    Refuses, by the name of the option, where no such file can be made. It is taken away where what follows fails, so
    that there is a whole one or none.
    """
    handle = _made(path, option)
    try:
        yield lambda text: _write(handle, path, text)
    except BaseException:  # whoever presses Ctrl-C wants no half of it either
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(handle)


def _made(path: Path, option: str) -> int:
    if path == STANDARD:
        raise click.BadParameter("name a file: this is never written to standard output", param_hint=option)
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_ITS_OWNER)
    except FileExistsError as there:
        raise click.BadParameter("there is such a file already; name a new one", param_hint=option) from there
    except FileNotFoundError as nowhere:
        raise click.BadParameter("there is no such folder; make it first", param_hint=option) from nowhere
    except OSError as wrong:
        raise click.BadParameter(f"no file can be made there ({wrong.strerror})", param_hint=option) from wrong


def _write(handle: int, path: Path, text: str) -> None:
    try:
        with open(handle, "w", encoding="utf-8", newline="", closefd=False) as file:
            file.write(text)
    except OSError as wrong:
        raise click.ClickException(f"{path} could not be written, and is taken away: {wrong.strerror}.") from wrong
