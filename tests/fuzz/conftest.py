"""One site for each database and worker, with all that can be sent to it."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.fuzz.discovery import Target, targets_of
from tests.fuzz.site import Site
from tests.ground.application import Grounds

Known = tuple[Site, list[Target]]


@pytest.fixture(scope="session")
def known(grounds: Grounds, request: pytest.FixtureRequest) -> Callable[[str], Known]:
    """A function: the site on a database, as it was when it was made, and what can be sent to it."""

    @cache
    def make(dialect: str) -> Known:
        site = Site(grounds.on(dialect))
        request.addfinalizer(site.close)
        return site, targets_of(site)

    def as_it_was(dialect: str) -> Known:
        site, targets = make(dialect)
        site.restore()
        return site, targets

    return as_it_was
