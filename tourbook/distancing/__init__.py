"""Distancing: scales and levels, the table of what they mean, orders with dates, and the allowance rule.

Promises: how many people may go on a departure, in parties of how many, and why, is answered here alone, for any
moment, from what was known then. Facts are added, never edited; each change raises one version.
"""

from tourbook.distancing.facts import Facts, Slot
from tourbook.distancing.rules import Allowance, allowance
from tourbook.distancing.service import (
    facts_by_course,
    facts_of,
    raise_version,
    region_tree,
    ruleset_version,
    slot_of,
)

__all__ = [
    "Allowance",
    "Facts",
    "Slot",
    "allowance",
    "facts_by_course",
    "facts_of",
    "raise_version",
    "region_tree",
    "ruleset_version",
    "slot_of",
]
