"""What is refused when courses are stopped."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted

SENTENCES: dict[str, LazyString | Counted] = {
    "stop_without_courses": _("Tick at least one course, or choose a region that has one."),
    "stop_named_twice": _("Tick courses or choose a region, not both: what is to be stopped must be plain."),
    "no_such_stop": _("There is no such stop. Look at the list of stops."),
    "unknown_cause": _("Choose one of the causes of the list."),
}
