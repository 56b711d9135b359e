"""Each area has one front door: what it lets others use, it names and promises."""

import importlib
import inspect
import pkgutil

import pytest

import tourbook

AREAS = [found.name for found in pkgutil.iter_modules(tourbook.__path__) if found.ispkg and found.name != "web"]
DOORS = [importlib.import_module(f"tourbook.{area}") for area in AREAS]


@pytest.mark.parametrize("door", DOORS, ids=AREAS)
def test_an_area_says_what_it_promises_and_what_it_lets_others_use(door):
    assert door.__doc__
    assert door.__all__


@pytest.mark.parametrize("door", DOORS, ids=AREAS)
def test_everything_that_others_may_use_has_a_docstring(door):
    offered = [getattr(door, name) for name in getattr(door, "__all__", [])]

    silent = [thing for thing in offered if (inspect.isfunction(thing) or inspect.isclass(thing)) and not thing.__doc__]

    assert not silent
