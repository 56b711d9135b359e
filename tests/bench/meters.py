"""Reading what processes have used, and what a series of measurements comes to."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
PARENT, OWN, OF_THE_DEAD = 1, slice(11, 13), slice(13, 15)
HUNDRED = 100


@dataclass(frozen=True)
class Processes:
    """A process and all that it started."""

    root: int

    def cpu(self) -> float:
        """CPU seconds used so far, by those that have ended too."""
        return sum(sum(map(int, _stat(pid)[OWN])) for pid in self._alive()) / TICKS + self._dead()

    def peak_memory(self) -> float:
        """The largest memory that each has had at any time, added up, in MB."""
        return sum(_peak_kilobytes(pid) for pid in self._alive()) / 1024

    def _dead(self) -> float:
        return sum(sum(map(int, _stat(pid)[OF_THE_DEAD])) for pid in self._alive()) / TICKS

    def _alive(self) -> list[int]:
        children: dict[int, list[int]] = {}
        for folder in PROC.iterdir():
            if folder.name.isdigit() and (fields := _stat(int(folder.name))):
                children.setdefault(int(fields[PARENT]), []).append(int(folder.name))
        return _below(self.root, children)


@dataclass(frozen=True)
class Times:
    """How long something took, in milliseconds: the middle one, and the slowest but 5 and but 1 in a hundred."""

    p50: float
    p95: float
    p99: float


def times(seconds: Iterable[float]) -> Times:
    """Sum up how long something took, each in seconds."""
    cuts = quantiles([one * 1000 for one in seconds], n=HUNDRED, method="inclusive")
    return Times(round(cuts[49], 2), round(cuts[94], 2), round(cuts[98], 2))


@dataclass
class Meter:
    """What one stretch of work cost: wall seconds, and CPU seconds by the name of who used them."""

    watched: dict[str, Processes]
    seconds: float = 0
    cpu: dict[str, float] | None = None

    def measure(self, work: Callable[[], None]) -> "Meter":
        """Do the work between two readings."""
        before, begin = self._read(), time.perf_counter()
        work()
        self.seconds = time.perf_counter() - begin
        self.cpu = {name: used - before[name] for name, used in self._read().items()}
        return self

    def _read(self) -> dict[str, float]:
        return {name: processes.cpu() for name, processes in self.watched.items()}


def _below(root: int, children: dict[int, list[int]]) -> list[int]:
    return [root, *(found for child in children.get(root, ()) for found in _below(child, children))]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command, which may hold anything; none where the process has ended."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _peak_kilobytes(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
