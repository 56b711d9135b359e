"""The list of all pages, filled: each of these modules puts its own on it."""

from tests.browser import (
    pages_for_everybody,
    pages_of_accounts,
    pages_of_administrators,
    pages_of_citizens,
    pages_of_clearance,
    pages_of_draws,
    pages_of_factors,
    pages_of_groups,
    pages_of_operators,
    pages_of_parties,
    pages_of_provider,
    pages_of_staff,
)
from tests.browser.shown import PAGES

__all__ = [
    "PAGES",
    "pages_for_everybody",
    "pages_of_accounts",
    "pages_of_administrators",
    "pages_of_citizens",
    "pages_of_clearance",
    "pages_of_draws",
    "pages_of_factors",
    "pages_of_groups",
    "pages_of_operators",
    "pages_of_parties",
    "pages_of_provider",
    "pages_of_staff",
]
