"""One world, made once for all workers, put back as it was before each test."""

from collections.abc import Callable, Iterator

import pytest

from tests.border.world import World
from tests.ground.application import Grounds
from tests.ground.once_per_run import OncePerRun


@pytest.fixture(scope="session")
def _kept_world(grounds: Grounds, once_per_run: OncePerRun, request: pytest.FixtureRequest) -> Callable[[], World]:
    made: list[World] = []

    def one() -> World:
        if not made:
            made.append(World(grounds.on("sqlite"), once_per_run))
            request.addfinalizer(made[0].site.close)
        made[0].site.restore()
        return made[0]

    return one


@pytest.fixture
def world(_kept_world: Callable[[], World]) -> Iterator[World]:
    """The world as it was made, at a standing clock."""
    found = _kept_world()
    with found.site.standing():
        yield found
