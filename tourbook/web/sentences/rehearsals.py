"""What is refused in a rehearsal."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SENTENCES: dict[str, LazyString] = {
    "clock_moment_missing": _("Enter the moment to which the clock goes, for example 2026-05-04 10:00."),
    "clock_forward_only": _(
        "The clock goes forward only, and shows %(now)s already. Enter a later moment, or begin the rehearsal again."
    ),
    "clock_too_far": _("The clock goes at most %(days)s days forward at one time. Enter an earlier moment."),
    "rehearsal_outdated": _(
        "This rehearsal was prepared for an earlier version of the service, so its beginning cannot be put back. "
        "Whoever runs the service prepares it again (flask tourbook rehearsal prepare --anew)."
    ),
}
