"""Access records in words: who has read, for which task, and what of somebody."""

from collections.abc import Sequence

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from tourbook.clearance.models import Authority
from tourbook.web.clearance_words import AUTHORITIES

READERS: dict[str, LazyString] = {
    "administrator": _("Administrator"),
    "operator": _("Operator"),
    "command": _("The command line"),
}
TASKS: dict[str, LazyString] = {
    "roster_read": _("Roster read"),
    "visitors_found": _("Visitors searched"),
    "roster_handed_out": _("Roster handed out to a device"),
    "contact_read": _("Contact of a party opened"),
    "appeal_read": _("Appeal read"),
    "account_read": _("Account of a citizen opened"),
    "breach_read": _("Found out whom a leak is about"),
    "records_searched": _("Access records of an application looked up"),
}
PURPOSES: dict[str, LazyString] = {
    "gate": _("at the meeting place"),
    "print": _("list on paper"),
    "gate_file": _("file for the meeting place"),
    "submission": _("file of the names to be sent"),
    "search": _("search"),
    "device": _("use without network"),
    "unreached": _("a notice did not arrive"),
    "clearance": _("checking of names"),
    "clearance_file": _("file for those who check names"),
}
DETAILS: dict[str, LazyString] = {
    "name": _("name"),
    "birth_date": _("birth date"),
    "document": _("passport number"),
    "contact": _("contact"),
    "mail": _("email address"),
    "access": _("access records"),
    "appeal": _("words of an appeal"),
    "note": _("note of an authority"),
}


def reader_words(role: str, organisation: str = "") -> str:
    """Who has read, as a role, and for whom they work; never a name."""
    said = str(READERS.get(role, role))
    return f"{said} ({organisation})" if organisation else said


def task_words(task: str, purpose: str = "") -> str:
    """What was read for: the task, and what was said of it."""
    said = str(TASKS.get(task, task))
    why, _colon, authority = purpose.partition(":")
    if not why:
        return said
    told = str(PURPOSES.get(why, why))
    if authority in set(Authority):
        told = f"{told}, {AUTHORITIES[Authority(authority)]}"
    return str(gettext("%(task)s: %(purpose)s", task=said, purpose=told))


def detail_words(details: Sequence[str]) -> str:
    """Which fields were read."""
    return ", ".join(str(DETAILS.get(one, one)) for one in details)
