"""What any page or form may refuse."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SENTENCES: dict[str, LazyString] = {
    "wrong_role": _(
        "This page is for staff with other duties. If you need it for your work, ask an administrator; else sign out "
        "and sign in with the account that may see it."
    ),
    "unreadable_characters": _(
        "What was sent holds characters that cannot be stored. Type the text again instead of pasting it."
    ),
    "hidden_characters": _(
        "This text holds characters that cannot be seen. Type it again instead of pasting it, in one line."
    ),
    "not_recorded": _(
        "It could not be written down that these names are read, so they are not shown. Try again in a minute; if it "
        "does not work, call %(phone)s."
    ),
    "no_such_page": _("There is no such page here. Begin at the home page."),
    "text_too_long": _("Use at most %(longest)s characters."),
    "resident_number": _(
        "This looks like a resident registration number, which we are not allowed to take. It was not stored. "
        "Leave it out; a birth date is enough."
    ),
    "form_reused": _(
        "This form was already sent with other content. Check what is below and send it once more, or open your "
        "application to see what was done."
    ),
    "nothing_opens": _("Nothing opens here at a later minute. Open the page of the departure or the draw again."),
    "link_unknown": _(
        "This link does not open anything. Check that it was copied completely, or let us send you a new one under "
        "“Find application”."
    ),
}
