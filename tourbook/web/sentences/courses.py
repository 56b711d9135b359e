"""What is refused when courses, schedules, departures and measures are entered or imported."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted

SENTENCES: dict[str, LazyString | Counted] = {
    "no_such_course": _("There is no course %(course)s."),
}
