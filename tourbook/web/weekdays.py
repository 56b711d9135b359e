"""The days of the week by name, Monday first."""

from flask_babel import lazy_gettext as _

DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
