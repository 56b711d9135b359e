"""What is refused when a season is played again."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted

SENTENCES: dict[str, LazyString | Counted] = {
    "alternative_unreadable": _("This alternative cannot be read. Choose a policy, or an order and what is otherwise."),
    "replay_too_large": _(
        "%(asked)s applications are too many to be played while you wait; at most %(most)s are. Choose fewer days, or "
        "use the command line."
    ),
}
