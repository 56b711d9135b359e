"""Processes that the stage keeps running: started, started again when they die, and ended; nobody else's."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SECONDS_TO_STOP = 10


class Kept:
    """One process with its group: it is started again, whole group and all, when it dies before it is told to stop."""

    def __init__(self, command: list[str], *, folder: Path, environment: dict[str, str], log: Path) -> None:
        self._command = command
        self._folder = folder
        self._environment = environment
        self._log = log
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that was started last; 0 before the first start."""
        return self.process.pid if self.process else 0

    def start(self) -> None:
        """Start it; whatever is left of its earlier group is ended first, as a service manager does."""
        self.kill()
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.starts += 1

    def see_to(self) -> None:
        """Start it again if it has died."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    def stop(self) -> None:
        """Ask it to end, and end what is left of its group."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(SECONDS_TO_STOP)
        self.kill()

    def kill(self) -> None:
        """End its group at once; it was started as a session of its own, so the group's number is our child's."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def command_line(pid: int) -> str:
    """What a process was started as; "" where there is none any more."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def wait_until(what: str, holds: Callable[[], bool], seconds: float) -> None:
    """Wait for something; fails with what was waited for."""
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} within {seconds:.0f} s")
