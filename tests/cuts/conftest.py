"""A forgetful disk for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cuts.mounting import ForgetfulDisk, NoSuchDisk, forgetful_disk
from tests.ground.required import missing


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[ForgetfulDisk]:
    """Mounted while the test lasts; needs /dev/fuse and the right to mount."""
    try:
        with forgetful_disk(tmp_path, "1") as mounted:
            yield mounted
    except NoSuchDisk as reason:
        missing("fuse", str(reason))
