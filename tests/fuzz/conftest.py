"""One site for each database, with all that can be sent to it: made once for all workers."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.fuzz.discovery import Target, targets_of
from tests.fuzz.site import Site, kept_site
from tests.ground.application import Grounds
from tests.ground.once_per_run import OncePerRun

Known = tuple[Site, list[Target]]


@pytest.fixture(scope="session")
def known(grounds: Grounds, once_per_run: OncePerRun, request: pytest.FixtureRequest) -> Callable[[str], Known]:
    """A function: the site on a database, as it was when it was made, and what can be sent to it."""

    @cache
    def make(dialect: str) -> Known:
        ground = grounds.on(dialect)
        site = Site(ground, kept_site(once_per_run, ground))
        request.addfinalizer(site.close)
        return site, once_per_run.made(f"targets-{dialect}", lambda: targets_of(site))

    def as_it_was(dialect: str) -> Known:
        site, targets = make(dialect)
        site.restore()
        return site, targets

    return as_it_was
