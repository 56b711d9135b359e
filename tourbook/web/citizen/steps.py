"""The five steps of applying, and which of them one is at."""

from dataclasses import dataclass

from tourbook.web.citizen.wording import gettext as _

ORDER = ("course", "party", "visitors", "contact", "check")


@dataclass(frozen=True)
class Steps:
    """The steps' names in order, and the number of the present one (from 1)."""

    labels: list[str]
    current: int


def steps(name: str) -> Steps:
    """The way through an application, at the step of that name."""
    labels = [_("Course"), _("Date and party"), _("Visitors"), _("Contact"), _("Check")]
    return Steps(labels, ORDER.index(name) + 1)
