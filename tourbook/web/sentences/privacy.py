"""What is refused when access records are looked through."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SENTENCES: dict[str, LazyString] = {
    "month_unreadable": _("This month cannot be read. Choose one of the list."),
    "month_not_over": _("This month is not over yet. It can be looked through from the first of the next."),
    "finding_missing": _("Something was unusual in this month. Write what you found out about it."),
    "no_such_reference": _("There is no application with this reference. Check it, it is like ABCD-2345."),
}
