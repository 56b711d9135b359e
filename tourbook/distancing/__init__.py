"""Distancing: scales and levels, the table of what they mean, orders with dates, and the allowance rule.

Promises: how many people may go on a departure, in parties of how many, and why, is answered here alone, for any
moment, from what was known then. Facts are added, never edited; each change raises one version.
"""

from tourbook.distancing.days_in_a_row import DaysInARow, closed_days, days_like
from tourbook.distancing.drafts import CellDraft, LevelDraft, OrderDraft
from tourbook.distancing.facts import Facts, Slot
from tourbook.distancing.imports import (
    enter_orders,
    import_courses,
    import_measures,
    import_orders,
    import_regions,
    read_orders,
)
from tourbook.distancing.levels import add_level
from tourbook.distancing.rules import Allowance, allowance, allowances
from tourbook.distancing.seed import Seeded, seed
from tourbook.distancing.service import (
    facts_by_course,
    facts_of,
    forget_facts,
    lock_facts,
    raise_version,
    region_tree,
    ruleset_version,
    slot_of,
    versioned_facts_of,
)
from tourbook.distancing.steps import enter_order, move_order_end, set_cell, withdraw_order
from tourbook.distancing.taking_back import CAN_BE_TAKEN_BACK, take_fact_back
from tourbook.distancing.unheard import is_heard_of_before
from tourbook.distancing.versions import Version, versions_of

__all__ = [
    "CAN_BE_TAKEN_BACK",
    "Allowance",
    "CellDraft",
    "DaysInARow",
    "Facts",
    "LevelDraft",
    "OrderDraft",
    "Seeded",
    "Slot",
    "Version",
    "add_level",
    "allowance",
    "allowances",
    "closed_days",
    "days_like",
    "enter_order",
    "enter_orders",
    "facts_by_course",
    "facts_of",
    "forget_facts",
    "import_courses",
    "import_measures",
    "import_orders",
    "import_regions",
    "is_heard_of_before",
    "lock_facts",
    "move_order_end",
    "raise_version",
    "read_orders",
    "region_tree",
    "ruleset_version",
    "seed",
    "set_cell",
    "slot_of",
    "take_fact_back",
    "versioned_facts_of",
    "versions_of",
    "withdraw_order",
]
