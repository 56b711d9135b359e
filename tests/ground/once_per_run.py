"""What takes long to make and is the same for all workers of a run: whoever needs it first makes it for all."""

import fcntl
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class OncePerRun:
    """A folder that all workers of this run share."""

    folder: Path

    def made(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` makes, as it comes out of a file: alike for the one who made it and for those who wait for him.

        Where making fails, the next one tries.
        """
        file = self.folder / f"{name}.pickle"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                half_made = self.folder / f"{name}.half-made"
                half_made.write_bytes(pickle.dumps(make()))
                half_made.rename(file)
        return pickle.loads(file.read_bytes())  # noqa: S301 - this run has written it
