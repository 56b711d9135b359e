"""What is refused when people make accounts and sign in."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "sign_in_failed": _(
        "Mail address and password do not belong together. Check both; capital and small letters count in the password."
    ),
    "sign_in_slow_down": counted(
        "There were too many failed attempts. Wait a second, then try again.",
        "There were too many failed attempts. Wait %(seconds)s seconds, then try again.",
        by="seconds",
    ),
    "sign_in_busy": counted(
        "Many people are signing in right now. Try again in a second.",
        "Many people are signing in right now. Try again in %(seconds)s seconds.",
        by="seconds",
    ),
    "mail_taken": _("There is an account with this mail address already. Sign in with it, or use another address."),
    "password_short": _("Use at least %(shortest)s characters. Three or four words in a row make a good password."),
    "password_long": _("Use at most %(longest)s characters."),
    "password_common": _("Guessers try this password first. Choose another one, for example four words in a row."),
    "operator_needs_organisation": _("An operator needs an organisation, and nobody else has one."),
    "organisation_unknown": _("There is no organisation with the code %(organisation)s."),
}
