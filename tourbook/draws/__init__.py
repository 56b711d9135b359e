"""Draws: who gets the places of a round that more people want than there are places, checkable by anybody.

A draw follows from its entries and one public value alone; what is published of it names nobody.
"""

from tourbook.draws.files import read, written
from tourbook.draws.rules import Drawn, Entry, Published, faults, publish

__all__ = ["Drawn", "Entry", "Published", "faults", "publish", "read", "written"]
