"""What one worker has found out of something that stays as it is (the code of a template, whether a page's shape is
valid) is read by the others of this run, so that it is not found out once for each of them.
"""

import os
from hashlib import sha256
from pathlib import Path


class FoundOut:
    """Answers by a kind and by all that an answer depends on; none are kept until there is a folder for them."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def known(self, kind: str, about: bytes) -> bytes | None:
        """The answer, where somebody has it."""
        if self.folder is None:
            return None
        try:
            return self._file(self.folder, kind, about).read_bytes()
        except FileNotFoundError:
            return None

    def note(self, kind: str, about: bytes, answer: bytes) -> None:
        """Let all know; nobody ever reads half an answer."""
        if self.folder is not None:
            file = self._file(self.folder, kind, about)
            half_written = file.with_suffix(f".{os.getpid()}")
            half_written.write_bytes(answer)
            half_written.replace(file)

    @staticmethod
    def _file(folder: Path, kind: str, about: bytes) -> Path:
        return folder / f"{kind}-{sha256(about).hexdigest()}"


FOUND_OUT = FoundOut()
"""That of this run: tests/conftest.py gives it the folder that its workers share."""
